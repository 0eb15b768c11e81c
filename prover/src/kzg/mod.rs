//! Polynomial commitments (Kate, Zaverucha, Goldberg 2010) and the one opening that the argument
//! needs (`docs/spec.md`, section 8.6).
//!
//! A chunk of four columns is the polynomial whose coefficients are the chunk's entries; four
//! random coefficients behind them hide it. What is left of the argument is <f, eq(z)> = v for a
//! combination f of the chunks. With
//!
//! ```text
//! E(X) = prod_j ((1 - z_j) + z_j X^(2^j))          whose coefficients are eq(z, i)
//! f(X) E(1/X) + f(1/X) E(X) = 2 v + X S(X) + S(1/X) / X
//! ```
//!
//! v is the constant term of f(X) E(1/X), so S exists if and only if the claim holds. The prover
//! commits to S and opens f + eta S at zeta and 1/zeta, both at once (Boneh, Drake, Fisch, Gabizon,
//! eprint 2020/081): quotient Q, final quotient P.
//!
//! | module | holds |
//! | --- | --- |
//! | [`srs`] | the powers of tau |
//! | [`commit`] | commitments to the chunks |
//! | [`opening`] | the prover of the opening |
//! | [`verifier`] | the verifier of the opening, up to an equation over the commitments |
//! | [`equation`] | this equation, which the circuit leaves to the verifier of a proof |
//!
//! # Soundness
//! In the algebraic group model, whoever makes the points knows f, S, Q and P. The [equation] shows
//! that the evaluations sent are those of f and S, except with probability (D + 2) / r over u and 1
//! / r over eta, D below 2^29 being the degree; the [verifier] checks the identity above at zeta,
//! which holds for a false v at no more than 2 (D + n) points.

pub mod commit;
pub mod opening;
pub mod srs;

pub use srs::Srs;

pub use crate::verifier::{equation, opening as verifier};

/// Number of random coefficients behind the entries of a chunk.
pub const BLINDERS: usize = 4;

use crate::table::layout::rows;
use ballast_core::opening::CHUNK_COLUMNS;

/// Number of entries of a chunk.
pub const fn chunk_length(depth: u8) -> usize {
    CHUNK_COLUMNS * rows(depth)
}

/// Number of powers of tau that a class needs.
pub const fn srs_length(depth: u8) -> usize {
    chunk_length(depth) + BLINDERS
}
