//! The prover.

use ark_bn254::Fr;
use ark_ff::UniformRand;
use ark_relations::gr1cs::SynthesisError;
use ballast_core::{Element, circuit::Class, public_vector::PublicVector};
use rand::rngs::OsRng;

use crate::{
    argument,
    arithmetic::Check,
    assignment::Assignment,
    circuit::witness::Witness,
    encoding::{Proof, encode_proof},
    groth16,
    key::ProvingKey,
    kzg::Srs,
    phases::{Phases, Stopped},
    random::SecureRng,
    shard::{Shard, ShardError},
    table::Table,
    verifier::{VerifyError, verify},
};

/// Why no proof was made.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ProveError {
    #[error(transparent)]
    Shard(#[from] ShardError),
    #[error("the argument does not pass its own verification: {0}")]
    Argument(#[from] Check),
    #[error("the constraints of the circuit could not be built: {0}")]
    Synthesis(#[from] SynthesisError),
    #[error("the circuit rejects the assignment: constraint {row} of {rows} is not satisfied")]
    Unsatisfied { row: usize, rows: usize },
    #[error("the proof does not pass its own verification, so it is withheld: {0}")]
    SelfVerification(VerifyError),
    #[error(transparent)]
    Stopped(#[from] Stopped),
}

/// Proves one shard: the public vector and a proof that [`verify`] accepts for it, under the key's
/// verifying key. Masks come from the operating system.
///
/// # Errors
/// [`ProveError`]; a shard is refused before anything is computed.
pub fn prove(key: &ProvingKey, shard: &Shard) -> Result<(PublicVector, Proof), ProveError> {
    prove_with(key, shard, &mut OsRng, &mut Phases::default())
}

/// [`prove`] with masks from `rng`, telling what each phase took. A proof whose masks can be
/// predicted is not zero-knowledge: balances could be guessed and tested against it.
///
/// # Errors
/// [`ProveError`]; [`ProveError::Stopped`] when the proof is given up ([`Phases::until`]).
pub fn prove_with(
    key: &ProvingKey,
    shard: &Shard,
    rng: &mut dyn SecureRng,
    phases: &mut Phases,
) -> Result<(PublicVector, Proof), ProveError> {
    shard.check(key.class(), &key.circuit_id())?;
    let (witness, vector) = argue(key.srs(), key.class(), shard, rng, phases)?;
    let proof = prove_witness(key, &witness, rng, phases)?;
    phases.stop().check()?;
    phases
        .run("verification", || verify(key.class(), key.verifying_key(), &vector, &proof))
        .map_err(ProveError::SelfVerification)?;
    Ok((vector, proof))
}

/// The argument for a shard, which [`Shard::check`] has let through: the circuit's assignment and
/// the public vector. What is left is the Groth16 proof.
///
/// # Errors
/// [`ProveError`].
pub fn argue(
    srs: &Srs,
    class: Class,
    shard: &Shard,
    rng: &mut dyn SecureRng,
    phases: &mut Phases,
) -> Result<(Witness, PublicVector), ProveError> {
    let context = Element::halves(&shard.statement.context()).map(Fr::from);
    phases.stop().check()?;
    let (table, hashes) = phases.run("tree", || Table::new(class.depth, &shard.leaves, rng));
    phases.stop().check()?;
    let totals = table.totals(class.assets.into());
    let (claim, messages) = argument::prover::prove(srs, context, totals, &table, hashes, rng, phases)?;
    drop(table);
    phases.stop().check()?;
    let witness = phases.run("native verification", || Witness::new(class, claim, messages))?;
    Ok(witness.ok_or(SynthesisError::Unsatisfiable)?)
}

/// A proof of an assignment for the public inputs that it claims, which need not be those of any
/// public vector.
///
/// # Errors
/// [`SynthesisError::ArityMismatch`] when the witness is of another class than the key;
/// [`ProveError::Unsatisfied`] when the assignment breaks a constraint.
pub fn prove_witness(
    key: &ProvingKey,
    witness: &Witness,
    rng: &mut dyn SecureRng,
    phases: &mut Phases,
) -> Result<Proof, ProveError> {
    // The circuit is laid down by the witness's depth alone, and its values would meet the points
    // of another.
    if witness.depth != key.class().depth {
        return Err(SynthesisError::ArityMismatch.into());
    }
    phases.stop().check()?;
    let assignment = phases.run("Groth16: assignment", || Assignment::new(witness))?;
    if let Some(row) = assignment.first_unsatisfied() {
        return Err(ProveError::Unsatisfied { row, rows: assignment.rows().len() });
    }
    let (r, s) = (Fr::rand(rng), Fr::rand(rng));
    let stop = phases.stop().clone();
    let proof = phases.run("Groth16: proof", || groth16::prove(key.groth16(), &assignment, (r, s), &stop))?;
    Ok(encode_proof(&proof))
}
