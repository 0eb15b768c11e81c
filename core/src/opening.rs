//! The opening of a proof's commitments (section 3).
//!
//! A prover commits to the polynomials C_0 .. C_12, each of four columns of its table, and to S and
//! Q; it opens them at u with P. The circuit leaves to the verifier the one equation that a circuit
//! over the scalar field cannot check well:
//!
//! ```text
//! X = sum_j w_j C_j + eta S - i [1]_1 - v Q + u P          e(X, [1]_2) = e(P, [tau]_2)
//! ```
//!
//! where w_j is the product over b < 4 of z_b if bit b of j is set and 1 - z_b if not. Points and
//! scalars are part of the public vector, so the Groth16 proof fixes them.
//!
//! # Soundness
//! The equation and the Groth16 equation share one product of pairings, the opening's part raised
//! to t of [`separator`]: without it the error of one could undo the other's.

use alloc::vec::Vec;

use crate::{
    Refusal,
    circuit::PROOF_LENGTH,
    curve::{G1_GENERATOR, G1_LENGTH, on_curve},
    digest::sha256,
    field::{BASE_ORDER, Element},
    montgomery::{Limbs, SCALAR, element, to_limbs},
};

/// The number of columns of the table; those behind the last chunk are zero.
pub const COLUMNS: usize = 64;
/// The number of columns of one commitment.
pub const CHUNK_COLUMNS: usize = 4;
/// The number of commitments to columns.
pub const CHUNKS: usize = 13;
/// The number of variables that choose one of the chunks.
pub const HIGH_VARIABLES: usize = 4;
/// The number of points: C_0 .. C_12, S, Q, P.
pub const OPENING_POINTS: usize = CHUNKS + 3;
/// The number of scalars: z_0 .. z_3, eta, u, i, v.
pub const OPENING_SCALARS: usize = HIGH_VARIABLES + 4;
/// The number of words of 32 bytes: the points' coordinates, x then y, and the scalars.
pub const OPENING_WORDS: usize = 2 * OPENING_POINTS + OPENING_SCALARS;
/// The number of elements of the public vector: the points' coordinates in halves, and the scalars.
pub const OPENING_ELEMENTS: usize = 4 * OPENING_POINTS + OPENING_SCALARS;

const _: () = assert!(CHUNKS * CHUNK_COLUMNS <= COLUMNS && COLUMNS == CHUNK_COLUMNS << HIGH_VARIABLES);

/// Points and scalars of the opening, in the order of the public vector.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Opening {
    /// The points C_0 .. C_12, S, Q, P, uncompressed.
    pub points: [[u8; G1_LENGTH]; OPENING_POINTS],
    /// The scalars z_0 .. z_3, eta, u, i, v.
    pub scalars: [Element; OPENING_SCALARS],
}

/// The numbers by which points are multiplied, so that their sum is t X and the pairing of P is
/// that of -t P.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Coefficients {
    /// The coefficients t w_0 .. t w_12, t eta, -t v, t u of C_0 .. C_12, S, Q, P.
    pub points: [Element; OPENING_POINTS],
    /// The coefficient -t i of \[1\]_1.
    pub generator: Element,
    /// The coefficient -t of P where it is paired with \[tau\]_2.
    pub tau: Element,
}

/// The separator t, made of rho and the Groth16 proof as it is posted: 128 bits that nobody knows
/// before both are settled.
pub fn separator(challenge: &Element, proof: &[u8; PROOF_LENGTH]) -> Element {
    let [_, low] = Element::halves(&sha256(&[challenge.as_bytes(), proof]));
    low
}

impl Opening {
    /// An opening that [`Self::check`] refuses, for a public vector of which only the other
    /// elements matter.
    pub const ZERO: Self = Self { points: [[0; G1_LENGTH]; OPENING_POINTS], scalars: [Element::ZERO; OPENING_SCALARS] };

    /// The opening in these words, the coordinates of the points in order, then the scalars.
    /// Refuses another number of words, a scalar of r or more, and what [`Self::check`] does.
    /// `scalars_start` is the index of the first scalar in the public vector, by which a refusal
    /// names a scalar.
    pub fn from_words(words: &[[u8; 32]], scalars_start: usize) -> Result<Self, Refusal> {
        if words.len() != OPENING_WORDS {
            return Err(Refusal::PostMalformed);
        }
        let (coordinates, scalars) = words.split_at(2 * OPENING_POINTS);
        let mut opening = Self::ZERO;
        for (point, pair) in opening.points.iter_mut().zip(coordinates.chunks_exact(2)) {
            point.copy_from_slice(pair.as_flattened());
        }
        opening.check()?;
        for (index, (scalar, word)) in opening.scalars.iter_mut().zip(scalars).enumerate() {
            let refusal = Refusal::ElementNotCanonical { index: (scalars_start + index) as u16 };
            *scalar = Element::new(*word).map_err(|_| refusal)?;
        }
        Ok(opening)
    }

    /// The words that [`Self::from_words`] reads.
    pub fn words(&self) -> Vec<[u8; 32]> {
        let mut words = Vec::with_capacity(OPENING_WORDS);
        self.points.iter().for_each(|point| words.extend_from_slice(point.as_chunks().0));
        words.extend(self.scalars.iter().map(|scalar| scalar.to_bytes()));
        words
    }

    /// Refuses a coordinate of q or more, and a point at infinity or off the curve.
    pub fn check(&self) -> Result<(), Refusal> {
        for (word, coordinate) in (0..).zip(self.points.as_flattened().chunks_exact(32)) {
            if coordinate >= &BASE_ORDER[..] {
                return Err(Refusal::OpeningCoordinateNotCanonical { word });
            }
        }
        let wrong = self.points.iter().position(|point| !on_curve(point));
        wrong.map_or(Ok(()), |point| Err(Refusal::OpeningPointInvalid { point: point as u8 }))
    }

    /// The points as the public vector has them: high and low half of x, high and low half of y.
    pub fn halves(&self) -> [[Element; 4]; OPENING_POINTS] {
        let mut halves = [[Element::ZERO; 4]; OPENING_POINTS];
        let (coordinates, _) = self.points.as_flattened().as_chunks();
        for (halves, coordinate) in halves.as_flattened_mut().chunks_exact_mut(2).zip(coordinates) {
            halves.copy_from_slice(&Element::halves(coordinate));
        }
        halves
    }

    /// The opening whose part of the public vector this is.
    pub(crate) fn from_elements(elements: &[Element; OPENING_ELEMENTS]) -> Self {
        let (halves, scalars) = elements.split_at(4 * OPENING_POINTS);
        let mut opening = Self::ZERO;
        let coordinates = opening.points.as_flattened_mut().chunks_exact_mut(32);
        for (coordinate, halves) in coordinates.zip(halves.chunks_exact(2)) {
            coordinate.copy_from_slice(&Element::join(&halves[0], &halves[1]));
        }
        opening.scalars.copy_from_slice(scalars);
        opening
    }

    /// The point P, which proves the opening.
    pub const fn proof(&self) -> &[u8; G1_LENGTH] {
        &self.points[OPENING_POINTS - 1]
    }

    /// The coefficients of the points for this t.
    pub fn coefficients(&self, t: &Element) -> Coefficients {
        let [high @ .., eta, u, i, v] = &self.scalars;
        let factor = to_limbs(t.as_bytes());
        let montgomery = SCALAR.to_montgomery(&factor);
        let times_t = |x: &Element| product(&to_limbs(x.as_bytes()), &montgomery);
        let mut weights = [factor; 1 << HIGH_VARIABLES];
        // The highest variable splits the chunks in two halves, the next one each half again.
        for (level, z) in high.iter().rev().enumerate() {
            let z = SCALAR.to_montgomery(&to_limbs(z.as_bytes()));
            let leaves = 1 << (HIGH_VARIABLES - level);
            for node in (0..1 << level).rev().filter(|node| node * leaves < CHUNKS) {
                let set = product(&weights[node], &z);
                weights[2 * node] = SCALAR.add(&weights[node], &minus(&set));
                weights[2 * node + 1] = set;
            }
        }
        let mut points = [Element::ZERO; OPENING_POINTS];
        for (point, weight) in points[..CHUNKS].iter_mut().zip(&weights) {
            *point = element(weight);
        }
        points[CHUNKS] = element(&times_t(eta));
        points[CHUNKS + 1] = element(&minus(&times_t(v)));
        points[CHUNKS + 2] = element(&times_t(u));
        Coefficients { points, generator: element(&minus(&times_t(i))), tau: element(&minus(&factor)) }
    }

    /// The terms of t X: each point with what it is multiplied by, \[1\]_1 last.
    pub fn terms<'a>(
        &'a self,
        coefficients: &'a Coefficients,
    ) -> impl Iterator<Item = (&'a [u8; G1_LENGTH], &'a Element)> {
        let last = (&G1_GENERATOR, &coefficients.generator);
        self.points.iter().zip(&coefficients.points).chain([last])
    }
}

/// The product a b of `a` and the Montgomery form of b. Not written out at each of its places: they
/// would take a twentieth of Solana's program.
#[inline(never)]
fn product(a: &Limbs, montgomery: &Limbs) -> Limbs {
    SCALAR.canonical(&SCALAR.multiply(a, montgomery))
}

/// The negative of `x`.
#[inline(never)]
fn minus(x: &Limbs) -> Limbs {
    SCALAR.canonical(&SCALAR.negate(x))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::field::ORDER;
    use ark_bn254::{Fr, G1Affine, G1Projective};
    use ark_ec::AffineRepr;
    use ark_ff::{BigInteger, PrimeField};

    fn field(element: &Element) -> Fr {
        Fr::from_be_bytes_mod_order(element.as_bytes())
    }

    fn bytes(x: impl PrimeField) -> [u8; 32] {
        x.into_bigint().to_bytes_be().try_into().unwrap()
    }

    /// The generator of G1 times each of 16 numbers, and scalars of all sizes.
    fn opening() -> Opening {
        let multiple = |number| G1Affine::from(G1Affine::generator() * Fr::from(number));
        let point = |number: usize| {
            let point = multiple(100 + number as u64);
            [bytes(point.x), bytes(point.y)].concat().try_into().unwrap()
        };
        let scalars = [-Fr::from(1u64), Fr::from(u128::MAX), Fr::from(0u64), Fr::from(1u64)];
        let scalar = |number: usize| Element::new(bytes(scalars[number % 4] - Fr::from(number as u64 / 4))).unwrap();
        Opening { points: core::array::from_fn(point), scalars: core::array::from_fn(scalar) }
    }

    /// X by the formula of the specification.
    fn sum(opening: &Opening) -> Fr {
        let scalars = opening.scalars.each_ref().map(field);
        let [z @ .., eta, u, i, v] = &scalars;
        let logarithm = |point: usize| Fr::from(100 + point as u64);
        let weight =
            |j: usize| -> Fr { (0..4).map(|b| if j >> b & 1 == 1 { z[b] } else { Fr::from(1) - z[b] }).product() };
        let columns: Fr = (0..CHUNKS).map(|j| weight(j) * logarithm(j)).sum();
        columns + *eta * logarithm(13) - *i - *v * logarithm(14) + *u * logarithm(15)
    }

    fn refusal(change: impl Fn(&mut Vec<[u8; 32]>)) -> Refusal {
        let mut words = opening().words();
        change(&mut words);
        Opening::from_words(&words, 195).unwrap_err()
    }

    #[test]
    fn an_opening_survives_its_words() {
        assert_eq!(opening().words().len(), 40);
        assert_eq!(Opening::from_words(&opening().words(), 195), Ok(opening()));
        assert_eq!(refusal(|words| words.truncate(39)), Refusal::PostMalformed);
        assert_eq!(refusal(|words| words.push([0; 32])), Refusal::PostMalformed);
    }

    #[test]
    fn a_coordinate_is_below_q() {
        for word in 0..32 {
            let expected = Refusal::OpeningCoordinateNotCanonical { word };
            assert_eq!(refusal(|words| words[usize::from(word)] = BASE_ORDER), expected);
        }
    }

    #[test]
    fn a_point_is_on_the_curve_and_not_at_infinity() {
        for point in 0..16 {
            let x = 2 * usize::from(point);
            let expected = Refusal::OpeningPointInvalid { point };
            assert_eq!(refusal(|words| words[x..x + 2].fill([0; 32])), expected);
            assert_eq!(refusal(|words| words[x + 1][31] ^= 1), expected);
            assert_eq!(refusal(|words| words.swap(x, x + 1)), expected);
        }
    }

    #[test]
    fn a_scalar_is_below_r() {
        for scalar in 0..8 {
            let expected = Refusal::ElementNotCanonical { index: 195 + scalar };
            assert_eq!(refusal(|words| words[32 + usize::from(scalar)] = ORDER), expected);
        }
    }

    #[test]
    fn terms_add_up_to_t_times_the_sum_of_the_specification() {
        for t in [Element::from(1u64), Element::from(0u64), Element::from(u128::MAX)] {
            let opening = opening();
            let coefficients = opening.coefficients(&t);
            let sum_of_terms: G1Projective = opening
                .terms(&coefficients)
                .map(|(point, scalar)| {
                    let [x, y] = [&point[..32], &point[32..]].map(ark_bn254::Fq::from_be_bytes_mod_order);
                    G1Affine::new(x, y) * field(scalar)
                })
                .sum();
            assert_eq!(sum_of_terms, G1Affine::generator() * (field(&t) * sum(&opening)));
            assert_eq!(field(&coefficients.tau), -field(&t));
        }
    }

    #[test]
    fn the_separator_is_half_of_a_digest_of_both() {
        let (rho, proof) = (Element::from(3u64), [4; PROOF_LENGTH]);
        let t = separator(&rho, &proof);
        let digest = sha256(&[&[rho.as_bytes().as_slice(), &proof].concat()]);
        assert_eq!(t.to_u128().unwrap().to_be_bytes(), digest[16..]);
        assert_ne!(separator(&Element::from(4u64), &proof), t);
        for byte in 0..PROOF_LENGTH {
            let mut other = proof;
            other[byte] ^= 1;
            assert_ne!(separator(&rho, &other), t);
        }
    }
}
