//! Every byte that two parties of Ballast must agree on: what an exchange states, how a balance
//! becomes a leaf and a leaf a root, how an epoch enters the history, and which refusals a chain
//! may answer with.
//!
//! The text of it is `docs/spec.md`; section numbers below are that file's. The crate is `no_std`
//! (with `alloc`), has no dependency of ours, and runs unchanged on a host and inside Solana's
//! virtual machine.
//!
//! | module | section | holds |
//! | --- | --- | --- |
//! | [`field`], [`montgomery`] | 0 | canonical field elements, multiplication |
//! | [`digest`], [`poseidon`] | 0 | the two hash functions |
//! | `wide` | 0 | sums of products, on a host |
//! | [`curve`] | 1 | whether a point is where it must be |
//! | [`chain`], [`exchange`], [`assets`], [`circuit`], `circuit_file` | 1 | identifiers |
//! | [`leaf`], [`tree`], `inclusion` | 2 | balances, Merkle tree, paths, a customer's file |
//! | [`statement`], [`reserves`], [`public_vector`] | 3 | what a proof says |
//! | [`opening`] | 3 | the commitments of a proof, and where they are opened |
//! | [`record`] | 4 | epoch record, rolling head |
//! | [`post`] | 5 | what a poster sends |
//! | [`rules`], [`cadence`], [`refusal`] | 6 | when a chain accepts it |
//! | [`solvency`] | 7 | what a chain answers |
//! | [`observation`], [`holding`] | 10 | what a chain sees in the exchange's wallets |
//! | [`seeds`] | | addresses of the Solana accounts |
//! | [`escaped`] | | text from outside, as messages show it |
#![cfg_attr(not(feature = "std"), no_std)]

extern crate alloc;

pub mod assets;
pub mod cadence;
pub mod chain;
pub mod circuit;
#[cfg(feature = "serde")]
pub mod circuit_file;
pub mod curve;
pub mod digest;
pub mod escaped;
pub mod exchange;
pub mod field;
#[cfg(feature = "serde")]
pub mod hexadecimal;
pub mod holding;
#[cfg(all(feature = "serde", feature = "ark"))]
pub mod inclusion;
#[cfg(any(feature = "ark", target_os = "solana"))]
pub mod leaf;
pub mod montgomery;
pub mod observation;
pub mod opening;
#[cfg(any(feature = "ark", target_os = "solana"))]
pub mod poseidon;
pub mod post;
pub mod public_vector;
pub mod record;
pub mod refusal;
pub mod reserves;
pub mod rules;
pub mod seeds;
pub mod solvency;
pub mod statement;
#[cfg(any(feature = "ark", target_os = "solana"))]
pub mod tree;
#[cfg(feature = "serde")]
pub mod units;
#[cfg(all(feature = "ark", not(target_os = "solana")))]
pub mod wide;

pub use digest::Digest;
pub use field::Element;
pub use refusal::Refusal;
