//! Sums over the columns of the table, and over its rows. Nearly all columns hold 16-bit limbs,
//! which are cheaper to multiply with than field elements.

use ark_bn254::Fr;
use ark_ff::AdditiveGroup;
use ballast_core::wide::Wide;
use rayon::prelude::*;

use super::{
    Table,
    layout::{COLUMNS, LIMBS, MULTIPLICITIES, TAG, TREE_HIGH, TREE_LOW},
};
use crate::poly::{GRAIN, inner_product};

impl Table {
    /// The combination sum_c weights[c] W(c, x) of the columns, for every row x.
    pub(crate) fn combine_columns(&self, weights: &[Fr; COLUMNS]) -> Vec<Fr> {
        let mut combined = vec![Fr::ZERO; self.rows()];
        let limbs: Vec<(&[u16], &Fr)> = self
            .limbs
            .iter()
            .zip(weights)
            .filter(|(_, weight)| **weight != Fr::ZERO)
            .map(|(column, weight)| (column.as_slice(), weight))
            .collect();
        let elements: Vec<(&[Fr], &Fr)> = self
            .element_columns()
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
        for (first, counts) in self.multiplicity_columns() {
            let weight = weights[first];
            combined.iter_mut().zip(counts).for_each(|(sum, count)| *sum += weight * Fr::from(*count));
        }
        combined
    }

    /// The value of every column at the point of the rows whose equality table this is.
    pub(crate) fn evaluate_columns(&self, equality: &[Fr]) -> [Fr; COLUMNS] {
        let mut values = [Fr::ZERO; COLUMNS];
        values[..LIMBS].par_iter_mut().zip(&self.limbs).for_each(|(value, column)| {
            let mut sum = Wide::ZERO;
            column.iter().zip(equality).for_each(|(limb, weight)| sum.add_small(weight, *limb));
            *value = sum.reduce_small();
        });
        for (column, elements) in self.element_columns() {
            values[column] = inner_product(elements, equality);
        }
        for (column, counts) in self.multiplicity_columns() {
            values[column] = counts.iter().zip(equality).map(|(count, weight)| *weight * Fr::from(*count)).sum();
        }
        values
    }

    /// The columns of field elements, with their numbers.
    pub(crate) fn element_columns(&self) -> [(usize, &[Fr]); 3] {
        let (low, high) = self.tree.split_at(self.rows());
        [(TAG, &self.tags), (TREE_LOW, low), (TREE_HIGH, high)]
    }

    /// The columns of multiplicities, with their numbers. Where they have more rows than there are
    /// values, the column is cut behind the last value.
    pub(crate) fn multiplicity_columns(&self) -> impl Iterator<Item = (usize, &[u64])> {
        (MULTIPLICITIES..).zip(self.multiplicities.chunks(self.rows()))
    }
}
