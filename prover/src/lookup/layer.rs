//! The summand of one layer's sum-check.
//!
//! The variables of a layer's pairs are first those of the rows, then those of the columns. While
//! row variables are left, every active column has a table of pairs, and the columns that are 0 / 1
//! everywhere are summed in closed form. When all rows are bound there is one table of pairs over
//! the columns.

use ark_bn254::Fr;
use ark_ff::{AdditiveGroup, Field};
use ballast_core::wide::Wide;
use rayon::prelude::*;

use super::{
    FRACTION_DEGREE,
    fractions::{FractionTable, LowestNeighbours},
};
use crate::{
    arithmetic::Check,
    poly::{GRAIN, SplitEquality, equality_table, weighted_sums},
    sumcheck::prover::{Round, Summand, value_at_zero},
    table::layout::{COLUMN_VARIABLES, COLUMNS},
};

/// Two neighbouring fractions p_0 / q_0 and p_1 / q_1 of a layer, in a form in which h costs two
/// products:
///
/// ```text
/// h = p_0 q_1 + p_1 q_0 + lambda q_0 q_1 = p_0 q_1 + q_0 s,        s = p_1 + lambda q_1
/// ```
///
/// Each of the four is multilinear in the layer's variables, so a variable is bound in each of
/// them.
#[derive(Clone, Copy)]
pub(super) struct Neighbours {
    pub(super) p0: Fr,
    pub(super) q0: Fr,
    pub(super) q1: Fr,
    pub(super) s: Fr,
}

impl Neighbours {
    #[inline(always)]
    pub(super) fn new([p0, q0]: [Fr; 2], [p1, q1]: [Fr; 2], lambda: Fr) -> Self {
        Self { p0, q0, q1, s: p1 + lambda * q1 }
    }

    /// The values that are sent: p_0, p_1, q_0, q_1.
    pub(super) fn values(&self, lambda: Fr) -> [Fr; 4] {
        [self.p0, self.s - lambda * self.q1, self.q0, self.q1]
    }

    /// The summand h.
    #[inline(always)]
    fn summand(&self) -> Fr {
        let mut sum = Wide::ZERO;
        sum.add_product(&self.p0, &self.q1);
        sum.add_product(&self.q0, &self.s);
        sum.reduce()
    }

    /// What is added to these from X = 0 to X = 1, where the others are.
    #[inline(always)]
    fn slope(&self, other: &Self) -> Self {
        Self { p0: other.p0 - self.p0, q0: other.q0 - self.q0, q1: other.q1 - self.q1, s: other.s - self.s }
    }

    /// These at X = 0, the others at X = 1, both at X = `challenge`.
    #[inline(always)]
    fn bind(&self, other: &Self, challenge: Fr) -> Self {
        let slope = self.slope(other);
        Self {
            p0: self.p0 + challenge * slope.p0,
            q0: self.q0 + challenge * slope.q0,
            q1: self.q1 + challenge * slope.q1,
            s: self.s + challenge * slope.s,
        }
    }
}

/// The pairs of one layer over the variables that are not bound yet; h is summed over all of them.
pub(super) struct LayerSummand<'a> {
    /// The point of the claim: the row variables of the pairs, if they have any, then their column
    /// variables.
    z: &'a [Fr],
    lambda: Fr,
    pairs: Pairs<'a>,
}

enum Pairs<'a> {
    OverRows(OverRows<'a>),
    OverColumns(OverColumns),
}

impl<'a> LayerSummand<'a> {
    /// A layer whose fractions are over columns alone.
    pub(super) fn over_columns(z: &'a [Fr], lambda: Fr, fractions: &FractionTable) -> Self {
        Self { z, lambda, pairs: Pairs::OverColumns(OverColumns::new(z, 0, fractions.neighbours(lambda))) }
    }

    /// A layer with at least two fractions in each of the active columns, which are given with
    /// their numbers.
    pub(super) fn over_rows(z: &'a [Fr], lambda: Fr, columns: Vec<(usize, FractionTable)>) -> Self {
        let columns =
            columns.into_iter().map(|(number, fractions)| (number, Column::Stored(fractions.neighbours(lambda))));
        Self::new(z, lambda, columns.collect())
    }

    /// The lowest layer.
    pub(super) fn lowest(z: &'a [Fr], lambda: Fr, layer: &'a LowestNeighbours<'a>) -> Self {
        Self::new(z, lambda, layer.active_columns().map(|number| (number, Column::Lowest(layer))).collect())
    }

    fn new(z: &'a [Fr], lambda: Fr, columns: Vec<(usize, Column<'a>)>) -> Self {
        let mut layer = Self { z, lambda, pairs: Pairs::OverRows(OverRows::new(z, columns)) };
        layer.leave_rows();
        layer
    }

    /// Goes on over the columns when all rows are bound.
    fn leave_rows(&mut self) {
        if let Pairs::OverRows(rows) = &self.pairs
            && rows.count == 1
        {
            let first = self.z.len() - COLUMN_VARIABLES;
            self.pairs = Pairs::OverColumns(OverColumns::new(self.z, first, rows.bound_pairs(self.lambda)));
        }
    }

    /// The values p_0, p_1, q_0, q_1, all variables being bound.
    pub(super) fn values(&self) -> Option<[Fr; 4]> {
        match &self.pairs {
            Pairs::OverColumns(OverColumns { pairs, .. }) if pairs.len() == 1 => Some(pairs[0].values(self.lambda)),
            _ => None,
        }
    }
}

impl Summand<FRACTION_DEGREE> for LayerSummand<'_> {
    fn coefficients(&self, round: &Round) -> Result<[Fr; FRACTION_DEGREE], Check> {
        let [one, second] = match &self.pairs {
            Pairs::OverRows(rows) => rows.sums(round.variable, self.lambda),
            Pairs::OverColumns(columns) => columns.sums(round.variable),
        };
        // g(1) = g_0 + g_1 + g_2.
        let zero = value_at_zero(round.claim, self.z[round.variable], one)?;
        Ok([one - zero - second, second])
    }

    fn bind(&mut self, challenge: Fr) {
        match &mut self.pairs {
            Pairs::OverRows(rows) => rows.bind(challenge),
            Pairs::OverColumns(OverColumns { pairs, .. }) => {
                *pairs = bind_pairs(pairs.len() / 2, |i| pairs[i], challenge);
            }
        }
        self.leave_rows();
    }
}

/// Pairs while row variables are left, by column. A column that is not active has p_0 = p_1 = 0 and
/// q_0 = q_1 = 1, so its h is lambda everywhere.
struct OverRows<'a> {
    /// The active columns, with their numbers.
    columns: Vec<(usize, Column<'a>)>,
    /// The number of pairs in each column.
    count: usize,
    equality: SplitEquality,
    /// The weight eq(z, c) of every column c, z over the column variables.
    weights: Vec<Fr>,
    /// The weights of all columns that are not active, added up.
    inactive: Fr,
}

/// The pairs of one active column.
enum Column<'a> {
    /// A column of the lowest layer, with no variable bound.
    Lowest(&'a LowestNeighbours<'a>),
    Stored(Vec<Neighbours>),
}

impl<'a> OverRows<'a> {
    fn new(z: &[Fr], columns: Vec<(usize, Column<'a>)>) -> Self {
        let (rows, of_columns) = z.split_at(z.len() - COLUMN_VARIABLES);
        let weights = equality_table(of_columns);
        let active: Fr = columns.iter().map(|(number, _)| weights[*number]).sum();
        let inactive = weights.iter().sum::<Fr>() - active;
        Self { columns, count: 1 << rows.len(), equality: SplitEquality::new(rows), weights, inactive }
    }

    /// What [`pair_sums`] gives, summed over all columns.
    fn sums(&self, variable: usize, lambda: Fr) -> [Fr; 2] {
        let equality = self.equality.tables(variable);
        // The eq(z_later, x) of a column add up to 1.
        let mut sums = [self.inactive * lambda, Fr::ZERO];
        for (number, column) in &self.columns {
            let of_column = match column {
                Column::Lowest(layer) => pair_sums(equality, |i| layer.get(*number, i)),
                Column::Stored(pairs) => pair_sums(equality, |i| pairs[i]),
            };
            sums.iter_mut().zip(of_column).for_each(|(sum, of_column)| *sum += of_column * self.weights[*number]);
        }
        sums
    }

    fn bind(&mut self, challenge: Fr) {
        self.count /= 2;
        for (number, column) in &mut self.columns {
            *column = Column::Stored(match column {
                Column::Lowest(layer) => bind_pairs(self.count, |i| layer.get(*number, i), challenge),
                Column::Stored(pairs) => bind_pairs(self.count, |i| pairs[i], challenge),
            });
        }
    }

    /// One pair for every column, all rows being bound.
    fn bound_pairs(&self, lambda: Fr) -> Vec<Neighbours> {
        let mut pairs = vec![Neighbours::new([Fr::ZERO, Fr::ONE], [Fr::ZERO, Fr::ONE], lambda); COLUMNS];
        for (number, column) in &self.columns {
            pairs[*number] = match column {
                Column::Lowest(layer) => layer.get(*number, 0),
                Column::Stored(bound) => bound[0],
            };
        }
        pairs
    }
}

/// Pairs over columns alone: one table.
struct OverColumns {
    pairs: Vec<Neighbours>,
    equality: SplitEquality,
    /// The number of the first column variable.
    first: usize,
}

impl OverColumns {
    fn new(z: &[Fr], first: usize, pairs: Vec<Neighbours>) -> Self {
        Self { pairs, equality: SplitEquality::new(&z[first..]), first }
    }

    fn sums(&self, variable: usize) -> [Fr; 2] {
        pair_sums(self.equality.tables(variable - self.first), |i| self.pairs[i])
    }
}

/// The sums of eq h(1) and of eq h_2 over neighbouring pairs 2i and 2i + 1, h being a polynomial of
/// degree 2 in the variable that tells them apart and h_2 its highest coefficient. They are g(1)
/// and g_2 of the round.
fn pair_sums(equality: (&[Fr], &[Fr]), pair: impl Fn(usize) -> Neighbours + Sync) -> [Fr; 2] {
    weighted_sums(equality, |sums: &mut [Wide; 2], i, weight| {
        let (even, odd) = (pair(2 * i), pair(2 * i + 1));
        sums[0].add_product(&odd.summand(), weight);
        sums[1].add_product(&even.slope(&odd).summand(), weight);
    })
}

/// Binds the lowest variable of pairs, which leaves `count` of them.
fn bind_pairs(count: usize, pair: impl Fn(usize) -> Neighbours + Sync, challenge: Fr) -> Vec<Neighbours> {
    (0..count).into_par_iter().with_min_len(GRAIN).map(|i| pair(2 * i).bind(&pair(2 * i + 1), challenge)).collect()
}
