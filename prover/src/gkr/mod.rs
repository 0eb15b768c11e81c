//! All hashing of a tree as one data-parallel GKR (Goldwasser, Kalai, Rothblum 2008;
//! `docs/spec.md`, section 8.3).
//!
//! L leaf instances and L / 2 node instances run the same [permutation](crate::permutation). Node x
//! of the heap hashes nodes 4x .. 4x + 3; node 0 has no place in the tree, and what it hashes to is
//! sent.
//!
//! # Claims
//! Between two rounds of the permutation stands one claim, about a linear form b of the leaf states
//! s and a linear form b' of the node states s', at a point z. The node part does not depend on the
//! highest variable:
//!
//! ```text
//! sum_x eq(z, x) (sum_j b_j s_j(x) + sum_j b'_j s'_j(x)) = value
//! ```
//!
//! With g = M^T b, and with u_j = s_j + c_{r,j} for the state s before round r, one sum-check over
//!
//! ```text
//! full round      h(x) = sum_j g_j u_j(x)^5                                  + that of the nodes
//! partial round   h(x) = g_0 u_0(x)^5 + q(x),   q(x) = sum_{j>0} g_j u_j(x)  + that of the nodes
//! ```
//!
//! leads to the round's inputs at a new point. A full round ends in u_0 .. u_4 of leaves and of
//! nodes, which are combined with powers of the next challenge alpha. A partial round ends in only
//! two values each, u_0 and the linear rest q: both are known linear forms of the same state, so
//! the next claim is on their random combination.
//!
//! # Soundness
//! Each round of a sum-check adds 5 / r, each combination at most 9 / r. The verifier checks the
//! last equation of every sum-check. What is left are claims on columns of the table, at points of
//! the rows: leaf and node digests at the first point, inputs of leaves and nodes at the last. The
//! caller owes these claims, and that the commitments to the table are in the transcript before.

pub mod messages;
pub mod prover;

pub use crate::verifier::gkr::verify;

/// Degree of h in each variable, and number of coefficients that a round of the sum-check sends:
/// g_1 .. g_5.
pub const HASH_DEGREE: usize = 5;
