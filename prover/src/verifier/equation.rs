//! The opening equation, which the circuit leaves to the verifier.

use ark_bn254::{Bn254, Fr, G1Affine, G1Projective, G2Affine};
use ark_ec::AffineRepr;
use ark_ec::{CurveGroup, PrimeGroup, pairing::Pairing};
use ark_ff::Zero;
use ballast_core::{Element, Refusal, opening::Opening};

use crate::encoding::decode_g1;

/// Checks the opening equation:
///
/// ```text
/// e(X, [1]) = e(P, [tau])        X = sum_j w_j C_j + eta S - i [1] - v Q + u P
/// ```
///
/// # Soundness
/// The caller owes that the Groth16 proof is about these points and scalars, and that `[tau]` is
/// that of the setup.
///
/// # Errors
/// [`Refusal::OpeningPointInvalid`], [`Refusal::OpeningCoordinateNotCanonical`] or
/// [`Refusal::OpeningRejected`].
// Elements of groups and fields do not overflow.
#[allow(clippy::arithmetic_side_effects)]
pub fn verify(opening: &Opening, tau: G2Affine) -> Result<(), Refusal> {
    opening.check()?;
    let one = Element::from(1u64);
    let coefficients = opening.coefficients(&one);
    let mut sum = G1Projective::generator() * Fr::from(coefficients.generator);
    let mut last = G1Affine::identity();
    for (number, (bytes, coefficient)) in opening.points.iter().zip(&coefficients.points).enumerate() {
        last = decode_g1(bytes).map_err(|_| Refusal::OpeningPointInvalid { point: number as u8 })?;
        sum += last * Fr::from(*coefficient);
    }
    let minus = (last * Fr::from(coefficients.tau)).into_affine();
    let product = Bn254::multi_pairing([sum.into_affine(), minus], [G2Affine::generator(), tau]);
    if product.is_zero() { Ok(()) } else { Err(Refusal::OpeningRejected) }
}
