//! The Groth16 equation (Groth, eprint 2016/260) over the alt_bn128 syscalls.

use ballast_core::{
    Refusal,
    circuit::{G1_LENGTH, KEY_LENGTH, PROOF_LENGTH, PUBLIC_INPUTS},
    field::BASE_ORDER,
    public_vector::PublicInputs,
};
use groth16_solana::groth16::{Groth16Verifier, Groth16Verifyingkey, negate_g1_be};

use crate::curve::{in_g1, in_g2};

/// Refuses a proof that does not hold for `inputs` under `key`, saying whether it is malformed or wrong.
pub fn verify(key: &[u8; KEY_LENGTH], proof: &[u8; PROOF_LENGTH], inputs: &PublicInputs) -> Result<(), Refusal> {
    for (word, coordinate) in (0..).zip(proof.chunks_exact(32)) {
        if coordinate >= &BASE_ORDER[..] {
            return Err(Refusal::ProofCoordinateNotCanonical { word });
        }
    }
    if holds(key, proof, inputs).is_some() {
        return Ok(());
    }
    let (a, b, c) = (&proof[..64], &proof[64..192], &proof[192..]);
    if in_g1(a) && in_g2(&[b]) && in_g1(c) { Err(Refusal::ProofRejected) } else { Err(Refusal::ProofPointInvalid) }
}

fn holds(key: &[u8; KEY_LENGTH], proof: &[u8; PROOF_LENGTH], inputs: &PublicInputs) -> Option<()> {
    let (alpha, key) = key.split_first_chunk()?;
    let (beta, key) = key.split_first_chunk()?;
    let (gamma, key) = key.split_first_chunk()?;
    let (delta, key) = key.split_first_chunk()?;
    let (inputs_key, []) = key.as_chunks::<G1_LENGTH>() else { return None };
    let key = Groth16Verifyingkey {
        nr_pubinputs: PUBLIC_INPUTS,
        vk_alpha_g1: *alpha,
        vk_beta_g2: *beta,
        vk_gamma_g2: *gamma,
        vk_delta_g2: *delta,
        vk_ic: inputs_key,
        vk_commitment: None,
    };
    let (a, proof) = proof.split_first_chunk()?;
    let (b, c) = proof.split_first_chunk()?;
    let inputs = [inputs.digest, inputs.challenge, inputs.evaluation].map(|input| input.to_bytes());
    let minus_a = negate_g1_be(a);
    Groth16Verifier::new(&minus_a, b, c.try_into().ok()?, &inputs, &key).ok()?.verify().ok()
}
