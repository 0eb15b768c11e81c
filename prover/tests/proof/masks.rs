//! The masks of a Groth16 proof.

use ark_bn254::{Fr, G1Affine, G2Affine};
use ark_ec::AffineRepr;
use ark_ff::{AdditiveGroup, UniformRand};
use ballast_prover::{assignment::Assignment, encoding::decode_proof};

use crate::{MASKS, fixture::rng, honest, secrets::Secrets};

#[test]
fn a_and_b_are_masked_by_multiples_of_delta() {
    // Without masks A and B are functions of the assignment, and a guess of it could be tested.
    let secrets = Secrets::of_development();
    let (a, b) = secrets.unmasked(&Assignment::new(&honest().witness).unwrap());
    let proof = decode_proof(&honest().proof).unwrap();
    let rng = &mut rng(MASKS);
    let (r, s) = (Fr::rand(rng), Fr::rand(rng));
    assert_eq!(proof.a, G1Affine::from(G1Affine::generator() * (a + secrets.delta * r)));
    assert_eq!(proof.b, G2Affine::from(G2Affine::generator() * (b + secrets.delta * s)));
    assert!(r != Fr::ZERO && s != Fr::ZERO && r != s);
}
