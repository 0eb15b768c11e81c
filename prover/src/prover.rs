//! The prover.

use ark_bn254::{Bn254, Fr};
use ark_ff::UniformRand;
use ark_groth16::Groth16;
use ark_relations::gr1cs::SynthesisError;
use ballast_core::public_vector::PublicVector;
use rand::{CryptoRng, RngCore, rngs::OsRng};

use crate::{
    constraints::Constraints,
    encoding::{Proof, encode_proof},
    key::ProvingKey,
    shard::{Shard, ShardError},
    verifier::{VerifyError, verify},
    witness::Witness,
};

/// Why no proof was made.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ProveError {
    #[error(transparent)]
    Shard(#[from] ShardError),
    #[error("the constraints could not be laid down: {0}")]
    Synthesis(#[from] SynthesisError),
    #[error("the circuit rejects the assignment: constraint {row} of {rows} is not satisfied")]
    Unsatisfied { row: usize, rows: usize },
    #[error("the proof does not pass its own verification, so it is withheld: {0}")]
    SelfVerification(VerifyError),
}

/// Proves one shard: the public vector and a proof that [`verify`] accepts for it, under the key's verifying key.
/// Masks come from the operating system.
///
/// # Errors
/// [`ProveError`]; a shard is refused before anything is computed.
pub fn prove(key: &ProvingKey, shard: &Shard) -> Result<(PublicVector, Proof), ProveError> {
    prove_with(key, shard, &mut OsRng)
}

/// [`prove`] with masks from `rng`. A proof whose masks can be predicted is not zero-knowledge: balances could be
/// guessed and tested against it.
///
/// # Errors
/// [`ProveError`].
pub fn prove_with(
    key: &ProvingKey,
    shard: &Shard,
    rng: &mut (impl RngCore + CryptoRng),
) -> Result<(PublicVector, Proof), ProveError> {
    shard.check(&key.circuit_id())?;
    let witness = Witness::new(&shard.statement.context(), &shard.leaves);
    let vector = witness.public_vector().ok_or(SynthesisError::Unsatisfiable)?;
    let proof = prove_witness(key, &witness, rng)?;
    verify(key.verifying_key(), &vector, &proof).map_err(ProveError::SelfVerification)?;
    Ok((vector, proof))
}

/// A proof of an assignment for the public inputs that it claims, which need not be those of any public vector.
///
/// # Errors
/// [`ProveError::Unsatisfied`] when the assignment breaks a constraint.
pub fn prove_witness(
    key: &ProvingKey,
    witness: &Witness,
    rng: &mut (impl RngCore + CryptoRng),
) -> Result<Proof, ProveError> {
    let (constraints, assignment) = Constraints::assign(witness)?;
    if let Some(row) = constraints.first_unsatisfied(&assignment) {
        return Err(ProveError::Unsatisfied { row, rows: constraints.rows() });
    }
    let proof = Groth16::<Bn254>::create_proof_with_reduction_and_matrices(
        key.groth16(),
        Fr::rand(rng),
        Fr::rand(rng),
        constraints.matrices(),
        constraints.inputs(),
        constraints.rows(),
        &assignment,
    )?;
    Ok(encode_proof(&proof))
}
