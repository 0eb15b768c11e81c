//! The verifier of the fractional sum.

use ark_bn254::Fr;
use ark_ff::Field;
use ballast_core::leaf::SLOTS;

use super::{SLOT_COLUMN, TABLE_COLUMN};
use crate::{
    argument::{
        claims::{PointClaims, TableClaim},
        layout::{
            COLUMN_VARIABLES, COLUMNS, LIMB_BITS, LIMBS, MULTIPLICITIES, SLOT_LIMBS, asset_column, limb_weights,
            multiplicity_columns, rows,
        },
        messages::{FractionLayer, Fractions},
    },
    arithmetic::{Arithmetic, Check},
    sumcheck::{equality_table, reduce_with_equality},
    transcript::Transcript,
};

/// beta, for limbs, and gamma, for asset numbers.
#[derive(Clone, Debug)]
pub struct Challenges<S> {
    pub limb: S,
    pub asset: S,
}

impl<S: Clone> Challenges<S> {
    /// # Errors
    /// Those of the arithmetic.
    pub fn draw<A: Arithmetic<Scalar = S>>(field: &mut A, transcript: &mut Transcript<S>) -> Result<Self, A::Error> {
        Ok(Self { limb: transcript.challenge(field)?, asset: transcript.challenge(field)? })
    }
}

/// Checks that the fractions sum to sum_a T_a / (gamma - a), down to claims on the table's columns.
///
/// # Soundness
/// See the [module](super). `totals` and the commitments are in the transcript before the challenges.
///
/// # Errors
/// [`Check`]: a pole, a root that does not match the totals, or a layer that does not match its rounds.
pub fn verify<A: Arithmetic>(
    field: &mut A,
    transcript: &mut Transcript<A::Scalar>,
    depth: u8,
    challenges: &Challenges<A::Scalar>,
    totals: &[A::Scalar],
    fractions: &Fractions<A::Scalar>,
) -> Result<PointClaims<A::Scalar>, A::Error> {
    let [numerator, denominator] = &fractions.root;
    field.inverse(denominator, Check::FractionDenominator)?;
    let expected = total_fractions(field, &challenges.asset, totals)?;
    let expected = field.mul(&expected, denominator)?;
    field.require_equal(numerator, &expected, Check::FractionTotals)?;
    transcript.message(field, &fractions.root)?;

    let mut claims = fractions.root.clone();
    let mut point = Vec::new();
    for (number, layer) in fractions.layers.iter().enumerate() {
        (claims, point) = verify_layer(field, transcript, number, claims, &point, layer)?;
    }
    let (row, column) = point.split_at(point.len().saturating_sub(COLUMN_VARIABLES));
    let columns = equality_table(field, column)?;
    let claims = column_claims(field, depth, challenges, row, &columns, claims)?;
    Ok(PointClaims { point: row.to_vec(), claims })
}

/// sum_a T_a / (gamma - a).
fn total_fractions<A: Arithmetic>(
    field: &mut A,
    challenge: &A::Scalar,
    totals: &[A::Scalar],
) -> Result<A::Scalar, A::Error> {
    let mut sum = field.zero();
    for (asset, total) in (1..).zip(totals) {
        let number = field.constant(Fr::from(asset as u64));
        let difference = field.sub(challenge, &number);
        let inverse = field.inverse(&difference, Check::AssetPole { asset })?;
        sum = field.add_product(&sum, total, &inverse)?;
    }
    Ok(sum)
}

/// Claims on numerator and denominator, and the point at which they are made.
type Claims<S> = ([S; 2], Vec<S>);

/// From claims on numerator and denominator of one layer at a point to those of the layer below at another.
fn verify_layer<A: Arithmetic>(
    field: &mut A,
    transcript: &mut Transcript<A::Scalar>,
    number: usize,
    [numerator, denominator]: [A::Scalar; 2],
    point: &[A::Scalar],
    layer: &FractionLayer<A::Scalar>,
) -> Result<Claims<A::Scalar>, A::Error> {
    let lambda = transcript.challenge(field)?;
    let claim = field.add_product(&numerator, &lambda, &denominator)?;
    let reduced = reduce_with_equality(field, transcript, claim, point, &layer.rounds)?;
    // p_0 q_1 + q_0 (p_1 + lambda q_1)
    let [p0, p1, q0, q1] = &layer.values;
    let right = field.add_product(p1, &lambda, q1)?;
    let right = field.mul(q0, &right)?;
    let found = field.add_product(&right, p0, q1)?;
    field.require_equal(&found, &reduced.value, Check::FractionLayer { layer: number })?;
    let lowest = transcript.message(field, &layer.values)?;
    let mut interpolate = |even: &A::Scalar, odd: &A::Scalar| {
        let difference = field.sub(odd, even);
        field.add_product(even, &lowest, &difference)
    };
    let claims = [interpolate(p0, p1)?, interpolate(q0, q1)?];
    let mut point = vec![lowest];
    point.extend(reduced.point);
    Ok((claims, point))
}

/// What the claims on the lowest layer say of the columns.
fn column_claims<A: Arithmetic>(
    field: &mut A,
    depth: u8,
    challenges: &Challenges<A::Scalar>,
    row: &[A::Scalar],
    columns: &[A::Scalar],
    [numerator, denominator]: [A::Scalar; 2],
) -> Result<Vec<TableClaim<A::Scalar>>, A::Error> {
    let negative = |field: &A, scalar: &A::Scalar| field.scale(scalar, -Fr::ONE);
    let sum = |field: &A, scalars: &[A::Scalar]| field.combine(Fr::from(0u64), &vec![Fr::ONE; scalars.len()], scalars);
    let mut numerators = Vec::new();
    let mut denominators = Vec::new();
    // Numerators of limbs are 1; denominators beta - limb.
    let limbs = sum(field, &columns[..LIMBS]);
    denominators.extend(columns[..LIMBS].iter().map(|weight| negative(field, weight)).enumerate());
    // Numerators of slots are balances; denominators gamma - asset.
    let slots = sum(field, &columns[SLOT_COLUMN..SLOT_COLUMN + SLOTS]);
    let weights = limb_weights(SLOT_LIMBS - 1);
    for (slot, weight) in columns[SLOT_COLUMN..SLOT_COLUMN + SLOTS].iter().enumerate() {
        let asset = asset_column(slot);
        numerators.extend((asset + 1..).zip(&weights).map(|(column, factor)| (column, field.scale(weight, *factor))));
        denominators[asset].1 = field.sub(&denominators[asset].1, weight);
    }
    // Numerators of the table are -m_v; denominators beta - v, or 1 in rows behind the last value.
    let table = TABLE_COLUMN..TABLE_COLUMN + multiplicity_columns(depth);
    let used = sum(field, &columns[table.clone()]);
    let mut value = {
        let bits = row.len().min(LIMB_BITS);
        let weights: Vec<Fr> = (0..bits).map(|bit| Fr::from(1u64 << bit)).collect();
        field.combine(Fr::from(0u64), &weights, &row[..bits])
    };
    let mut inside = field.one();
    for variable in row.iter().skip(LIMB_BITS) {
        let complement = field.complement(variable);
        inside = field.mul(&inside, &complement)?;
    }
    value = field.mul(&value, &inside)?;
    let outside = field.complement(&inside);
    let beta_inside = field.mul(&challenges.limb, &inside)?;
    let mut base = field.sub(&beta_inside, &value);
    base = field.add(&base, &outside);
    let mut known = field.mul(&used, &base)?;
    for (place, weight) in columns[table].iter().enumerate() {
        numerators.push((MULTIPLICITIES + place, negative(field, weight)));
        // With several columns there is no row behind the last value: `inside` is 1.
        let first = Fr::from((place * rows(depth)) as u64);
        known = field.add(&known, &field.scale(weight, -first));
    }
    // All others are 0 / 1.
    let others: Vec<A::Scalar> = (SLOT_COLUMN + SLOTS..TABLE_COLUMN)
        .chain(TABLE_COLUMN + multiplicity_columns(depth)..COLUMNS)
        .map(|column| columns[column].clone())
        .collect();
    known = field.add(&known, &sum(field, &others));
    known = field.add_product(&known, &limbs, &challenges.limb)?;
    known = field.add_product(&known, &slots, &challenges.asset)?;
    let numerators = TableClaim { weights: numerators, value: field.sub(&numerator, &limbs) };
    let denominators = TableClaim { weights: denominators, value: field.sub(&denominator, &known) };
    Ok(vec![numerators, denominators])
}
