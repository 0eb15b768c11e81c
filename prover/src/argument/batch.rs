//! The prover of the sum-check that batches all claims on the table.
//!
//! At each point the columns are first combined with their weights, which is cheap as nearly all of them are 16-bit limbs; so the
//! rows are bound on one column a point and not on 64. Only then are the columns themselves evaluated.

use ark_bn254::Fr;
use ark_ff::AdditiveGroup;
use ballast_core::wide::Wide;
use rayon::prelude::*;

use super::{
    claims::{Combination, PointClaims},
    layout::{COLUMNS, LIMBS, MULTIPLICITIES, TAG, TREE_HIGH, TREE_LOW},
    messages::Batch,
    table::Table,
};
use crate::{
    arithmetic::{Arithmetic, Check, Native},
    poly::{GRAIN, equality_table, fold},
    transcript::Transcript,
};

/// Reduces the claims; returns the messages and the point, rows first.
pub(crate) fn prove(
    transcript: &mut Transcript<Fr>,
    table: &Table,
    points: &[PointClaims<Fr>],
) -> Result<(Batch<Fr>, Vec<Fr>), Check> {
    let field = &mut Native;
    let challenge = transcript.challenge(field)?;
    let combination = Combination::new(field, points, &challenge)?;
    let mut rounds = Rounds { transcript, claim: combination.value, sent: Vec::new(), point: Vec::new() };
    let mut pairs: Vec<[Vec<Fr>; 2]> = points
        .iter()
        .zip(&combination.weights)
        .map(|(point, weights)| [equality_table(&point.point), combine_columns(table, weights)])
        .collect();
    while pairs[0][0].len() > 1 {
        rounds.bind(&mut pairs)?;
    }
    let kernels: Vec<Fr> = pairs.iter().map(|[equality, _]| equality[0]).collect();
    let columns = evaluate_columns(table, &equality_table(&rounds.point));
    let kernel = (0..COLUMNS)
        .map(|column| combination.weights.iter().zip(&kernels).map(|(weights, kernel)| weights[column] * kernel).sum())
        .collect();
    let mut pairs = vec![[kernel, columns]];
    while pairs[0][0].len() > 1 {
        rounds.bind(&mut pairs)?;
    }
    let value = pairs[0][1][0];
    Ok((Batch { rounds: rounds.sent, value }, rounds.point))
}

struct Rounds<'a> {
    transcript: &'a mut Transcript<Fr>,
    claim: Fr,
    sent: Vec<[Fr; 2]>,
    point: Vec<Fr>,
}

impl Rounds<'_> {
    /// One round of sum over all pairs of tables of their inner product.
    fn bind(&mut self, pairs: &mut [[Vec<Fr>; 2]]) -> Result<(), Check> {
        let mut message = [Fr::ZERO; 2];
        for [a, b] in pairs.iter() {
            let sums = product_sums(a, b);
            message.iter_mut().zip(sums).for_each(|(g, sum)| *g += sum);
        }
        let field = &mut Native;
        let challenge = self.transcript.message(field, &message)?;
        let middle = self.claim - message[0].double() - message[1];
        self.claim = field.evaluate(&[message[0], middle, message[1]], &challenge)?;
        for table in pairs.iter_mut().flatten() {
            *table = fold(table, challenge);
        }
        self.sent.push(message);
        self.point.push(challenge);
        Ok(())
    }
}

/// g_0 and g_2 of sum_x a(x) b(x).
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

/// sum_c weights[c] W(c, x), for every row x.
pub(crate) fn combine_columns(table: &Table, weights: &[Fr]) -> Vec<Fr> {
    let mut combined = vec![Fr::ZERO; table.rows()];
    let limbs: Vec<(&[u16], &Fr)> = table
        .limbs
        .iter()
        .zip(weights)
        .filter(|(_, weight)| **weight != Fr::ZERO)
        .map(|(column, weight)| (column.as_slice(), weight))
        .collect();
    let elements: Vec<(&[Fr], &Fr)> = element_columns(table)
        .into_iter()
        .filter(|(column, _)| weights[*column] != Fr::ZERO)
        .map(|(column, elements)| (elements, &weights[column]))
        .collect();
    combined.par_chunks_mut(GRAIN).enumerate().for_each(|(block, combined)| {
        for (i, sum) in combined.iter_mut().enumerate() {
            let row = block * GRAIN + i;
            let mut small = Wide::ZERO;
            limbs.iter().for_each(|(column, weight)| small.add_small(weight, column[row]));
            *sum = small.reduce_small();
            elements.iter().for_each(|(column, weight)| *sum += column[row] * **weight);
        }
    });
    for (first, counts) in multiplicity_columns(table) {
        let weight = weights[first];
        combined.iter_mut().zip(counts).for_each(|(sum, count)| *sum += weight * Fr::from(*count));
    }
    combined
}

/// Every column's value at the point whose equality table this is.
fn evaluate_columns(table: &Table, equality: &[Fr]) -> Vec<Fr> {
    let mut values = vec![Fr::ZERO; COLUMNS];
    values[..LIMBS].par_iter_mut().zip(&table.limbs).for_each(|(value, column)| {
        let mut sum = Wide::ZERO;
        column.iter().zip(equality).for_each(|(limb, weight)| sum.add_small(weight, *limb));
        *value = sum.reduce_small();
    });
    for (column, elements) in element_columns(table) {
        values[column] = crate::poly::inner_product(elements, equality);
    }
    for (column, counts) in multiplicity_columns(table) {
        values[column] = counts.iter().zip(equality).map(|(count, weight)| *weight * Fr::from(*count)).sum();
    }
    values
}

/// Columns of field elements, with their numbers.
pub(crate) fn element_columns(table: &Table) -> [(usize, &[Fr]); 3] {
    let (low, high) = table.tree.split_at(table.rows());
    [(TAG, &table.tags), (TREE_LOW, low), (TREE_HIGH, high)]
}

/// Columns of multiplicities, with their numbers; the last may be short.
pub(crate) fn multiplicity_columns(table: &Table) -> impl Iterator<Item = (usize, &[u64])> {
    (MULTIPLICITIES..).zip(table.multiplicities.chunks(table.rows()))
}
