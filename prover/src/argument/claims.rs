//! Claims on the committed table, all of one form, and their reduction to one value of it.
//!
//! A claim says sum_{c,x} u(c) eq(z, x) W(c, x) = y, with known column weights u and a known point z of the rows. A random
//! combination of claims and one sum-check, rows first, leave the claim W(r) = v.

use ark_bn254::Fr;
use ark_ff::AdditiveGroup;

use super::{layout::COLUMNS, messages::Batch};
use crate::{
    arithmetic::{Arithmetic, Check},
    sumcheck::{equality, equality_table, reduce_product},
    transcript::Transcript,
};

/// Claims at one point of the rows.
#[derive(Clone, Debug)]
pub struct PointClaims<S> {
    /// z, lowest variable first.
    pub point: Vec<S>,
    pub claims: Vec<TableClaim<S>>,
}

/// One claim: weights of columns (others weigh nothing), and the value.
#[derive(Clone, Debug)]
pub struct TableClaim<S> {
    pub weights: Vec<(usize, S)>,
    pub value: S,
}

/// A point of the table, rows first, and the value claimed there.
#[derive(Clone, Debug)]
pub struct TableValue<S> {
    pub point: Vec<S>,
    pub value: S,
}

/// The random combination of all claims: with powers of one challenge, in order.
#[derive(Clone, Debug)]
pub struct Combination<S> {
    /// Per point: combined weight of every column.
    pub weights: Vec<Vec<S>>,
    pub value: S,
}

impl<S: Clone> Combination<S> {
    /// # Errors
    /// Those of the arithmetic.
    pub fn new<A: Arithmetic<Scalar = S>>(
        field: &mut A,
        points: &[PointClaims<S>],
        challenge: &S,
    ) -> Result<Self, A::Error> {
        let mut value = field.zero();
        let mut power = field.one();
        let mut combined = Vec::with_capacity(points.len());
        for PointClaims { claims, .. } in points {
            let mut columns = vec![field.zero(); COLUMNS];
            for claim in claims {
                value = field.add_product(&value, &power, &claim.value)?;
                for (column, weight) in &claim.weights {
                    if let Some(sum) = columns.get_mut(*column) {
                        *sum = field.add_product(sum, &power, weight)?;
                    }
                }
                power = field.mul(&power, challenge)?;
            }
            combined.push(columns);
        }
        Ok(Self { weights: combined, value })
    }
}

/// Reduces all claims to one value of the table.
///
/// # Errors
/// [`Check::Batch`] when the claims and the value do not agree.
pub fn reduce<A: Arithmetic>(
    field: &mut A,
    transcript: &mut Transcript<A::Scalar>,
    points: &[PointClaims<A::Scalar>],
    batch: &Batch<A::Scalar>,
) -> Result<TableValue<A::Scalar>, A::Error> {
    let challenge = transcript.challenge(field)?;
    let combination = Combination::new(field, points, &challenge)?;
    let reduced = reduce_product(field, transcript, combination.value.clone(), &batch.rounds)?;
    let rows = reduced.point.len().saturating_sub(super::layout::COLUMN_VARIABLES);
    let (row, column) = reduced.point.split_at(rows);
    let columns = equality_table(field, column)?;
    let mut kernel = field.constant(Fr::ZERO);
    for (PointClaims { point, .. }, weights) in points.iter().zip(&combination.weights) {
        let equality = equality(field, point, row)?;
        let weight = field.inner_product(&columns, weights)?;
        kernel = field.add_product(&kernel, &equality, &weight)?;
    }
    let product = field.mul(&kernel, &batch.value)?;
    field.require_equal(&product, &reduced.value, Check::Batch)?;
    Ok(TableValue { point: reduced.point, value: batch.value.clone() })
}
