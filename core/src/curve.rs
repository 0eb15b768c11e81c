//! The curves of BN254: lengths, generators and equations. The equation of G2 serves to say why a
//! point is refused, where the chain itself only says that it is.

use crate::montgomery::{BASE, Limbs, to_limbs};

/// Bytes of a point of G1, uncompressed: x, then y.
pub const G1_LENGTH: usize = 64;
/// Bytes of a point of G2, uncompressed: x, then y, the imaginary part of each first (EIP-197).
pub const G2_LENGTH: usize = 128;
/// Bytes of a pairing's input: a point of G1, then one of G2.
pub const PAIR_LENGTH: usize = G1_LENGTH + G2_LENGTH;

/// The generator of G1, uncompressed: (1, 2).
pub const G1_GENERATOR: [u8; G1_LENGTH] = {
    let mut point = [0; G1_LENGTH];
    (point[31], point[63]) = (1, 2);
    point
};

/// The generator of G2, uncompressed, EIP-197 order.
pub const G2_GENERATOR: [u8; G2_LENGTH] = [
    0x19, 0x8e, 0x93, 0x93, 0x92, 0x0d, 0x48, 0x3a, 0x72, 0x60, 0xbf, 0xb7, 0x31, 0xfb, 0x5d, 0x25, 0xf1, 0xaa, 0x49,
    0x33, 0x35, 0xa9, 0xe7, 0x12, 0x97, 0xe4, 0x85, 0xb7, 0xae, 0xf3, 0x12, 0xc2, 0x18, 0x00, 0xde, 0xef, 0x12, 0x1f,
    0x1e, 0x76, 0x42, 0x6a, 0x00, 0x66, 0x5e, 0x5c, 0x44, 0x79, 0x67, 0x43, 0x22, 0xd4, 0xf7, 0x5e, 0xda, 0xdd, 0x46,
    0xde, 0xbd, 0x5c, 0xd9, 0x92, 0xf6, 0xed, 0x09, 0x06, 0x89, 0xd0, 0x58, 0x5f, 0xf0, 0x75, 0xec, 0x9e, 0x99, 0xad,
    0x69, 0x0c, 0x33, 0x95, 0xbc, 0x4b, 0x31, 0x33, 0x70, 0xb3, 0x8e, 0xf3, 0x55, 0xac, 0xda, 0xdc, 0xd1, 0x22, 0x97,
    0x5b, 0x12, 0xc8, 0x5e, 0xa5, 0xdb, 0x8c, 0x6d, 0xeb, 0x4a, 0xab, 0x71, 0x80, 0x8d, 0xcb, 0x40, 0x8f, 0xe3, 0xd1,
    0xe7, 0x69, 0x0c, 0x43, 0xd3, 0x7b, 0x4c, 0xe6, 0xcc, 0x01, 0x66, 0xfa, 0x7d, 0xaa,
];

/// 3 / (9 + u), the constant of the twist y^2 = x^3 + b: imaginary part, then real part.
const TWIST: [[u8; 32]; 2] = [
    [
        0x00, 0x97, 0x13, 0xb0, 0x3a, 0xf0, 0xfe, 0xd4, 0xcd, 0x2c, 0xaf, 0xad, 0xee, 0xd8, 0xfd, 0xf4, 0xa7, 0x4f,
        0xa0, 0x84, 0xe5, 0x2d, 0x18, 0x52, 0xe4, 0xa2, 0xbd, 0x06, 0x85, 0xc3, 0x15, 0xd2,
    ],
    [
        0x2b, 0x14, 0x9d, 0x40, 0xce, 0xb8, 0xaa, 0xae, 0x81, 0xbe, 0x18, 0x99, 0x1b, 0xe0, 0x6a, 0xc3, 0xb5, 0xb4,
        0xc5, 0xe5, 0x59, 0xdb, 0xef, 0xa3, 0x32, 0x67, 0xe6, 0xdc, 0x24, 0xa1, 0x38, 0xe5,
    ],
];

/// An element of the quadratic extension, imaginary u + real with u^2 = -1, in Montgomery form.
#[derive(Clone, Copy)]
struct Quadratic {
    imaginary: Limbs,
    real: Limbs,
}

impl Quadratic {
    fn new(imaginary: &[u8; 32], real: &[u8; 32]) -> Self {
        let limbs = |bytes| BASE.to_montgomery(&to_limbs(bytes));
        Self { imaginary: limbs(imaginary), real: limbs(real) }
    }

    fn multiply(&self, other: &Self) -> Self {
        let product = |a: &Limbs, b: &Limbs| BASE.canonical(&BASE.multiply(a, b));
        let imaginary = BASE.add(&product(&self.imaginary, &other.real), &product(&self.real, &other.imaginary));
        let minus = BASE.negate(&product(&self.imaginary, &other.imaginary));
        Self { imaginary, real: BASE.add(&product(&self.real, &other.real), &minus) }
    }

    fn add(&self, other: &Self) -> Self {
        Self { imaginary: BASE.add(&self.imaginary, &other.imaginary), real: BASE.add(&self.real, &other.real) }
    }

    fn canonical(&self) -> [Limbs; 2] {
        [BASE.canonical(&self.imaginary), BASE.canonical(&self.real)]
    }
}

/// Whether `point`, uncompressed with the imaginary part of a coordinate first and coordinates
/// below q, is on the curve that contains G2. This says nothing of the subgroup; the point at
/// infinity is not on the curve.
pub fn on_twist(point: &[u8; G2_LENGTH]) -> bool {
    let mut words = [[0; 32]; 4];
    for (word, bytes) in words.iter_mut().zip(point.chunks_exact(32)) {
        word.copy_from_slice(bytes);
    }
    let (x, y) = (Quadratic::new(&words[0], &words[1]), Quadratic::new(&words[2], &words[3]));
    let right = x.multiply(&x).multiply(&x).add(&Quadratic::new(&TWIST[0], &TWIST[1]));
    y.multiply(&y).canonical() == right.canonical()
}

/// Whether `point`, uncompressed with coordinates below q, is on the curve y^2 = x^3 + 3, all of
/// which is G1. The point at infinity is not on the curve.
#[cfg(not(target_os = "solana"))]
pub fn on_curve(point: &[u8; G1_LENGTH]) -> bool {
    let mut words = [[0; 32]; 2];
    for (word, bytes) in words.iter_mut().zip(point.chunks_exact(32)) {
        word.copy_from_slice(bytes);
    }
    let mut three = [0; 32];
    three[31] = 3;
    let [x, y, three] = [&words[0], &words[1], &three].map(|word| BASE.to_montgomery(&to_limbs(word)));
    let product = |a: &Limbs, b: &Limbs| BASE.canonical(&BASE.multiply(a, b));
    let right = BASE.add(&product(&product(&x, &x), &x), &BASE.canonical(&three));
    product(&y, &y) == BASE.canonical(&right)
}

/// Whether `point`, uncompressed with coordinates below q, is on the curve y^2 = x^3 + 3, all of
/// which is G1, by the syscall. The point at infinity is not on it.
#[cfg(target_os = "solana")]
pub fn on_curve(point: &[u8; G1_LENGTH]) -> bool {
    let mut input = [0; 2 * G1_LENGTH];
    input[..G1_LENGTH].copy_from_slice(point);
    *point != [0; G1_LENGTH] && solana_bn254::prelude::alt_bn128_g1_addition_be(&input).is_ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use ark_bn254::{Fq, Fq2, G1Affine, G2Affine};
    use ark_ec::AffineRepr;
    use ark_ff::{BigInteger, PrimeField};

    fn bytes(point: &G2Affine) -> [u8; G2_LENGTH] {
        let words = [point.x.c1, point.x.c0, point.y.c1, point.y.c0];
        let words: Vec<u8> = words.iter().flat_map(|word: &Fq| word.into_bigint().to_bytes_be()).collect();
        words.try_into().unwrap()
    }

    #[test]
    fn agrees_with_arkworks() {
        assert!(on_twist(&G2_GENERATOR));
        let mut multiple = G2Affine::generator();
        for scalar in 2u64..20 {
            multiple = (multiple * ark_bn254::Fr::from(scalar)).into();
            assert!(on_twist(&bytes(&multiple)));
            let mut off = multiple;
            off.y.c0 += Fq::from(1u64);
            assert!(!on_twist(&bytes(&off)));
        }
    }

    #[test]
    fn a_point_outside_the_subgroup_is_on_the_curve_all_the_same() {
        let outside = (1u64..)
            .filter_map(|x| G2Affine::get_point_from_x_unchecked(Fq2::from(x), true))
            .find(|point| !point.is_in_correct_subgroup_assuming_on_curve())
            .unwrap();
        assert!(on_twist(&bytes(&outside)));
    }

    #[test]
    fn g1_agrees_with_arkworks() {
        let bytes = |point: &G1Affine| -> [u8; G1_LENGTH] {
            [point.x.into_bigint().to_bytes_be(), point.y.into_bigint().to_bytes_be()].concat().try_into().unwrap()
        };
        assert!(on_curve(&G1_GENERATOR));
        let mut multiple = G1Affine::generator();
        assert_eq!(bytes(&multiple), G1_GENERATOR);
        for scalar in 2u64..40 {
            multiple = (multiple * ark_bn254::Fr::from(scalar)).into();
            assert!(on_curve(&bytes(&multiple)));
            assert!(on_curve(&bytes(&-multiple)));
            let (mut off, mut swapped) = (multiple, multiple);
            off.y += Fq::from(1u64);
            assert!(!on_curve(&bytes(&off)));
            (swapped.x, swapped.y) = (multiple.y, multiple.x);
            assert!(!on_curve(&bytes(&swapped)));
        }
    }

    #[test]
    fn infinity_is_on_neither() {
        assert!(!on_twist(&[0; G2_LENGTH]));
        assert!(!on_curve(&[0; G1_LENGTH]));
    }
}
