//! The verifier of the fractional sum.

use ark_bn254::Fr;
use ark_ff::{AdditiveGroup, Field};
use ballast_core::{circuit::Class, leaf::SLOTS};

use super::{
    equality::{equality_at_zero, equality_table},
    sumcheck::reduce_with_equality,
};
use crate::{
    arithmetic::{Arithmetic, Check, ShapeError},
    lookup::{
        LayerClaim, SLOT_COLUMN, VALUE_COLUMN,
        messages::{FractionLayer, Fractions},
    },
    table::{
        claims::{PointClaims, TableClaim},
        layout::{
            COLUMNS, LIMB_BITS, MULTIPLICITIES, SLOT_LIMBS, balance_columns, first_value, limb_weights,
            multiplicity_columns, row_variables,
        },
    },
    transcript::Transcript,
};

/// The challenges at which the fractions are formed.
#[derive(Clone, Debug)]
pub struct Challenges<S> {
    /// The challenge beta, from which limbs are subtracted.
    pub limb: S,
    /// The challenge gamma, from which asset numbers are subtracted.
    pub asset: S,
}

impl<S: Clone> Challenges<S> {
    /// Draws beta, then gamma.
    ///
    /// # Errors
    /// Those of the arithmetic.
    pub fn draw<A: Arithmetic<Scalar = S>>(field: &mut A, transcript: &mut Transcript<S>) -> Result<Self, A::Error> {
        Ok(Self { limb: transcript.challenge(field)?, asset: transcript.challenge(field)? })
    }
}

/// Checks that the fractions sum to sum_a T_a / (gamma - a), down to claims on the table's columns.
///
/// # Soundness
/// See the [fractional sum](crate::lookup). `totals` and the commitments are in the transcript
/// before the challenges are drawn; the caller owes the claims that are returned.
///
/// # Errors
/// [`Check::Shape`] when messages or totals are not of this class; [`Check`] names a pole, a root
/// that does not match the totals, or a layer that does not match its rounds.
pub fn verify<A: Arithmetic>(
    field: &mut A,
    transcript: &mut Transcript<A::Scalar>,
    depth: u8,
    challenges: &Challenges<A::Scalar>,
    totals: &[A::Scalar],
    fractions: &Fractions<A::Scalar>,
) -> Result<PointClaims<A::Scalar>, A::Error> {
    fractions.check_shape(depth)?;
    ShapeError::check("totals", Class::ASSETS.into(), totals.len())?;
    let [numerator, denominator] = &fractions.root;
    field.inverse(denominator, Check::FractionDenominator)?;
    let expected = total_fractions(field, &challenges.asset, totals)?;
    let expected = field.mul(&expected, denominator)?;
    field.require_equal(numerator, &expected, Check::FractionTotals)?;
    transcript.message(field, &fractions.root)?;

    let mut claim = LayerClaim { sums: fractions.root.clone(), point: Vec::new() };
    for (number, layer) in fractions.layers.iter().enumerate() {
        claim = verify_layer(field, transcript, number, claim, layer)?;
    }
    let (row, column) = claim.point.split_at(row_variables(depth));
    let weights = equality_table(field, column)?;
    let columns = ColumnWeights::new(depth, &weights)?;
    let [numerator, denominator] = &claim.sums;
    let numerators = numerator_claim(field, &columns, numerator);
    let denominators = denominator_claim(field, depth, challenges, row, &columns, denominator)?;
    Ok(PointClaims { point: row.to_vec(), claims: vec![numerators, denominators] })
}

/// The sum of all totals' fractions, sum_a T_a / (gamma - a).
fn total_fractions<A: Arithmetic>(
    field: &mut A,
    gamma: &A::Scalar,
    totals: &[A::Scalar],
) -> Result<A::Scalar, A::Error> {
    let mut sum = field.zero();
    for (asset, total) in (1..).zip(totals) {
        let number = field.constant(Fr::from(asset as u64));
        let difference = field.sub(gamma, &number);
        let inverse = field.inverse(&difference, Check::AssetPole { asset })?;
        sum = field.add_product(&sum, total, &inverse)?;
    }
    Ok(sum)
}

/// From the claims about the sums of a layer's neighbours to those about its fractions, the sums of
/// the layer below.
fn verify_layer<A: Arithmetic>(
    field: &mut A,
    transcript: &mut Transcript<A::Scalar>,
    number: usize,
    LayerClaim { sums: [numerator, denominator], point }: LayerClaim<A::Scalar>,
    layer: &FractionLayer<A::Scalar>,
) -> Result<LayerClaim<A::Scalar>, A::Error> {
    let lambda = transcript.challenge(field)?;
    let claim = field.add_product(&numerator, &lambda, &denominator)?;
    let reduced = reduce_with_equality(field, transcript, claim, &point, &layer.rounds)?;
    // h = p_0 q_1 + q_0 (p_1 + lambda q_1).
    let [p0, p1, q0, q1] = &layer.values;
    let right = field.add_product(p1, &lambda, q1)?;
    let right = field.mul(q0, &right)?;
    let found = field.add_product(&right, p0, q1)?;
    field.require_equal(&found, &reduced.value, Check::FractionLayer { layer: number })?;
    let t = transcript.message(field, &layer.values)?;
    let mut interpolate = |even: &A::Scalar, odd: &A::Scalar| {
        let difference = field.sub(odd, even);
        field.add_product(even, &t, &difference)
    };
    let sums = [interpolate(p0, p1)?, interpolate(q0, q1)?];
    Ok(LayerClaim { sums, point: std::iter::once(t).chain(reduced.point).collect() })
}

/// The weights e_c = eq(z_c, c) of the columns of fractions, by what the columns hold.
struct ColumnWeights<'a, S> {
    /// The weights e_0 .. e_44 of limbs.
    limbs: &'a [S],
    /// The weights e_{45+s} of slots.
    slots: &'a [S],
    /// The weights e_{60+t} of the table of values.
    values: &'a [S],
    /// The weights of all columns that hold 0 / 1.
    others: Vec<&'a S>,
}

impl<'a, S> ColumnWeights<'a, S> {
    fn new(depth: u8, weights: &'a [S]) -> Result<Self, ShapeError> {
        let wrong = ShapeError { list: "columns of fractions", expected: COLUMNS, found: weights.len() };
        let (limbs, rest) = weights.split_at_checked(SLOT_COLUMN).ok_or(wrong)?;
        let (slots, rest) = rest.split_at_checked(SLOTS).ok_or(wrong)?;
        let (gap, rest) = rest.split_at_checked(VALUE_COLUMN - SLOT_COLUMN - SLOTS).ok_or(wrong)?;
        let (values, rest) = rest.split_at_checked(multiplicity_columns(depth)).ok_or(wrong)?;
        Ok(Self { limbs, slots, values, others: gap.iter().chain(rest).collect() })
    }
}

/// The sum of these scalars.
fn sum<'a, A: Arithmetic>(field: &A, scalars: impl IntoIterator<Item = &'a A::Scalar>) -> A::Scalar
where
    A::Scalar: 'a,
{
    field.combine(Fr::ZERO, scalars.into_iter().map(|scalar| (Fr::ONE, scalar)))
}

/// The first equation of section 8.4:
///
/// ```text
/// sum_s e_{45+s} (balance limbs of s, weighed 1, 2^16, 2^32, 2^48) - sum_t e_{60+t} column 48 + t
///     =  P - sum_{c<45} e_c
/// ```
fn numerator_claim<A: Arithmetic>(
    field: &A,
    columns: &ColumnWeights<'_, A::Scalar>,
    numerator: &A::Scalar,
) -> TableClaim<A::Scalar> {
    let balances = columns.slots.iter().enumerate().flat_map(|(slot, weight)| {
        let limbs = balance_columns(slot).zip(limb_weights(SLOT_LIMBS - 1));
        limbs.map(|(column, factor)| (column, field.scale(weight, factor)))
    });
    let multiplicities = (MULTIPLICITIES..).zip(columns.values).map(|(column, e)| (column, field.scale(e, -Fr::ONE)));
    let weights = balances.chain(multiplicities).collect();
    TableClaim { weights, value: field.sub(numerator, &sum(field, columns.limbs)) }
}

/// The second equation of section 8.4:
///
/// ```text
/// - sum_{c<45} e_c column c  -  sum_s e_{45+s} column 5s
///     =  Q - beta sum_{c<45} e_c - gamma sum_s e_{45+s}
///          - sum_t e_{60+t} (I (beta - V) + 1 - I - t L) - the other e_c
/// ```
///
/// V is the number of a row below 2^16, as a polynomial, and I says that a row is below 2^16: where
/// L is larger, the rows behind the last value hold 0 / 1. Where L is at most 2^16, I is 1.
fn denominator_claim<A: Arithmetic>(
    field: &mut A,
    depth: u8,
    Challenges { limb: beta, asset: gamma }: &Challenges<A::Scalar>,
    row: &[A::Scalar],
    columns: &ColumnWeights<'_, A::Scalar>,
    denominator: &A::Scalar,
) -> Result<TableClaim<A::Scalar>, A::Error> {
    let limbs = sum(field, columns.limbs);
    let slots = sum(field, columns.slots);

    let (low, high) = row.split_at(row.len().min(LIMB_BITS));
    let number = field.combine(Fr::ZERO, low.iter().enumerate().map(|(bit, z)| (Fr::from(1u64 << bit), z)));
    let inside = equality_at_zero(field, high)?;
    let number = field.mul(&number, &inside)?;
    // I (beta - V) + 1 - I, the same for every t.
    let beta_inside = field.mul(beta, &inside)?;
    let in_column_60 = field.add(&field.sub(&beta_inside, &number), &field.complement(&inside));
    // sum_t e_{60+t} (I (beta - V) + 1 - I - t L)
    let mut known = field.mul(&sum(field, columns.values), &in_column_60)?;
    for (t, weight) in columns.values.iter().enumerate() {
        let first = Fr::from(first_value(depth, t) as u64);
        known = field.sub(&known, &field.scale(weight, first));
    }
    known = field.add(&known, &sum(field, columns.others.iter().copied()));
    known = field.add_product(&known, &limbs, beta)?;
    known = field.add_product(&known, &slots, gamma)?;

    let weights = columns.limbs.iter().enumerate().map(|(column, e)| {
        // Column 5s has a fraction of its own, as a limb, and is the asset number of slot s.
        let slot = (column % SLOT_LIMBS == 0).then(|| columns.slots.get(column / SLOT_LIMBS)).flatten();
        let both = std::iter::once(e).chain(slot).map(|e| (-Fr::ONE, e));
        (column, field.combine(Fr::ZERO, both))
    });
    Ok(TableClaim { weights: weights.collect(), value: field.sub(denominator, &known) })
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::arithmetic_side_effects)]
mod tests {
    use ark_ff::{One, UniformRand};
    use rand::{SeedableRng, rngs::StdRng};

    use super::*;
    use crate::{
        arithmetic::Native,
        table::layout::{LIMB_VALUES, LIMBS, asset_column, rows},
    };

    /// A table with random entries in a few rows, and a random point.
    struct Case {
        depth: u8,
        /// Row and entry, for each column.
        columns: Vec<Vec<(usize, Fr)>>,
        row: Vec<Fr>,
        /// eq(row, x) for every row x, and eq of the column's part for every column.
        rows: Vec<Fr>,
        weights: Vec<Fr>,
        challenges: Challenges<Fr>,
    }

    impl Case {
        fn new(depth: u8) -> Self {
            let rng = &mut StdRng::seed_from_u64(depth.into());
            let last = rows(depth) - 1;
            // The last value and what is behind it, where there are so many rows.
            let places: Vec<usize> = [0, 1, 65_535, 65_536, last].into_iter().filter(|row| *row <= last).collect();
            let mut column = |_| places.iter().map(|row| (*row, Fr::rand(rng))).collect();
            let columns = (0..COLUMNS).map(&mut column).collect();
            let row: Vec<Fr> = (0..row_variables(depth)).map(|_| Fr::rand(rng)).collect();
            let column: Vec<Fr> = (0..COLUMNS.ilog2()).map(|_| Fr::rand(rng)).collect();
            let rows = equality_table(&mut Native, &row).unwrap();
            let weights = equality_table(&mut Native, &column).unwrap();
            let challenges = Challenges { limb: Fr::rand(rng), asset: Fr::rand(rng) };
            Self { depth, columns, row, rows, weights, challenges }
        }

        /// The extension of a column at the point.
        fn at(&self, column: usize) -> Fr {
            self.columns[column].iter().map(|(row, entry)| self.rows[*row] * entry).sum()
        }

        /// The extension of all fractions' numerators at the point, from section 8.4's list of
        /// them.
        fn numerators(&self) -> Fr {
            let numerator = |column: usize| match column {
                0..45 => Fr::one(),
                45..54 => {
                    let limbs = balance_columns(column - 45);
                    limbs.zip(limb_weights(4)).map(|(limb, factor)| self.at(limb) * factor).sum()
                }
                60.. if column - 60 < LIMB_VALUES.div_ceil(rows(self.depth)) => -self.at(48 + column - 60),
                _ => Fr::ZERO,
            };
            (0..COLUMNS).map(|column| self.weights[column] * numerator(column)).sum()
        }

        /// The extension of all denominators, where the row x of column 60 + t has `of_value` of
        /// the value t L + x.
        fn denominators(&self, of_value: impl Fn(usize) -> Fr) -> Fr {
            let Challenges { limb: beta, asset: gamma } = &self.challenges;
            let denominator = |column: usize| match column {
                0..45 => *beta - self.at(column),
                45..54 => *gamma - self.at(asset_column(column - 45)),
                60.. if column - 60 < LIMB_VALUES.div_ceil(rows(self.depth)) => {
                    let first = (column - 60) * rows(self.depth);
                    self.rows.iter().enumerate().map(|(x, eq)| *eq * of_value(first + x)).sum()
                }
                _ => Fr::one(),
            };
            (0..COLUMNS).map(|column| self.weights[column] * denominator(column)).sum()
        }

        /// beta - v up to the last value v, and 1 beyond it.
        fn specified(&self, value: usize) -> Fr {
            if value < LIMB_VALUES { self.challenges.limb - Fr::from(value as u64) } else { Fr::one() }
        }

        fn holds(&self, claim: &TableClaim<Fr>) -> bool {
            claim.weights.iter().map(|(column, weight)| self.at(*column) * weight).sum::<Fr>() == claim.value
        }

        fn numerators_hold(&self, sum: Fr) -> bool {
            self.holds(&numerator_claim(&Native, &ColumnWeights::new(self.depth, &self.weights).unwrap(), &sum))
        }

        fn denominators_hold(&self, sum: Fr) -> bool {
            let columns = ColumnWeights::new(self.depth, &self.weights).unwrap();
            let claim =
                denominator_claim(&mut Native, self.depth, &self.challenges, &self.row, &columns, &sum).unwrap();
            self.holds(&claim)
        }
    }

    #[test]
    fn claims_on_columns_are_those_of_the_fractions_one_by_one() {
        assert_eq!((LIMBS, SLOT_COLUMN, VALUE_COLUMN, MULTIPLICITIES), (45, 45, 60, 48));
        for depth in 7..=10 {
            let case = Case::new(depth);
            let (numerators, denominators) = (case.numerators(), case.denominators(|value| case.specified(value)));
            assert!(case.numerators_hold(numerators), "depth {depth}");
            assert!(case.denominators_hold(denominators), "depth {depth}");
            assert!(!case.numerators_hold(numerators + Fr::one()), "depth {depth}");
            assert!(!case.denominators_hold(denominators + Fr::one()), "depth {depth}");
        }
    }

    /// A limb of 65,536 would have its fraction in the row behind the last value, with the
    /// multiplicity that stands there.
    #[test]
    fn a_row_behind_the_last_value_is_of_no_value() {
        for depth in [9, 10] {
            let case = Case::new(depth);
            let beta = case.challenges.limb;
            let one_more = |value| match value {
                LIMB_VALUES => beta - Fr::from(LIMB_VALUES as u64),
                _ => case.specified(value),
            };
            assert!(!case.denominators_hold(case.denominators(one_more)), "depth {depth}");
            assert!(!case.denominators_hold(case.denominators(|value| beta - Fr::from(value as u64))), "depth {depth}");
        }
    }
}
