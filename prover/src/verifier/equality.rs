//! The equality polynomial eq(a, b) = prod_j (a_j b_j + (1 - a_j)(1 - b_j)): the multilinear
//! polynomial that is 1 where two points of {0,1}^n are equal and 0 elsewhere.

use ark_bn254::Fr;
use ark_ff::Field;

use crate::arithmetic::{Arithmetic, ShapeError};

/// eq(a, b).
///
/// # Errors
/// [`ShapeError`] when the points have different numbers of variables; otherwise those of the
/// arithmetic.
pub fn equality<A: Arithmetic>(field: &mut A, a: &[A::Scalar], b: &[A::Scalar]) -> Result<A::Scalar, A::Error> {
    ShapeError::check("variables of a point", a.len(), b.len())?;
    let mut product = field.one();
    for (a, b) in a.iter().zip(b) {
        let both = field.mul(a, b)?;
        let factor = field.combine(Fr::ONE, [(Fr::from(2u64), &both), (-Fr::ONE, a), (-Fr::ONE, b)]);
        product = field.mul(&product, &factor)?;
    }
    Ok(product)
}

/// eq(z, i) for every i below 2^(length of z), z_0 being the lowest bit of i.
///
/// # Errors
/// Those of the arithmetic.
pub fn equality_table<A: Arithmetic>(field: &mut A, z: &[A::Scalar]) -> Result<Vec<A::Scalar>, A::Error> {
    let mut table = vec![field.one()];
    for z in z.iter().rev() {
        let mut next = Vec::with_capacity(table.len().saturating_mul(2));
        for entry in &table {
            let high = field.mul(entry, z)?;
            next.push(field.sub(entry, &high));
            next.push(high);
        }
        table = next;
    }
    Ok(table)
}

/// eq(z, 0) = prod_j (1 - z_j).
///
/// # Errors
/// Those of the arithmetic.
pub fn equality_at_zero<A: Arithmetic>(field: &mut A, z: &[A::Scalar]) -> Result<A::Scalar, A::Error> {
    let mut product = field.one();
    for z in z {
        let complement = field.complement(z);
        product = field.mul(&product, &complement)?;
    }
    Ok(product)
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::arithmetic_side_effects)]
mod tests {
    use super::*;
    use crate::arithmetic::{Check, Native};

    fn point(count: u64) -> Vec<Fr> {
        (0..count).map(|j| -Fr::from(5 + 3 * j)).collect()
    }

    #[test]
    fn the_table_holds_the_polynomial_at_every_index() {
        let z = point(4);
        let table = equality_table(&mut Native, &z).unwrap();
        assert_eq!(table.len(), 16);
        for (index, entry) in table.iter().enumerate() {
            let bits: Vec<Fr> = (0..4).map(|bit| Fr::from((index >> bit & 1) as u64)).collect();
            assert_eq!(equality(&mut Native, &z, &bits), Ok(*entry));
        }
        assert_eq!(equality_at_zero(&mut Native, &z), Ok(table[0]));
    }

    #[test]
    fn points_of_different_lengths_are_refused() {
        let expected = Check::Shape(ShapeError { list: "variables of a point", expected: 4, found: 3 });
        assert_eq!(equality(&mut Native, &point(4), &point(3)), Err(expected));
        let expected = Check::Shape(ShapeError { list: "variables of a point", expected: 3, found: 4 });
        assert_eq!(equality(&mut Native, &point(3), &point(4)), Err(expected));
    }
}
