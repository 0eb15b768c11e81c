//! What the prover of the hashing sends.

use super::HASH_DEGREE;
use crate::{
    arithmetic::{ShapeError, try_array},
    permutation::{PARTIAL_ROUNDS, ROUNDS, WIDTH, is_full_round},
    table::layout::row_variables,
};

/// All messages of the hashing, in the order of the transcript.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Hashing<S> {
    /// The digest w of node 0, which has no place in the tree. Sent before the first point is
    /// drawn.
    pub node_zero: S,
    /// The values a and b of leaf digests and node digests at the first point.
    pub outputs: [S; 2],
    /// The rounds of the permutation, the last one first.
    pub layers: Vec<HashLayer<S>>,
}

/// What one round of the permutation takes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HashLayer<S> {
    /// The coefficients g_1 .. g_5 of each round of the sum-check.
    pub rounds: Vec<[S; HASH_DEGREE]>,
    /// The values at the point of all challenges.
    pub values: HashValues<S>,
}

/// The values in which the sum-check of one round of the permutation ends: of leaves, then of
/// nodes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum HashValues<S> {
    /// The inputs u_0 .. u_4 of a full round's S-boxes.
    Full([[S; WIDTH]; 2]),
    /// The input u_0 of a partial round's S-box, and the linear rest q.
    Partial([[S; 2]; 2]),
    /// The inputs u_1 .. u_4 of round 0, which is full. Its u_0 is the constant c_{0,0} and is not
    /// sent.
    First([[S; WIDTH - 1]; 2]),
}

impl<S> HashValues<S> {
    /// Values of the form that this round has, each element from `next`, in the order in which they
    /// are sent.
    ///
    /// # Errors
    /// The first error of `next`.
    pub fn build<E>(round: usize, mut next: impl FnMut() -> Result<S, E>) -> Result<Self, E> {
        Ok(match round {
            0 => Self::First([try_array(&mut next)?, try_array(&mut next)?]),
            _ if is_full_round(round) => Self::Full([try_array(&mut next)?, try_array(&mut next)?]),
            _ => Self::Partial([try_array(&mut next)?, try_array(&mut next)?]),
        })
    }

    /// All values, in the order in which they are sent.
    pub fn as_slice(&self) -> &[S] {
        match self {
            Self::Full(values) => values.as_flattened(),
            Self::Partial(values) => values.as_flattened(),
            Self::First(values) => values.as_flattened(),
        }
    }

    /// [`Self::as_slice`], to be changed.
    pub fn as_mut_slice(&mut self) -> &mut [S] {
        match self {
            Self::Full(values) => values.as_flattened_mut(),
            Self::Partial(values) => values.as_flattened_mut(),
            Self::First(values) => values.as_flattened_mut(),
        }
    }

    /// Number of values that a round of the permutation has.
    pub const fn count(round: usize) -> usize {
        if round == 0 {
            2 * (WIDTH - 1)
        } else if is_full_round(round) {
            2 * WIDTH
        } else {
            4
        }
    }
}

impl<S> Hashing<S> {
    /// Messages of the shape of a class, each element from `next`, in the order in which they are
    /// sent.
    ///
    /// # Errors
    /// The first error of `next`.
    pub fn build<E>(depth: u8, mut next: impl FnMut() -> Result<S, E>) -> Result<Self, E> {
        let node_zero = next()?;
        let outputs = try_array(&mut next)?;
        let mut layer = |round| {
            let rounds = (0..row_variables(depth)).map(|_| try_array(&mut next)).collect::<Result<_, E>>()?;
            Ok(HashLayer { rounds, values: HashValues::build(round, &mut next)? })
        };
        let layers = (0..ROUNDS).rev().map(&mut layer).collect::<Result<_, E>>()?;
        Ok(Self { node_zero, outputs, layers })
    }

    /// Every element, in the order in which they are sent.
    pub fn elements(&self) -> impl Iterator<Item = &S> {
        let layers = self.layers.iter().flat_map(|layer| layer.rounds.iter().flatten().chain(layer.values.as_slice()));
        std::iter::once(&self.node_zero).chain(&self.outputs).chain(layers)
    }

    /// Number of elements in a class.
    pub const fn count(depth: u8) -> usize {
        let full = HashValues::<S>::count(ROUNDS - 1) * (ROUNDS - PARTIAL_ROUNDS - 1);
        let partial = HashValues::<S>::count(ROUNDS / 2) * PARTIAL_ROUNDS;
        3 + ROUNDS * row_variables(depth) * HASH_DEGREE + HashValues::<S>::count(0) + full + partial
    }

    /// Refuses messages that do not have the shape of this class.
    ///
    /// # Errors
    /// [`ShapeError`] names the first list of another length.
    pub fn check_shape(&self, depth: u8) -> Result<(), ShapeError> {
        ShapeError::check("rounds of the permutation", ROUNDS, self.layers.len())?;
        for (layer, round) in self.layers.iter().zip((0..ROUNDS).rev()) {
            let rounds = layer.rounds.len();
            ShapeError::check("rounds of the sum-check of a round of the permutation", row_variables(depth), rounds)?;
            let (expected, found) = (HashValues::<S>::count(round), layer.values.as_slice().len());
            ShapeError::check("values of a round of the permutation", expected, found)?;
        }
        Ok(())
    }
}
