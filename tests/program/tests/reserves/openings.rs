//! post_shard, rules 5 and 6: openings that no honest prover makes, by simulated proofs. Where an
//! equation is wrong by itself the other is right, so that nothing else can be the reason.

use ark_bn254::Fr;
use ark_ff::{AdditiveGroup, Field};
use ballast_core::{
    Refusal,
    circuit::Class,
    field::{BASE_ORDER, ORDER},
    post::ShardPost,
    statement::ShardPosition,
};

use crate::{
    history::{History, units},
    simulated::{self, Secret, g1, post_with, post_with_error},
    vectors,
};

const ONLY: ShardPosition = ShardPosition { index: 0, count: 1 };

fn history() -> History {
    History::begin(simulated::vectors(3, 0, ONLY))
}

#[track_caller]
fn refused(post: &ShardPost, expected: Refusal) {
    history().post(post).refused(expected);
}

#[test]
fn a_simulated_post_is_accepted() {
    for assets in [3, 53, 128] {
        let mut history = History::begin(simulated::vectors(assets, 0, ONLY));
        let post = history.posts(0).remove(0);
        let done = history.post(&post).accepted();
        units(&format!("post_shard, {assets} simulated assets, first epoch"), &done);
    }
}

/// The class is the registered circuit's: a key of depth 7 that is registered as one of depth 8
/// verifies nothing that was proved with it.
#[test]
fn a_key_of_another_class_than_it_is_registered_as_verifies_nothing() {
    for (registered, other) in [(7, 8), (8, 7), (9, 10), (10, 9)].map(|(a, b)| (Class::new(a), Class::new(b))) {
        let (vectors, post) = simulated::registered_as(registered, other);
        let mut history = History::begin(vectors);
        history.post(&post).refused(Refusal::ProofRejected);
        let (_, right) = simulated::registered_as(registered, registered);
        history.post(&right).accepted();
    }
}

#[test]
fn every_point_and_scalar_counts_in_the_opening() {
    let mut history = history();
    for point in 0..16 {
        let mut wrong = Secret::right();
        wrong.points[point] += Fr::ONE;
        history.post(&post_with(&wrong)).refused(Refusal::OpeningRejected);
    }
    for scalar in 0..8 {
        let mut wrong = Secret::right();
        wrong.scalars[scalar] += Fr::ONE;
        history.post(&post_with(&wrong)).refused(Refusal::OpeningRejected);
    }
    for (a, b) in [(0, 1), (11, 12), (12, 13), (13, 14), (14, 15)] {
        let mut swapped = Secret::right();
        swapped.points.swap(a, b);
        history.post(&post_with(&swapped)).refused(Refusal::OpeningRejected);
    }
}

#[test]
fn an_opening_is_for_the_tau_of_the_key() {
    let mut history = history();
    for tau in [Fr::ONE, Fr::from(24u64), -Fr::from(23u64)] {
        let other = Secret::right().solved_but_for(Fr::ZERO, tau);
        history.post(&post_with(&other)).refused(Refusal::OpeningRejected);
    }
}

#[test]
fn a_wrong_groth16_proof_is_named_though_the_opening_is_right() {
    refused(&post_with_error(&Secret::right(), Fr::ONE), Refusal::ProofRejected);
}

#[test]
fn a_proof_that_holds_with_a_point_at_infinity_is_refused() {
    refused(&simulated::post_without_c(), Refusal::ProofPointInvalid);
}

#[test]
fn an_opening_is_part_of_what_the_groth16_proof_is_for() {
    let mut history = history();
    let mut other = Secret::right();
    other.points[3] += Fr::ONE;
    let other = other.solved().opening().words();
    let right = post_with(&Secret::right());
    for word in (0..40).filter(|word| word % 2 == 0 || *word >= 32) {
        let mut spliced = right.clone();
        let length = if word < 32 { 2 } else { 1 };
        spliced.opening[word..word + length].copy_from_slice(&other[word..word + length]);
        if spliced.opening != right.opening {
            history.post(&spliced).refused(Refusal::ProofRejected);
        }
    }
    let mut spliced = right.clone();
    spliced.opening = other;
    history.post(&spliced).refused(Refusal::ProofRejected);
}

#[test]
fn errors_of_both_equations_do_not_cancel() {
    let mut history = history();
    for error in [Fr::ONE, Fr::from(5u64).pow([99])] {
        // The product of both equations without t is one.
        let opening = Secret::right().solved_but_for(-error, Fr::from(23u64));
        history.post(&post_with_error(&opening, error)).refused(Refusal::ProofRejected);
    }
}

/// Errors that cancel if t is the one of `guessed`, a post that has another Groth16 proof: t must
/// depend on the proof.
#[test]
fn errors_do_not_cancel_by_the_t_of_another_proof() {
    let error = Fr::from(7u64);
    let opening = Secret::right().solved_but_for(-error, Fr::from(23u64));
    let guessed = post_with_error(&opening, Fr::ZERO);
    let t = simulated::separator_of(&guessed);
    let post = post_with_error(&opening, error * t);
    assert_eq!((&post.opening, post.digest), (&guessed.opening, guessed.digest));
    assert_ne!(simulated::separator_of(&post), t);
    refused(&post, Refusal::ProofRejected);
}

#[test]
fn a_point_at_infinity_is_refused() {
    let mut history = history();
    for point in 0..15 {
        // The equation holds with it.
        let mut secret = Secret::right();
        secret.points[usize::from(point)] = Fr::ZERO;
        let post = post_with(&secret.solved());
        assert_eq!(post.opening[2 * usize::from(point)], [0; 32]);
        history.post(&post).refused(Refusal::OpeningPointInvalid { point });
    }
}

/// Everything at infinity and every scalar zero: 0 = 0.
#[test]
fn nothing_is_no_opening() {
    let nothing = Secret { points: [Fr::ZERO; 16], scalars: [Fr::ZERO; 8] };
    refused(&post_with(&nothing), Refusal::OpeningPointInvalid { point: 0 });
    // P alone at infinity, as X is zero.
    let mut zero = Secret { points: [Fr::ONE; 16], scalars: [Fr::ZERO; 8] };
    (zero.scalars[6], zero.points[15]) = (Fr::ONE, Fr::ZERO);
    refused(&post_with(&zero), Refusal::OpeningPointInvalid { point: 15 });
}

#[test]
fn a_point_off_the_curve_is_refused() {
    let mut history = history();
    let right = post_with(&Secret::right());
    for point in 0..16 {
        let (x, y) = (2 * usize::from(point), 2 * usize::from(point) + 1);
        let changes: [&dyn Fn(&mut ShardPost); 2] = [&|post| post.opening[y][31] ^= 1, &|post| post.opening.swap(x, y)];
        for change in changes {
            let mut post = right.clone();
            change(&mut post);
            history.post(&post).refused(Refusal::OpeningPointInvalid { point });
        }
        let mut post = right.clone();
        post.opening[x].rotate_left(16);
        let too_large = post.opening[x] >= BASE_ORDER;
        let expected = Refusal::OpeningCoordinateNotCanonical { word: x as u8 };
        history.post(&post).refused(if too_large { expected } else { Refusal::OpeningPointInvalid { point } });
    }
}

#[test]
fn a_coordinate_is_below_q() {
    let mut history = history();
    let right = post_with(&Secret::right());
    for word in 0..32 {
        let mut post = right.clone();
        let coordinate = &mut post.opening[usize::from(word)];
        *coordinate = vectors::plus(coordinate, &BASE_ORDER);
        history.post(&post).refused(Refusal::OpeningCoordinateNotCanonical { word });
    }
    let mut post = right;
    post.opening[0] = BASE_ORDER;
    history.post(&post).refused(Refusal::OpeningCoordinateNotCanonical { word: 0 });
}

#[test]
fn a_scalar_is_below_r() {
    let mut history = history();
    let right = post_with(&Secret::right());
    for scalar in 0..8 {
        let mut post = right.clone();
        let word = &mut post.opening[32 + usize::from(scalar)];
        *word = vectors::plus(word, &ORDER);
        history.post(&post).refused(Refusal::ElementNotCanonical { index: 195 + scalar });
    }
    // Between r and q: the wrong bound would let it pass.
    let mut post = right;
    post.opening[39] = [&ORDER[..31], &[ORDER[31] + 1]].concat().try_into().unwrap();
    history.post(&post).refused(Refusal::ElementNotCanonical { index: 202 });
}

#[test]
fn an_opening_of_another_length_is_no_post() {
    let mut history = history();
    let right = post_with(&Secret::right());
    for length in [0, 38, 39] {
        let mut post = right.clone();
        post.opening.truncate(length);
        history.post(&post).refused(Refusal::PostMalformed);
    }
    let mut post = right;
    post.opening.extend_from_slice(g1(Fr::ONE).as_chunks().0);
    history.post(&post).refused(Refusal::PostMalformed);
}

/// From the last check to the first.
#[test]
fn of_several_reasons_the_first_in_order_is_named() {
    let mut history = history();
    let mut post = post_with(&Secret::right());
    post.proof[255] ^= 1;
    history.post(&post).refused(Refusal::ProofPointInvalid);
    post.context[1][31] ^= 1;
    history.post(&post).refused(Refusal::ContextMismatch);
    post.digest = ORDER;
    history.post(&post).refused(Refusal::ElementNotCanonical { index: 204 });
    post.opening[39] = ORDER;
    history.post(&post).refused(Refusal::ElementNotCanonical { index: 202 });
    post.opening[31][31] ^= 1;
    history.post(&post).refused(Refusal::OpeningPointInvalid { point: 15 });
    post.opening[31] = BASE_ORDER;
    history.post(&post).refused(Refusal::OpeningCoordinateNotCanonical { word: 31 });
    post.totals[0] = ORDER;
    history.post(&post).refused(Refusal::ElementNotCanonical { index: 3 });
    post.epoch = 2;
    history.post(&post).refused(Refusal::EpochNotNext { expected: 1, found: 2 });
}
