//! What the prover sends, round by round. In a proof these are private: the Groth16 circuit takes them as witness.

use super::layout::{COLUMN_VARIABLES, row_variables};
use crate::gkr::{PARTIAL_ROUNDS, ROUNDS, is_full_round};

/// Coefficients that a round of the fractions sends: g_1, g_2.
pub const FRACTION_DEGREE: usize = 2;
/// Coefficients that a round of the hashing sends: g_1 .. g_5.
pub const HASH_DEGREE: usize = 5;

/// All messages after the commitments, in order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Messages<S> {
    pub fractions: Fractions<S>,
    pub hashing: Hashing<S>,
    pub batch: Batch<S>,
    /// f(zeta), f(1/zeta), s(zeta), s(1/zeta).
    pub evaluations: [S; 4],
}

/// The tree of fractions, root first.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fractions<S> {
    /// Numerator and denominator of the whole sum.
    pub root: [S; 2],
    /// Layer k has 2^(k+1) fractions: k rounds.
    pub layers: Vec<FractionLayer<S>>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FractionLayer<S> {
    pub rounds: Vec<[S; FRACTION_DEGREE]>,
    /// p_0, p_1, q_0, q_1: numerators and denominators of even and odd fractions at the point of the rounds.
    pub values: [S; 4],
}

/// The permutation's rounds, last first.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Hashing<S> {
    /// The digest of node 0, which has no place in the tree. Sent before the first point is drawn.
    pub node_zero: S,
    /// Leaf digests and node digests at the first point.
    pub outputs: [S; 2],
    pub layers: Vec<HashLayer<S>>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HashLayer<S> {
    pub rounds: Vec<[S; HASH_DEGREE]>,
    /// Inputs of the S-boxes of a full round, leaves then nodes (5 + 5; in the first round without the constant element,
    /// 4 + 4); of a partial round the input of its S-box and the linear rest, leaves then nodes (2 + 2).
    pub values: Vec<S>,
}

/// The sum-check that batches all claims.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Batch<S> {
    /// g_0, g_2.
    pub rounds: Vec<[S; 2]>,
    pub value: S,
}

/// Values that round `round` of the permutation ends in.
pub const fn hash_values(round: usize) -> usize {
    if round == 0 {
        8
    } else if is_full_round(round) {
        10
    } else {
        4
    }
}

impl<S> Messages<S> {
    /// Messages of the shape of a class, each element from `next`, in the order in which they are sent.
    ///
    /// # Errors
    /// The first of `next`.
    pub fn build<E>(depth: u8, mut next: impl FnMut() -> Result<S, E>) -> Result<Self, E> {
        let rows = row_variables(depth);
        let root = array(&mut next)?;
        let layers = (0..rows + COLUMN_VARIABLES)
            .map(|rounds| Ok(FractionLayer { rounds: arrays(rounds, &mut next)?, values: array(&mut next)? }))
            .collect::<Result<_, E>>()?;
        let fractions = Fractions { root, layers };
        let node_zero = next()?;
        let outputs = array(&mut next)?;
        let layers = (0..ROUNDS)
            .rev()
            .map(|round| {
                let rounds = arrays(rows, &mut next)?;
                let values = (0..hash_values(round)).map(|_| next()).collect::<Result<_, E>>()?;
                Ok(HashLayer { rounds, values })
            })
            .collect::<Result<_, E>>()?;
        let hashing = Hashing { node_zero, outputs, layers };
        let batch = Batch { rounds: arrays(rows + COLUMN_VARIABLES, &mut next)?, value: next()? };
        Ok(Self { fractions, hashing, batch, evaluations: array(&mut next)? })
    }

    /// Every element, in the order in which they are sent.
    pub fn elements(&self) -> impl Iterator<Item = &S> {
        let fractions =
            self.fractions.layers.iter().flat_map(|layer| layer.rounds.iter().flatten().chain(&layer.values));
        let hashing = self.hashing.layers.iter().flat_map(|layer| layer.rounds.iter().flatten().chain(&layer.values));
        let batch = self.batch.rounds.iter().flatten().chain([&self.batch.value]);
        self.fractions
            .root
            .iter()
            .chain(fractions)
            .chain([&self.hashing.node_zero])
            .chain(&self.hashing.outputs)
            .chain(hashing)
            .chain(batch)
            .chain(&self.evaluations)
    }

    /// Elements of the messages of a class.
    pub const fn count(depth: u8) -> usize {
        let rows = row_variables(depth);
        let layers = rows + COLUMN_VARIABLES;
        let fractions = 2 + FRACTION_DEGREE * (layers * (layers - 1) / 2) + 4 * layers;
        let hashing = 3 + ROUNDS * rows * HASH_DEGREE + 8 + 10 * (ROUNDS - PARTIAL_ROUNDS - 1) + 4 * PARTIAL_ROUNDS;
        fractions + hashing + 2 * layers + 1 + 4
    }

    /// Whether these have the shape of the class: the verifiers take no other.
    pub fn has_shape(&self, depth: u8) -> bool {
        let rows = row_variables(depth);
        let layers = rows + COLUMN_VARIABLES;
        let fractions = &self.fractions.layers;
        let hashing = &self.hashing.layers;
        fractions.len() == layers
            && fractions.iter().enumerate().all(|(rounds, layer)| layer.rounds.len() == rounds)
            && hashing.len() == ROUNDS
            && hashing
                .iter()
                .zip((0..ROUNDS).rev())
                .all(|(layer, round)| layer.rounds.len() == rows && layer.values.len() == hash_values(round))
            && self.batch.rounds.len() == layers
    }
}

fn array<S, E, const N: usize>(next: &mut impl FnMut() -> Result<S, E>) -> Result<[S; N], E> {
    let mut elements = Vec::with_capacity(N);
    for _ in 0..N {
        elements.push(next()?);
    }
    // The length is N.
    Ok(elements.try_into().unwrap_or_else(|_| unreachable!()))
}

fn arrays<S, E, const N: usize>(count: usize, next: &mut impl FnMut() -> Result<S, E>) -> Result<Vec<[S; N]>, E> {
    (0..count).map(|_| array(next)).collect()
}
