//! Where the verifier's computation is carried out.
//!
//! The verifier of the argument is written once, over [`Arithmetic`]: on field elements it is the native verifier, on
//! the wires of a constraint system it is the Groth16 circuit. So the two cannot differ in a check or in the order of
//! the transcript.

use ark_bn254::Fr;
use ark_ff::{AdditiveGroup, Field};
use ballast_core::poseidon;

/// What a failed equation says of itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Check {
    #[error("asset {asset}: the look-up challenge is a pole")]
    AssetPole { asset: usize },
    #[error("the sum of all fractions has denominator zero")]
    FractionDenominator,
    #[error("the sum of all fractions is not that of the totals")]
    FractionTotals,
    #[error("layer {layer} of the fractions: the last round does not agree with the values")]
    FractionLayer { layer: usize },
    #[error("round {round} of the permutation: the last round of the sum-check does not agree with the values")]
    HashLayer { round: usize },
    #[error("the batched claims: the last round does not agree with the value of the table")]
    Batch,
    #[error("the evaluation challenge of the opening is zero")]
    EvaluationPoint,
    #[error("the evaluation challenge of the opening is its own inverse")]
    EvaluationPoints,
    #[error("the opened evaluations do not have the claimed inner product")]
    InnerProduct,
}

/// Field arithmetic, hashing and equations over some representation of field elements.
pub trait Arithmetic {
    type Scalar: Clone;
    type Error;

    fn constant(&self, value: Fr) -> Self::Scalar;
    fn add(&self, a: &Self::Scalar, b: &Self::Scalar) -> Self::Scalar;
    fn sub(&self, a: &Self::Scalar, b: &Self::Scalar) -> Self::Scalar;
    /// `a` times a constant.
    fn scale(&self, a: &Self::Scalar, factor: Fr) -> Self::Scalar;
    /// The constant plus `sum_i factors[i] * scalars[i]`, over the shorter of the two.
    fn combine(&self, constant: Fr, factors: &[Fr], scalars: &[Self::Scalar]) -> Self::Scalar;

    /// # Errors
    /// None on field elements; a circuit's synthesis may fail.
    fn mul(&mut self, a: &Self::Scalar, b: &Self::Scalar) -> Result<Self::Scalar, Self::Error>;

    /// 1 / a.
    ///
    /// # Errors
    /// `check` when `a` is zero; in a circuit the constraint is then unsatisfiable.
    fn inverse(&mut self, a: &Self::Scalar, check: Check) -> Result<Self::Scalar, Self::Error>;

    /// a = b.
    ///
    /// # Errors
    /// `check` when they differ; in a circuit the constraint is then unsatisfied.
    fn require_equal(&mut self, a: &Self::Scalar, b: &Self::Scalar, check: Check) -> Result<(), Self::Error>;

    /// `poseidonN` of N elements, 1 <= N <= 12.
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
        self.combine(Fr::ONE, &[-Fr::ONE], std::slice::from_ref(a))
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

    /// sum_i a_i b_i, over the shorter of the two.
    ///
    /// # Errors
    /// Those of [`Self::mul`].
    fn inner_product(&mut self, a: &[Self::Scalar], b: &[Self::Scalar]) -> Result<Self::Scalar, Self::Error> {
        let mut sum = self.zero();
        for (a, b) in a.iter().zip(b) {
            sum = self.add_product(&sum, a, b)?;
        }
        Ok(sum)
    }

    /// sum_i coefficients[i] point^i, by Horner's rule.
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

    /// 1, x, x^2, .., x^(count - 1).
    ///
    /// # Errors
    /// Those of [`Self::mul`].
    fn powers(&mut self, x: &Self::Scalar, count: usize) -> Result<Vec<Self::Scalar>, Self::Error> {
        let mut powers = vec![self.one(); count.min(1)];
        while powers.len() < count {
            let next = match powers.as_slice() {
                [_] => x.clone(),
                [.., last] => self.mul(last, x)?,
                [] => break,
            };
            powers.push(next);
        }
        Ok(powers)
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

    fn combine(&self, constant: Fr, factors: &[Fr], scalars: &[Fr]) -> Fr {
        factors.iter().zip(scalars).fold(constant, |sum, (factor, scalar)| sum + *factor * scalar)
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
