//! Where the verifier's computation is carried out.
//!
//! The verifier of the argument is written once, over [`Arithmetic`]: on field elements it is the
//! native verifier, on the wires of a constraint system it is the Groth16 circuit. So the two
//! cannot differ in a check or in the order of the transcript.

use ark_bn254::Fr;
use ark_ff::{AdditiveGroup, Field};
use ballast_core::poseidon;

/// The check that an argument fails.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Check {
    #[error("the argument does not have the shape of its class: {0}")]
    Shape(#[from] ShapeError),
    #[error("the challenge gamma of the look-up equals asset number {asset}, where the totals have a pole")]
    AssetPole { asset: usize },
    #[error("the sum of all fractions has denominator zero")]
    FractionDenominator,
    #[error("the sum of all fractions is not the sum over the totals")]
    FractionTotals,
    #[error("layer {layer} of the look-up: the values sent are not what the last round of its sum-check claims")]
    FractionLayer { layer: usize },
    #[error("round {round} of the permutation: the values sent are not what the last round of its sum-check claims")]
    HashLayer { round: usize },
    #[error("the batched claims: the table's value is not what the last round of their sum-check claims")]
    Batch,
    #[error("the challenge zeta of the opening is zero")]
    EvaluationPoint,
    #[error("the challenge zeta of the opening is its own inverse")]
    EvaluationPoints,
    #[error("the opened evaluations do not have the claimed inner product")]
    InnerProduct,
    #[error("a challenge is one, and the prover cannot compute the round that follows: prove again")]
    CoordinateIsOne,
}

/// A list that has another length than the class of the argument gives it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{list}: expected {expected}, found {found}")]
pub struct ShapeError {
    /// What the list holds.
    pub list: &'static str,
    pub expected: usize,
    pub found: usize,
}

impl ShapeError {
    /// Refuses a list of another length.
    ///
    /// # Errors
    /// This error, unless `found` is `expected`.
    pub fn check(list: &'static str, expected: usize, found: usize) -> Result<(), Self> {
        if found == expected { Ok(()) } else { Err(Self { list, expected, found }) }
    }
}

/// An array whose elements are made one after the other.
///
/// # Errors
/// The first error of `next`.
pub(crate) fn try_array<S, E, const N: usize>(mut next: impl FnMut() -> Result<S, E>) -> Result<[S; N], E> {
    let elements = (0..N).map(|_| next()).collect::<Result<Vec<_>, E>>()?;
    // The length is N.
    Ok(elements.try_into().unwrap_or_else(|_| unreachable!()))
}

/// Field arithmetic, hashing and equations over some representation of field elements.
pub trait Arithmetic {
    type Scalar: Clone;
    type Error: From<ShapeError>;

    fn constant(&self, value: Fr) -> Self::Scalar;
    fn add(&self, a: &Self::Scalar, b: &Self::Scalar) -> Self::Scalar;
    fn sub(&self, a: &Self::Scalar, b: &Self::Scalar) -> Self::Scalar;
    /// The product of `a` and a constant.
    fn scale(&self, a: &Self::Scalar, factor: Fr) -> Self::Scalar;
    /// The constant plus the sum of every factor times its scalar.
    fn combine<'a>(&self, constant: Fr, terms: impl IntoIterator<Item = (Fr, &'a Self::Scalar)>) -> Self::Scalar
    where
        Self::Scalar: 'a;

    /// # Errors
    /// None on field elements; a circuit's synthesis may fail.
    fn mul(&mut self, a: &Self::Scalar, b: &Self::Scalar) -> Result<Self::Scalar, Self::Error>;

    /// The inverse 1 / a.
    ///
    /// # Errors
    /// `check` when `a` is zero; in a circuit the constraint is then unsatisfiable.
    fn inverse(&mut self, a: &Self::Scalar, check: Check) -> Result<Self::Scalar, Self::Error>;

    /// Requires that a = b.
    ///
    /// # Errors
    /// `check` when they differ; in a circuit the constraint is then unsatisfied.
    fn require_equal(&mut self, a: &Self::Scalar, b: &Self::Scalar, check: Check) -> Result<(), Self::Error>;

    /// The hash `poseidonN` of N elements, 1 <= N <= 12.
    ///
    /// # Errors
    /// None on field elements for such N.
    fn hash(&mut self, inputs: &[Self::Scalar]) -> Result<Self::Scalar, Self::Error>;

    fn zero(&self) -> Self::Scalar {
        self.constant(Fr::ZERO)
    }

    fn one(&self) -> Self::Scalar {
        self.constant(Fr::ONE)
    }

    /// 1 - a.
    fn complement(&self, a: &Self::Scalar) -> Self::Scalar {
        self.combine(Fr::ONE, [(-Fr::ONE, a)])
    }

    /// a + b c.
    ///
    /// # Errors
    /// Those of [`Self::mul`].
    fn add_product(
        &mut self,
        a: &Self::Scalar,
        b: &Self::Scalar,
        c: &Self::Scalar,
    ) -> Result<Self::Scalar, Self::Error> {
        let product = self.mul(b, c)?;
        Ok(self.add(a, &product))
    }

    /// sum_i a_i b_i.
    ///
    /// # Errors
    /// [`ShapeError`] when one list is longer than the other; otherwise those of [`Self::mul`].
    fn inner_product(&mut self, a: &[Self::Scalar], b: &[Self::Scalar]) -> Result<Self::Scalar, Self::Error> {
        ShapeError::check("factors of an inner product", a.len(), b.len())?;
        let mut sum = self.zero();
        for (a, b) in a.iter().zip(b) {
            sum = self.add_product(&sum, a, b)?;
        }
        Ok(sum)
    }

    /// The value sum_i c_i point^i of the polynomial with the coefficients c_i, by Horner's rule.
    ///
    /// # Errors
    /// Those of [`Self::mul`].
    fn evaluate(&mut self, coefficients: &[Self::Scalar], point: &Self::Scalar) -> Result<Self::Scalar, Self::Error> {
        let mut sum = None;
        for coefficient in coefficients.iter().rev() {
            sum = Some(match sum {
                None => coefficient.clone(),
                Some(sum) => self.add_product(coefficient, &sum, point)?,
            });
        }
        Ok(sum.unwrap_or_else(|| self.zero()))
    }

    /// The first N powers 1, x, x^2, .., x^(N - 1).
    ///
    /// # Errors
    /// Those of [`Self::mul`].
    fn powers<const N: usize>(&mut self, x: &Self::Scalar) -> Result<[Self::Scalar; N], Self::Error> {
        let mut last = None;
        try_array(|| {
            let next = match &last {
                None => self.one(),
                Some(last) => self.mul(last, x)?,
            };
            last = Some(next.clone());
            Ok(next)
        })
    }
}

/// Arithmetic on field elements: a failed equation is an error.
#[derive(Clone, Copy, Debug, Default)]
pub struct Native;

impl Arithmetic for Native {
    type Scalar = Fr;
    type Error = Check;

    fn constant(&self, value: Fr) -> Fr {
        value
    }

    fn add(&self, a: &Fr, b: &Fr) -> Fr {
        *a + b
    }

    fn sub(&self, a: &Fr, b: &Fr) -> Fr {
        *a - b
    }

    fn scale(&self, a: &Fr, factor: Fr) -> Fr {
        *a * factor
    }

    fn combine<'a>(&self, constant: Fr, terms: impl IntoIterator<Item = (Fr, &'a Fr)>) -> Fr {
        terms.into_iter().fold(constant, |sum, (factor, scalar)| sum + factor * scalar)
    }

    fn mul(&mut self, a: &Fr, b: &Fr) -> Result<Fr, Check> {
        Ok(*a * b)
    }

    fn inverse(&mut self, a: &Fr, check: Check) -> Result<Fr, Check> {
        a.inverse().ok_or(check)
    }

    fn require_equal(&mut self, a: &Fr, b: &Fr, check: Check) -> Result<(), Check> {
        if a == b { Ok(()) } else { Err(check) }
    }

    fn hash(&mut self, inputs: &[Fr]) -> Result<Fr, Check> {
        // Callers know N; beyond 12 there are no parameters and nothing to hash with.
        Ok(poseidon::permutation::hash(inputs).unwrap_or_default())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn factors_of_an_inner_product_are_as_many_on_both_sides() {
        let list = |count: u64| (1..=count).map(Fr::from).collect::<Vec<_>>();
        assert_eq!(Native.inner_product(&list(3), &list(3)), Ok(Fr::from(14u64)));
        for (a, b) in [(2, 3), (3, 2), (0, 1)] {
            let expected = ShapeError { list: "factors of an inner product", expected: a as usize, found: b as usize };
            assert_eq!(Native.inner_product(&list(a), &list(b)), Err(Check::Shape(expected)));
        }
    }
}
