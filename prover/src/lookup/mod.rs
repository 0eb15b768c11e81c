//! Range checks and totals as one fractional sum (Papini and Haboeck, eprint 2023/1284;
//! `docs/spec.md`, section 8.4).
//!
//! ```text
//!   sum over limbs 1 / (beta - limb)  -  sum over v < 2^16 of m_v / (beta - v)
//! + sum over slots balance / (gamma - asset number)
//!     =  sum over assets a of T_a / (gamma - a)
//! ```
//!
//! The left side is laid out as 64 columns of L fractions, numbered like those of the table:
//!
//! | column | numerator / denominator in row x |
//! | --- | --- |
//! | 0 .. 44 | 1 / (beta - limb) |
//! | 45 + s, s < 9 | balance of slot s / (gamma - its asset number) |
//! | 60 + t, if the table has a column 48 + t | -m_v / (beta - v), v = t L + x; 0 / 1 behind the last v |
//! | others | 0 / 1 |
//!
//! A binary tree adds neighbours, the lowest bit of the row first: p_0 / q_0 + p_1 / q_1 has the
//! numerator p_0 q_1 + p_1 q_0 and the denominator q_0 q_1. Layer k of the tree, k = 0 .. l + 5,
//! has 2^(k+1) fractions. From the root down, one sum-check over k variables takes the claims P and
//! Q about the sums of a layer's neighbours at a point z to claims about its fractions:
//!
//! ```text
//! P + lambda Q = sum_x eq(z, x) h(x)        h = p_0 q_1 + p_1 q_0 + lambda q_0 q_1
//! ```
//!
//! # Soundness
//! Both sides are rational functions of beta and gamma, fixed by the commitments and totals before
//! either is drawn. If they agree at a random point they are the same (Schwartz-Zippel, degree
//! below 2^27), so they have the same poles: every limb is one of the 2^16 values, and for every
//! asset the balances sum to T_a in F, with T_a = 0 where there is no total. At most 9 * 4^10
//! balances below 2^64 cannot reach r, so the sums are sums of integers. The root's denominator is
//! the product of all; that it is not zero says that no fraction stood at a pole.
//!
//! The caller owes that the commitments and totals are in the transcript before, and the two claims
//! on the table that are left.

mod fractions;
mod layer;
pub mod messages;
pub mod prover;

use crate::table::layout::{COLUMN_VARIABLES, LIMBS, row_variables};
pub use crate::verifier::lookup::{Challenges, verify};

/// Degree of h in each variable, and number of coefficients that a round of the sum-check sends:
/// g_1 and g_2.
pub const FRACTION_DEGREE: usize = 2;
/// The first of the columns of fractions that belong to slots.
pub(crate) const SLOT_COLUMN: usize = LIMBS;
/// The first of the columns of fractions that belong to the table of values.
pub(crate) const VALUE_COLUMN: usize = 60;

/// The claims P and Q about the sums of a layer's neighbours, at a point.
pub(crate) struct LayerClaim<S> {
    /// Numerator P and denominator Q.
    pub(crate) sums: [S; 2],
    /// The point z, lowest variable first.
    pub(crate) point: Vec<S>,
}

/// Number of layers of the tree in a class: the lowest has as many fractions as there are rows and
/// columns.
pub const fn layers(depth: u8) -> usize {
    row_variables(depth) + COLUMN_VARIABLES
}
