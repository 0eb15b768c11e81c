//! Many instances of the permutation at once, with a record of what enters their S-boxes.

use ark_bn254::Fr;
use ark_ff::AdditiveGroup;
use rayon::prelude::*;

use super::{PARTIAL_ROUNDS, Permutation, ROUNDS, WIDTH, is_full_round};
use ballast_core::poseidon::permutation::{HALF_FULL_ROUNDS, fifth_power};

/// Number of instances that are hashed together.
const BLOCK: usize = 64;

/// The inputs of the S-boxes of many instances of the permutation.
pub(crate) struct Trace {
    /// The columns of each round, one entry an instance: five of a full round, one of a partial.
    /// They are taken from the end.
    rounds: Vec<Vec<Vec<Fr>>>,
}

/// Number of columns that a round has.
const fn columns(round: usize) -> usize {
    if is_full_round(round) { WIDTH } else { 1 }
}

impl Trace {
    pub(crate) fn new(count: usize) -> Self {
        let rounds = (0..ROUNDS).map(|round| vec![vec![Fr::ZERO; count]; columns(round)]).collect();
        Self { rounds }
    }

    /// Takes the columns of the last round that is left, none when none is left.
    pub(crate) fn pop(&mut self) -> Vec<Vec<Fr>> {
        self.rounds.pop().unwrap_or_default()
    }

    /// Hashes the instances from `first` on into `digests`, as many as there are places, and
    /// records what enters their S-boxes. `inputs(i)` are the inputs of instance i.
    pub(crate) fn hash(&mut self, first: usize, inputs: impl Fn(usize) -> [Fr; WIDTH - 1] + Sync, digests: &mut [Fr]) {
        let permutation = Permutation::get();
        let count = digests.len();
        let blocks = count.div_ceil(BLOCK);
        // Every block's part of every column.
        let mut parts: Vec<Vec<&mut [Fr]>> = (0..blocks).map(|_| Vec::with_capacity(100)).collect();
        for column in self.rounds.iter_mut().flatten() {
            for (block, part) in parts.iter_mut().zip(column[first..first + count].chunks_mut(BLOCK)) {
                block.push(part);
            }
        }
        parts.into_par_iter().zip(digests.par_chunks_mut(BLOCK)).enumerate().for_each(|(block, (parts, digests))| {
            let mut state: Vec<[Fr; WIDTH]> = (0..digests.len())
                .map(|i| {
                    let [a, b, c, d] = inputs(first + block * BLOCK + i);
                    [Fr::ZERO, a, b, c, d]
                })
                .collect();
            permute(permutation, &mut state, parts);
            digests.iter_mut().zip(&state).for_each(|(digest, state)| *digest = state[0]);
        });
    }
}

fn permute(permutation: &Permutation, states: &mut [[Fr; WIDTH]], parts: Vec<&mut [Fr]>) {
    let mut parts = parts.into_iter();
    for round in 0..HALF_FULL_ROUNDS {
        full_round(permutation, round, states, &mut parts);
    }
    for ((constant, row, column), inputs) in permutation.partial.iter().zip(parts.by_ref()) {
        for (state, input) in states.iter_mut().zip(inputs) {
            let x = state[0] + constant;
            *input = x;
            let y = fifth_power(x);
            let mut first = row[0] * y;
            for j in 1..WIDTH {
                first += row[j] * state[j];
                state[j] += column[j - 1] * y;
            }
            state[0] = first;
        }
    }
    for state in states.iter_mut() {
        let others: [Fr; WIDTH - 1] = std::array::from_fn(|j| state[1 + j]);
        for (j, row) in permutation.back.iter().enumerate() {
            state[1 + j] = row.iter().zip(&others).map(|(a, b)| *a * b).sum();
        }
        state.iter_mut().zip(&permutation.rest).for_each(|(element, rest)| *element += rest);
    }
    for round in HALF_FULL_ROUNDS + PARTIAL_ROUNDS..ROUNDS {
        full_round(permutation, round, states, &mut parts);
    }
}

fn full_round<'a>(
    permutation: &Permutation,
    round: usize,
    states: &mut [[Fr; WIDTH]],
    parts: &mut impl Iterator<Item = &'a mut [Fr]>,
) {
    let mut inputs: Vec<&mut [Fr]> = parts.take(WIDTH).collect();
    for (i, state) in states.iter_mut().enumerate() {
        for j in 0..WIDTH {
            state[j] += permutation.constants[round][j];
            inputs[j][i] = state[j];
            state[j] = fifth_power(state[j]);
        }
        *state = std::array::from_fn(|j| {
            let row = &permutation.matrix[j];
            row[0] * state[0] + row[1] * state[1] + row[2] * state[2] + row[3] * state[3] + row[4] * state[4]
        });
    }
}
