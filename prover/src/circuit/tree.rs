//! The quaternary tree above the leaf digests.

use ark_relations::gr1cs::SynthesisError;
use ballast_core::tree::ARITY;

use crate::{
    poseidon::Poseidon,
    wire::{System, Wire},
};

/// The root over 4^d digests.
pub(super) fn root(system: &System, mut level: Vec<Wire>) -> Result<Wire, SynthesisError> {
    let poseidon = Poseidon::new(ARITY)?;
    while level.len() > 1 {
        // A last node with fewer children is refused by the hash: the depth is the same for every leaf.
        level = level.chunks(ARITY).map(|children| poseidon.hash(system, children)).collect::<Result<_, _>>()?;
    }
    level.pop().ok_or(SynthesisError::Unsatisfiable)
}
