//! The prover of the fractional sum.
//!
//! Only columns that hold something but 0/1 are kept: a fraction 0/1 adds nothing to a round's coefficients. The lowest layer is
//! never stored: limbs look their denominators up in a table of the 2^16 values.

use ark_bn254::Fr;
use ark_ff::{AdditiveGroup, Field};
use ballast_core::{leaf::SLOTS, wide::Wide};
use rayon::prelude::*;

use super::{Challenges, SLOT_COLUMN, TABLE_COLUMN};
use crate::{
    argument::{
        layout::{COLUMN_VARIABLES, COLUMNS, LIMB_VALUES, LIMBS, asset_column, multiplicity_columns, row_variables},
        messages::{FractionLayer, Fractions},
        table::Table,
    },
    arithmetic::{Arithmetic, Check, Native},
    poly::{GRAIN, SplitEquality, equality_table, weighted_sums},
    transcript::Transcript,
};

/// A pair of neighbours on its way through a sum-check: p_0, p_1 + lambda q_1, q_0, q_1.
type Pair = [Fr; 4];

/// Numerators and denominators of one column.
type Column = (Vec<Fr>, Vec<Fr>);

/// The lowest layer, read where the table lies.
struct Lowest<'a> {
    table: &'a Table,
    /// beta - v and gamma - v, for every v below 2^16.
    limb: Vec<Fr>,
    asset: Vec<Fr>,
}

impl<'a> Lowest<'a> {
    fn new(table: &'a Table, challenges: &Challenges<Fr>) -> Self {
        let differences = |challenge: Fr| (0..LIMB_VALUES as u64).map(|value| challenge - Fr::from(value)).collect();
        Self { table, limb: differences(challenges.limb), asset: differences(challenges.asset) }
    }

    /// The fraction of a column in a row.
    #[inline(always)]
    fn fraction(&self, column: usize, row: usize) -> (Fr, Fr) {
        if column < LIMBS {
            (Fr::ONE, self.limb[usize::from(self.table.limbs[column][row])])
        } else if column < SLOT_COLUMN + SLOTS {
            let slot = column - SLOT_COLUMN;
            let asset = self.table.limbs[asset_column(slot)][row];
            (Fr::from(self.table.balance(slot, row)), self.asset[usize::from(asset)])
        } else {
            let value = (column - TABLE_COLUMN) * self.table.rows() + row;
            match self.table.multiplicities.get(value) {
                Some(count) => (-Fr::from(*count), self.limb[value]),
                None => (Fr::ZERO, Fr::ONE),
            }
        }
    }

    /// The layer above: neighbours added.
    fn add_neighbours(&self, columns: &[usize]) -> Vec<Column> {
        let half = self.table.rows() / 2;
        columns
            .iter()
            .map(|column| {
                (0..half)
                    .into_par_iter()
                    .with_min_len(GRAIN)
                    .map(|i| {
                        let (q0, q1) = (self.fraction(*column, 2 * i).1, self.fraction(*column, 2 * i + 1).1);
                        if *column < LIMBS {
                            return (q0 + q1, q0 * q1);
                        }
                        let (p0, p1) = (self.fraction(*column, 2 * i).0, self.fraction(*column, 2 * i + 1).0);
                        (p0 * q1 + p1 * q0, q0 * q1)
                    })
                    .unzip()
            })
            .collect()
    }

    /// Neighbours as pairs for the lowest layer's sum-check, with lambda in.
    fn pair(&self, column: usize, i: usize, scaled: &[Fr], lambda: Fr) -> Pair {
        if column < LIMBS {
            let limbs = &self.table.limbs[column];
            let (even, odd) = (usize::from(limbs[2 * i]), usize::from(limbs[2 * i + 1]));
            return [Fr::ONE, scaled[odd], self.limb[even], self.limb[odd]];
        }
        let ((p0, q0), (p1, q1)) = (self.fraction(column, 2 * i), self.fraction(column, 2 * i + 1));
        [p0, p1 + lambda * q1, q0, q1]
    }
}

fn add_neighbours(column: &Column) -> Column {
    let (numerators, _) = column.0.as_chunks::<2>();
    let (denominators, _) = column.1.as_chunks::<2>();
    numerators
        .par_iter()
        .zip(denominators)
        .with_min_len(GRAIN)
        .map(|([p0, p1], [q0, q1])| (*p0 * q1 + *p1 * q0, *q0 * q1))
        .unzip()
}

/// Proves the fractional sum.
pub(crate) fn prove(
    transcript: &mut Transcript<Fr>,
    table: &Table,
    challenges: &Challenges<Fr>,
) -> Result<Fractions<Fr>, Check> {
    let field = &mut Native;
    let rows = row_variables(table.depth);
    let active: Vec<usize> =
        (0..SLOT_COLUMN + SLOTS).chain(TABLE_COLUMN..TABLE_COLUMN + multiplicity_columns(table.depth)).collect();
    let lowest = Lowest::new(table, challenges);
    // layers[k]: every active column with 2^(rows - 1 - k) fractions.
    let mut layers = vec![lowest.add_neighbours(&active)];
    while let Some(last) = layers.last().filter(|last| last[0].0.len() > 1) {
        layers.push(last.iter().map(add_neighbours).collect());
    }
    // The layers over columns, one fraction a column first.
    let mut tops: Vec<Column> = vec![(vec![Fr::ZERO; COLUMNS], vec![Fr::ONE; COLUMNS])];
    for (column, (p, q)) in active.iter().zip(layers.last().into_iter().flatten()) {
        tops[0].0[*column] = p[0];
        tops[0].1[*column] = q[0];
    }
    while let Some(last) = tops.last().filter(|last| last.0.len() > 2) {
        tops.push(add_neighbours(last));
    }
    let root = tops.last().map(add_neighbours).map_or([Fr::ZERO; 2], |(p, q)| [p[0], q[0]]);
    transcript.message(field, &root)?;

    let mut prover = LayerProver { transcript, claims: root, point: Vec::new() };
    let mut sent = Vec::with_capacity(rows + COLUMN_VARIABLES);
    while let Some((p, q)) = tops.pop() {
        let lambda = prover.transcript.challenge(field)?;
        sent.push(prover.prove_top(lambda, pairs(&p, &q, lambda))?);
    }
    while let Some(layer) = layers.pop() {
        if layer[0].0.len() == 1 {
            continue;
        }
        let lambda = prover.transcript.challenge(field)?;
        let pairs: Vec<(usize, Vec<Pair>)> =
            active.iter().copied().zip(layer.into_iter().map(|(p, q)| pairs(&p, &q, lambda))).collect();
        sent.push(prover.prove(lambda, pairs)?);
    }
    let lambda = prover.transcript.challenge(field)?;
    let scaled: Vec<Fr> = lowest.limb.iter().map(|q| Fr::ONE + lambda * q).collect();
    let source = |column: usize, i: usize| lowest.pair(column, i, &scaled, lambda);
    sent.push(prover.prove_lowest(lambda, rows - 1, &active, &source)?);
    Ok(Fractions { root, layers: sent })
}

fn pairs(numerators: &[Fr], denominators: &[Fr], lambda: Fr) -> Vec<Pair> {
    let (numerators, _) = numerators.as_chunks::<2>();
    let (denominators, _) = denominators.as_chunks::<2>();
    numerators
        .par_iter()
        .zip(denominators)
        .with_min_len(GRAIN)
        .map(|([p0, p1], [q0, q1])| [*p0, *p1 + lambda * q1, *q0, *q1])
        .collect()
}

struct LayerProver<'a> {
    transcript: &'a mut Transcript<Fr>,
    claims: [Fr; 2],
    point: Vec<Fr>,
}

impl LayerProver<'_> {
    /// A layer over columns alone: one table of pairs.
    fn prove_top(&mut self, lambda: Fr, mut pairs: Vec<Pair>) -> Result<FractionLayer<Fr>, Check> {
        let mut round = Rounds::new(self, lambda);
        round.bind_all(&mut pairs)?;
        round.finish(pairs[0])
    }

    /// A layer over rows and columns: the pairs by column; a column that is missing has 0/1 everywhere.
    fn prove(&mut self, lambda: Fr, mut columns: Vec<(usize, Vec<Pair>)>) -> Result<FractionLayer<Fr>, Check> {
        let mut round = Rounds::new(self, lambda);
        let row_variables = columns[0].1.len().ilog2() as usize;
        let (rows, over_columns) = self_point(&round.z, row_variables);
        let equality = SplitEquality::new(&rows);
        let weights = equality_table(&over_columns);
        for number in 0..row_variables {
            let sums = columns.iter().map(|(column, pairs)| {
                let sums = pair_sums(equality.tables(number), |i| pairs[i]);
                sums.map(|sum| sum * weights[*column])
            });
            let sums = sums.fold([Fr::ZERO; 2], |a, b| [a[0] + b[0], a[1] + b[1]]);
            let inactive = inactive_weight(&columns, &weights);
            let challenge = round.send(sums, inactive * lambda)?;
            for (_, pairs) in &mut columns {
                *pairs = fold_pairs(pairs.len() / 2, |i| pairs[i], challenge);
            }
        }
        round.finish_columns(&columns, lambda)
    }

    fn prove_lowest(
        &mut self,
        lambda: Fr,
        row_variables: usize,
        active: &[usize],
        source: &(impl Fn(usize, usize) -> Pair + Sync),
    ) -> Result<FractionLayer<Fr>, Check> {
        let mut round = Rounds::new(self, lambda);
        let (rows, over_columns) = self_point(&round.z, row_variables);
        let equality = SplitEquality::new(&rows);
        let weights = equality_table(&over_columns);
        let mut columns: Vec<(usize, Vec<Pair>)> = active.iter().map(|column| (*column, Vec::new())).collect();
        let inactive = inactive_weight(&columns, &weights);
        for number in 0..row_variables {
            let sums = columns.iter().map(|(column, pairs)| {
                let tables = equality.tables(number);
                let sums = if number == 0 {
                    pair_sums(tables, |i| source(*column, i))
                } else {
                    pair_sums(tables, |i| pairs[i])
                };
                sums.map(|sum| sum * weights[*column])
            });
            let sums = sums.fold([Fr::ZERO; 2], |a, b| [a[0] + b[0], a[1] + b[1]]);
            let challenge = round.send(sums, inactive * lambda)?;
            for (column, pairs) in &mut columns {
                *pairs = if number == 0 {
                    fold_pairs(1 << (row_variables - 1), |i| source(*column, i), challenge)
                } else {
                    fold_pairs(pairs.len() / 2, |i| pairs[i], challenge)
                };
            }
        }
        round.finish_columns(&columns, lambda)
    }
}

/// Row variables and column variables of a point.
fn self_point(z: &[Fr], row_variables: usize) -> (Vec<Fr>, Vec<Fr>) {
    let (rows, columns) = z.split_at(row_variables);
    (rows.to_vec(), columns.to_vec())
}

/// What columns of 0/1 weigh together. Each of them has the summand lambda everywhere.
fn inactive_weight(columns: &[(usize, Vec<Pair>)], weights: &[Fr]) -> Fr {
    weights.iter().sum::<Fr>() - columns.iter().map(|(column, _)| weights[*column]).sum::<Fr>()
}

/// sum eq h(1) and sum eq g_2 of a round, over neighbouring pairs, h = p_0 q_1 + q_0 (p_1 + lambda q_1).
fn pair_sums(equality: (&[Fr], &[Fr]), pair: impl Fn(usize) -> Pair + Sync) -> [Fr; 2] {
    weighted_sums(equality, |sums: &mut [Wide; 2], i, weight| {
        let (even, odd) = (pair(2 * i), pair(2 * i + 1));
        let d: Pair = std::array::from_fn(|k| odd[k] - even[k]);
        sums[0].add_product(&product(&odd), weight);
        sums[1].add_product(&product(&d), weight);
    })
}

#[inline(always)]
fn product(pair: &Pair) -> Fr {
    let mut sum = Wide::ZERO;
    sum.add_product(&pair[0], &pair[3]);
    sum.add_product(&pair[2], &pair[1]);
    sum.reduce()
}

fn fold_pairs(count: usize, pair: impl Fn(usize) -> Pair + Sync, challenge: Fr) -> Vec<Pair> {
    (0..count)
        .into_par_iter()
        .with_min_len(GRAIN)
        .map(|i| {
            let (even, odd) = (pair(2 * i), pair(2 * i + 1));
            std::array::from_fn(|k| even[k] + challenge * (odd[k] - even[k]))
        })
        .collect()
}

/// The rounds of one layer.
struct Rounds<'a, 'b> {
    prover: &'a mut LayerProver<'b>,
    lambda: Fr,
    /// The layer's point.
    z: Vec<Fr>,
    claim: Fr,
    point: Vec<Fr>,
    sent: Vec<[Fr; 2]>,
}

impl<'a, 'b> Rounds<'a, 'b> {
    fn new(prover: &'a mut LayerProver<'b>, lambda: Fr) -> Self {
        let claim = prover.claims[0] + lambda * prover.claims[1];
        let z = std::mem::take(&mut prover.point);
        Self { prover, lambda, z, claim, point: Vec::new(), sent: Vec::new() }
    }

    /// Sends g_1, g_2 of a round, given the sums of h(1) and g_2 over active columns and what the others add to h(1).
    fn send(&mut self, [one, highest]: [Fr; 2], inactive: Fr) -> Result<Fr, Check> {
        let z = self.z[self.point.len()];
        let one = one + inactive;
        // claim = (1 - z) g(0) + z g(1)
        let complement = (Fr::ONE - z).inverse().ok_or(Check::FractionLayer { layer: self.z.len() })?;
        let zero = (self.claim - z * one) * complement;
        let message = [one - zero - highest, highest];
        let field = &mut Native;
        let challenge = self.prover.transcript.message(field, &message)?;
        self.claim = field.evaluate(&[zero, message[0], message[1]], &challenge)?;
        self.point.push(challenge);
        self.sent.push(message);
        Ok(challenge)
    }

    /// Binds all variables that are left; the pairs are one table over them.
    fn bind_all(&mut self, pairs: &mut Vec<Pair>) -> Result<(), Check> {
        let equality = SplitEquality::new(&self.z[self.point.len()..]);
        for number in 0..pairs.len().ilog2() as usize {
            let sums = pair_sums(equality.tables(number), |i| pairs[i]);
            let challenge = self.send(sums, Fr::ZERO)?;
            *pairs = fold_pairs(pairs.len() / 2, |i| pairs[i], challenge);
        }
        Ok(())
    }

    /// Goes on over the columns, all rows being bound.
    fn finish_columns(mut self, columns: &[(usize, Vec<Pair>)], lambda: Fr) -> Result<FractionLayer<Fr>, Check> {
        let mut pairs = vec![[Fr::ZERO, lambda, Fr::ONE, Fr::ONE]; COLUMNS];
        for (column, bound) in columns {
            pairs[*column] = bound[0];
        }
        self.bind_all(&mut pairs)?;
        self.finish(pairs[0])
    }

    /// Sends the values and leaves the next claims in the prover.
    fn finish(self, [p0, right, q0, q1]: Pair) -> Result<FractionLayer<Fr>, Check> {
        let values = [p0, right - self.lambda * q1, q0, q1];
        let challenge = self.prover.transcript.message(&mut Native, &values)?;
        let interpolate = |even: Fr, odd: Fr| even + challenge * (odd - even);
        self.prover.claims = [interpolate(values[0], values[1]), interpolate(values[2], values[3])];
        self.prover.point = std::iter::once(challenge).chain(self.point).collect();
        Ok(FractionLayer { rounds: self.sent, values })
    }
}
