//! Multilinear tables: values of a polynomial on {0,1}^n, the lowest variable in the lowest bit of the index.

use ark_bn254::Fr;
use ark_ff::{AdditiveGroup, Field};
use ballast_core::wide::Wide;
use rayon::prelude::*;

/// Entries that a thread takes at once.
pub(crate) const GRAIN: usize = 1 << 10;

/// eq(z, i) for all i.
pub(crate) fn equality_table(z: &[Fr]) -> Vec<Fr> {
    let mut table = vec![Fr::ONE];
    for z in z.iter().rev() {
        table = table
            .par_iter()
            .with_min_len(GRAIN)
            .flat_map_iter(|entry| {
                let high = *entry * z;
                [*entry - high, high]
            })
            .collect();
    }
    table
}

/// Binds the lowest variable to `challenge`.
pub(crate) fn fold(table: &[Fr], challenge: Fr) -> Vec<Fr> {
    let (pairs, _) = table.as_chunks::<2>();
    pairs.par_iter().with_min_len(GRAIN).map(|[even, odd]| *even + challenge * (*odd - even)).collect()
}

/// sum_i a_i b_i.
pub(crate) fn inner_product(a: &[Fr], b: &[Fr]) -> Fr {
    a.par_chunks(GRAIN)
        .zip(b.par_chunks(GRAIN))
        .map(|(a, b)| {
            let mut sum = Wide::ZERO;
            a.iter().zip(b).for_each(|(a, b)| sum.add_product(a, b));
            sum.reduce()
        })
        .reduce(|| Fr::ZERO, |a, b| a + b)
}

/// sum_i coefficients[i] x^i.
pub(crate) fn evaluate(coefficients: &[Fr], x: Fr) -> Fr {
    let step = x.pow([GRAIN as u64]);
    let horner = |coefficients: &[Fr], x: Fr| coefficients.iter().rev().fold(Fr::ZERO, |sum, c| sum * x + c);
    let blocks: Vec<Fr> = coefficients.par_chunks(GRAIN).map(|block| horner(block, x)).collect();
    horner(&blocks, step)
}

/// eq(z, x) over the variables from some round on, as a product of two short tables: of the variables below a split and of
/// those above.
pub(crate) struct SplitEquality {
    /// For each round before the split: the table of the lower variables that come later.
    low: Vec<Vec<Fr>>,
    /// From the round of the split on: the table of the later variables.
    high: Vec<Vec<Fr>>,
}

impl SplitEquality {
    pub(crate) fn new(z: &[Fr]) -> Self {
        let split = z.len() / 2;
        let suffixes = |z: &[Fr]| {
            // tables[j] is over z[j + 1..]; halving a table sums its lowest variable away.
            let mut tables = Vec::with_capacity(z.len() + 1);
            let mut table = equality_table(z);
            while table.len() > 1 {
                tables.push(table.clone());
                table = table.as_chunks::<2>().0.iter().map(|[even, odd]| *even + odd).collect();
            }
            tables.push(table);
            tables
        };
        Self { low: suffixes(&z[..split]), high: suffixes(&z[split..]) }
    }

    /// The tables for the round that binds variable `round`: lower variables after it, upper variables after it.
    pub(crate) fn tables(&self, round: usize) -> (&[Fr], &[Fr]) {
        let split = self.low.len() - 1;
        if round < split {
            (&self.low[round + 1], &self.high[0])
        } else {
            let after = (round - split + 1).min(self.high.len() - 1);
            (&self.low[split], &self.high[after])
        }
    }
}

/// Sums `N` things over all x, each weighed by eq: `add` adds what the pair with number x gives, times a weight, to the sums.
///
/// Blocks of the lower table are summed without reduction.
pub(crate) fn weighted_sums<const N: usize>(
    (low, high): (&[Fr], &[Fr]),
    add: impl Fn(&mut [Wide; N], usize, &Fr) + Sync,
) -> [Fr; N] {
    high.par_iter()
        .enumerate()
        .with_min_len((GRAIN / low.len()).max(1))
        .fold(
            || [Wide::ZERO; N],
            |mut outer, (number, weight)| {
                let mut sums = [Wide::ZERO; N];
                let first = number * low.len();
                for (i, low) in low.iter().enumerate() {
                    add(&mut sums, first + i, low);
                }
                for (outer, sum) in outer.iter_mut().zip(sums) {
                    outer.add_product(&sum.reduce(), weight);
                }
                outer
            },
        )
        .map(|sums| sums.map(Wide::reduce))
        .reduce(|| [Fr::ZERO; N], |a, b| std::array::from_fn(|i| a[i] + b[i]))
}
