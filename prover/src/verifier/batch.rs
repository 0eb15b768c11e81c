//! The verifier of the batch.

use super::{
    equality::{equality, equality_table},
    sumcheck::reduce_product,
};
use crate::{
    arithmetic::{Arithmetic, Check},
    batch::{Batch, Combination, table_variables},
    table::{
        claims::{PointClaims, TableValue},
        layout::row_variables,
    },
    transcript::Transcript,
};

/// Reduces all claims to one value of the table.
///
/// # Soundness
/// See the [batch](crate::batch). The claims are in the transcript, or follow from what is, before
/// this is called; the caller owes that the table has the value that is returned.
///
/// # Errors
/// [`Check::Shape`] when the batch is not of this class or a claim's point has another number of
/// variables than the rows; [`Check::Batch`] when the claims and the value do not agree.
pub fn verify<A: Arithmetic>(
    field: &mut A,
    transcript: &mut Transcript<A::Scalar>,
    depth: u8,
    points: &[PointClaims<A::Scalar>],
    batch: &Batch<A::Scalar>,
) -> Result<TableValue<A::Scalar>, A::Error> {
    batch.check_shape(depth)?;
    let challenge = transcript.challenge(field)?;
    let combination = Combination::new(field, points, &challenge)?;
    let variables = table_variables(depth);
    let reduced = reduce_product(field, transcript, combination.value.clone(), variables, &batch.rounds)?;
    let (row, column) = reduced.point.split_at(row_variables(depth));
    // ~b(r) = sum over the points of eq(z, r_row) sum_c eq(r_column, c) weight_c.
    let columns = equality_table(field, column)?;
    let mut kernel = field.zero();
    for (PointClaims { point, .. }, weights) in points.iter().zip(&combination.weights) {
        let equality = equality(field, point, row)?;
        let weight = field.inner_product(&columns, weights)?;
        kernel = field.add_product(&kernel, &equality, &weight)?;
    }
    let product = field.mul(&kernel, &batch.value)?;
    field.require_equal(&product, &reduced.value, Check::Batch)?;
    Ok(TableValue { point: reduced.point, value: batch.value.clone() })
}
