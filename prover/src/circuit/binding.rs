//! The digest d and the evaluation phi of the public vector, as constraints.

use ark_bn254::Fr;
use ark_ff::AdditiveGroup;
use ark_relations::gr1cs::SynthesisError;
use ballast_core::public_vector::RATE;

use super::{
    poseidon::Poseidon,
    system::System,
    wire::{Wire, enforce_equal},
};

/// Requires that `digest` is d: the chained digest of the vector, opened by its length and
/// zero-padded to whole steps.
pub(super) fn enforce_digest(system: &System, vector: &[Wire], digest: &Wire) -> Result<(), SynthesisError> {
    let poseidon = Poseidon::of_inputs(RATE + 1)?;
    let mut state = Wire::constant(Fr::from(vector.len() as u64));
    for chunk in vector.chunks(RATE) {
        let mut inputs = vec![state];
        inputs.extend_from_slice(chunk);
        inputs.resize(RATE + 1, Wire::constant(Fr::ZERO));
        state = poseidon.hash(system, &inputs)?;
    }
    enforce_equal(system, &state, digest)
}

/// Requires that `evaluation` is phi = sum_i rho^i Y_i, computed by Horner's rule. The product of a
/// constant, as the last element is, needs no constraint.
pub(super) fn enforce_evaluation(
    system: &System,
    vector: &[Wire],
    challenge: &Wire,
    evaluation: &Wire,
) -> Result<(), SynthesisError> {
    let mut elements = vector.iter().rev();
    let mut sum = elements.next().cloned().unwrap_or_else(|| Wire::constant(Fr::ZERO));
    for element in elements {
        let product = match sum.as_constant() {
            Some(factor) => Wire::combination([(factor, challenge)]),
            None => sum.times(system, challenge)?,
        };
        sum = product.plus(element);
    }
    enforce_equal(system, &sum, evaluation)
}
