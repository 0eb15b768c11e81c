//! Messages in another order or of another number.

use ark_bn254::Fr;
use ark_ff::{AdditiveGroup, Field};
use ark_relations::gr1cs::SynthesisError;
use ballast_core::circuit::Class;
use ballast_prover::{
    argument::messages::Messages,
    arithmetic::{Check, Native, ShapeError},
    assignment::Assignment,
    batch,
    circuit::witness::{Inputs, Witness},
    gkr::{
        self,
        messages::{HashLayer, HashValues},
    },
    lookup::{self, messages::FractionLayer},
    transcript::Transcript,
};

use crate::fixture::{CLASS, Refused, check, honest};

fn refused(change: impl FnOnce(&mut Messages<Fr>)) -> Option<Refused> {
    let (claim, mut messages) = honest().clone();
    change(&mut messages);
    check(&(claim, messages)).err()
}

#[test]
fn swapped_rounds_are_rejected() {
    let hashing = |round| Some(Refused::Check(Check::HashLayer { round }));
    assert_eq!(refused(|messages| messages.hashing.layers[0].rounds.swap(0, 13)), hashing(67));
    assert_eq!(refused(|messages| messages.hashing.layers[30].rounds.swap(4, 5)), hashing(37));
    assert_eq!(refused(|messages| messages.hashing.layers[67].rounds.swap(1, 2)), hashing(0));
    for layer in [2, 7, 19] {
        let expected = Some(Refused::Check(Check::FractionLayer { layer }));
        assert_eq!(refused(|messages| messages.fractions.layers[layer].rounds.swap(0, 1)), expected);
    }
    assert_eq!(refused(|messages| messages.batch.rounds.swap(0, 19)), Some(Refused::Check(Check::Batch)));
}

#[test]
fn swapped_layers_are_rejected() {
    let hashing = |round| Some(Refused::Check(Check::HashLayer { round }));
    assert_eq!(refused(|messages| messages.hashing.layers.swap(0, 1)), hashing(67));
    assert_eq!(refused(|messages| messages.hashing.layers.swap(20, 40)), hashing(47));
    // Layers of the fractions differ in length; their values do not.
    let expected = Some(Refused::Check(Check::FractionLayer { layer: 5 }));
    let swapped = refused(|messages| {
        let [a, b] = messages.fractions.layers.get_disjoint_mut([5, 6]).unwrap();
        std::mem::swap(&mut a.values, &mut b.values);
    });
    assert_eq!(swapped, expected);
    let shape = ShapeError { list: "rounds of a layer of the fractions", expected: 5, found: 6 };
    let expected = Some(Refused::Check(Check::Shape(shape)));
    assert_eq!(refused(|messages| messages.fractions.layers.swap(5, 6)), expected);
}

#[test]
fn values_of_leaves_and_nodes_exchanged_are_rejected() {
    for (layer, round, half) in [(0, 67, 5), (30, 37, 2), (67, 0, 4)] {
        let expected = Some(Refused::Check(Check::HashLayer { round }));
        assert_eq!(
            refused(|messages| messages.hashing.layers[layer].values.as_mut_slice().rotate_left(half)),
            expected
        );
    }
    let exchanged = refused(|messages| messages.hashing.outputs.swap(0, 1));
    assert_eq!(exchanged, Some(Refused::Check(Check::HashLayer { round: 67 })));
    let exchanged = refused(|messages| messages.fractions.layers[3].values.swap(0, 1));
    assert_eq!(exchanged, Some(Refused::Check(Check::FractionLayer { layer: 3 })));
    // f and S, zeta and 1/zeta.
    for (a, b) in [(0, 1), (0, 2), (2, 3)] {
        let exchanged = refused(|messages| messages.evaluations.swap(a, b));
        assert_eq!(exchanged, Some(Refused::Check(Check::InnerProduct)), "{a} and {b}");
    }
}

fn shorten<T>(list: &mut Vec<T>) {
    list.pop();
}

/// Changes the messages, and says which list is refused, for what length instead of what.
type Misshapen = (&'static str, usize, usize, fn(&mut Messages<Fr>));

/// Every way in which the messages can have another number of something.
const MISSHAPEN: [Misshapen; 17] = [
    (LAYERS, 20, 19, |messages| shorten(&mut messages.fractions.layers)),
    (LAYERS, 20, 21, |messages| {
        messages.fractions.layers.push(FractionLayer { rounds: vec![[Fr::ZERO; 2]; 20], values: [Fr::ZERO; 4] });
    }),
    (LAYER_ROUNDS, 0, 1, |messages| messages.fractions.layers[0].rounds.push([Fr::ZERO; 2])),
    (LAYER_ROUNDS, 19, 18, |messages| shorten(&mut messages.fractions.layers[19].rounds)),
    // As many elements as before, in other lists.
    (LAYER_ROUNDS, 5, 6, |messages| messages.fractions.layers.swap(5, 6)),
    (ROUNDS, 68, 67, |messages| shorten(&mut messages.hashing.layers)),
    (ROUNDS, 68, 69, |messages| {
        let values = HashValues::First([[Fr::ONE; 4]; 2]);
        messages.hashing.layers.push(HashLayer { rounds: vec![[Fr::ZERO; 5]; 14], values });
    }),
    (ROUNDS, 68, 0, |messages| messages.hashing.layers.clear()),
    (HASH_ROUNDS, 14, 13, |messages| shorten(&mut messages.hashing.layers[0].rounds)),
    (HASH_ROUNDS, 14, 15, |messages| messages.hashing.layers[67].rounds.push([Fr::ZERO; 5])),
    (HASH_ROUNDS, 14, 13, |messages| {
        // As many elements as before, in other lists.
        let round = messages.hashing.layers[30].rounds.pop().unwrap();
        messages.hashing.layers[31].rounds.push(round);
    }),
    (HASH_VALUES, 10, 4, |messages| messages.hashing.layers[0].values = HashValues::Partial([[Fr::ONE; 2]; 2])),
    (HASH_VALUES, 10, 8, |messages| messages.hashing.layers[66].values = HashValues::First([[Fr::ONE; 4]; 2])),
    (HASH_VALUES, 4, 10, |messages| messages.hashing.layers[30].values = HashValues::Full([[Fr::ONE; 5]; 2])),
    (HASH_VALUES, 8, 10, |messages| messages.hashing.layers[67].values = HashValues::Full([[Fr::ONE; 5]; 2])),
    (BATCH_ROUNDS, 20, 19, |messages| shorten(&mut messages.batch.rounds)),
    (BATCH_ROUNDS, 20, 21, |messages| messages.batch.rounds.push([Fr::ZERO; 2])),
];

const LAYERS: &str = "layers of the fractions";
const LAYER_ROUNDS: &str = "rounds of a layer of the fractions";
const ROUNDS: &str = "rounds of the permutation";
const HASH_ROUNDS: &str = "rounds of the sum-check of a round of the permutation";
const HASH_VALUES: &str = "values of a round of the permutation";
const BATCH_ROUNDS: &str = "rounds of the batch";

/// The errors of the parts' verifiers, each on its own, that are about the shape.
fn refused_by_parts(depth: u8, messages: &Messages<Fr>) -> Vec<ShapeError> {
    let transcript = || Transcript::new(&Native, depth);
    let challenges = lookup::Challenges { limb: Fr::from(1u64 << 40), asset: Fr::from(1u64 << 41) };
    let totals = &honest().0.totals;
    [
        gkr::verify(&mut Native, &mut transcript(), depth, &messages.hashing).err(),
        lookup::verify(&mut Native, &mut transcript(), depth, &challenges, totals, &messages.fractions).err(),
        batch::verify(&mut Native, &mut transcript(), depth, &[], &messages.batch).err(),
    ]
    .into_iter()
    .filter_map(|found| if let Some(Check::Shape(error)) = found { Some(error) } else { None })
    .collect()
}

#[test]
fn messages_of_another_number_are_refused() {
    assert_eq!(honest().1.check_shape(CLASS.depth), Ok(()));
    assert_eq!(refused_by_parts(CLASS.depth, &honest().1), []);
    for (number, (list, expected, found, change)) in MISSHAPEN.into_iter().enumerate() {
        let (claim, mut messages) = honest().clone();
        change(&mut messages);
        let error = ShapeError { list, expected, found };
        assert_eq!(refused_by_parts(CLASS.depth, &messages), [error], "change {number}");
        let refused = Check::Shape(error);
        assert_eq!(check(&(claim.clone(), messages.clone())).err(), Some(Refused::Check(refused)), "change {number}");
        assert_eq!(Witness::new(CLASS, claim.clone(), messages.clone()).err(), Some(refused), "change {number}");
        let witness = Witness { depth: CLASS.depth, claim, messages, inputs: Inputs::default() };
        assert_eq!(Assignment::new(&witness).err(), Some(SynthesisError::ArityMismatch), "change {number}");
    }
}

#[test]
fn messages_of_another_class_are_refused() {
    let (claim, messages) = honest();
    let rows = |depth: u8| 2 * usize::from(depth);
    for depth in [0, 1, 6, 8, 9, 10, u8::MAX] {
        let expected = [
            ShapeError { list: HASH_ROUNDS, expected: rows(depth), found: 14 },
            ShapeError { list: LAYERS, expected: rows(depth) + 6, found: 20 },
            ShapeError { list: BATCH_ROUNDS, expected: rows(depth) + 6, found: 20 },
        ];
        assert_eq!(refused_by_parts(depth, messages), expected);
        let found = Witness::new(Class::new(depth), claim.clone(), messages.clone()).err();
        assert_eq!(found, Some(Check::Shape(expected[0])));
        let witness = Witness { depth, claim: claim.clone(), messages: messages.clone(), inputs: Inputs::default() };
        assert_eq!(Assignment::new(&witness).err(), Some(SynthesisError::ArityMismatch));
    }
}

#[test]
fn claims_with_another_number_of_totals_are_refused() {
    for count in [0, 127, 129] {
        let (mut claim, messages) = honest().clone();
        claim.totals.resize(count, Fr::ZERO);
        let refused = Check::Shape(ShapeError { list: "totals", expected: 128, found: count });
        assert_eq!(check(&(claim.clone(), messages.clone())).err(), Some(Refused::Check(refused)));
        let challenges = lookup::Challenges { limb: Fr::from(1u64 << 40), asset: Fr::from(1u64 << 41) };
        let transcript = &mut Transcript::new(&Native, CLASS.depth);
        let fractions = &messages.fractions;
        let found = lookup::verify(&mut Native, transcript, CLASS.depth, &challenges, &claim.totals, fractions);
        assert_eq!(found.err(), Some(refused));
        let witness =
            Witness { depth: CLASS.depth, claim: claim.clone(), messages: messages.clone(), inputs: Inputs::default() };
        assert_eq!(Assignment::new(&witness).err(), Some(SynthesisError::ArityMismatch));
        assert_eq!(Witness::new(CLASS, claim, messages).err(), Some(refused));
    }
}

#[test]
fn elements_are_built_and_listed_in_one_order() {
    let messages = &honest().1;
    let mut elements = messages.elements().copied();
    let built = Messages::build(CLASS.depth, || elements.next().ok_or(())).unwrap();
    assert_eq!(&built, messages);
    for depth in 7..=10 {
        let mut number = 0u64;
        let counted = Messages::build(depth, || {
            number += 1;
            Ok::<_, std::convert::Infallible>(number)
        });
        let Ok(counted) = counted;
        assert_eq!(counted.check_shape(depth), Ok(()));
        assert!(counted.elements().copied().eq(1..=Messages::<u64>::count(depth) as u64));
    }
}

#[test]
fn challenges_of_another_class_differ() {
    let challenge = |depth| Transcript::new(&Native, depth).challenge(&mut Native).unwrap();
    let mut challenges: Vec<Fr> = (0..=u8::MAX).map(challenge).collect();
    challenges.sort_unstable();
    challenges.dedup();
    assert_eq!(challenges.len(), 256);
}
