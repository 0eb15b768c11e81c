//! All that says yes or no: the native verifier, and the verifier of the argument, which is also
//! the circuit. The claims that each part checks, and its soundness, are in the module of its
//! section.
//!
//! | module | section | checks |
//! | --- | --- | --- |
//! | [`sumcheck`], [`equality`] | 8.2 | sum-checks |
//! | [`gkr`] | 8.3 | hashing |
//! | [`lookup`] | 8.4 | range checks and totals |
//! | [`batch`] | 8.5 | that all claims follow from one value of the table |
//! | [`opening`] | 8.6 | that the table has this value, up to an equation over the commitments |
//! | [`equation`] | 8.6 | this equation, which the circuit leaves |
//! | [`argument`] | 8 | all of it but the equation |
//!
//! Strangers write what is verified, so nothing here may panic.
#![deny(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::arithmetic_side_effects
)]

pub mod argument;
pub mod batch;
pub mod equality;
pub mod equation;
pub mod gkr;
pub mod lookup;
pub mod opening;
pub mod sumcheck;

use ark_bn254::Bn254;
use ark_groth16::{Groth16, prepare_verifying_key};
use ballast_core::{
    Element, Refusal,
    circuit::{Class, VerifyingKey},
    public_vector::{PublicVector, public_elements},
};

use crate::encoding::{MalformedProof, Proof, decode_key, decode_proof};

/// Why a proof does not hold.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum VerifyError {
    #[error("the verifying key is refused: {0}")]
    Key(Refusal),
    #[error("expected {expected} elements in the public vector, found {found}")]
    VectorLength { expected: usize, found: usize },
    #[error("the public vector is of another class than the circuit: expected number {expected}, found {found}")]
    VectorClass { expected: u32, found: Element },
    #[error(transparent)]
    Proof(#[from] MalformedProof),
    #[error("the opening is refused: {0}")]
    Opening(Refusal),
    #[error("the Groth16 equation does not hold for this public vector and key")]
    Rejected,
}

/// Checks that `proof` proves the shard with public vector `vector` under `key`, which is that of a
/// circuit of class `class`.
///
/// # Soundness
/// d, rho and phi are computed here, from `vector`; Groth16's equation and the opening's are
/// checked one after the other. Callers still owe that the vector's context is that of the
/// statement they have in mind, that totals beyond the asset list are zero, and that `class` and
/// `key` are those of the circuit they trust: its id also says whether anybody knows the setup's
/// secret.
///
/// # Errors
/// [`VerifyError`] names the check.
pub fn verify(class: Class, key: &VerifyingKey, vector: &PublicVector, proof: &Proof) -> Result<(), VerifyError> {
    let (key, tau) = decode_key(key).map_err(VerifyError::Key)?;
    let (expected, found) = (public_elements(class), vector.elements().len());
    if found != expected {
        return Err(VerifyError::VectorLength { expected, found });
    }
    if vector.class() != class.element() {
        return Err(VerifyError::VectorClass { expected: class.number(), found: vector.class() });
    }
    let proof = decode_proof(proof)?;
    let inputs = vector.inputs(vector.digest());
    let inputs = [inputs.digest, inputs.challenge, inputs.evaluation].map(Into::into);
    match Groth16::<Bn254>::verify_proof(&prepare_verifying_key(&key), &proof, &inputs) {
        Ok(true) => {}
        Ok(false) | Err(_) => return Err(VerifyError::Rejected),
    }
    equation::verify(&vector.opening(), tau).map_err(VerifyError::Opening)
}
