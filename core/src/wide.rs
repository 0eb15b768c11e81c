//! Sums of products of field elements with one reduction for all.
//!
//! A product of two Montgomery representatives has 508 bits. Adding products before reducing them
//! leaves out half of the work of a multiplication; nine words hold 2^64 products.

use ark_bn254::{Fr, FrConfig};
use ark_ff::{BigInt, Fp, MontConfig};

/// r, lowest word first.
const ORDER: [u64; 4] = FrConfig::MODULUS.0;
/// -r^-1 mod 2^64.
const INVERSE: u64 = FrConfig::INV;

/// A sum of products a_i b_i that is not reduced yet.
#[derive(Clone, Copy, Debug, Default)]
pub struct Wide([u64; 9]);

#[inline(always)]
fn multiply_add(sum: u64, a: u64, b: u64, carry: &mut u64) -> u64 {
    let wide = u128::from(a) * u128::from(b) + u128::from(sum) + u128::from(*carry);
    *carry = (wide >> 64) as u64;
    wide as u64
}

#[inline(always)]
fn add_carry(a: u64, b: u64, carry: &mut u64) -> u64 {
    let wide = u128::from(a) + u128::from(b) + u128::from(*carry);
    *carry = (wide >> 64) as u64;
    wide as u64
}

impl Wide {
    pub const ZERO: Self = Self([0; 9]);

    /// Adds the product a b.
    #[inline(always)]
    pub fn add_product(&mut self, a: &Fr, b: &Fr) {
        let (a, b) = (&a.0.0, &b.0.0);
        let mut product = [0u64; 8];
        for i in 0..4 {
            let mut carry = 0;
            for j in 0..4 {
                product[i + j] = multiply_add(product[i + j], a[i], b[j], &mut carry);
            }
            product[i + 4] = carry;
        }
        let mut carry = 0;
        for (sum, word) in self.0.iter_mut().zip(product) {
            *sum = add_carry(*sum, word, &mut carry);
        }
        self.0[8] = self.0[8].wrapping_add(carry);
    }

    /// Adds the product a n, for a limb n; sums of fewer than 2^40 of them are reduced by
    /// [`Self::reduce_small`].
    #[inline(always)]
    pub fn add_small(&mut self, a: &Fr, n: u16) {
        let mut carry = 0;
        for (word, a) in self.0.iter_mut().zip(&a.0.0) {
            *word = multiply_add(*word, *a, n.into(), &mut carry);
        }
        for word in &mut self.0[4..] {
            *word = add_carry(*word, 0, &mut carry);
        }
    }

    /// The sum as a field element.
    pub fn reduce(mut self) -> Fr {
        // Montgomery's reduction of the lower four words leaves five, below (count / 5 + 1) r.
        let mut overflow = 0;
        for i in 0..4 {
            let factor = self.0[i].wrapping_mul(INVERSE);
            let mut carry = 0;
            for (j, order) in ORDER.iter().enumerate() {
                self.0[i + j] = multiply_add(self.0[i + j], factor, *order, &mut carry);
            }
            for word in &mut self.0[i + 4..] {
                *word = add_carry(*word, 0, &mut carry);
            }
            overflow += carry;
        }
        debug_assert_eq!(overflow, 0, "fewer than 2^64 products");
        let [.., a, b, c, d, e] = self.0;
        reduce_words([a, b, c, d, e])
    }

    /// The sum of [`Self::add_small`]s as a field element.
    pub fn reduce_small(self) -> Fr {
        let [a, b, c, d, e, ..] = self.0;
        reduce_words([a, b, c, d, e])
    }
}

/// Five words modulo r.
#[inline(always)]
fn reduce_words(mut words: [u64; 5]) -> Fr {
    // The quotient by the two highest words against r's highest plus one is never too large, and
    // after two steps short by less than two.
    for _ in 0..2 {
        let high = u128::from(words[4]) << 64 | u128::from(words[3]);
        let quotient = (high / (u128::from(ORDER[3]) + 1)) as u64;
        subtract_multiple(&mut words, quotient);
    }
    while words[4] != 0 || BigInt::new([words[0], words[1], words[2], words[3]]) >= BigInt::new(ORDER) {
        subtract_multiple(&mut words, 1);
    }
    Fp::new_unchecked(BigInt::new([words[0], words[1], words[2], words[3]]))
}

#[inline(always)]
fn subtract_multiple(words: &mut [u64; 5], factor: u64) {
    let mut carry = 0;
    let mut borrow = 0u64;
    for (i, word) in words.iter_mut().enumerate() {
        let product = match ORDER.get(i) {
            Some(order) => multiply_add(0, factor, *order, &mut carry),
            None => carry,
        };
        let (difference, under) = word.overflowing_sub(product);
        let (difference, under_again) = difference.overflowing_sub(borrow);
        *word = difference;
        borrow = u64::from(under | under_again);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use ark_ff::{AdditiveGroup, UniformRand};
    use rand_chacha::{ChaCha20Rng, rand_core::SeedableRng};

    #[test]
    fn sums_equal_those_of_the_field() {
        let mut rng = ChaCha20Rng::from_seed([3; 32]);
        for count in [0, 1, 2, 5, 6, 100, 10_000] {
            let mut wide = Wide::ZERO;
            let mut small = Wide::ZERO;
            let (mut expected, mut expected_small) = (Fr::ZERO, Fr::ZERO);
            for i in 0..count {
                let (a, b) = if i % 3 == 0 {
                    (-Fr::from(1u64), -Fr::from(1u64))
                } else {
                    (Fr::rand(&mut rng), Fr::rand(&mut rng))
                };
                wide.add_product(&a, &b);
                expected += a * b;
                let n = u16::MAX - (i % 7) as u16;
                small.add_small(&a, n);
                expected_small += a * Fr::from(n);
            }
            assert_eq!(wide.reduce(), expected, "{count}");
            assert_eq!(small.reduce_small(), expected_small, "{count}");
        }
    }
}
