//! Multiplication modulo r and q without any dependency, so that the program evaluates the public
//! vector with the same code as everyone else.
//!
//! Numbers are 9 limbs of 29 bits: a product of limbs has 58 bits, so 64 of them add up in one
//! 64-bit word and no carry is propagated before the reduction (Montgomery 1985, with 2^261). A
//! machine without 128-bit products, such as Solana's, spends half as much on this as on 64-bit
//! limbs.

use core::borrow::Borrow;

use crate::field::{BASE_ORDER, Element, ORDER};

const LIMBS: usize = 9;
const BITS: usize = 29;
const MASK: u64 = (1 << BITS) - 1;
/// The number of limbs that hold 128 bits: an amount, or half of a digest or of a coordinate.
const SHORT: usize = 5;
/// Coefficients folded in with one reduction, and short ones. All but one are multiplied: with the
/// 18 products a column of the running sum, whose limbs have 30 bits, and the 9 of the reduction
/// there are less than 64 of 58 bits.
const GROUP: usize = 5;
const SHORT_GROUP: usize = 8;

/// A number, lowest limb first. Limbs are below 2^29 unless a function says otherwise.
pub(crate) type Limbs = [u64; LIMBS];
/// Sums of products of limbs, whose carries are not propagated yet.
type Columns = [u64; 2 * LIMBS];

/// A prime field of some 254 bits. Its elements are any limbs of their residue class below twice
/// the order.
pub(crate) struct Field {
    order: Limbs,
    /// -order^-1 mod 2^29.
    inverse: u64,
    /// 2^522 mod order: a Montgomery multiplication by it multiplies by 2^261.
    factor: Limbs,
}

pub(crate) const SCALAR: Field = Field::new(&ORDER);
pub(crate) const BASE: Field = Field::new(&BASE_ORDER);

pub(crate) const fn to_limbs(bytes: &[u8; 32]) -> Limbs {
    let mut words = [0u64; 5];
    let mut i = 0;
    while i < 4 {
        // The words lie in the bytes highest first.
        let (_, tail) = bytes.split_at(8 * (3 - i));
        if let Some(word) = tail.first_chunk() {
            words[i] = u64::from_be_bytes(*word);
        }
        i += 1;
    }
    let mut limbs = [0; LIMBS];
    let mut i = 0;
    while i < LIMBS {
        let (word, shift) = (BITS * i / 64, BITS * i % 64);
        limbs[i] = words[word] >> shift;
        if shift + BITS > 64 {
            limbs[i] |= words[word + 1] << (64 - shift);
        }
        limbs[i] &= MASK;
        i += 1;
    }
    limbs
}

const fn to_short(number: u128) -> [u64; SHORT] {
    let (high, low) = ((number >> 64) as u64, number as u64);
    [low & MASK, low >> BITS & MASK, (low >> (2 * BITS) | high << 6) & MASK, high >> 23 & MASK, high >> 52]
}

fn to_bytes(limbs: &Limbs) -> [u8; 32] {
    let mut words = [0u64; 5];
    for (i, limb) in limbs.iter().enumerate() {
        let (word, shift) = (BITS * i / 64, BITS * i % 64);
        words[word] |= limb << shift;
        if shift + BITS > 64 {
            words[word + 1] |= limb >> (64 - shift);
        }
    }
    let mut bytes = [0; 32];
    for (chunk, word) in bytes.chunks_exact_mut(8).rev().zip(words) {
        chunk.copy_from_slice(&word.to_be_bytes());
    }
    bytes
}

/// Adds a b to `sum`. The sum wraps, as a check of overflow would cost more than the product;
/// bounds are where columns are filled.
#[inline(always)]
fn multiply_add(sum: u64, a: u64, b: u64) -> u64 {
    debug_assert!(a.checked_mul(b).is_some_and(|product| product.checked_add(sum).is_some()));
    sum.wrapping_add(a.wrapping_mul(b))
}

/// Adds a b to `columns`, b having N limbs.
#[inline(always)]
fn accumulate<const N: usize>(columns: &mut Columns, a: &Limbs, b: &[u64; N]) {
    for (j, limb) in b.iter().enumerate() {
        add_row(columns, j, a, *limb);
    }
}

/// Adds a b 2^(29 shift) to `columns`.
#[inline(always)]
fn add_row(columns: &mut Columns, shift: usize, a: &Limbs, b: u64) {
    // A window of known length: one check of bounds a row, not one a product.
    if let Some(window) = columns.get_mut(shift..).and_then(|columns| columns.first_chunk_mut::<LIMBS>()) {
        for i in 0..LIMBS {
            window[i] = multiply_add(window[i], a[i], b);
        }
    }
}

impl Field {
    const fn new(order: &[u8; 32]) -> Self {
        let order = to_limbs(order);
        // Newton: an inverse to n bits gives one to 2n; order is its own inverse to 3 bits.
        let mut inverse = order[0];
        let mut i = 0;
        while i < 4 {
            inverse = inverse.wrapping_mul(2u64.wrapping_sub(order[0].wrapping_mul(inverse)));
            i += 1;
        }
        let mut field = Self { order, inverse: inverse.wrapping_neg() & MASK, factor: [0; LIMBS] };
        field.factor[0] = 1;
        let mut i = 0;
        while i < 2 * BITS * LIMBS {
            let doubled = add_limbs(&field.factor, &field.factor);
            field.factor = field.subtract_order(&doubled);
            i += 1;
        }
        field
    }

    /// `limbs` less the order, unless that is negative.
    const fn subtract_order(&self, limbs: &Limbs) -> Limbs {
        let mut difference = [0; LIMBS];
        let mut borrow = 0;
        let mut i = 0;
        while i < LIMBS {
            let limb = limbs[i].wrapping_sub(self.order[i]).wrapping_sub(borrow);
            difference[i] = limb & MASK;
            borrow = limb >> 63;
            i += 1;
        }
        if borrow == 0 { difference } else { *limbs }
    }

    /// The columns' value divided by 2^261, for columns of at most 54 products.
    fn reduce(&self, columns: &mut Columns) -> Limbs {
        for i in 0..LIMBS {
            let multiple = columns[i].wrapping_mul(self.inverse) & MASK;
            add_row(columns, i, &self.order, multiple);
            columns[i + 1] = columns[i + 1].wrapping_add(columns[i] >> BITS);
        }
        let mut limbs = [0; LIMBS];
        let mut carry = 0;
        for (limb, column) in limbs.iter_mut().zip(&columns[LIMBS..]) {
            let sum = column.wrapping_add(carry);
            *limb = sum & MASK;
            carry = sum >> BITS;
        }
        limbs
    }

    /// The product a b 2^-261. One factor may have limbs of 30 bits.
    pub(crate) fn multiply(&self, a: &Limbs, b: &Limbs) -> Limbs {
        let mut columns = [0; 2 * LIMBS];
        accumulate(&mut columns, a, b);
        self.reduce(&mut columns)
    }

    /// The Montgomery form of `a`, a 2^261.
    pub(crate) fn to_montgomery(&self, a: &Limbs) -> Limbs {
        self.multiply(a, &self.factor)
    }

    pub(crate) fn add(&self, a: &Limbs, b: &Limbs) -> Limbs {
        self.subtract_order(&add_limbs(a, b))
    }

    /// The negative of `a`, which is not above the order.
    pub(crate) fn negate(&self, a: &Limbs) -> Limbs {
        let mut negative = [0; LIMBS];
        let mut borrow = 0;
        for ((limb, order), a) in negative.iter_mut().zip(&self.order).zip(a) {
            let difference = order.wrapping_sub(*a).wrapping_sub(borrow);
            *limb = difference & MASK;
            borrow = difference >> 63;
        }
        negative
    }

    /// The one representative below the order.
    pub(crate) fn canonical(&self, a: &Limbs) -> Limbs {
        self.subtract_order(a)
    }
}

const fn add_limbs(a: &Limbs, b: &Limbs) -> Limbs {
    let mut sum = [0; LIMBS];
    let mut carry = 0;
    let mut i = 0;
    while i < LIMBS {
        let limb = a[i].wrapping_add(b[i]).wrapping_add(carry);
        sum[i] = limb & MASK;
        carry = limb >> BITS;
        i += 1;
    }
    sum
}

/// The sum over i of point^i coefficients_i.
pub fn evaluate(coefficients: &[Element], point: &Element) -> Element {
    let mut evaluation = Evaluation::at(point);
    evaluation.prepend(coefficients);
    evaluation.value()
}

/// The value of a polynomial at a point, from its highest coefficients to its lowest.
pub(crate) struct Evaluation {
    /// The power point^(i + 1) at index i.
    powers: [Limbs; SHORT_GROUP],
    sum: Limbs,
}

impl Evaluation {
    #[inline(never)]
    pub(crate) fn at(point: &Element) -> Self {
        let point = SCALAR.to_montgomery(&to_limbs(point.as_bytes()));
        let mut powers = [point; SHORT_GROUP];
        for i in 1..SHORT_GROUP {
            powers[i] = SCALAR.multiply(&powers[i - 1], &point);
        }
        Self { powers, sum: [0; LIMBS] }
    }

    /// Adds coefficients below those that are there, numbers below r.
    pub(crate) fn prepend<Word: Borrow<[u8; 32]>>(&mut self, coefficients: &[Word]) {
        coefficients.rchunks(GROUP).for_each(|group| self.fold(group, |word| to_limbs(word.borrow())));
    }

    /// Adds short coefficients below those that are there, at half of what others cost.
    pub(crate) fn prepend_short(&mut self, coefficients: &[u128]) {
        coefficients.rchunks(SHORT_GROUP).for_each(|group| self.fold(group, |number| to_short(*number)));
    }

    /// Adds this number of zeros below the coefficients that are there.
    #[inline(never)]
    pub(crate) fn prepend_zeros(&mut self, zeros: usize) {
        for start in (0..zeros).step_by(SHORT_GROUP) {
            let step = SHORT_GROUP.min(zeros - start);
            self.sum = SCALAR.multiply(&self.powers[step - 1], &self.sum);
        }
    }

    #[inline(never)]
    fn fold<T, const N: usize>(&mut self, group: &[T], limbs: impl Fn(&T) -> [u64; N]) {
        let ([lowest, multiplied @ ..], Some(power)) = (group, self.powers.get(group.len() - 1)) else { return };
        let mut columns = [0; 2 * LIMBS];
        accumulate(&mut columns, power, &self.sum);
        for (power, coefficient) in self.powers.iter().zip(multiplied) {
            accumulate(&mut columns, power, &limbs(coefficient));
        }
        self.sum = SCALAR.reduce(&mut columns);
        for (limb, lowest) in self.sum.iter_mut().zip(limbs(lowest)) {
            *limb = limb.wrapping_add(lowest);
        }
    }

    pub(crate) fn value(&self) -> Element {
        // A reduction leaves hardly more than r, to which the lowest coefficient was added: twice r
        // may be less.
        element(&SCALAR.canonical(&add_limbs(&self.sum, &[0; LIMBS])))
    }
}

/// The element that these limbs represent, which are below twice the order.
pub(crate) fn element(limbs: &Limbs) -> Element {
    // Below r these are canonical bytes.
    Element::new(to_bytes(&SCALAR.canonical(limbs))).unwrap_or(Element::ZERO)
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

    /// The fullest columns that are ever reduced: 18 products for a sum with limbs of 30 bits, 36
    /// for the coefficients. Where a column overflowed, the assertion in `multiply_add` would fail.
    #[test]
    fn no_column_overflows() {
        const { assert!((GROUP - 1) * LIMBS <= 36 && (SHORT_GROUP - 1) * SHORT <= 36) };
        SCALAR.reduce(&mut [(18 + 36) * MASK * MASK; 2 * LIMBS]);
        for point in [-Fr::from(1u64), Fr::from(u128::MAX), Fr::from(1u64) / Fr::from(2u64)] {
            assert!(agrees(&[-Fr::from(1u64); 204], point));
            let mut short = Evaluation::at(&element(point));
            short.prepend_short(&[u128::MAX; 204]);
            let same = vec![element(Fr::from(u128::MAX)); 204];
            assert_eq!(short.value(), evaluate(&same, &element(point)));
        }
    }

    #[test]
    fn short_limbs_are_the_first_of_all_limbs() {
        let numbers = (0..128).flat_map(|bit| [1u128 << bit, (1 << bit) - 1, u128::MAX << bit, u128::MAX >> bit]);
        for number in numbers {
            let all = to_limbs(Element::from(number).as_bytes());
            assert_eq!((&all[..SHORT], &all[SHORT..]), (&to_short(number)[..], &[0; LIMBS - SHORT][..]), "{number:x}");
        }
    }

    #[test]
    fn coefficients_come_in_pieces() {
        let elements: Vec<Element> = (0..30u64).map(|i| element(-Fr::from(i))).collect();
        let short: Vec<u128> = (0..30).map(|i| u128::MAX / (i + 1)).collect();
        let point = element(-Fr::from(5u64));
        for (length, zeros) in (0..=30).flat_map(|length| [0, 1, 7, 8, 9, 16, 33].map(|zeros| (length, zeros))) {
            let mut evaluation = Evaluation::at(&point);
            evaluation.prepend(&elements[..length]);
            evaluation.prepend_short(&short[length..]);
            evaluation.prepend_zeros(zeros);
            evaluation.prepend_short(&short[..length]);
            evaluation.prepend(&elements[length..]);
            let short: Vec<Element> = short.iter().map(|number| Element::from(*number)).collect();
            let padding = vec![Element::ZERO; zeros];
            let pieces = [&elements[length..], &short[..length], &padding, &short[length..], &elements[..length]];
            assert_eq!(evaluation.value(), evaluate(&pieces.concat(), &point), "{length} {zeros}");
        }
    }

    proptest! {
        #[test]
        fn agrees_with_arkworks(
            words in proptest::collection::vec((any::<[u8; 32]>(), 0..=32usize), 1..40),
            point: [u8; 32],
        ) {
            // Coefficients of any length in bytes.
            let coefficients: Vec<Fr> =
                words.iter().map(|(bytes, from)| Fr::from_be_bytes_mod_order(&bytes[*from..])).collect();
            prop_assert!(agrees(&coefficients, Fr::from_be_bytes_mod_order(&point)));
        }
    }
}
