//! The permutation of `poseidon4`, which hashes leaves and nodes: its parameters in arrays of known
//! length, and the [`trace`] of many instances.
//!
//! ```text
//! s <- M (s + c_r)^5        r = 0 .. 67
//! ```
//!
//! The fifth power is of all five elements in the four first and four last rounds and of the first
//! element only in the others (Grassi, Khovratovich, Rechberger, Roy, Schofnegger, eprint 2019/458;
//! the parameters are circomlib's).

pub mod trace;

use std::sync::OnceLock;

use ark_bn254::Fr;

use ballast_core::poseidon::permutation::{HALF_FULL_ROUNDS, Parameters};

/// Elements of the state.
pub const WIDTH: usize = 5;
/// Rounds of the permutation.
pub const ROUNDS: usize = 68;
/// Rounds in which only the first element is raised to the fifth power.
pub const PARTIAL_ROUNDS: usize = ROUNDS - 2 * HALF_FULL_ROUNDS;

/// Whether every element is raised to the fifth power in this round.
pub const fn is_full_round(round: usize) -> bool {
    round < HALF_FULL_ROUNDS || round >= HALF_FULL_ROUNDS + PARTIAL_ROUNDS
}

/// Parameters of `poseidon4`.
#[derive(Clone, Debug)]
pub struct Permutation {
    /// The constants c_r of every round.
    pub constants: [[Fr; WIDTH]; ROUNDS],
    /// The matrix M.
    pub matrix: [[Fr; WIDTH]; WIDTH],
    /// The transpose of M.
    pub transposed: [[Fr; WIDTH]; WIDTH],
    /// The partial rounds in an equivalent form, in which all elements but the first are kept in a
    /// basis of each round's own: constant, row and column of each.
    pub(crate) partial: [(Fr, [Fr; WIDTH], [Fr; WIDTH - 1]); PARTIAL_ROUNDS],
    /// Takes all elements but the first from that basis back to the state's after the partial
    /// rounds.
    pub(crate) back: [[Fr; WIDTH - 1]; WIDTH - 1],
    /// The constants that the equivalent form leaves to be added after the partial rounds.
    pub(crate) rest: [Fr; WIDTH],
}

impl Permutation {
    pub fn get() -> &'static Self {
        static PERMUTATION: OnceLock<Permutation> = OnceLock::new();
        PERMUTATION.get_or_init(|| {
            // circomlib has parameters of this width.
            let parameters = Parameters::of_width(WIDTH).unwrap_or_else(|| unreachable!());
            let matrix = std::array::from_fn(|i| std::array::from_fn(|j| parameters.matrix[i][j]));
            Self {
                constants: std::array::from_fn(|round| std::array::from_fn(|j| parameters.constants[round][j])),
                matrix,
                transposed: std::array::from_fn(|i| std::array::from_fn(|j| matrix[j][i])),
                partial: std::array::from_fn(|k| {
                    let row = |j: usize| if j == 0 { matrix[0][0] } else { parameters.rows[k][j - 1] };
                    let column = std::array::from_fn(|j| parameters.columns[k][j]);
                    (parameters.partial_constants[k], std::array::from_fn(row), column)
                }),
                back: std::array::from_fn(|i| std::array::from_fn(|j| parameters.back[i][j])),
                rest: std::array::from_fn(|i| parameters.rest[i]),
            }
        })
    }
}
