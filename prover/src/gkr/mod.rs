//! All hashing of a tree as one data-parallel GKR (Goldwasser, Kalai, Rothblum 2008; `docs/spec.md`, section 8.3).
//!
//! L leaf instances and L/2 node instances run the same permutation: Poseidon with five elements, 68 rounds,
//! s <- M (s + c)^5, the power on the first element only in partial rounds. Node x of the heap hashes nodes 4x .. 4x + 3;
//! node 0 has no place in the tree, and what it hashes to is sent.
//!
//! # Claims
//! Between rounds stands one claim: on sum_x eq(z, x) (sum_j b_j s_j(x) + sum_j b'_j s'_j(x)), where s are the leaf states, s'
//! the node states, and the node part does not depend on the highest variable. With g = M^T b, one sum-check over
//!
//! ```text
//! full round      eq(z, x) sum_j g_j (s_j(x) + c_j)^5                              and the same of the nodes
//! partial round   eq(z, x) (g_0 (s_0(x) + c_0)^5 + sum_{j>0} g_j (s_j(x) + c_j))   and the same of the nodes
//! ```
//!
//! leads to the round's inputs at a new point. A full round ends in the five inputs of its S-boxes, of leaves and of nodes,
//! combined with powers of the next challenge. A partial round ends in only two values each, the input of its one S-box and the
//! linear rest, because both are known linear forms of the same state: the next claim is on their random combination.
//!
//! # Soundness
//! Each round of a sum-check adds 5 / r, each combination at most 9 / r. What is left are claims on columns of the table, at
//! points of the rows: leaf and node digests at the first point, inputs of leaves and nodes at the last.

pub mod permutation;
pub mod prover;
pub mod trace;
pub mod verifier;

pub use verifier::verify;

use ballast_core::poseidon::permutation::HALF_FULL_ROUNDS;

/// Elements of the state.
pub const WIDTH: usize = 5;
/// Rounds of the permutation.
pub const ROUNDS: usize = 68;
/// Rounds in which only the first element is raised.
pub const PARTIAL_ROUNDS: usize = ROUNDS - 2 * HALF_FULL_ROUNDS;

/// Whether every element is raised in this round.
pub const fn is_full_round(round: usize) -> bool {
    round < HALF_FULL_ROUNDS || round >= HALF_FULL_ROUNDS + PARTIAL_ROUNDS
}
