//! Multiplication modulo r without any dependency, so that the program evaluates the public vector with the same
//! code as everyone else (Montgomery 1985; the coarsely integrated operand scanning of Koc, Acar and Kaliski 1996).

use crate::field::Element;

const R: [u64; 4] = [0x43e1f593f0000001, 0x2833e84879b97091, 0xb85045b68181585d, 0x30644e72e131a029];
/// -r^-1 mod 2^64.
const INVERSE: u64 = 0xc2e1f593efffffff;
/// 2^512 mod r.
const R_SQUARED: [u64; 4] = [0x1bb8e645ae216da7, 0x53fe3ab1e35c59e3, 0x8c49833d53bb8085, 0x0216d0b17f4e44a5];

type Limbs = [u64; 4];

fn to_limbs(element: &Element) -> Limbs {
    let mut limbs = [0; 4];
    for (limb, bytes) in limbs.iter_mut().rev().zip(element.as_bytes().chunks_exact(8)) {
        *limb = bytes.iter().fold(0, |sum, byte| sum << 8 | u64::from(*byte));
    }
    limbs
}

fn to_bytes(limbs: &Limbs) -> [u8; 32] {
    let mut bytes = [0; 32];
    for (chunk, limb) in bytes.chunks_exact_mut(8).zip(limbs.iter().rev()) {
        chunk.copy_from_slice(&limb.to_be_bytes());
    }
    bytes
}

#[inline(always)]
fn multiply_add(sum: u64, a: u64, b: u64, carry: &mut u64) -> u64 {
    let wide = u128::from(a) * u128::from(b) + u128::from(sum) + u128::from(*carry);
    *carry = (wide >> 64) as u64;
    wide as u64
}

fn subtract_order(limbs: &mut Limbs) {
    let mut difference = [0; 4];
    let mut borrow = false;
    for i in 0..4 {
        let (x, b1) = limbs[i].overflowing_sub(R[i]);
        let (x, b2) = x.overflowing_sub(borrow as u64);
        difference[i] = x;
        borrow = b1 | b2;
    }
    if !borrow {
        *limbs = difference;
    }
}

/// a b 2^-256 mod r, for a, b < r.
fn montgomery(a: &Limbs, b: &Limbs) -> Limbs {
    let mut t = [0u64; 5];
    for x in b {
        let mut carry = 0;
        for (sum, y) in t.iter_mut().zip(a) {
            *sum = multiply_add(*sum, *y, *x, &mut carry);
        }
        // r < 2^254, so the running sum never needs a sixth limb.
        t[4] += carry;
        let m = t[0].wrapping_mul(INVERSE);
        let mut carry = 0;
        multiply_add(t[0], m, R[0], &mut carry);
        for j in 1..4 {
            t[j - 1] = multiply_add(t[j], m, R[j], &mut carry);
        }
        let (sum, overflow) = t[4].overflowing_add(carry);
        t[3] = sum;
        t[4] = overflow as u64;
    }
    let mut limbs = [t[0], t[1], t[2], t[3]];
    subtract_order(&mut limbs);
    limbs
}

fn add(a: &Limbs, b: &Limbs) -> Limbs {
    let mut sum = [0; 4];
    let mut carry = 0u64;
    for i in 0..4 {
        let wide = u128::from(a[i]) + u128::from(b[i]) + u128::from(carry);
        sum[i] = wide as u64;
        carry = (wide >> 64) as u64;
    }
    // 2 r < 2^255: no carry is left.
    subtract_order(&mut sum);
    sum
}

/// sum_i point^i coefficients_i, by Horner's rule: one multiplication a coefficient.
pub fn evaluate(coefficients: &[Element], point: &Element) -> Element {
    let point = montgomery(&to_limbs(point), &R_SQUARED);
    let sum = coefficients
        .iter()
        .rev()
        .fold([0; 4], |sum, coefficient| add(&montgomery(&sum, &point), &to_limbs(coefficient)));
    // Limbs below r are canonical bytes.
    Element::new(to_bytes(&sum)).unwrap_or(Element::ZERO)
}

#[cfg(test)]
mod tests {
    use super::*;
    use ark_bn254::Fr;
    use ark_ff::{BigInteger, PrimeField};
    use proptest::prelude::*;

    fn element(x: Fr) -> Element {
        Element::new(x.into_bigint().to_bytes_be().try_into().unwrap()).unwrap()
    }

    fn agrees(coefficients: &[Fr], point: Fr) -> bool {
        let expected = coefficients.iter().rev().fold(Fr::from(0u64), |sum, c| sum * point + c);
        let coefficients: Vec<Element> = coefficients.iter().copied().map(element).collect();
        evaluate(&coefficients, &element(point)) == element(expected)
    }

    #[test]
    fn agrees_with_arkworks_at_the_edges() {
        let edges = [Fr::from(0u64), Fr::from(1u64), -Fr::from(1u64), -Fr::from(2u64), Fr::from(u128::MAX)];
        for point in edges {
            assert!(agrees(&edges, point), "{point}");
        }
        assert_eq!(evaluate(&[], &Element::from(7u64)), Element::ZERO);
    }

    proptest! {
        #[test]
        fn agrees_with_arkworks(bytes in proptest::collection::vec(any::<[u8; 32]>(), 1..8), point: [u8; 32]) {
            let coefficients: Vec<Fr> = bytes.iter().map(|b| Fr::from_be_bytes_mod_order(b)).collect();
            prop_assert!(agrees(&coefficients, Fr::from_be_bytes_mod_order(&point)));
        }
    }
}
