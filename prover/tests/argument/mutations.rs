//! Every element of a valid argument changed in turn: each change is refused, by the check that is
//! there for it.

use ark_bn254::{Fq, Fr, G1Affine};
use ark_ec::AffineRepr;
use ark_ff::{Field, One};
use ballast_core::{
    Refusal,
    opening::{CHUNKS, OPENING_POINTS},
};
use ballast_prover::{
    argument::{messages::Messages, verifier},
    arithmetic::{Arithmetic, Check, Native},
    encoding::{decode_g1, point_halves},
    permutation::{ROUNDS, is_full_round},
};
use rayon::prelude::*;

use crate::{
    arithmetics::Tampered,
    fixture::{Argument, CLASS, Refused, check, honest},
};

const DEPTH: u8 = CLASS.depth;

/// The messages with element `index` changed by `change`, in the order of [`Messages::elements`].
pub fn with_element(messages: &Messages<Fr>, index: usize, change: impl Fn(Fr) -> Fr) -> Messages<Fr> {
    let mut elements = messages.elements().copied().enumerate();
    let next =
        || elements.next().map(|(number, element)| if number == index { change(element) } else { element }).ok_or(());
    Messages::build(DEPTH, next).unwrap()
}

/// The check that each element of the messages is held to, in the order of [`Messages::elements`].
fn responsible_checks() -> Vec<Check> {
    let rows = 2 * usize::from(DEPTH);
    let mut checks = vec![Check::FractionTotals; 2];
    for layer in 0..rows + 6 {
        checks.resize(checks.len() + 2 * layer + 4, Check::FractionLayer { layer });
    }
    checks.resize(checks.len() + 3, Check::HashLayer { round: ROUNDS - 1 });
    for round in (0..ROUNDS).rev() {
        let values = match round {
            0 => 8,
            _ if is_full_round(round) => 10,
            _ => 4,
        };
        checks.resize(checks.len() + 5 * rows + values, Check::HashLayer { round });
    }
    checks.resize(checks.len() + 2 * (rows + 6) + 1, Check::Batch);
    checks.resize(checks.len() + 4, Check::InnerProduct);
    checks
}

fn refused(claim_change: impl FnOnce(&mut Argument)) -> Option<Refused> {
    let mut argument = honest().clone();
    claim_change(&mut argument);
    check(&argument).err()
}

fn first_check() -> Option<Refused> {
    Some(Refused::Check(Check::HashLayer { round: ROUNDS - 1 }))
}

#[test]
fn the_honest_argument_is_accepted() {
    let vector = check(honest()).unwrap();
    assert_eq!(vector.totals()[0].to_u128(), Some(27));
}

/// Inputs and value of every hash of the honest argument's verifier.
fn honest_hashes() -> Vec<(Vec<Fr>, Fr)> {
    let (claim, messages) = honest();
    let mut hashes = Vec::new();
    let record = |_, inputs: &[Fr]| {
        let value = Native.hash(inputs).ok();
        hashes.push((inputs.to_vec(), value?));
        value
    };
    verifier::verify(&mut Tampered::with_hashes(record), DEPTH, claim, messages).unwrap();
    hashes
}

#[test]
fn every_element_of_the_messages_is_held_to_its_check() {
    let (claim, messages) = honest();
    let (checks, hashes) = (responsible_checks(), honest_hashes());
    let count = Messages::<Fr>::count(DEPTH);
    assert_eq!((checks.len(), messages.elements().count()), (count, count));
    // Up to the change all hashes are those of the honest argument, which need not be computed
    // again.
    let known = |number: usize, inputs: &[Fr]| hashes.get(number).filter(|(i, _)| i == inputs).map(|(_, value)| *value);
    let escaped = checks.par_iter().enumerate().with_max_len(8).find_map_any(|(index, responsible)| {
        let changed = with_element(messages, index, |element| element + Fr::one());
        let found = verifier::verify(&mut Tampered::with_hashes(known), DEPTH, claim, &changed).err();
        (found != Some(*responsible)).then_some((index, *responsible, found))
    });
    assert_eq!(escaped, None, "element, the check that is responsible, and what was found");
}

#[test]
fn elements_here_and_there_are_refused_without_known_hashes() {
    let (claim, messages) = honest();
    let checks = responsible_checks();
    for index in (0..checks.len()).step_by(499) {
        let changed = (claim.clone(), with_element(messages, index, |element| element + Fr::one()));
        assert_eq!(check(&changed).err(), Some(Refused::Check(checks[index])), "element {index}");
    }
}

#[test]
fn every_element_of_the_claim_changes_the_first_challenge() {
    for half in 0..2 {
        assert_eq!(refused(|(claim, _)| claim.context[half] += Fr::one()), first_check());
    }
    assert_eq!(refused(|(claim, _)| claim.root += Fr::one()), first_check());
    let totals = (0..128).into_par_iter().map(|asset| refused(|(claim, _)| claim.totals[asset] += Fr::one()));
    assert!(totals.all(|found| found == first_check()));
    let halves = (0..4 * CHUNKS)
        .into_par_iter()
        .map(|half| refused(|(claim, _)| claim.points.as_flattened_mut()[half] += Fr::one()));
    assert!(halves.all(|found| found == first_check()));
}

#[test]
fn halves_of_s_q_and_p_are_held_to_the_inner_product_and_to_the_curve() {
    for half in 0..4 {
        let found = |point: usize| refused(|(claim, _)| claim.points[point][half] += Fr::one());
        assert_eq!(found(CHUNKS), Some(Refused::Check(Check::InnerProduct)));
        for point in [CHUNKS + 1, CHUNKS + 2] {
            let invalid = Refusal::OpeningPointInvalid { point: point as u8 };
            assert_eq!(found(point), Some(Refused::Equation(invalid)));
        }
    }
}

#[test]
fn halves_of_more_than_128_bits_are_refused() {
    // The same coordinate, as field elements: 2^128 (high - 1) + (low + 2^128).
    let wide = Fr::from(2u64).pow([128]);
    for point in 0..OPENING_POINTS {
        let found = refused(|(claim, _)| {
            claim.points[point][0] -= Fr::one();
            claim.points[point][1] += wide;
        });
        let expected = match point {
            _ if point < CHUNKS => first_check(),
            CHUNKS => Some(Refused::Check(Check::InnerProduct)),
            _ => Some(Refused::Halves),
        };
        assert_eq!(found, expected, "point {point}");
    }
}

/// A point of the opening, and its place among the halves.
fn with_point(number: usize, change: impl Fn(G1Affine) -> G1Affine) -> Option<Refused> {
    let opening = check(honest()).unwrap().opening();
    let changed = change(decode_g1(&opening.points[number]).unwrap());
    refused(|(claim, _)| claim.points[number] = point_halves(&changed))
}

#[test]
fn every_point_replaced_by_another_of_the_curve_is_rejected() {
    let rejected = Some(Refused::Equation(Refusal::OpeningRejected));
    let changes: [fn(G1Affine) -> G1Affine; 2] = [|point| -point, |point| (point + G1Affine::generator()).into()];
    for change in changes {
        for number in 0..CHUNKS {
            assert_eq!(with_point(number, change), first_check(), "C_{number}");
        }
        assert_eq!(with_point(CHUNKS, change), Some(Refused::Check(Check::InnerProduct)), "S");
        // The circuit's verifier does not see these: Q changes u, and the equation is the
        // pairing's.
        assert_eq!(with_point(CHUNKS + 1, change), rejected, "Q");
        assert_eq!(with_point(CHUNKS + 2, change), rejected, "P");
    }
}

#[test]
fn points_at_infinity_or_off_the_curve_are_refused() {
    let invalid = |point: usize| Some(Refused::Equation(Refusal::OpeningPointInvalid { point: point as u8 }));
    let off = G1Affine::new_unchecked(Fq::from(5u64), Fq::from(5u64));
    for number in [CHUNKS + 1, CHUNKS + 2] {
        assert_eq!(with_point(number, |_| G1Affine::identity()), invalid(number));
        assert_eq!(with_point(number, |_| off), invalid(number));
    }
}
