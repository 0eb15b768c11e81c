//! Points between arkworks and the canonical bytes: uncompressed, big-endian, EIP-197 order (the
//! imaginary limb of a G2 coordinate first), infinity as zeros.
//!
//! Decoding refuses what is not a point of the right group other than infinity; nothing is reduced
//! or repaired.
#![deny(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

use ark_bn254::{Bn254, Fq, Fq2, Fr, G1Affine, G2Affine};
use ark_ec::AffineRepr;
use ark_ff::{AdditiveGroup, BigInteger, PrimeField};
use ballast_core::{
    Element, Refusal,
    circuit::{PROOF_LENGTH, VerifyingKey},
    curve::{G1_LENGTH, G2_LENGTH},
    field::BASE_ORDER,
};

/// The bytes of a proof: A (64), B (128), C (64), with A not negated.
pub type Proof = [u8; PROOF_LENGTH];

/// Why bytes are not a point.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PointError {
    #[error("expected {expected} bytes, found {found}")]
    Length { expected: usize, found: usize },
    #[error("coordinate {word} is not below the order of the base field")]
    CoordinateNotCanonical { word: usize },
    #[error("the point is the point at infinity")]
    Infinity,
    #[error("the point is not on the curve")]
    NotOnCurve,
    #[error("the point is on the curve but outside the subgroup of order r")]
    OutsideSubgroup,
}

/// A point of a proof, by its letter.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ProofPoint {
    A,
    B,
    C,
}

/// Why bytes are not a proof.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("point {point:?} of the proof: {reason}")]
pub struct MalformedProof {
    pub point: ProofPoint,
    pub reason: PointError,
}

/// The 64 bytes of a G1 point.
pub fn encode_g1(point: &G1Affine) -> [u8; G1_LENGTH] {
    let (x, y) = point.xy().unwrap_or((Fq::ZERO, Fq::ZERO));
    concatenate([x, y])
}

/// The 128 bytes of a G2 point.
pub fn encode_g2(point: &G2Affine) -> [u8; G2_LENGTH] {
    let (x, y) = point.xy().unwrap_or((Fq2::ZERO, Fq2::ZERO));
    concatenate([x.c1, x.c0, y.c1, y.c0])
}

/// The G1 point with these 64 bytes.
///
/// # Errors
/// [`PointError`]; G1 is the whole curve, so no point is outside the subgroup.
pub fn decode_g1(bytes: &[u8]) -> Result<G1Affine, PointError> {
    let [x, y] = coordinates(bytes)?;
    let point = G1Affine::new_unchecked(x, y);
    if point.is_on_curve() { Ok(point) } else { Err(PointError::NotOnCurve) }
}

/// The G2 point with these 128 bytes.
///
/// # Errors
/// [`PointError`].
pub fn decode_g2(bytes: &[u8]) -> Result<G2Affine, PointError> {
    let [x1, x0, y1, y0] = coordinates(bytes)?;
    checked_g2(Fq2::new(x0, x1), Fq2::new(y0, y1))
}

/// The G2 point with these coordinates, which is not the one at infinity.
///
/// # Errors
/// [`PointError::NotOnCurve`] or [`PointError::OutsideSubgroup`].
pub(crate) fn checked_g2(x: Fq2, y: Fq2) -> Result<G2Affine, PointError> {
    let point = G2Affine::new_unchecked(x, y);
    if !point.is_on_curve() {
        return Err(PointError::NotOnCurve);
    }
    if !point.is_in_correct_subgroup_assuming_on_curve() {
        return Err(PointError::OutsideSubgroup);
    }
    Ok(point)
}

/// The bytes of a proof.
pub fn encode_proof(proof: &ark_groth16::Proof<Bn254>) -> Proof {
    let mut bytes = [0; PROOF_LENGTH];
    let parts = encode_g1(&proof.a).into_iter().chain(encode_g2(&proof.b)).chain(encode_g1(&proof.c));
    bytes.iter_mut().zip(parts).for_each(|(byte, part)| *byte = part);
    bytes
}

/// The proof with these bytes.
///
/// # Errors
/// [`MalformedProof`] names the point.
pub fn decode_proof(bytes: &Proof) -> Result<ark_groth16::Proof<Bn254>, MalformedProof> {
    let (a, rest) = bytes.split_at(G1_LENGTH);
    let (b, c) = rest.split_at(G2_LENGTH);
    let at = |point| move |reason| MalformedProof { point, reason };
    Ok(ark_groth16::Proof {
        a: decode_g1(a).map_err(at(ProofPoint::A))?,
        b: decode_g2(b).map_err(at(ProofPoint::B))?,
        c: decode_g1(c).map_err(at(ProofPoint::C))?,
    })
}

/// A point as the public vector has it: high and low half of x, high and low half of y.
pub fn point_halves(point: &G1Affine) -> [Fr; 4] {
    let bytes = encode_g1(point);
    let (x, y) = bytes.split_at(32);
    let halves = |bytes: &[u8]| bytes.try_into().map(|bytes| Element::halves(bytes).map(Fr::from)).unwrap_or_default();
    let ([x_high, x_low], [y_high, y_low]) = (halves(x), halves(y));
    [x_high, x_low, y_high, y_low]
}

/// The bytes of a verifying key: Groth16's points, and `[tau]` in G2 of the commitments' powers.
///
/// # Errors
/// The [`Refusal`] of a degenerate key.
pub fn encode_key(key: &ark_groth16::VerifyingKey<Bn254>, tau: &G2Affine) -> Result<VerifyingKey, Refusal> {
    let mut bytes = encode_g1(&key.alpha_g1).to_vec();
    for point in [&key.beta_g2, &key.gamma_g2, &key.delta_g2] {
        bytes.extend(encode_g2(point));
    }
    for point in &key.gamma_abc_g1 {
        bytes.extend(encode_g1(point));
    }
    bytes.extend(encode_g2(tau));
    VerifyingKey::new(&bytes)
}

/// The verifying key with these bytes, and `[tau]`. Together with [`VerifyingKey::new`] this is
/// every check of section 1.
///
/// # Errors
/// The [`Refusal`] of a point that is not on its curve or outside its subgroup.
pub fn decode_key(key: &VerifyingKey) -> Result<(ark_groth16::VerifyingKey<Bn254>, G2Affine), Refusal> {
    let refuse = |point: u8| {
        move |reason| match reason {
            PointError::Length { expected, found } => {
                Refusal::KeyLengthWrong { expected: expected as u32, found: found as u32 }
            }
            PointError::CoordinateNotCanonical { .. } => Refusal::KeyCoordinateNotCanonical { point },
            PointError::Infinity => Refusal::KeyPointAtInfinity { point },
            PointError::NotOnCurve => Refusal::KeyPointNotOnCurve { point },
            PointError::OutsideSubgroup => Refusal::KeyPointOutsideSubgroup { point },
        }
    };
    let groth16 = ark_groth16::VerifyingKey {
        alpha_g1: decode_g1(key.alpha()).map_err(refuse(0))?,
        beta_g2: decode_g2(key.beta()).map_err(refuse(1))?,
        gamma_g2: decode_g2(key.gamma()).map_err(refuse(2))?,
        delta_g2: decode_g2(key.delta()).map_err(refuse(3))?,
        gamma_abc_g1: key
            .inputs()
            .zip(4..)
            .map(|(bytes, number)| decode_g1(bytes).map_err(refuse(number)))
            .collect::<Result<_, _>>()?,
    };
    Ok((groth16, decode_g2(key.tau()).map_err(refuse(8))?))
}

fn concatenate<const WORDS: usize, const LENGTH: usize>(coordinates: [Fq; WORDS]) -> [u8; LENGTH] {
    let mut bytes = [0; LENGTH];
    for (word, coordinate) in bytes.chunks_exact_mut(32).zip(coordinates) {
        word.copy_from_slice(&coordinate.into_bigint().to_bytes_be());
    }
    bytes
}

/// Reads canonical coordinates, which must not all be zero.
fn coordinates<const WORDS: usize>(bytes: &[u8]) -> Result<[Fq; WORDS], PointError> {
    if bytes.len() != 32 * WORDS {
        return Err(PointError::Length { expected: 32 * WORDS, found: bytes.len() });
    }
    let mut coordinates = [Fq::ZERO; WORDS];
    for (word, (coordinate, bytes)) in coordinates.iter_mut().zip(bytes.chunks_exact(32)).enumerate() {
        if bytes >= BASE_ORDER.as_slice() {
            return Err(PointError::CoordinateNotCanonical { word });
        }
        *coordinate = Fq::from_be_bytes_mod_order(bytes);
    }
    if coordinates == [Fq::ZERO; WORDS] {
        return Err(PointError::Infinity);
    }
    Ok(coordinates)
}
