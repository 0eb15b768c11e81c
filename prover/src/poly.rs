//! Multilinear tables: values of a polynomial on {0,1}^n, the lowest variable in the lowest bit of
//! the index.

use ark_bn254::Fr;
use ark_ff::{AdditiveGroup, Field};
use ballast_core::wide::Wide;
use rayon::prelude::*;

/// Number of entries that a thread takes at once.
pub(crate) const GRAIN: usize = 1 << 10;

/// The values eq(z, i) for every i below 2^(length of z).
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

/// The table with its lowest variable bound to `challenge`: half as many entries.
pub(crate) fn fold(table: &[Fr], challenge: Fr) -> Vec<Fr> {
    let (pairs, _) = table.as_chunks::<2>();
    pairs.par_iter().with_min_len(GRAIN).map(|[even, odd]| *even + challenge * (*odd - even)).collect()
}

/// The inner product sum_i a_i b_i of two lists of one length.
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

/// The value sum_i coefficients[i] x^i of a polynomial.
pub(crate) fn evaluate(coefficients: &[Fr], x: Fr) -> Fr {
    let step = x.pow([GRAIN as u64]);
    let horner = |coefficients: &[Fr], x: Fr| coefficients.iter().rev().fold(Fr::ZERO, |sum, c| sum * x + c);
    let blocks: Vec<Fr> = coefficients.par_chunks(GRAIN).map(|block| horner(block, x)).collect();
    horner(&blocks, step)
}

/// The equality polynomial over the variables that come after each round of a sum-check, as a
/// product of two short tables: one over the variables below a split, one over those above.
pub(crate) struct SplitEquality {
    /// The tables over the lower variables: entry j is over those from variable j on.
    low: Vec<Vec<Fr>>,
    /// The tables over the upper variables: entry j is over those from the j-th of them on.
    high: Vec<Vec<Fr>>,
}

impl SplitEquality {
    pub(crate) fn new(z: &[Fr]) -> Self {
        let split = z.len() / 2;
        let suffixes = |z: &[Fr]| {
            // tables[j] is over z[j..]; halving a table sums its lowest variable away.
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

    /// The tables for the round that binds this variable: over the lower variables after it, and
    /// over the upper variables after it.
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

/// N sums over all pairs, each weighed by eq: `add(sums, x, weight)` adds `weight` times the values
/// that pair x has to `sums`.
///
/// The weight of pair x is the product of an entry of `low`, by the lower bits of x, and one of
/// `high`. Sums over one entry of `high` are reduced once.
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
