//! The fractional sum, with every fraction of every layer in memory.

use ark_bn254::Fr;
use ark_ff::{AdditiveGroup, Field};
use ballast_core::leaf::SLOTS;
use ballast_prover::{
    lookup::messages::{FractionLayer, Fractions},
    table::layout::{COLUMNS, LIMB_VALUES, LIMBS, MULTIPLICITIES, asset_column},
};
use rayon::prelude::*;

use super::{
    Channel, Step, Table,
    rounds::{Part, equality_rounds},
    runs::Runs,
};

/// First column of slots, first column of multiplicities among the fractions.
const SLOTS_START: usize = 45;
const TABLE_START: usize = 60;

/// Numerator and denominator of every column and row.
fn lowest_layer(table: &Table, limb: Fr, asset: Fr) -> Runs<[Fr; 2]> {
    let rows = table.rows();
    let fraction = |column: usize, row: usize| match column {
        _ if column < LIMBS => [Fr::ONE, limb - table.columns[column][row]],
        _ if column < SLOTS_START + SLOTS => {
            let slot = column - SLOTS_START;
            [table.balance(row, slot), asset - table.columns[asset_column(slot)][row]]
        }
        _ if column >= TABLE_START && (column - TABLE_START) * rows < LIMB_VALUES => {
            let place = column - TABLE_START;
            let value = place * rows + row;
            let denominator = if value < LIMB_VALUES { limb - Fr::from(value as u64) } else { Fr::ONE };
            [-table.columns[MULTIPLICITIES + place][row], denominator]
        }
        _ => [Fr::ZERO, Fr::ONE],
    };
    let column = |column| (0..rows).map(|row| fraction(column, row)).collect();
    let columns: Vec<Runs<_>> = (0..COLUMNS).into_par_iter().map(column).collect();
    let mut layer = Runs::from_iter([]);
    columns.into_iter().for_each(|column| layer.append(column));
    layer
}

fn add_neighbours(layer: &Runs<[Fr; 2]>) -> Runs<[Fr; 2]> {
    layer.join(|[p0, q0], [p1, q1]| [*p0 * q1 + *p1 * q0, *q0 * q1])
}

pub(super) fn prove(channel: &mut Channel, table: &Table, limb: Fr, asset: Fr) -> Fractions<Fr> {
    let mut layers = vec![lowest_layer(table, limb, asset)];
    while let Some(last) = layers.last().filter(|last| last.len() > 1) {
        layers.push(add_neighbours(last));
    }
    let mut root = layers.pop().unwrap().first();
    channel.send(Step::Root, &mut root);
    let mut point: Vec<Fr> = Vec::new();
    let mut sent = Vec::new();
    for (number, layer) in layers.into_iter().rev().enumerate() {
        let lambda = channel.challenge();
        let rows = layer.join(|[p0, q0], [p1, q1]| [*p0, *p1, *q0, *q1]);
        drop(layer);
        let summand = Box::new(move |[p0, p1, q0, q1]: &[Fr; 4]| *p0 * q1 + *p1 * q0 + lambda * q0 * q1);
        let step = |variable| Step::FractionRound { layer: number, variable };
        let (rounds, bound, values) = equality_rounds(channel, &point, vec![Part { rows, summand }], step);
        let mut values = values[0];
        let lowest = channel.send(Step::FractionValues { layer: number }, &mut values);
        point = [&[lowest][..], &bound].concat();
        sent.push(FractionLayer { rounds, values });
    }
    debug_assert_ne!(root, [Fr::ZERO; 2]);
    Fractions { root, layers: sent }
}
