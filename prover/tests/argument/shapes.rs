//! Messages in another order or of another number.

use ark_bn254::Fr;
use ark_ff::{AdditiveGroup, One};
use ark_relations::gr1cs::SynthesisError;
use ballast_core::circuit::Class;
use ballast_prover::{
    argument::messages::{FractionLayer, HashLayer, Messages},
    arithmetic::{Check, Native},
    assignment::Assignment,
    circuit::witness::{Inputs, Witness},
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
    assert_eq!(refused(|messages| messages.fractions.layers.swap(5, 6)), Some(Refused::Shape));
}

#[test]
fn values_of_leaves_and_nodes_exchanged_are_rejected() {
    for (layer, round, half) in [(0, 67, 5), (30, 37, 2), (67, 0, 4)] {
        let expected = Some(Refused::Check(Check::HashLayer { round }));
        assert_eq!(refused(|messages| messages.hashing.layers[layer].values.rotate_left(half)), expected);
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

/// Every way in which the messages can have another number of something.
fn misshapen() -> Vec<Messages<Fr>> {
    let values = |count| vec![Fr::one(); count];
    let changes: [&dyn Fn(&mut Messages<Fr>); 14] = [
        &|messages| shorten(&mut messages.fractions.layers),
        &|messages| {
            messages.fractions.layers.push(FractionLayer { rounds: vec![[Fr::ZERO; 2]; 20], values: [Fr::ZERO; 4] })
        },
        &|messages| messages.fractions.layers[0].rounds.push([Fr::ZERO; 2]),
        &|messages| shorten(&mut messages.fractions.layers[19].rounds),
        &|messages| shorten(&mut messages.hashing.layers),
        &|messages| messages.hashing.layers.push(HashLayer { rounds: vec![[Fr::ZERO; 5]; 14], values: values(8) }),
        &|messages| messages.hashing.layers.clear(),
        &|messages| shorten(&mut messages.hashing.layers[0].rounds),
        &|messages| messages.hashing.layers[67].rounds.push([Fr::ZERO; 5]),
        &|messages| messages.hashing.layers[0].values.push(Fr::ZERO),
        &|messages| shorten(&mut messages.hashing.layers[30].values),
        &|messages| messages.hashing.layers[67].values = values(10),
        &|messages| shorten(&mut messages.batch.rounds),
        &|messages| messages.batch.rounds.push([Fr::ZERO; 2]),
    ];
    let changed = |change: &&dyn Fn(&mut Messages<Fr>)| {
        let mut messages = honest().1.clone();
        change(&mut messages);
        messages
    };
    changes.iter().map(changed).collect()
}

#[test]
fn messages_of_another_number_are_refused() {
    assert!(honest().1.has_shape(CLASS.depth));
    for (number, messages) in misshapen().into_iter().enumerate() {
        assert!(!messages.has_shape(CLASS.depth), "change {number}");
        let claim = honest().0.clone();
        assert_eq!(Witness::new(CLASS, claim.clone(), messages.clone()).unwrap().map(|_| ()), None, "change {number}");
        let witness = Witness { depth: CLASS.depth, claim, messages, inputs: Inputs::default() };
        assert_eq!(Assignment::new(&witness).err(), Some(SynthesisError::ArityMismatch), "change {number}");
    }
}

#[test]
fn messages_of_another_class_are_refused() {
    let (claim, messages) = honest();
    for depth in [6, 8, 9, 10] {
        assert!(!messages.has_shape(depth));
        assert!(Witness::new(Class::new(depth), claim.clone(), messages.clone()).unwrap().is_none());
        let witness = Witness { depth, claim: claim.clone(), messages: messages.clone(), inputs: Inputs::default() };
        assert_eq!(Assignment::new(&witness).err(), Some(SynthesisError::ArityMismatch));
    }
}

#[test]
fn claims_with_another_number_of_totals_are_refused() {
    for count in [0, 127, 129] {
        let (mut claim, messages) = honest().clone();
        claim.totals.resize(count, Fr::ZERO);
        let witness =
            Witness { depth: CLASS.depth, claim: claim.clone(), messages: messages.clone(), inputs: Inputs::default() };
        assert_eq!(Assignment::new(&witness).err(), Some(SynthesisError::ArityMismatch));
        assert!(Witness::new(CLASS, claim, messages).unwrap().is_none());
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
        assert!(counted.has_shape(depth));
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
