//! The verifier's side of sum-checks (Lund, Fortnow, Karloff, Nisan 1992), and the equality polynomial.
//!
//! Variables are bound lowest first. A claim is of one of two forms.
//!
//! **With the equality polynomial factored out** (Gruen, eprint 2024/108, section 3): sum_x eq(z, x) h(x) = c. The round of
//! variable j sends g(X) = sum over the later variables of eq(z_later, x) h(r_earlier, X, x), of the degree of h alone:
//! its coefficients g_1 .. g_D. The rest follows from c = (1 - z_j) g(0) + z_j g(1), that is
//! g_0 = c - z_j (g_1 + .. + g_D), and the next claim is g(r).
//!
//! **Plain**: sum_x f(x) k(x) = c. The round sends g_0 and g_2, and g_1 = c - 2 g_0 - g_2.
//!
//! # Soundness
//! A false claim survives a round with probability at most D / r. The caller owes the last equation: that the last claim
//! is h, or f k, at the point of all challenges.

use ark_bn254::Fr;
use ark_ff::Field;

use crate::{arithmetic::Arithmetic, transcript::Transcript};

/// A claim at the end of a sum-check: the value that the summand must have at the point.
#[derive(Clone, Debug)]
pub struct Reduced<S> {
    /// The challenges, lowest variable first.
    pub point: Vec<S>,
    pub value: S,
}

/// Runs the rounds of sum_x eq(z, x) h(x) = `claim`, h of degree D in each variable.
///
/// # Errors
/// Those of the arithmetic. A false claim is no error here.
pub fn reduce_with_equality<A: Arithmetic, const D: usize>(
    field: &mut A,
    transcript: &mut Transcript<A::Scalar>,
    claim: A::Scalar,
    z: &[A::Scalar],
    rounds: &[[A::Scalar; D]],
) -> Result<Reduced<A::Scalar>, A::Error> {
    let mut value = claim;
    let mut point = Vec::with_capacity(rounds.len());
    for (z, round) in z.iter().zip(rounds) {
        let challenge = transcript.message(field, round)?;
        let sum = field.combine(Fr::from(0u64), &[Fr::ONE; D], round);
        let product = field.mul(z, &sum)?;
        let lowest = field.sub(&value, &product);
        let mut coefficients = Vec::with_capacity(D + 1);
        coefficients.push(lowest);
        coefficients.extend_from_slice(round);
        value = field.evaluate(&coefficients, &challenge)?;
        point.push(challenge);
    }
    Ok(Reduced { point, value })
}

/// Runs the rounds of sum_x f(x) k(x) = `claim`.
///
/// # Errors
/// Those of the arithmetic. A false claim is no error here.
pub fn reduce_product<A: Arithmetic>(
    field: &mut A,
    transcript: &mut Transcript<A::Scalar>,
    claim: A::Scalar,
    rounds: &[[A::Scalar; 2]],
) -> Result<Reduced<A::Scalar>, A::Error> {
    let mut value = claim;
    let mut point = Vec::with_capacity(rounds.len());
    for round in rounds {
        let challenge = transcript.message(field, round)?;
        let [lowest, highest] = round;
        let rest = field.combine(Fr::from(0u64), &[-Fr::from(2u64), -Fr::ONE], round);
        let middle = field.add(&value, &rest);
        value = field.evaluate(&[lowest.clone(), middle, highest.clone()], &challenge)?;
        point.push(challenge);
    }
    Ok(Reduced { point, value })
}

/// eq(a, b) = prod_j (a_j b_j + (1 - a_j)(1 - b_j)), over the shorter of the two.
///
/// # Errors
/// Those of the arithmetic.
pub fn equality<A: Arithmetic>(field: &mut A, a: &[A::Scalar], b: &[A::Scalar]) -> Result<A::Scalar, A::Error> {
    let mut product = field.one();
    for (a, b) in a.iter().zip(b) {
        let both = field.mul(a, b)?;
        let factor = field.combine(Fr::ONE, &[Fr::from(2u64), -Fr::ONE, -Fr::ONE], &[both, a.clone(), b.clone()]);
        product = field.mul(&product, &factor)?;
    }
    Ok(product)
}

/// eq(z, i) for every i below 2^(length of z), z_0 being the lowest bit of i.
///
/// # Errors
/// Those of the arithmetic.
pub fn equality_table<A: Arithmetic>(field: &mut A, z: &[A::Scalar]) -> Result<Vec<A::Scalar>, A::Error> {
    let mut table = vec![field.one()];
    for z in z.iter().rev() {
        let mut next = Vec::with_capacity(2 * table.len());
        for entry in &table {
            let high = field.mul(entry, z)?;
            next.push(field.sub(entry, &high));
            next.push(high);
        }
        table = next;
    }
    Ok(table)
}
