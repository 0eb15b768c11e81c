//! The engine: takes a snapshot, proves it, posts it to both chains, and reads it back. The command
//! line is the package `ballast-cli`.
//!
//! ```text
//!  jobs ──┬─> session                       store and chains, opened once by what a command may do
//!         ├─> plan ─────> artifacts         files of an epoch, public and private
//!         ├─> proving                       tasks, who proves them, and what is asked of a result
//!         ├─> reserves                      stated, read from chains, compared with the last epoch
//!         ├─> store                         what was fixed, proved and signed, before it leaves
//!         ├─> chains ──┬─> solana           simulate, sign, write down, send, confirm
//!         │            └─> evm
//!         └─> config
//! ```
//!
//! Jobs and chains tell what they do as [`events`], for whoever listens: the command line draws
//! progress bars from them. Long work is [`blocking`] work on threads of its own. A job is
//! cancelled by dropping its future: what was computed is abandoned, what was being written is
//! whole, and the same job goes on where it stopped.
//!
//! # Restarts
//! A statement is written down before its first proof, a proof before it is posted, a transaction
//! before it is sent. After a kill at any point the same command asks each chain where it stands,
//! brings to its end what is in flight with the bytes that were signed, posts what is missing, and
//! reads both chains back. [`crash::RUN_POINTS`] lists the windows.
#![cfg_attr(not(test), deny(clippy::unwrap_used, clippy::expect_used, clippy::panic))]

pub mod artifacts;
pub mod blocking;
pub mod chain_name;
pub mod chains;
pub mod config;
pub mod crash;
pub mod events;
pub mod failure;
pub mod heads;
pub mod jobs;
pub mod plan;
pub mod proving;
pub mod reserves;
pub mod session;
pub mod store;
