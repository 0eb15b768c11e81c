//! What the transcript takes and when: all that is claimed or sent, each before the challenges that
//! test it.

use std::collections::BTreeSet;

use ark_bn254::Fr;
use ark_ff::{Field, One};
use ballast_core::opening::CHUNKS;
use ballast_prover::{
    argument::{
        messages::{MESSAGE_LENGTHS, Messages},
        verifier::{self, Claim},
    },
    gkr::messages::HashValues,
    lookup,
    permutation::{ROUNDS, WIDTH},
    transcript::{RATE, Transcript},
};

use crate::{
    arithmetics::{Named, Recording, Taken, Tampered},
    fixture::{Argument, CLASS, check, honest},
};

/// An element of claim or messages.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Name {
    Context(usize),
    Root,
    Total(usize),
    /// Point and half.
    Half(usize, usize),
    /// By number in [`Messages::elements`].
    Message(usize),
}

fn named((claim, messages): &Argument) -> (Claim<Named<Name>>, Messages<Named<Name>>) {
    let name = |value: Fr, name| Named { value, name: Some(name) };
    let claim = Claim {
        context: std::array::from_fn(|half| name(claim.context[half], Name::Context(half))),
        root: name(claim.root, Name::Root),
        totals: claim.totals.iter().enumerate().map(|(number, total)| name(*total, Name::Total(number))).collect(),
        points: std::array::from_fn(|point| {
            std::array::from_fn(|half| name(claim.points[point][half], Name::Half(point, half)))
        }),
    };
    let mut elements = messages.elements().enumerate();
    let next = || elements.next().map(|(number, element)| name(*element, Name::Message(number))).ok_or(());
    (claim, Messages::build(CLASS.depth, next).unwrap())
}

/// The hashes that the specification says.
struct Expected {
    hashes: Vec<Taken<Name>>,
}

impl Expected {
    fn message(&mut self, elements: impl IntoIterator<Item = Name>) {
        let elements: Vec<_> = elements.into_iter().map(Some).collect();
        self.hashes.extend(elements.chunks(RATE).map(<[_]>::to_vec));
    }

    fn challenges(&mut self, count: usize) {
        self.hashes.resize(self.hashes.len() + count, Vec::new());
    }
}

fn point(number: usize) -> impl Iterator<Item = Name> {
    (0..4).map(move |half| Name::Half(number, half))
}

/// Section 8 of the specification, as the order of everything that is sent.
fn specified() -> Vec<Taken<Name>> {
    let rows = 2 * usize::from(CLASS.depth);
    let fractions = (0..rows + 6).map(|layer| 2 * layer + 4).sum::<usize>() + 2;
    let mut expected = Expected { hashes: Vec::new() };
    let claim = [Name::Context(0), Name::Context(1), Name::Root].into_iter();
    expected.message(claim.chain((0..128).map(Name::Total)).chain((0..CHUNKS).flat_map(point)));

    let mut next = fractions;
    let mut take = |count: usize| {
        next += count;
        (next - count..next).map(Name::Message)
    };
    expected.message(take(1));
    expected.challenges(rows);
    expected.message(take(2));
    for round in (0..ROUNDS).rev() {
        (0..rows).for_each(|_| expected.message(take(5)));
        expected.message(take(HashValues::<Fr>::count(round)));
    }
    expected.challenges(1);
    let hashing = next;

    let mut next = 0;
    let mut take = |count: usize| {
        next += count;
        (next - count..next).map(Name::Message)
    };
    expected.challenges(2);
    expected.message(take(2));
    for layer in 0..rows + 6 {
        expected.challenges(1);
        (0..layer).for_each(|_| expected.message(take(2)));
        expected.message(take(4));
    }

    let mut next = hashing;
    let mut take = |count: usize| {
        next += count;
        (next - count..next).map(Name::Message)
    };
    expected.challenges(1);
    (0..rows + 6).for_each(|_| expected.message(take(2)));
    expected.message(take(1).chain(point(CHUNKS)));
    expected.message(take(4));
    expected.message(point(CHUNKS + 1));
    assert_eq!(next, Messages::<Fr>::count(CLASS.depth));
    expected.hashes
}

#[test]
fn the_transcript_takes_everything_in_the_order_of_the_specification() {
    let (claim, messages) = named(honest());
    let mut recording = Recording(Vec::new());
    verifier::verify(&mut recording, CLASS.depth, &claim, &messages).unwrap();
    let expected = specified();
    let differs = recording.0.iter().zip(&expected).position(|(found, expected)| found != expected);
    let at = |hashes: &[Taken<Name>]| differs.map(|place| hashes[place].clone());
    assert_eq!(at(&recording.0), at(&expected), "hash {differs:?}");
    assert_eq!(recording.0.len(), expected.len());
    // All but P, which ends the argument.
    let taken = recording.0.iter().flatten().count();
    assert_eq!(taken, 3 + 128 + 4 * (CHUNKS + 2) + Messages::<Fr>::count(CLASS.depth));
}

/// What a const assertion compares with the width of the tree's permutation is all that is
/// permuted.
#[test]
fn the_transcript_permutes_no_state_as_wide_as_the_trees() {
    let (claim, messages) = named(honest());
    let mut recording = Recording(Vec::new());
    verifier::verify(&mut recording, CLASS.depth, &claim, &messages).unwrap();
    // Capacity, state and message; a challenge has no message.
    let found: BTreeSet<usize> = recording.0.iter().map(|taken| taken.len() + 2).collect();
    let of_messages = MESSAGE_LENGTHS.iter().flat_map(|length| {
        let steps = vec![(); *length];
        steps.chunks(RATE).map(|step| step.len() + 2).collect::<Vec<_>>()
    });
    assert_eq!(found, of_messages.chain([2]).collect());
    assert_eq!(found, BTreeSet::from([2, 3, 4, 6, 7, 9, 10, 12, 13]));
    assert!(!found.contains(&WIDTH));
}

/// The verifier's challenges of the look-up.
fn lookup_challenges((claim, messages): &Argument) -> lookup::Challenges<Fr> {
    let field = &mut Tampered::without_equations();
    let mut transcript = Transcript::new(field, CLASS.depth);
    verifier::open(field, &mut transcript, claim).unwrap();
    ballast_prover::gkr::verify(field, &mut transcript, CLASS.depth, &messages.hashing).unwrap();
    lookup::Challenges::draw(field, &mut transcript).unwrap()
}

#[test]
fn totals_chosen_after_the_challenge_are_rejected() {
    // T_1 / (gamma - 1) + T_2 / (gamma - 2) does not change: only the transcript holds against
    // this.
    let (mut claim, messages) = honest().clone();
    let gamma = lookup_challenges(honest()).asset;
    let difference = Fr::from(20u64);
    claim.totals[0] -= difference;
    claim.totals[1] += difference * (gamma - Fr::from(2u64)) * (gamma - Fr::one()).inverse().unwrap();
    assert!(lookup_holds(&claim, &messages, &lookup_challenges(honest())));
    assert!(check(&(claim, messages)).is_err());
}

/// Whether the look-up's verifier takes the fractions under these challenges, the transcript being
/// where it is in the honest argument.
fn lookup_holds(claim: &Claim<Fr>, messages: &Messages<Fr>, challenges: &lookup::Challenges<Fr>) -> bool {
    let field = &mut ballast_prover::arithmetic::Native;
    let mut transcript = Transcript::new(field, CLASS.depth);
    verifier::open(field, &mut transcript, &honest().0).unwrap();
    ballast_prover::gkr::verify(field, &mut transcript, CLASS.depth, &messages.hashing).unwrap();
    lookup::Challenges::draw(field, &mut transcript).unwrap();
    lookup::verify(field, &mut transcript, CLASS.depth, challenges, &claim.totals, &messages.fractions).is_ok()
}
