//! All claims on the table as one claim on one value of it (`docs/spec.md`, section 8.5).
//!
//! With delta = challenge(), the claims (u_i, z_i, y_i) are combined with 1, delta, delta^2, ..:
//! the table satisfies
//!
//! ```text
//! sum_{c,x} b(c, x) W(c, x) = sum_i delta^i y_i        b(c, x) = sum_i delta^i u_i(c) eq(z_i, x)
//! ```
//!
//! A plain sum-check over the l row variables and then the 6 column variables leads to a point r,
//! where the prover sends v = ~W(r).
//!
//! # Soundness
//! If one of N claims is false, the combined one is false except with probability (N - 1) / r over
//! delta; each round of the sum-check adds 2 / r. The verifier checks the last equation: ~b(r) v is
//! what the last round claims. That v is ~W(r) is what the caller owes: the
//! [opening](crate::kzg) shows it.

pub mod prover;

pub use crate::verifier::batch::verify;
use crate::{
    arithmetic::{Arithmetic, ShapeError},
    table::{
        claims::PointClaims,
        layout::{COLUMN_VARIABLES, COLUMNS, row_variables},
    },
};

/// What the prover sends to batch the claims.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Batch<S> {
    /// The coefficients g_0 and g_2 of every round.
    pub rounds: Vec<[S; 2]>,
    /// The value v of ~W at the point of all challenges.
    pub value: S,
}

impl<S> Batch<S> {
    /// Refuses a batch that does not have the shape of this class.
    ///
    /// # Errors
    /// [`ShapeError`].
    pub fn check_shape(&self, depth: u8) -> Result<(), ShapeError> {
        ShapeError::check("rounds of the batch", table_variables(depth), self.rounds.len())
    }
}

/// Variables of ~W in a class: those of the rows and those of the columns.
pub const fn table_variables(depth: u8) -> usize {
    row_variables(depth) + COLUMN_VARIABLES
}

/// The combination of all claims, with the powers of one challenge in order.
#[derive(Clone, Debug)]
pub struct Combination<S> {
    /// For each point, the combined weight of every column.
    pub weights: Vec<[S; COLUMNS]>,
    /// The combined value.
    pub value: S,
}

impl<S: Clone> Combination<S> {
    /// Combines the claims of all points.
    ///
    /// # Errors
    /// [`ShapeError`] when a claim is about a column that the table does not have; otherwise those
    /// of the arithmetic.
    pub fn new<A: Arithmetic<Scalar = S>>(
        field: &mut A,
        points: &[PointClaims<S>],
        challenge: &S,
    ) -> Result<Self, A::Error> {
        let mut value = field.zero();
        let mut power = field.one();
        let mut combined = Vec::with_capacity(points.len());
        for PointClaims { claims, .. } in points {
            let mut columns = std::array::from_fn(|_| field.zero());
            for claim in claims {
                value = field.add_product(&value, &power, &claim.value)?;
                for (column, weight) in &claim.weights {
                    let missing = ShapeError {
                        list: "columns that a claim needs",
                        expected: COLUMNS,
                        found: column.saturating_add(1),
                    };
                    let sum = columns.get_mut(*column).ok_or(missing)?;
                    *sum = field.add_product(sum, &power, weight)?;
                }
                power = field.mul(&power, challenge)?;
            }
            combined.push(columns);
        }
        Ok(Self { weights: combined, value })
    }
}

#[cfg(test)]
mod tests {
    use ark_bn254::Fr;
    use ark_ff::Field;

    use super::*;
    use crate::{
        arithmetic::{Check, Native},
        table::{claims::TableClaim, layout::TAG},
    };

    fn points(column: usize) -> [PointClaims<Fr>; 2] {
        let claim = |column, value: u64| TableClaim { weights: vec![(column, Fr::ONE)], value: Fr::from(value) };
        let claims = [vec![claim(TAG, 2), claim(TAG, 3)], vec![claim(column, 5)]];
        claims.map(|claims| PointClaims { point: Vec::new(), claims })
    }

    #[test]
    fn claims_are_combined_with_the_powers_of_the_challenge_in_order() {
        let delta = Fr::from(10u64);
        let Combination { weights, value } = Combination::new(&mut Native, &points(63), &delta).unwrap();
        assert_eq!(value, Fr::from(2 + 30 + 500u64));
        assert_eq!((weights[0][TAG], weights[1][63]), (Fr::from(11u64), Fr::from(100u64)));
        assert_eq!(weights.iter().flatten().filter(|weight| **weight != Fr::from(0u64)).count(), 2);
    }

    #[test]
    fn claims_on_a_column_that_the_table_does_not_have_are_refused() {
        let expected = ShapeError { list: "columns that a claim needs", expected: 64, found: 65 };
        let found = Combination::new(&mut Native, &points(64), &Fr::ONE).err();
        assert_eq!(found, Some(Check::Shape(expected)));
    }
}
