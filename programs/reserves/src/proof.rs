//! The two equations of a proof, Groth16's (Groth, eprint 2016/260) and the opening's, in one
//! product of pairings over the alt_bn128 syscalls.

use ballast_core::{
    Refusal,
    circuit::{KEY_LENGTH, PROOF_LENGTH},
    curve::{G1_LENGTH, G2_GENERATOR, G2_LENGTH, PAIR_LENGTH},
    field::{BASE_ORDER, Element},
    opening::{Opening, separator},
    public_vector::PublicInputs,
};
use groth16_solana::groth16::negate_g1_be;
use solana_bn254::prelude::{alt_bn128_g1_addition_be, alt_bn128_g1_multiplication_be, alt_bn128_pairing_be};

use crate::curve::{in_g1, in_g2};

type G1 = [u8; G1_LENGTH];
type G2 = [u8; G2_LENGTH];

/// The number of pairs of Groth16's equation, which come before the two of the opening's.
const GROTH16_PAIRS: usize = 4;
const PAIRS: usize = GROTH16_PAIRS + 2;

/// Refuses a proof that does not hold for `inputs` and `opening` under `key`, saying whether it is
/// malformed or wrong, and which equation fails. The points of `opening` are on the curve, those of
/// `key` where they must be.
pub fn verify(
    key: &[u8; KEY_LENGTH],
    proof: &[u8; PROOF_LENGTH],
    inputs: &PublicInputs,
    opening: &Opening,
) -> Result<(), Refusal> {
    for (word, coordinate) in (0..).zip(proof.chunks_exact(32)) {
        if coordinate >= &BASE_ORDER[..] {
            return Err(Refusal::ProofCoordinateNotCanonical { word });
        }
    }
    let (a, rest) = proof.split_at(G1_LENGTH);
    let (b, c) = rest.split_at(G2_LENGTH);
    // The syscalls take zeros for the point at infinity, which a proof must not contain.
    if [a, b, c].into_iter().any(|point| point.iter().all(|byte| *byte == 0)) {
        return Err(Refusal::ProofPointInvalid);
    }
    let mut pairs = [[0; PAIR_LENGTH]; PAIRS];
    let (groth16, rest) = pairs.split_at_mut(GROTH16_PAIRS);
    fill_groth16(groth16, key, proof, inputs).ok_or(Refusal::ProofRejected)?;
    let t = separator(&inputs.challenge, proof);
    fill_opening(rest, key, opening, &t).ok_or(Refusal::OpeningRejected)?;
    if product_is_one(&pairs) {
        return Ok(());
    }
    if !(in_g1(a) && in_g2(&[b]) && in_g1(c)) {
        return Err(Refusal::ProofPointInvalid);
    }
    Err(if product_is_one(&pairs[..GROTH16_PAIRS]) { Refusal::OpeningRejected } else { Refusal::ProofRejected })
}

/// Fills in the pairs -A and B, alpha and beta, the inputs' sum and gamma, C and delta.
#[inline(never)]
fn fill_groth16(
    pairs: &mut [[u8; PAIR_LENGTH]],
    key: &[u8; KEY_LENGTH],
    proof: &[u8; PROOF_LENGTH],
    inputs: &PublicInputs,
) -> Option<()> {
    let (alpha, key) = key.split_first_chunk::<G1_LENGTH>()?;
    let (beta, key) = key.split_first_chunk::<G2_LENGTH>()?;
    let (gamma, key) = key.split_first_chunk::<G2_LENGTH>()?;
    let (delta, key) = key.split_first_chunk::<G2_LENGTH>()?;
    let (first, key) = key.split_first_chunk::<G1_LENGTH>()?;
    let (a, proof) = proof.split_first_chunk::<G1_LENGTH>()?;
    let (b, proof) = proof.split_first_chunk::<G2_LENGTH>()?;
    let (c, _) = proof.split_first_chunk::<G1_LENGTH>()?;
    let inputs = [inputs.digest, inputs.challenge, inputs.evaluation];
    let sum = add_multiples(*first, key.as_chunks().0.iter().zip(&inputs))?;
    let filling = [(&negate_g1_be(a), b), (alpha, beta), (&sum, gamma), (c, delta)];
    pairs.iter_mut().zip(filling).for_each(|(pair, (left, right))| fill(pair, left, right));
    Some(())
}

/// Fills in the pairs t X and the generator, -t P and tau.
#[inline(never)]
fn fill_opening(pairs: &mut [[u8; PAIR_LENGTH]], key: &[u8; KEY_LENGTH], opening: &Opening, t: &Element) -> Option<()> {
    let tau = key.last_chunk::<G2_LENGTH>()?;
    let coefficients = opening.coefficients(t);
    let sum = add_multiples([0; G1_LENGTH], opening.terms(&coefficients))?;
    let proof = add_multiples([0; G1_LENGTH], [(opening.proof(), &coefficients.tau)])?;
    let filling = [(&sum, &G2_GENERATOR), (&proof, tau)];
    pairs.iter_mut().zip(filling).for_each(|(pair, (left, right))| fill(pair, left, right));
    Some(())
}

fn fill(pair: &mut [u8; PAIR_LENGTH], left: &G1, right: &G2) {
    pair[..G1_LENGTH].copy_from_slice(left);
    pair[G1_LENGTH..].copy_from_slice(right);
}

/// The sum of `start` and multiples of points; none when a point is not on the curve.
fn add_multiples<'a>(start: G1, terms: impl IntoIterator<Item = (&'a G1, &'a Element)>) -> Option<G1> {
    let mut factors = [0; G1_LENGTH + 32];
    let mut summands = [0; 2 * G1_LENGTH];
    summands[..G1_LENGTH].copy_from_slice(&start);
    for (point, scalar) in terms {
        factors[..G1_LENGTH].copy_from_slice(point);
        factors[G1_LENGTH..].copy_from_slice(scalar.as_bytes());
        summands[G1_LENGTH..].copy_from_slice(&alt_bn128_g1_multiplication_be(&factors).ok()?);
        let sum = alt_bn128_g1_addition_be(&summands).ok()?;
        summands[..G1_LENGTH].copy_from_slice(&sum);
    }
    summands.first_chunk().copied()
}

/// Whether the product of the pairings is one. False also when a point is not on its curve.
#[inline(never)]
fn product_is_one(pairs: &[[u8; PAIR_LENGTH]]) -> bool {
    let mut one = [0; 32];
    one[31] = 1;
    alt_bn128_pairing_be(pairs.as_flattened()).is_ok_and(|product| product == one)
}
