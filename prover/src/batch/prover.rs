//! The prover of the batch.
//!
//! At each point the columns are first combined with their weights, which is cheap as nearly all of
//! them are 16-bit limbs. So the rows are bound on one column a point and not on 64. Only then are
//! the columns themselves evaluated.

use ark_bn254::Fr;
use ark_ff::AdditiveGroup;
use ballast_core::wide::Wide;
use rayon::prelude::*;

use super::{Batch, Combination, table_variables};
use crate::{
    arithmetic::{Check, Native},
    poly::{GRAIN, equality_table, fold},
    sumcheck::prover::{Round, Summand, prove_product},
    table::{
        Table,
        claims::{PointClaims, TableValue},
        layout::COLUMNS,
    },
    transcript::Transcript,
};

/// Reduces the claims to one value of the table; returns the messages and the value's point.
///
/// # Errors
/// Those of the claims' combination; there are none for claims on the table's columns.
pub(crate) fn prove(
    transcript: &mut Transcript<Fr>,
    table: &Table,
    points: &[PointClaims<Fr>],
) -> Result<(Batch<Fr>, TableValue<Fr>), Check> {
    let field = &mut Native;
    let challenge = transcript.challenge(field)?;
    let Combination { weights, value } = Combination::new(field, points, &challenge)?;
    let rows = points
        .iter()
        .zip(&weights)
        .map(|(point, weights)| [equality_table(&point.point), table.combine_columns(weights)])
        .collect();
    let mut product = Product { table, weights, bound: Vec::new(), pairs: rows };
    let proved = prove_product(transcript, value, table_variables(table.depth), &mut product)?;
    let value = product.table_value();
    Ok((Batch { rounds: proved.rounds, value }, TableValue { point: proved.point, value }))
}

/// The sum of the products of all pairs: b times W, with the variables bound so far.
struct Product<'a> {
    table: &'a Table,
    /// For each point of a claim, the combined weight of every column.
    weights: Vec<[Fr; COLUMNS]>,
    bound: Vec<Fr>,
    /// While rows are bound, for each point of a claim: eq(z, x), and the columns combined with the
    /// point's weights. After that one pair over the columns: ~b and ~W at the point of the rows.
    pairs: Vec<[Vec<Fr>; 2]>,
}

impl Product<'_> {
    /// Goes on over the columns, all rows being bound.
    fn columns(&self) -> [Vec<Fr>; 2] {
        let equalities: Vec<Fr> = self.pairs.iter().map(|[equality, _]| equality[0]).collect();
        let kernel = |column: usize| {
            self.weights.iter().zip(&equalities).map(|(weights, equality)| weights[column] * equality).sum()
        };
        let values = self.table.evaluate_columns(&equality_table(&self.bound));
        [(0..COLUMNS).map(kernel).collect(), values.to_vec()]
    }

    /// The table's value, all variables being bound.
    fn table_value(&self) -> Fr {
        self.pairs[0][1][0]
    }
}

impl Summand<2> for Product<'_> {
    fn coefficients(&self, _: &Round) -> Result<[Fr; 2], Check> {
        let sums = self.pairs.iter().map(|[a, b]| product_sums(a, b));
        Ok(sums.fold([Fr::ZERO; 2], |a, b| [a[0] + b[0], a[1] + b[1]]))
    }

    fn bind(&mut self, challenge: Fr) {
        for table in self.pairs.iter_mut().flatten() {
            *table = fold(table, challenge);
        }
        self.bound.push(challenge);
        if 1 << self.bound.len() == self.table.rows() {
            self.pairs = vec![self.columns()];
        }
    }
}

/// The coefficients g_0 and g_2 of sum_x a(x) b(x).
fn product_sums(a: &[Fr], b: &[Fr]) -> [Fr; 2] {
    let (a, _) = a.as_chunks::<2>();
    let (b, _) = b.as_chunks::<2>();
    a.par_chunks(GRAIN)
        .zip(b.par_chunks(GRAIN))
        .map(|(a, b)| {
            let mut sums = [Wide::ZERO; 2];
            for ([a0, a1], [b0, b1]) in a.iter().zip(b) {
                sums[0].add_product(a0, b0);
                sums[1].add_product(&(*a1 - a0), &(*b1 - b0));
            }
            sums.map(Wide::reduce)
        })
        .reduce(|| [Fr::ZERO; 2], |a, b| [a[0] + b[0], a[1] + b[1]])
}
