//! Proofs of what an exchange owes: [`prove`] makes one Groth16 proof for one shard of a snapshot, [`verify`] checks
//! it.
//!
//! The claim, and why the constraints imply it, is written in [`circuit`]; the bytes are `ballast-core`'s
//! (`docs/spec.md`, sections 1 to 3).
//!
//! | module | holds |
//! | --- | --- |
//! | [`shard`] | the input of a proof, and what is refused about it |
//! | [`prover`], [`verifier`] | [`prove`] and [`verify`] |
//! | [`circuit`], [`witness`] | what is constrained, and the assignment |
//! | [`constraints`] | the circuit as matrices |
//! | [`key`], [`setup`] | the proving key, its development setup, and the cache on disk |
//! | [`encoding`] | arkworks' points to and from canonical bytes |
//!
//! ```text
//! shard ──> witness ──> circuit ──> prover ──> verifier
//!                          │          ▲           ▲
//!                        setup ────> key ──── encoding
//! ```
//!
//! A proof is zero-knowledge: the public vector shows totals and a root, nothing else about any account.

mod cache;
pub mod circuit;
pub mod constraints;
pub mod encoding;
pub mod key;
mod poseidon;
pub mod prover;
pub mod setup;
pub mod shard;
pub mod verifier;
mod wire;
pub mod witness;

pub use ballast_core::{
    circuit::{Class, VerifyingKey},
    public_vector::PublicVector,
};
pub use encoding::Proof;
pub use key::ProvingKey;
pub use prover::{ProveError, prove, prove_with};
pub use shard::{Shard, ShardError};
pub use verifier::{VerifyError, verify};
