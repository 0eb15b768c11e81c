//! The masks of a Groth16 proof.

use ark_bn254::{Fr, G1Affine, G1Projective, G2Affine, G2Projective};
use ark_ec::VariableBaseMSM;
use ark_ff::{AdditiveGroup, UniformRand};
use ballast_prover::{assignment::Assignment, encoding::decode_proof};

use crate::{
    MASKS,
    fixture::{key, rng},
    honest,
};

#[test]
fn a_and_b_are_masked_by_multiples_of_delta() {
    // Without masks A and B are functions of the assignment, and a guess of it could be tested.
    let assignment = Assignment::new(&honest().witness).unwrap();
    let pk = key().groth16();
    let a = G1Projective::msm_unchecked(&pk.a_query, assignment.variables()) + pk.vk.alpha_g1;
    let b = G2Projective::msm_unchecked(&pk.b_g2_query, assignment.variables()) + pk.vk.beta_g2;
    let proof = decode_proof(&honest().proof).unwrap();
    let rng = &mut rng(MASKS);
    let (r, s) = (Fr::rand(rng), Fr::rand(rng));
    assert_eq!(proof.a, G1Affine::from(a + pk.delta_g1 * r));
    assert_eq!(proof.b, G2Affine::from(b + pk.vk.delta_g2 * s));
    assert!(r != Fr::ZERO && s != Fr::ZERO && r != s);
}
