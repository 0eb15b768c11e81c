//! Proving an epoch, shard by shard, by whoever does the proving.
//!
//! ```text
//! plan, snapshot, master secret ──> EpochProver ── ProvingTask ──> ProvingBackend
//!                                    │   ▲                           │
//!                                    │   └── ExpectedShard ── ProvingResult
//!                                    ▼
//!                                  store
//! ```
//!
//! A [`ProvingTask`] says everything that a shard's proof needs, and not the master secret. A
//! [`ProvingBackend`] makes a [`ProvingResult`] of it: this process is one ([`InProcess`]).
//!
//! # Soundness
//! A backend need not be trusted. Before a result is stored, an [`ExpectedShard`], which this
//! process has computed itself, compares its statement, its root and its totals, and verifies its
//! proof. Totals alone would let a backend swap the balances of two customers. What the backend
//! does see are the balances and salts of its shard.

mod backend;
mod epoch;
mod expected;
mod keys;
mod task;

pub use backend::{InProcess, ProvingBackend};
pub use epoch::{Accepted, EpochProver, ProvedShards};
pub use expected::{ExpectedShard, ResultRefused};
pub use keys::{ProvingKeys, circuit_file, development};
pub use task::{ProvingResult, ProvingTask};
