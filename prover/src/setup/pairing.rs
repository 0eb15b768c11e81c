//! Questions about points of one secret, answered by random linear combinations and pairings.
//!
//! For points P_i = p_i G and independent random r_i, sum_i r_i p_i = 0 holds with a chance of only
//! 1 / r unless every p_i is 0. So many equations are checked as one, and equations between G1 and
//! G2 by pairings of a few sums.

use ark_bn254::{Bn254, Fr, G1Affine, G2Affine};
use ark_ec::{AffineRepr, CurveGroup, PrimeGroup, VariableBaseMSM, pairing::Pairing};
use ark_ff::UniformRand;
use rand::{SeedableRng, rngs::OsRng};
use rand_chacha::ChaCha20Rng;

/// `count` weights that whoever made the points could not foresee.
pub(crate) fn weights(count: usize) -> Vec<Fr> {
    let mut seed = [0; 32];
    rand::RngCore::fill_bytes(&mut OsRng, &mut seed);
    let mut rng = ChaCha20Rng::from_seed(seed);
    (0..count).map(|_| Fr::rand(&mut rng)).collect()
}

/// The sum of weights_i points_i, for as many i as both lists have.
pub(crate) fn sum<G: VariableBaseMSM<ScalarField = Fr> + PrimeGroup>(points: &[G::MulBase], weights: &[Fr]) -> G {
    G::msm_unchecked(points, weights)
}

/// Whether e(a, b) = e(c, d).
pub(crate) fn equal(a: impl Into<G1Affine>, b: G2Affine, c: impl Into<G1Affine>, d: G2Affine) -> bool {
    Bn254::multi_pairing([a.into(), (-c.into().into_group()).into_affine()], [b, d]).0 == ark_ff::One::one()
}
