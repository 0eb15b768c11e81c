//! Proofs of what an exchange owes: [`prove`] makes one proof for one shard of a snapshot,
//! [`verify`] checks it.
//!
//! A shard's leaves are committed to as a table; sum-checks show that they hash to the root, that
//! every balance has 64 bits and that balances sum to the totals ([`argument`]); and one Groth16
//! proof shows that the verifier of those sum-checks accepts ([`circuit`]). The bytes are
//! `ballast-core`'s. The text that these modules follow is `docs/spec.md`, sections 8 and 9.
//!
//! Every module uses modules of its own row, of the rows above it, and of the last two rows. The
//! verifier's side of each part is in [`verifier`], where nothing may panic, and is named again in
//! the module of its part.
//!
//! | module | holds |
//! | --- | --- |
//! | [`arithmetic`], [`transcript`] | what the verifier computes with, natively and in the circuit |
//! | [`permutation`] | the permutation that hashes leaves and nodes, and traces of it |
//! | [`table`] | the committed table, and linear claims about it |
//! | [`sumcheck`] | sum-checks, both sides |
//! | [`gkr`], [`lookup`], [`batch`], [`kzg`] | the parts of the argument, sections 8.3 to 8.6 |
//! | [`argument`] | the parts put together: both sides of the argument |
//! | [`circuit`], [`assignment`] | the verifier as constraints, and their values under a witness |
//! | [`constraints`], [`qap`], `groth16` | the constraints as matrices and polynomials; the proof |
//! | [`key`], [`key_file`], [`setup`] | the proving key, in memory, on disk, and how it is made |
//! | [`shard`] | the input of a proof, and what is refused about it |
//! | [`prover`], [`verifier`] | [`prove`] and [`verify`] |
//! | `multi_exponentiation`, `poly`, [`encoding`], [`random`] | sums of points, multilinear tables, bytes of points, masks |
//! | [`phases`], [`bench`](mod@bench) | what a proof costs |
//!
//! ```text
//! shard ──> table ──> argument ──> circuit ──> prover ──> verifier
//!                        │            │           ▲          ▲
//!        gkr, lookup, batch, kzg    setup ─────> key ──── encoding
//! ```
//!
//! A proof is zero-knowledge: the public vector shows totals, a root and hiding commitments, and
//! nothing else about any account.

pub mod argument;
pub mod arithmetic;
pub mod assignment;
pub mod batch;
pub mod bench;
pub mod circuit;
pub mod constraints;
pub mod encoding;
pub mod gkr;
mod groth16;
pub mod key;
pub mod key_file;
pub mod kzg;
pub mod lookup;
mod multi_exponentiation;
pub mod permutation;
pub mod phases;
mod poly;
pub mod prover;
pub mod qap;
pub mod random;
pub mod setup;
pub mod shard;
pub mod sumcheck;
pub mod table;
pub mod transcript;
pub mod verifier;

pub use ballast_core::{
    circuit::{Class, VerifyingKey},
    public_vector::PublicVector,
};
pub use encoding::Proof;
pub use key::ProvingKey;
pub use prover::{ProveError, prove, prove_with};
pub use shard::{Shard, ShardError};
pub use verifier::{VerifyError, verify};
