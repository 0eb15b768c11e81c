//! The permutation of leaves and nodes, with arrays of known length.

use std::sync::OnceLock;

use ark_bn254::Fr;

use super::{PARTIAL_ROUNDS, ROUNDS, WIDTH};
use ballast_core::poseidon::permutation::Parameters;

/// Parameters of `poseidon4`.
#[derive(Clone, Debug)]
pub struct Permutation {
    /// c of every round.
    pub constants: [[Fr; WIDTH]; ROUNDS],
    /// M.
    pub matrix: [[Fr; WIDTH]; WIDTH],
    /// M, transposed.
    pub transposed: [[Fr; WIDTH]; WIDTH],
    /// Partial rounds on the others in their own bases: constant, row and column of each.
    pub(crate) partial: [(Fr, [Fr; WIDTH], [Fr; WIDTH - 1]); PARTIAL_ROUNDS],
    /// Takes the others back after the partial rounds.
    pub(crate) back: [[Fr; WIDTH - 1]; WIDTH - 1],
    /// What is then missing.
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
