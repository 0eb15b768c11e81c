//! Field elements and points as snarkjs stores them: little-endian limbs in Montgomery form, x
//! before y, the real part of a G2 coordinate before the imaginary one, infinity as zeros. These
//! are not the canonical bytes of [`crate::encoding`].
#![cfg_attr(not(test), deny(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing))]

use ark_bn254::{Fq, Fq2, g1, g2};
use ark_ec::{AffineRepr, short_weierstrass::Affine};
use ark_ff::{AdditiveGroup, BigInt, PrimeField};

use crate::encoding::{PointError, checked_g2};

/// Number of bytes of a field element.
pub(crate) const ELEMENT_LENGTH: usize = 32;

/// The integer with these little-endian bytes.
pub(crate) fn integer(bytes: &[u8; ELEMENT_LENGTH]) -> BigInt<4> {
    let mut limbs = [0; 4];
    for (limb, bytes) in limbs.iter_mut().zip(bytes.as_chunks::<8>().0) {
        *limb = u64::from_le_bytes(*bytes);
    }
    BigInt::new(limbs)
}

/// A point that a setup's file can hold.
pub(crate) trait StoredPoint: AffineRepr + Send + Sync {
    /// Number of bytes of a point.
    const LENGTH: usize;

    /// The point with these bytes, possibly the one at infinity.
    fn load(bytes: &[u8]) -> Result<Self, PointError>;
}

impl StoredPoint for Affine<g1::Config> {
    const LENGTH: usize = 2 * ELEMENT_LENGTH;

    fn load(bytes: &[u8]) -> Result<Self, PointError> {
        let [x, y] = coordinates(bytes)?;
        if [x, y] == [Fq::ZERO; 2] {
            return Ok(Self::identity());
        }
        let point = Self::new_unchecked(x, y);
        // All of the curve is the group of order r.
        if point.is_on_curve() { Ok(point) } else { Err(PointError::NotOnCurve) }
    }
}

impl StoredPoint for Affine<g2::Config> {
    const LENGTH: usize = 4 * ELEMENT_LENGTH;

    fn load(bytes: &[u8]) -> Result<Self, PointError> {
        let [x0, x1, y0, y1] = coordinates(bytes)?;
        if [x0, x1, y0, y1] == [Fq::ZERO; 4] {
            return Ok(Self::identity());
        }
        checked_g2(Fq2::new(x0, x1), Fq2::new(y0, y1))
    }
}

/// Reads coordinates, which must be below q.
fn coordinates<const COUNT: usize>(bytes: &[u8]) -> Result<[Fq; COUNT], PointError> {
    let (elements, rest) = bytes.as_chunks::<ELEMENT_LENGTH>();
    if elements.len() != COUNT || !rest.is_empty() {
        return Err(PointError::Length { expected: COUNT * ELEMENT_LENGTH, found: bytes.len() });
    }
    let mut coordinates = [Fq::ZERO; COUNT];
    for (word, (coordinate, bytes)) in coordinates.iter_mut().zip(elements).enumerate() {
        let limbs = integer(bytes);
        if limbs >= Fq::MODULUS {
            return Err(PointError::CoordinateNotCanonical { word });
        }
        *coordinate = Fq::new_unchecked(limbs);
    }
    Ok(coordinates)
}

#[cfg(test)]
mod tests {
    use super::*;
    use ark_bn254::{G1Affine, G2Affine};
    use ark_ec::short_weierstrass::SWCurveConfig;
    use ark_ff::{Field, One};

    fn store(coordinates: &[Fq]) -> Vec<u8> {
        coordinates.iter().flat_map(|c| c.0.0.into_iter().flat_map(u64::to_le_bytes)).collect()
    }

    fn store_g1(point: &G1Affine) -> Vec<u8> {
        let (x, y) = point.xy().unwrap_or_default();
        store(&[x, y])
    }

    fn store_g2(point: &G2Affine) -> Vec<u8> {
        let (x, y) = point.xy().unwrap_or_default();
        store(&[x.c0, x.c1, y.c0, y.c1])
    }

    #[test]
    fn points_are_read_back() {
        for point in [G1Affine::generator(), G1Affine::identity()] {
            assert_eq!(G1Affine::load(&store_g1(&point)), Ok(point));
        }
        for point in [G2Affine::generator(), G2Affine::identity()] {
            assert_eq!(G2Affine::load(&store_g2(&point)), Ok(point));
        }
    }

    #[test]
    fn a_coordinate_of_q_or_more_is_refused() {
        for word in 0..2 {
            let mut bytes = store_g1(&G1Affine::generator());
            let modulus: Vec<u8> = Fq::MODULUS.0.into_iter().flat_map(u64::to_le_bytes).collect();
            bytes[32 * word..][..32].copy_from_slice(&modulus);
            assert_eq!(G1Affine::load(&bytes), Err(PointError::CoordinateNotCanonical { word }));
        }
    }

    #[test]
    fn points_off_the_curve_or_outside_the_group_are_refused() {
        let one = Fq::one();
        assert_eq!(G1Affine::load(&store(&[one, one])), Err(PointError::NotOnCurve));
        assert_eq!(G2Affine::load(&store(&[one, one, one, one])), Err(PointError::NotOnCurve));
        // Small x until one is on the curve: the twist's cofactor is so large that the point is
        // outside the subgroup.
        let outside = (1u64..)
            .map(|x| Fq2::new(x.into(), Fq::ZERO))
            .find_map(|x| {
                let y = (x * x * x + ark_bn254::g2::Config::COEFF_B).sqrt()?;
                Some(Affine::new_unchecked(x, y))
            })
            .unwrap();
        assert!(outside.is_on_curve());
        assert_eq!(G2Affine::load(&store_g2(&outside)), Err(PointError::OutsideSubgroup));
    }

    #[test]
    fn a_wrong_number_of_bytes_is_refused() {
        assert_eq!(G1Affine::load(&[0; 63]), Err(PointError::Length { expected: 64, found: 63 }));
        assert_eq!(G2Affine::load(&[0; 129]), Err(PointError::Length { expected: 128, found: 129 }));
    }
}
