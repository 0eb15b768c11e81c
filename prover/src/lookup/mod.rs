//! Range checks and totals as one fractional sum (Papini and Haboeck, eprint 2023/1284; `docs/spec.md`, section 8.4).
//!
//! ```text
//! sum over limbs 1/(beta - limb)  -  sum over v < 2^16 of m_v/(beta - v)  +  sum over slots v_s/(gamma - a_s)
//!     =  sum over assets a of T_a/(gamma - a)
//! ```
//!
//! The left side is laid out as 64 columns of fractions, a row a leaf: 45 columns of limbs, 9 of slots, from column 60 on the
//! table of multiplicities, and 0/1 elsewhere. A binary tree adds neighbours, lowest bit of the row first; each layer of it is
//! proved by one sum-check over
//!
//! ```text
//! eq(z, x) (p_0 q_1 + p_1 q_0 + lambda q_0 q_1)
//! ```
//!
//! # Soundness
//! Both sides are rational functions of beta and gamma, fixed by the commitments and totals before either is drawn. If they
//! agree at a random point they are the same (Schwartz-Zippel, degree below 2^27), so they have the same poles: every limb is
//! one of the 2^16 values, and for every asset the balances sum to T_a in F, with T_a = 0 where there is no total. At most
//! 9 * 4^10 balances below 2^64 cannot reach r, so the sums are sums of integers. The root's denominator is the product of all;
//! that it is not zero says that no fraction stood at a pole.

pub mod prover;
pub mod verifier;

pub use verifier::{Challenges, verify};

use crate::argument::layout::LIMBS;

/// First column of slots among the fractions.
pub(crate) const SLOT_COLUMN: usize = LIMBS;
/// First column of the table among the fractions.
pub(crate) const TABLE_COLUMN: usize = 60;
