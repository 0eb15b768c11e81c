//! The public vector Y and the three Groth16 inputs that bind it (section 3).

use alloc::vec::Vec;

use crate::{
    circuit::Class,
    digest::{Digest, sha256},
    field::Element,
    montgomery::{self, Evaluation},
    opening::{OPENING_ELEMENTS, OPENING_POINTS, OPENING_SCALARS, Opening},
};

/// Index in Y of the root; the context's halves are before it.
pub const ROOT_INDEX: usize = 2;
/// Index in Y of the first total.
pub const TOTALS_START: usize = ROOT_INDEX + 1;
/// Index in Y of the opening's first scalar; its coordinates are before it.
pub const OPENING_SCALARS_START: usize = TOTALS_START + Class::ASSETS as usize + 4 * OPENING_POINTS;
/// The number of elements behind the totals: the opening, and the class.
const TAIL: usize = OPENING_ELEMENTS + 1;

/// The number of elements that one step of the digest absorbs.
pub const RATE: usize = 11;

/// Number of elements of Y in a circuit of this class.
pub const fn public_elements(class: Class) -> usize {
    TOTALS_START + class.assets as usize + TAIL
}

/// Everything that Y is made of, over any representation of field elements, in the order that it
/// has in Y.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Parts<T> {
    /// The context's high half and low half.
    pub context: [T; 2],
    pub root: T,
    /// The totals T_1 .. T_A, one for each asset position.
    pub totals: Vec<T>,
    /// The opening's points: high and low half of x, high and low half of y.
    pub points: [[T; 4]; OPENING_POINTS],
    /// The opening's scalars.
    pub scalars: [T; OPENING_SCALARS],
    /// The class's [`number`](Class::number).
    pub class: T,
}

impl<T> Parts<T> {
    /// The elements of Y. This is where their order is written down: whoever lays Y out, or reads
    /// it, has it from here or is compared with it.
    pub fn into_elements(self) -> Vec<T> {
        let Self { context, root, totals, points, scalars, class } = self;
        let before_points = context.into_iter().chain([root]).chain(totals);
        before_points.chain(points.into_iter().flatten()).chain(scalars).chain([class]).collect()
    }
}

/// Whether the element with this index of a class's Y is a half of 32 bytes, of the context or of
/// a coordinate.
fn is_half(class: Class, index: usize) -> bool {
    let points = TOTALS_START + usize::from(class.assets);
    index < ROOT_INDEX || (points..points + 4 * OPENING_POINTS).contains(&index)
}

/// The public vector Y of one shard: context halves, root, totals padded with zeros to the class's
/// asset positions, the opening's coordinates in halves, its scalars, and the class.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PublicVector(Vec<Element>);

/// The Groth16 inputs: the digest d, the challenge rho, the evaluation phi.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PublicInputs {
    pub digest: Element,
    pub challenge: Element,
    pub evaluation: Element,
}

/// A public vector in pieces, each a number below r, where a copy of it would take too much memory.
pub(crate) struct Pieces<'a> {
    pub context: &'a [[u8; 32]; 2],
    pub root: &'a [u8; 32],
    pub totals: &'a [[u8; 32]],
    /// Zeros, one for each asset position without a total.
    pub padding: &'a [[u8; 32]],
    /// The opening's coordinates, whole, and its scalars.
    pub coordinates: &'a [[u8; 32]; 2 * OPENING_POINTS],
    pub scalars: &'a [[u8; 32]],
    pub class: Class,
}

impl Pieces<'_> {
    /// The challenge rho, as [`PublicVector::challenge`] computes it.
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
            self.class.element().as_bytes(),
            digest.as_bytes(),
        ]))
    }

    /// The evaluation phi, as [`PublicVector::evaluate`] computes it. `totals` are the vector's
    /// totals as numbers.
    #[inline(never)]
    pub(crate) fn evaluate(&self, totals: &[u128], challenge: &Element) -> Element {
        let mut halves = [[0; 2]; 2 * OPENING_POINTS];
        for (halves, coordinate) in halves.iter_mut().zip(self.coordinates) {
            *halves = numbers(coordinate);
        }
        let mut evaluation = Evaluation::at(challenge);
        evaluation.prepend_short(&[self.class.number().into()]);
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
    /// The vector of a shard whose total of asset a is `totals[a - 1]`. None when there are more
    /// than `class.assets` totals.
    pub fn new(class: Class, context: &Digest, root: Element, totals: &[Element], opening: &Opening) -> Option<Self> {
        Self::from_totals(class, context, root, totals.iter().copied(), opening)
    }

    /// The vector of totals that come one by one.
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
        let mut positions = Vec::with_capacity(class.assets.into());
        positions.extend(totals);
        positions.resize(class.assets.into(), Element::ZERO);
        let parts = Parts {
            context: Element::halves(context),
            root,
            totals: positions,
            points: opening.halves(),
            scalars: opening.scalars,
            class: class.element(),
        };
        Some(Self(parts.into_elements()))
    }

    /// The vector with these elements. None when there are more or fewer of them than a vector of
    /// this class has, when a half has more than 128 bits, or when the last is not the class.
    pub fn from_elements(class: Class, elements: Vec<Element>) -> Option<Self> {
        let is_right = elements.len() == public_elements(class)
            && elements.last() == Some(&class.element())
            && elements
                .iter()
                .enumerate()
                .all(|(index, element)| !is_half(class, index) || element.to_u128().is_some());
        is_right.then_some(Self(elements))
    }

    pub fn elements(&self) -> &[Element] {
        &self.0
    }

    pub fn root(&self) -> Element {
        self.0[ROOT_INDEX]
    }

    /// The totals T_1 .. T_A, zero where there is no asset.
    pub fn totals(&self) -> &[Element] {
        &self.0[TOTALS_START..self.0.len() - TAIL]
    }

    /// The opening that the vector was made with.
    pub fn opening(&self) -> Opening {
        self.0[self.0.len() - TAIL..].first_chunk().map_or(Opening::ZERO, Opening::from_elements)
    }

    /// The class that the vector was made with, as its [`number`](Class::number).
    pub fn class(&self) -> Element {
        self.0[self.0.len() - 1]
    }

    /// The digest d, which fixes the circuit's copy of Y before rho is known.
    #[cfg(any(feature = "ark", target_os = "solana"))]
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

    /// The challenge rho, from Y and the d that the prover states.
    ///
    /// # Soundness
    /// d must enter: without it a prover could pick the circuit's copy of Y after rho.
    pub fn challenge(&self, digest: &Element) -> Element {
        let mut parts: Vec<&[u8]> = Vec::with_capacity(self.0.len() + 1);
        parts.extend(self.0.iter().chain([digest]).map(|element| &element.as_bytes()[..]));
        Element::from_digest_truncated(sha256(&parts))
    }

    /// The evaluation phi of Y at rho.
    pub fn evaluate(&self, challenge: &Element) -> Element {
        montgomery::evaluate(&self.0, challenge)
    }

    /// The Groth16 inputs when the prover states `digest`. Verifiers compute rho and phi from their
    /// own Y.
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
            let (expected, found) = (super::public_elements(Class::SMALLEST), elements.len());
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
    use crate::curve::G1_GENERATOR;

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
        assert_eq!((elements.len(), public_elements(Class::SMALLEST)), (204, 204));
        assert_eq!(OPENING_SCALARS_START, 195);
        assert_eq!(elements[..5], [&Element::halves(&[7; 32])[..], &[root], &totals].concat());
        assert_eq!(elements[5..131], [Element::ZERO; 126]);
        let high_y_of_last = elements[131 + 62].to_u128().unwrap().to_be_bytes();
        assert_eq!(high_y_of_last, opening().points[15][32..48]);
        assert_eq!(elements[195..203], opening().scalars);
        assert_eq!(elements[203], Element::from(32_775u64));
        assert_eq!((vector.root(), vector.totals()), (root, &elements[3..131]));
        assert_eq!((vector.opening(), vector.class()), (opening(), elements[203]));
    }

    #[test]
    fn elements_are_a_vector_of_their_class_alone() {
        let root = Element::from(10u64);
        let vector = PublicVector::new(Class::SMALLEST, &[7; 32], root, &[root; 128], &opening()).unwrap();
        let from = |class, change: &dyn Fn(&mut Vec<Element>)| {
            let mut elements = vector.elements().to_vec();
            change(&mut elements);
            PublicVector::from_elements(class, elements)
        };
        assert_eq!(from(Class::SMALLEST, &|_| {}), Some(vector.clone()));
        assert_eq!(from(Class::new(8), &|_| {}), None);
        assert_eq!(from(Class::SMALLEST, &|elements| elements.insert(5, root)), None);
        assert_eq!(
            from(Class::SMALLEST, &|elements| {
                elements.remove(5);
            }),
            None
        );
        let wide = {
            let mut bytes = [0; 32];
            bytes[15] = 1;
            Element::new(bytes).unwrap()
        };
        for index in 0..203 {
            let is_half = matches!(index, 0 | 1 | 131..195);
            assert_eq!(from(Class::SMALLEST, &|elements| elements[index] = wide).is_none(), is_half, "{index}");
        }
    }

    #[test]
    fn every_class_has_another_evaluation() {
        let vector = |depth| PublicVector::new(Class::new(depth), &[7; 32], Element::ZERO, &[], &opening()).unwrap();
        let inputs = |depth| vector(depth).inputs(Element::from(1u64));
        for (depth, other) in [(7, 8), (8, 9), (9, 10)] {
            let challenge = inputs(depth).challenge;
            assert_ne!(challenge, inputs(other).challenge);
            assert_ne!(vector(depth).evaluate(&challenge), vector(other).evaluate(&challenge));
        }
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
