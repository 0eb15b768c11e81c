//! The argument: a table is committed to whose leaves hash to R and sum to T_1 .. T_A, every
//! balance being an integer of 64 bits (`docs/spec.md`, section 8). This module puts its parts
//! together.
//!
//! | section | part | shows |
//! | --- | --- | --- |
//! | 8.1 | [`table`](crate::table) | nothing: it is what is committed |
//! | 8.3 | [`gkr`](crate::gkr) | the tree is hashed from the leaves |
//! | 8.4 | [`lookup`](crate::lookup) | limbs have 16 bits, and balances sum to the totals |
//! | 8.5 | [`batch`](crate::batch) | all claims that these leave follow from one value of the table |
//! | 8.6 | [`kzg`](crate::kzg) | the committed table has this value |
//!
//! | module | holds |
//! | --- | --- |
//! | [`messages`] | what is sent |
//! | [`prover`], [`verifier`] | both sides |

pub mod messages;
pub mod prover;

pub use crate::verifier::argument as verifier;
