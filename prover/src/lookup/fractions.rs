//! The fractions themselves, and the layers of the tree above them, as the prover holds them.
//!
//! Only *active* columns are kept, those that hold something other than 0 / 1.

use ark_bn254::Fr;
use ark_ff::{AdditiveGroup, Field};
use ballast_core::leaf::SLOTS;
use rayon::prelude::*;

use super::{Challenges, SLOT_COLUMN, VALUE_COLUMN, layer::Neighbours};
use crate::{
    poly::GRAIN,
    table::{
        Table,
        layout::{LIMB_VALUES, LIMBS, asset_column, multiplicity_columns},
    },
};

/// Fractions of a layer, numerators apart from denominators.
pub(super) struct FractionTable {
    numerators: Vec<Fr>,
    denominators: Vec<Fr>,
}

impl FractionTable {
    /// A table of `count` fractions 0 / 1.
    pub(super) fn zeros(count: usize) -> Self {
        Self { numerators: vec![Fr::ZERO; count], denominators: vec![Fr::ONE; count] }
    }

    pub(super) fn len(&self) -> usize {
        self.numerators.len()
    }

    pub(super) fn get(&self, index: usize) -> [Fr; 2] {
        [self.numerators[index], self.denominators[index]]
    }

    pub(super) fn set(&mut self, index: usize, [numerator, denominator]: [Fr; 2]) {
        self.numerators[index] = numerator;
        self.denominators[index] = denominator;
    }

    /// The sums of neighbours: the layer above.
    pub(super) fn add_neighbours(&self) -> Self {
        let (numerators, denominators) =
            self.pairs().map(|([p0, p1], [q0, q1])| (*p0 * q1 + *p1 * q0, *q0 * q1)).unzip();
        Self { numerators, denominators }
    }

    /// The neighbours for a sum-check with this lambda.
    pub(super) fn neighbours(&self, lambda: Fr) -> Vec<Neighbours> {
        self.pairs().map(|([p0, p1], [q0, q1])| Neighbours::new([*p0, *q0], [*p1, *q1], lambda)).collect()
    }

    /// Numerators and denominators of neighbours.
    fn pairs(&self) -> impl IndexedParallelIterator<Item = (&[Fr; 2], &[Fr; 2])> {
        let (numerators, _) = self.numerators.as_chunks::<2>();
        let (denominators, _) = self.denominators.as_chunks::<2>();
        numerators.par_iter().zip(denominators).with_min_len(GRAIN)
    }
}

/// The lowest layer, of single fractions. It is not stored but read where the table lies; limbs, of
/// which there are many, look their denominators up among those of the 2^16 values.
pub(super) struct LowestLayer<'a> {
    table: &'a Table,
    /// beta - v for every v below 2^16.
    limb_denominators: Vec<Fr>,
    /// gamma - v for every v below 2^16.
    asset_denominators: Vec<Fr>,
}

impl<'a> LowestLayer<'a> {
    pub(super) fn new(table: &'a Table, challenges: &Challenges<Fr>) -> Self {
        let differences = |challenge: Fr| (0..LIMB_VALUES as u64).map(|value| challenge - Fr::from(value)).collect();
        Self {
            table,
            limb_denominators: differences(challenges.limb),
            asset_denominators: differences(challenges.asset),
        }
    }

    /// The numbers of the active columns.
    pub(super) fn active_columns(&self) -> impl Iterator<Item = usize> {
        let values = VALUE_COLUMN..VALUE_COLUMN + multiplicity_columns(self.table.depth);
        (0..SLOT_COLUMN + SLOTS).chain(values)
    }

    /// Numerator and denominator of an active column in a row.
    #[inline(always)]
    fn fraction(&self, column: usize, row: usize) -> [Fr; 2] {
        if column < LIMBS {
            [Fr::ONE, self.limb_denominator(column, row)]
        } else if column < SLOT_COLUMN + SLOTS {
            let slot = column - SLOT_COLUMN;
            let asset = self.table.limbs[asset_column(slot)][row];
            [Fr::from(self.table.balance(slot, row)), self.asset_denominators[usize::from(asset)]]
        } else {
            let value = (column - VALUE_COLUMN) * self.table.rows() + row;
            match self.table.multiplicities.get(value) {
                Some(count) => [-Fr::from(*count), self.limb_denominators[value]],
                None => [Fr::ZERO, Fr::ONE],
            }
        }
    }

    #[inline(always)]
    fn limb_denominator(&self, column: usize, row: usize) -> Fr {
        self.limb_denominators[usize::from(self.table.limbs[column][row])]
    }

    /// The sums of a column's neighbours: its part of the layer above.
    pub(super) fn add_neighbours(&self, column: usize) -> FractionTable {
        let sum = |i: usize| {
            if column < LIMBS {
                // The numerators are 1.
                let (q0, q1) = (self.limb_denominator(column, 2 * i), self.limb_denominator(column, 2 * i + 1));
                return (q0 + q1, q0 * q1);
            }
            let [[p0, q0], [p1, q1]] = [self.fraction(column, 2 * i), self.fraction(column, 2 * i + 1)];
            (p0 * q1 + p1 * q0, q0 * q1)
        };
        let (numerators, denominators) =
            (0..self.table.rows() / 2).into_par_iter().with_min_len(GRAIN).map(sum).unzip();
        FractionTable { numerators, denominators }
    }

    /// The neighbours for a sum-check with this lambda.
    pub(super) fn neighbours(&self, lambda: Fr) -> LowestNeighbours<'_> {
        LowestNeighbours {
            layer: self,
            lambda,
            scaled: self.limb_denominators.iter().map(|q| Fr::ONE + lambda * q).collect(),
        }
    }
}

/// The neighbours of the lowest layer.
pub(super) struct LowestNeighbours<'a> {
    layer: &'a LowestLayer<'a>,
    lambda: Fr,
    /// 1 + lambda (beta - v) for every v below 2^16: s of a limb v.
    scaled: Vec<Fr>,
}

impl LowestNeighbours<'_> {
    /// The numbers of the active columns.
    pub(super) fn active_columns(&self) -> impl Iterator<Item = usize> {
        self.layer.active_columns()
    }

    /// The pair of a column with this number.
    pub(super) fn get(&self, column: usize, i: usize) -> Neighbours {
        if column < LIMBS {
            let limbs = &self.layer.table.limbs[column];
            let (even, odd) = (usize::from(limbs[2 * i]), usize::from(limbs[2 * i + 1]));
            let denominators = &self.layer.limb_denominators;
            return Neighbours { p0: Fr::ONE, s: self.scaled[odd], q0: denominators[even], q1: denominators[odd] };
        }
        let [even, odd] = [2 * i, 2 * i + 1].map(|row| self.layer.fraction(column, row));
        Neighbours::new(even, odd, self.lambda)
    }
}
