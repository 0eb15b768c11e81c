//! Reads what exchanges published on Solana and the EVM, checks it, and verifies a customer's
//! inclusion. `examples/` holds three short programs to begin with: a history, the question whether
//! an exchange is solvent, and a customer's inclusion.
//!
//! ```text
//!   solana::SolanaReader ─┐                        ┌─ history       gaps, late epochs, overdue
//!                         ├─ reader ── client ─────┼─ verification  rolling head, two chains compared
//!   evm::EvmReader ───────┘            │           └─ solvency      the chain's own answer
//!                                    epoch ──────┬── inclusion     offline, one customer's file
//!                                                ├── reserves      offline, the published report
//!                                                └── audit         offline, the exchange's whole log
//! ```
//!
//! # Soundness
//! A reader believes its node about the chain's state. Beyond that everything is computed again: an
//! epoch's record and head from its fields, a circuit's id from its key and setup, an asset list's
//! digest from its symbols. What does not match is an [`Error::BadData`], never left out and never
//! corrected.
//!
//! ```no_run
//! # async fn example(exchange: ballast_core::Digest) -> Result<(), Box<dyn std::error::Error>> {
//! use ballast_sdk::{Client, evm::EvmOptions};
//!
//! let contract = "0x5FbDB2315678afecb367f032d93F642f64180aa3".parse()?;
//! let client = Client::evm("http://127.0.0.1:8545", contract, EvmOptions::default()).await?;
//! let answer = client.solvency(&exchange, "BTC", 3_600).await?;
//! // Fresh is the only yes.
//! println!("{}: {:?}", answer.is_fresh(), answer.standing);
//! for entry in client.history(&exchange, ..).await?.entries {
//!     println!("{entry:?}");
//! }
//! # Ok(())
//! # }
//! ```
//!
//! Section numbers are those of `docs/spec.md`.

pub mod audit;
pub mod chain;
pub mod circuit;
pub mod client;
mod clock;
pub mod epoch;
pub mod epoch_json;
pub mod error;
pub mod evm;
pub mod exchange;
pub mod history;
pub mod inclusion;
pub mod node;
pub mod observation;
pub mod reader;
mod reading;
pub mod reread;
pub mod reserves;
pub mod setup;
pub mod solana;
pub mod solvency;
pub mod verification;

pub use ballast_core as core;
pub use client::Client;
pub use epoch::Epoch;
pub use error::{Error, ErrorKind};
pub use history::History;

#[cfg(test)]
extern crate self as ballast_sdk;
#[cfg(test)]
#[path = "../tests/sample/mod.rs"]
mod sample;

/// The Rust that the project's pages show, compiled by the tests.
#[cfg(doctest)]
#[doc = include_str!("../../../README.md")]
#[doc = include_str!("../../../docs/integrate.md")]
pub struct Pages;
