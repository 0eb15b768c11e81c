//! The bytes of a proof.

use ark_bn254::{Bn254, Fq, Fq2, G2Affine};
use ark_ff::{BigInteger, Field};
use ark_groth16::Groth16;
use ballast_core::{Element, field::BASE_ORDER};
use ballast_prover::{
    Proof, VerifyError,
    encoding::{self, MalformedProof, PointError, ProofPoint},
};
use rand::{RngCore, rngs::OsRng};
use rayon::prelude::*;

use crate::{
    Proved, check,
    fixture::{key, rng},
    honest, made,
};

fn check_proof(change: impl FnOnce(&mut Proof)) -> Result<(), VerifyError> {
    let Proved { vector, proof, .. } = honest();
    let mut proof = *proof;
    change(&mut proof);
    check(vector, &proof)
}

fn malformed(point: ProofPoint, reason: PointError) -> Result<(), VerifyError> {
    Err(VerifyError::Proof(MalformedProof { point, reason }))
}

#[test]
fn every_mutated_byte_of_a_proof_is_rejected() {
    made();
    let accepted = (0..256).into_par_iter().find_any(|position| check_proof(|proof| proof[*position] ^= 1).is_ok());
    assert_eq!(accepted, None);
}

#[test]
fn garbage_is_refused() {
    let mut garbage = rng(40);
    for _ in 0..20 {
        assert!(matches!(check_proof(|proof| garbage.fill_bytes(proof)), Err(VerifyError::Proof(_))));
    }
    for byte in [0, 1, 0x30, 0xff] {
        assert!(matches!(check_proof(|proof| proof.fill(byte)), Err(VerifyError::Proof(_))), "{byte}");
    }
    // Bytes moved by one, and a proof whose end is missing.
    assert!(check_proof(|proof| proof.rotate_right(1)).is_err());
    assert_eq!(check_proof(|proof| proof[192..].fill(0)), malformed(ProofPoint::C, PointError::Infinity));
}

#[test]
fn points_of_another_length_are_refused() {
    let proof = honest().proof;
    for length in [0, 1, 32, 63, 65, 128] {
        let refused = Err(PointError::Length { expected: 64, found: length });
        assert_eq!(encoding::decode_g1(&proof[..length]).map(|_| ()), refused);
    }
    for length in [0, 64, 127, 129, 256] {
        let refused = Err(PointError::Length { expected: 128, found: length });
        assert_eq!(encoding::decode_g2(&proof[..length]).map(|_| ()), refused);
    }
}

#[test]
fn negated_or_exchanged_points_are_rejected() {
    let Proved { vector, proof, .. } = honest();
    let decoded = encoding::decode_proof(proof).unwrap();
    let changes = [
        ark_groth16::Proof { a: -decoded.a, ..decoded.clone() },
        ark_groth16::Proof { b: -decoded.b, ..decoded.clone() },
        ark_groth16::Proof { c: -decoded.c, ..decoded.clone() },
        ark_groth16::Proof { a: decoded.c, c: decoded.a, ..decoded.clone() },
    ];
    for changed in changes {
        assert_eq!(check(vector, &encoding::encode_proof(&changed)), Err(VerifyError::Rejected));
    }
}

#[test]
fn points_at_infinity_are_refused() {
    assert_eq!(check_proof(|proof| proof[..64].fill(0)), malformed(ProofPoint::A, PointError::Infinity));
    assert_eq!(check_proof(|proof| proof[64..192].fill(0)), malformed(ProofPoint::B, PointError::Infinity));
    assert_eq!(check_proof(|proof| proof[192..].fill(0)), malformed(ProofPoint::C, PointError::Infinity));
    let infinity = ark_groth16::Proof::<Bn254>::default();
    assert_eq!(encoding::encode_proof(&infinity), [0; 256]);
}

/// coordinate + q, which still fits in 32 bytes.
fn plus_base_order(coordinate: &mut [u8]) {
    let order = number(&BASE_ORDER);
    let mut sum = number(coordinate);
    assert!(!sum.add_with_carry(&order));
    coordinate.copy_from_slice(&sum.to_bytes_be());
}

fn number(bytes: &[u8]) -> ark_ff::BigInt<4> {
    let mut bits = Vec::new();
    bytes.iter().for_each(|byte| bits.extend((0..8).rev().map(|place| byte >> place & 1 == 1)));
    ark_ff::BigInt::from_bits_be(&bits)
}

#[test]
fn coordinate_plus_q_is_refused() {
    for (word, point, own) in [
        (0, ProofPoint::A, 0),
        (1, ProofPoint::A, 1),
        (2, ProofPoint::B, 0),
        (3, ProofPoint::B, 1),
        (4, ProofPoint::B, 2),
        (5, ProofPoint::B, 3),
        (6, ProofPoint::C, 0),
        (7, ProofPoint::C, 1),
    ] {
        let found = check_proof(|proof| plus_base_order(&mut proof[32 * word..32 * word + 32]));
        assert_eq!(found, malformed(point, PointError::CoordinateNotCanonical { word: own }), "word {word}");
    }
}

#[test]
fn points_off_the_curve_are_refused() {
    let five = |bytes: &mut [u8]| bytes.copy_from_slice(&Element::from(5u64).to_bytes());
    assert_eq!(check_proof(|proof| five(&mut proof[32..64])), malformed(ProofPoint::A, PointError::NotOnCurve));
    assert_eq!(check_proof(|proof| five(&mut proof[160..192])), malformed(ProofPoint::B, PointError::NotOnCurve));
    assert_eq!(check_proof(|proof| five(&mut proof[224..])), malformed(ProofPoint::C, PointError::NotOnCurve));
}

/// A point of the curve of G2 that is not in the subgroup of order r.
pub fn outside_subgroup() -> G2Affine {
    let mut x = Fq2::ONE;
    loop {
        x.c0 += Fq::ONE;
        if let Some(point) = G2Affine::get_point_from_x_unchecked(x, false)
            && !point.is_in_correct_subgroup_assuming_on_curve()
        {
            return point;
        }
    }
}

#[test]
fn point_outside_the_subgroup_is_refused() {
    let outside = encoding::encode_g2(&outside_subgroup());
    let found = check_proof(|proof| proof[64..192].copy_from_slice(&outside));
    assert_eq!(found, malformed(ProofPoint::B, PointError::OutsideSubgroup));
}

#[test]
fn rerandomized_proof_is_valid_for_the_same_statement_only() {
    // Anyone can turn a Groth16 proof into another of the same statement: posts are told apart by
    // their statement, never by the bytes of their proof.
    let Proved { vector, proof, .. } = honest();
    let decoded = encoding::decode_proof(proof).unwrap();
    let other = Groth16::<Bn254>::rerandomize_proof(&key().groth16().vk, &decoded, &mut OsRng);
    let other = encoding::encode_proof(&other);
    assert_ne!(other, *proof);
    assert_eq!(check(vector, &other), Ok(()));
    let changed = crate::statements::with_context(&[9; 32]);
    assert_eq!(check(&changed, &other), Err(VerifyError::Rejected));
}
