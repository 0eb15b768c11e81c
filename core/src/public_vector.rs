//! The public vector Y and the three Groth16 inputs that bind it (section 3).

use alloc::vec::Vec;

use crate::{
    circuit::Class,
    digest::{Digest, sha256},
    field::Element,
    montgomery::{self, Evaluation},
    opening::{OPENING_ELEMENTS, OPENING_POINTS, Opening},
};

/// Where Y has the root; the context's halves are before it.
pub const ROOT_INDEX: usize = 2;
/// Where Y has the first total.
pub const TOTALS_START: usize = ROOT_INDEX + 1;

/// Elements absorbed by one step of the digest.
pub const RATE: usize = 11;

/// Y of one shard: context halves, root, totals padded with zeros to the class's asset positions, the opening's coordinates
/// in halves and its scalars.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PublicVector(Vec<Element>);

/// d, rho, phi.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PublicInputs {
    pub digest: Element,
    pub challenge: Element,
    pub evaluation: Element,
}

/// A vector in pieces, numbers below r, for whom a copy of it would be too large.
pub(crate) struct Pieces<'a> {
    pub context: &'a [[u8; 32]; 2],
    pub root: &'a [u8; 32],
    pub totals: &'a [[u8; 32]],
    /// As many zeros as there are asset positions without a total.
    pub padding: &'a [[u8; 32]],
    /// The opening's coordinates, whole, and its scalars.
    pub coordinates: &'a [[u8; 32]; 2 * OPENING_POINTS],
    pub scalars: &'a [[u8; 32]],
}

impl Pieces<'_> {
    /// rho: [`PublicVector::challenge`] of this vector.
    #[inline(never)]
    pub(crate) fn challenge(&self, digest: &Element) -> Element {
        let mut halves = [[[0; 32]; 2]; 2 * OPENING_POINTS];
        for (halves, coordinate) in halves.iter_mut().zip(self.coordinates) {
            halves[0][16..].copy_from_slice(&coordinate[..16]);
            halves[1][16..].copy_from_slice(&coordinate[16..]);
        }
        Element::from_digest_truncated(sha256(&[
            self.context.as_flattened(),
            self.root,
            self.totals.as_flattened(),
            self.padding.as_flattened(),
            halves.as_flattened().as_flattened(),
            self.scalars.as_flattened(),
            digest.as_bytes(),
        ]))
    }

    /// phi: [`PublicVector::evaluate`] of this vector, whose totals are `totals`.
    #[inline(never)]
    pub(crate) fn evaluate(&self, totals: &[u128], challenge: &Element) -> Element {
        let mut halves = [[0; 2]; 2 * OPENING_POINTS];
        for (halves, coordinate) in halves.iter_mut().zip(self.coordinates) {
            *halves = numbers(coordinate);
        }
        let mut evaluation = Evaluation::at(challenge);
        evaluation.prepend(self.scalars);
        evaluation.prepend_short(halves.as_flattened());
        evaluation.prepend_zeros(self.padding.len());
        evaluation.prepend_short(totals);
        evaluation.prepend(&[*self.root]);
        evaluation.prepend_short(&self.context.map(|half| numbers(&half)[1]));
        evaluation.value()
    }
}

/// The high and the low half of 32 bytes.
fn numbers(bytes: &[u8; 32]) -> [u128; 2] {
    let half = |half: Option<&[u8; 16]>| half.map_or(0, |bytes| u128::from_be_bytes(*bytes));
    [half(bytes.first_chunk()), half(bytes.last_chunk())]
}

impl PublicVector {
    /// `totals[a - 1]` is the shard's total of asset a; at most `class.assets` of them.
    pub fn new(class: Class, context: &Digest, root: Element, totals: &[Element], opening: &Opening) -> Option<Self> {
        Self::from_totals(class, context, root, totals.iter().copied(), opening)
    }

    /// [`Self::new`] of totals that lie in no slice.
    pub(crate) fn from_totals(
        class: Class,
        context: &Digest,
        root: Element,
        totals: impl ExactSizeIterator<Item = Element>,
        opening: &Opening,
    ) -> Option<Self> {
        if totals.len() > usize::from(class.assets) {
            return None;
        }
        let mut elements = Vec::with_capacity(class.public_elements());
        elements.extend(Element::halves(context));
        elements.push(root);
        elements.extend(totals);
        elements.resize(class.public_elements() - OPENING_ELEMENTS, Element::ZERO);
        elements.extend(opening.elements());
        Some(Self(elements))
    }

    pub fn elements(&self) -> &[Element] {
        &self.0
    }

    pub fn root(&self) -> Element {
        self.0[ROOT_INDEX]
    }

    /// T_1 .. T_A.
    pub fn totals(&self) -> &[Element] {
        &self.0[TOTALS_START..self.0.len() - OPENING_ELEMENTS]
    }

    /// The opening that the vector was made with.
    pub fn opening(&self) -> Opening {
        self.0.last_chunk().map_or(Opening::ZERO, Opening::from_elements)
    }

    #[cfg(any(feature = "ark", target_os = "solana"))]
    /// d: fixes the circuit's copy of Y before rho is known.
    pub fn digest(&self) -> Element {
        let mut state = Element::from(self.0.len() as u64);
        for chunk in self.0.chunks(RATE) {
            let mut inputs = [Element::ZERO; RATE + 1];
            inputs[0] = state;
            inputs[1..=chunk.len()].copy_from_slice(chunk);
            state = crate::poseidon::hash(&inputs);
        }
        state
    }

    /// rho, from Y and the d that the prover states.
    ///
    /// # Soundness
    /// d must enter: without it a prover could pick the circuit's copy of Y after rho.
    pub fn challenge(&self, digest: &Element) -> Element {
        let mut parts: Vec<&[u8]> = Vec::with_capacity(self.0.len() + 1);
        parts.extend(self.0.iter().chain([digest]).map(|element| &element.as_bytes()[..]));
        Element::from_digest_truncated(sha256(&parts))
    }

    /// phi at rho.
    pub fn evaluate(&self, challenge: &Element) -> Element {
        montgomery::evaluate(&self.0, challenge)
    }

    /// The Groth16 inputs when the prover states `digest`: whoever verifies computes rho and phi from his own Y.
    pub fn inputs(&self, digest: Element) -> PublicInputs {
        let challenge = self.challenge(&digest);
        PublicInputs { digest, challenge, evaluation: self.evaluate(&challenge) }
    }
}

/// As the list of its elements. Every class has the same number of them.
#[cfg(feature = "serde")]
mod json {
    use alloc::{format, vec::Vec};

    use super::PublicVector;
    use crate::{circuit::Class, field::Element};
    use serde::{Deserialize, Deserializer, Serialize, Serializer, de::Error};

    impl Serialize for PublicVector {
        fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
            self.0.serialize(serializer)
        }
    }

    impl<'de> Deserialize<'de> for PublicVector {
        fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
            let elements = Vec::<Element>::deserialize(deserializer)?;
            let (expected, found) = (Class::SMALLEST.public_elements(), elements.len());
            if found != expected {
                return Err(D::Error::custom(format!(
                    "expected a public vector of {expected} elements, found {found}"
                )));
            }
            Ok(Self(elements))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::circuit::G1_GENERATOR;

    fn opening() -> Opening {
        let mut opening = Opening { points: [G1_GENERATOR; 16], ..Opening::ZERO };
        for (number, byte) in opening.points.as_flattened_mut().iter_mut().enumerate() {
            *byte ^= number as u8;
        }
        opening.scalars = core::array::from_fn(|index| Element::from(index as u64));
        opening
    }

    #[test]
    fn everything_lies_at_its_place() {
        let totals = [Element::from(11u64), Element::from(12u64)];
        let root = Element::from(10u64);
        let vector = PublicVector::new(Class::SMALLEST, &[7; 32], root, &totals, &opening()).unwrap();
        let elements = vector.elements();
        assert_eq!(elements.len(), 203);
        assert_eq!(elements[..5], [&Element::halves(&[7; 32])[..], &[root], &totals].concat());
        assert_eq!(elements[5..131], [Element::ZERO; 126]);
        let high_y_of_last = elements[131 + 62].to_u128().unwrap().to_be_bytes();
        assert_eq!(high_y_of_last, opening().points[15][32..48]);
        assert_eq!(elements[195..], opening().scalars);
        assert_eq!((vector.root(), vector.totals()), (root, &elements[3..131]));
        assert_eq!(vector.opening(), opening());
    }

    #[test]
    fn there_are_no_more_totals_than_positions() {
        let vector = |count| {
            PublicVector::new(Class::SMALLEST, &[7; 32], Element::ZERO, &alloc::vec![Element::ZERO; count], &opening())
        };
        assert!(vector(128).is_some());
        assert_eq!(vector(129), None);
    }
}
