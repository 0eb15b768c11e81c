//! The opening equation beside a Groth16 proof that holds.

use ark_bn254::{Fr, G1Affine, G2Affine};
use ark_ec::AffineRepr;
use ballast_core::{Element, Refusal, opening::OPENING_POINTS};
use ballast_prover::{
    VerifyError,
    assignment::Assignment,
    circuit::witness::Inputs,
    encoding::{decode_g1, encode_g1, encode_key, encode_proof, point_halves},
    kzg::equation,
    verify,
};

use crate::{
    Proved, check,
    fixture::{CLASS, key, statement},
    honest,
    secrets::Secrets,
};

/// Someone opens to another value: all of the circuit holds, and so does Groth16's equation; only
/// the pairing equation of the commitments does not. Groth16's proof is simulated, which the
/// equation cannot tell.
#[test]
fn proof_whose_opening_does_not_hold_is_rejected() {
    let Proved { witness, vector, .. } = honest();
    let mut opening = vector.opening();
    let last: G1Affine = (decode_g1(opening.proof()).unwrap() + G1Affine::generator()).into();
    opening.points[OPENING_POINTS - 1] = encode_g1(&last);
    let context = statement(key().circuit_id()).context();
    let forged = ballast_prover::PublicVector::new(CLASS, &context, vector.root(), vector.totals(), &opening).unwrap();
    let mut witness = witness.clone();
    witness.claim.points[OPENING_POINTS - 1] = point_halves(&last);
    let inputs = forged.inputs(forged.digest());
    witness.inputs = Inputs {
        digest: inputs.digest.into(),
        challenge: inputs.challenge.into(),
        evaluation: inputs.evaluation.into(),
    };
    let assignment = Assignment::new(&witness).unwrap();
    assert_eq!(assignment.first_unsatisfied(), None);
    let proof = encode_proof(&Secrets::of_development().simulate(&assignment.variables()[1..assignment.inputs()]));
    assert_eq!(check(&forged, &proof), Err(VerifyError::Opening(Refusal::OpeningRejected)));
    // Nor does it prove the honest vector, nor the honest proof this one.
    assert_eq!(check(vector, &proof), Err(VerifyError::Rejected));
    assert_eq!(check(&forged, &honest().proof), Err(VerifyError::Rejected));
}

#[test]
fn opening_under_another_tau_is_rejected() {
    let Proved { vector, proof, .. } = honest();
    let other = (key().srs().tau() + G2Affine::generator()).into();
    let other = encode_key(&key().groth16().vk, &other).unwrap();
    assert_eq!(verify(CLASS, &other, vector, proof), Err(VerifyError::Opening(Refusal::OpeningRejected)));
}

#[test]
fn every_point_and_scalar_of_the_equation_counts() {
    let opening = honest().vector.opening();
    let tau = key().srs().tau();
    assert_eq!(equation::verify(&opening, tau), Ok(()));
    for number in 0..OPENING_POINTS {
        let point = decode_g1(&opening.points[number]).unwrap();
        for changed in [-point, (point + G1Affine::generator()).into()] {
            let mut opening = opening.clone();
            opening.points[number] = encode_g1(&changed);
            assert_eq!(equation::verify(&opening, tau), Err(Refusal::OpeningRejected), "point {number}");
        }
    }
    for scalar in 0..8 {
        let mut opening = opening.clone();
        opening.scalars[scalar] = Element::from(Fr::from(opening.scalars[scalar]) + Fr::from(1u64));
        assert_eq!(equation::verify(&opening, tau), Err(Refusal::OpeningRejected), "scalar {scalar}");
    }
    let mut exchanged = opening.clone();
    exchanged.points.swap(0, 1);
    assert_eq!(equation::verify(&exchanged, tau), Err(Refusal::OpeningRejected));
}

#[test]
fn points_of_the_opening_are_checked() {
    let tau = key().srs().tau();
    for number in 0..OPENING_POINTS {
        let with = |bytes: [u8; 64]| {
            let mut opening = honest().vector.opening();
            opening.points[number] = bytes;
            equation::verify(&opening, tau)
        };
        let own = honest().vector.opening().points[number];
        let point = number as u8;
        assert_eq!(with([0; 64]), Err(Refusal::OpeningPointInvalid { point }));
        let mut off = own;
        off[63] ^= 1;
        assert_eq!(with(off), Err(Refusal::OpeningPointInvalid { point }));
        for (start, word) in [(0, 2 * point), (32, 2 * point + 1)] {
            let mut aliased = own;
            aliased[start..start + 32].copy_from_slice(&plus_base_order(&own[start..start + 32]));
            assert_eq!(with(aliased), Err(Refusal::OpeningCoordinateNotCanonical { word }));
        }
    }
}

/// coordinate + q.
fn plus_base_order(coordinate: &[u8]) -> [u8; 32] {
    let mut carry = 0;
    let mut sum = [0; 32];
    for place in (0..32).rev() {
        let digit = u16::from(coordinate[place]) + u16::from(ballast_core::field::BASE_ORDER[place]) + carry;
        sum[place] = digit as u8;
        carry = digit >> 8;
    }
    assert_eq!(carry, 0);
    sum
}
