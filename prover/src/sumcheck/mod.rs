//! Sum-checks (Lund, Fortnow, Karloff, Nisan 1992), both sides (`docs/spec.md`, section 8.2).
//!
//! Variables are bound lowest first. In the round of variable j the prover sends a polynomial g in
//! one variable X; the verifier draws r_j, and the claim of the next round is g(r_j). A claim has
//! one of two forms.
//!
//! **With the equality polynomial factored out** (Gruen, eprint 2024/108, section 3):
//! sum_x eq(z, x) h(x) = c, where h has degree D in each variable. The round's polynomial
//!
//! ```text
//! g(X) = sum over the later variables x of eq(z_later, x) h(r_0 .. r_{j-1}, X, x)
//! ```
//!
//! leaves out the factor eq(z_j, X), so its degree is that of h alone. The prover sends g_1 .. g_D.
//! The claim is c = (1 - z_j) g(0) + z_j g(1), hence g_0 = c - z_j (g_1 + .. + g_D).
//!
//! **Plain**: sum_x a(x) b(x) = c. The prover sends g_0 and g_2. The claim is c = g(0) + g(1),
//! hence g_1 = c - 2 g_0 - g_2.
//!
//! | module | holds |
//! | --- | --- |
//! | [`verifier`] | from a claim and the messages to the claim at the point of all challenges |
//! | [`prover`] | the rounds of every sum-check; a summand only computes coefficients |
//! | [`equality`] | eq, at a point and as a table |
//!
//! # Soundness
//! If the claim is false, then after a round the next claim is false as well, except with
//! probability D / r (2 / r in the plain form) over the round's challenge. The verifier checks
//! nothing by itself: a false claim stays a false claim.
//!
//! The caller owes
//! - that the claim, and z, are fixed before the first round, and
//! - the last equation: that the value of the last claim is h, or a b, at the point of all
//!   challenges.

pub mod prover;

pub use crate::verifier::{equality, sumcheck as verifier};

use ark_bn254::Fr;
use ark_ff::{AdditiveGroup, Field};

use crate::arithmetic::Arithmetic;

/// A claim at the end of a sum-check: the value that h, or a b, must have at the point.
#[derive(Clone, Debug)]
pub struct Reduced<S> {
    /// The challenges, lowest variable first.
    pub point: Vec<S>,
    /// The value of the last round's polynomial at the last challenge.
    pub value: S,
}

/// The coefficients g_0 .. g_D of a round with the equality polynomial factored out, from those
/// that are sent, g_1 .. g_D: g_0 = c - z_j (g_1 + .. + g_D).
pub(crate) fn with_equality<A: Arithmetic, const D: usize>(
    field: &mut A,
    claim: &A::Scalar,
    z: &A::Scalar,
    sent: &[A::Scalar; D],
) -> Result<Vec<A::Scalar>, A::Error> {
    let sum = field.combine(Fr::ZERO, sent.iter().map(|coefficient| (Fr::ONE, coefficient)));
    let product = field.mul(z, &sum)?;
    let mut coefficients = Vec::with_capacity(1 + sent.len());
    coefficients.push(field.sub(claim, &product));
    coefficients.extend_from_slice(sent);
    Ok(coefficients)
}

/// The coefficients g_0, g_1, g_2 of a plain round, from those that are sent, g_0 and g_2:
/// g_1 = c - 2 g_0 - g_2.
pub(crate) fn plain<A: Arithmetic>(field: &A, claim: &A::Scalar, [lowest, highest]: &[A::Scalar; 2]) -> [A::Scalar; 3] {
    let rest = field.combine(Fr::ZERO, [(-Fr::from(2u64), lowest), (-Fr::ONE, highest)]);
    [lowest.clone(), field.add(claim, &rest), highest.clone()]
}
