//! Linear claims on the committed table, all of one form.
//!
//! A claim says sum_{c,x} u(c) eq(z, x) W(c, x) = y, with weights u of the columns and a point z of
//! the rows that are both known. The parts of the argument leave such claims, and the
//! [batch](crate::batch) reduces them to one value ~W(r) = v.

use crate::arithmetic::Arithmetic;

/// Claims at one point of the rows.
#[derive(Clone, Debug)]
pub struct PointClaims<S> {
    /// The point z, lowest variable first.
    pub point: Vec<S>,
    pub claims: Vec<TableClaim<S>>,
}

impl<S: Clone> PointClaims<S> {
    /// The one claim that a column has this value at the point.
    pub fn of_column<A: Arithmetic<Scalar = S>>(field: &A, column: usize, point: Vec<S>, value: S) -> Self {
        Self { point, claims: vec![TableClaim { weights: vec![(column, field.one())], value }] }
    }
}

/// One claim: the sum of weighted columns at the point has this value.
#[derive(Clone, Debug)]
pub struct TableClaim<S> {
    /// Column numbers with their weights u(c); columns that are not listed have weight zero.
    pub weights: Vec<(usize, S)>,
    /// The claimed value y.
    pub value: S,
}

/// A point r of the table, rows first, and the value v that ~W is claimed to have there.
#[derive(Clone, Debug)]
pub struct TableValue<S> {
    pub point: Vec<S>,
    pub value: S,
}
