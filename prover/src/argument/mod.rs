//! The argument: a table is committed to whose leaves hash to R and sum to T_1 .. T_A, every balance being an integer of 64 bits
//! (`docs/spec.md`, section 8).
//!
//! | module | holds |
//! | --- | --- |
//! | [`layout`], [`table`] | what is committed |
//! | [`messages`] | what is sent |
//! | [`claims`] | what the parts leave to be shown of the table, and its reduction to one value |
//! | [`prover`], [`verifier`] | both sides |
//!
//! The parts are in [`gkr`](crate::gkr), [`lookup`](crate::lookup) and [`kzg`](crate::kzg).

pub(crate) mod batch;
pub mod claims;
pub mod layout;
pub mod messages;
pub mod prover;
pub mod table;
pub mod verifier;
