//! Lies in single messages, first alone and then with the next message made to fit, so that the
//! equation of their own layer holds. The first kind is refused by this equation, the second by the
//! one after it.

use std::cell::Cell;

use ark_bn254::Fr;
use ark_ff::{AdditiveGroup, BigInt, Field, One, PrimeField};
use ballast_prover::{
    arithmetic::Check,
    permutation::{Permutation, ROUNDS, WIDTH, is_full_round},
};

use crate::{
    fixture::CLASS,
    forgeries::{assert_opening_rejected, assert_refused, table},
    plain::{Lie, Step, Strategy},
};

/// Variables of the rows.
const ROWS: usize = 2 * CLASS.depth as usize;
/// Variables of the table, and layers of the fractions.
const VARIABLES: usize = ROWS + 6;

/// What a prover with one table of its own sends when it lies.
fn prove(lie: Lie) -> crate::fixture::Argument {
    Strategy { lie, ..Strategy::honest(&table()) }.prove()
}

/// A lie that adds one to this element of the message of one step.
fn adding_one(at: Step, element: usize) -> impl Fn(Step, &[Fr], &mut [Fr]) {
    move |step, _, message| {
        if step == at {
            message[element] += Fr::one();
        }
    }
}

/// The last `count` challenges but `skipped`.
fn challenges_before(challenges: &[Fr], skipped: usize, count: usize) -> &[Fr] {
    let end = challenges.len() - skipped;
    &challenges[end - count..end]
}

/// x^(1/5): the fifth power permutes the field, as 5 does not divide r - 1.
fn fifth_root(x: Fr) -> Fr {
    // 1/5 mod r - 1 is (k (r - 1) + 1) / 5 for the k that makes it an integer.
    let mut order = Fr::MODULUS.0;
    order[0] -= 1;
    let exponent = (1..5u128).find_map(|k| {
        let (mut carry, mut words) = (1u128, [0u64; 5]);
        for (word, limb) in words.iter_mut().zip(order.iter().chain(&[0])) {
            carry += k * u128::from(*limb);
            *word = carry as u64;
            carry >>= 64;
        }
        let mut remainder = 0u128;
        for word in words.iter_mut().rev() {
            let dividend = remainder << 64 | u128::from(*word);
            *word = (dividend / 5) as u64;
            remainder = dividend % 5;
        }
        let [a, b, c, d, top] = words;
        (remainder == 0 && top == 0).then_some(BigInt::new([a, b, c, d]))
    });
    let root = x.pow(exponent.unwrap());
    assert_eq!(root.pow([5]), x);
    root
}

/// The g of leaves in a round that is the last or stands below a full one, by the challenges up to
/// the end of its sum-check.
fn leaf_weights(round: usize, challenges: &[Fr]) -> [Fr; WIDTH] {
    let [alpha] = challenges_before(challenges, ROWS, 1) else { unreachable!() };
    let b: [Fr; WIDTH] = match round + 1 {
        ROUNDS => [Fr::one(), Fr::ZERO, Fr::ZERO, Fr::ZERO, Fr::ZERO],
        above => {
            assert!(is_full_round(above));
            std::array::from_fn(|j| alpha.pow([j as u64]))
        }
    };
    let matrix = &Permutation::get().matrix;
    std::array::from_fn(|j| (0..WIDTH).map(|i| matrix[i][j] * b[i]).sum())
}

/// Changes the values of a round of the permutation so that its summand grows by `difference`: the
/// linear rest of leaves in a partial round, their u_2 in a full one.
fn shift_summand(round: usize, challenges: &[Fr], values: &mut [Fr], difference: Fr) {
    if is_full_round(round) {
        let weight = leaf_weights(round, challenges)[2];
        let value = &mut values[2 - usize::from(round == 0)];
        *value = fifth_root(value.pow([5]) + difference / weight);
    } else {
        values[1] += difference;
    }
}

/// The rounds that are lied about, with the check that a lie meets which its own layer does not
/// see.
fn hash_rounds() -> [(usize, Check); 4] {
    let below = |round: usize| Check::HashLayer { round: round - 1 };
    [(67, below(67)), (40, below(40)), (2, below(2)), (0, Check::Batch)]
}

#[test]
fn round_of_the_hashing_that_lies_is_rejected_by_its_layer() {
    for (round, variable) in [(67, 0), (40, 5), (0, ROWS - 1)] {
        assert_refused(&prove(&adding_one(Step::HashRound { round, variable }, 0)), Check::HashLayer { round });
    }
}

#[test]
fn round_and_values_of_the_hashing_that_fit_are_rejected_by_the_layer_below() {
    for (round, by) in hash_rounds() {
        let variable = 3;
        let lie = |step: Step, challenges: &[Fr], message: &mut [Fr]| {
            if step == (Step::HashRound { round, variable }) {
                message[0] += Fr::one();
            }
            if step == (Step::HashValues { round }) {
                // With g_1 one more, g_0 is z less, and all later claims are r - z more.
                let r = challenges_before(challenges, 0, ROWS)[variable];
                let z = challenges_before(challenges, ROWS + 1, ROWS)[variable];
                shift_summand(round, challenges, message, r - z);
            }
        };
        assert_refused(&prove(&lie), by);
    }
}

#[test]
fn values_of_the_hashing_that_fit_their_layer_are_rejected_by_the_layer_below() {
    for (round, by) in hash_rounds() {
        let lie = |step: Step, challenges: &[Fr], message: &mut [Fr]| {
            if step != (Step::HashValues { round }) {
                return;
            }
            if !is_full_round(round) {
                // The rest of leaves against that of nodes.
                message[1] += Fr::one();
                message[3] -= Fr::one();
                return;
            }
            let value = &mut message[1 - usize::from(round == 0)];
            let before = value.pow([5]);
            *value += Fr::one();
            let difference = leaf_weights(round, challenges)[1] * (value.pow([5]) - before);
            shift_summand(round, challenges, message, -difference);
        };
        assert_refused(&prove(&lie), by);
    }
}

/// The layers that are lied about, with the check that a lie meets which its own layer does not
/// see.
fn layers() -> [(usize, Check); 3] {
    let below = |layer: usize| Check::FractionLayer { layer: layer + 1 };
    [(1, below(1)), (7, below(7)), (VARIABLES - 1, Check::Batch)]
}

#[test]
fn round_of_the_fractions_that_lies_is_rejected_by_its_layer() {
    for (layer, variable) in [(1, 0), (7, 3), (VARIABLES - 1, VARIABLES - 2)] {
        assert_refused(&prove(&adding_one(Step::FractionRound { layer, variable }, 1)), Check::FractionLayer { layer });
    }
}

#[test]
fn round_and_values_of_the_fractions_that_fit_are_rejected_by_the_layer_below() {
    for (layer, by) in layers() {
        let variable = layer - 1;
        let lie = |step: Step, challenges: &[Fr], message: &mut [Fr]| {
            if step == (Step::FractionRound { layer, variable }) {
                message[0] += Fr::one();
            }
            if step == (Step::FractionValues { layer }) {
                // Between the rounds of two layers come t and lambda, and t is the first
                // coordinate.
                let r = challenges_before(challenges, 0, layer)[variable];
                let [t, _] = challenges_before(challenges, layer, 2) else { unreachable!() };
                let above = challenges_before(challenges, layer + 2, layer - 1);
                let z = if variable == 0 { *t } else { above[variable - 1] };
                // The product p_0 q_1 takes the difference.
                message[0] += (r - z) / message[3];
            }
        };
        assert_refused(&prove(&lie), by);
    }
}

#[test]
fn values_of_the_fractions_that_fit_their_layer_are_rejected_by_the_layer_below() {
    for (layer, by) in layers() {
        let lie = |step: Step, _: &[Fr], message: &mut [Fr]| {
            if step == (Step::FractionValues { layer }) {
                // p_0 q_1 + p_1 q_0 stays as it is.
                message[0] += message[2];
                message[1] -= message[3];
            }
        };
        assert_refused(&prove(&lie), by);
    }
}

#[test]
fn round_of_the_batch_that_lies_is_rejected_by_its_last_equation() {
    for variable in [0, ROWS, VARIABLES - 1] {
        assert_refused(&prove(&adding_one(Step::BatchRound { variable }, 0)), Check::Batch);
    }
}

#[test]
fn value_of_the_table_that_lies_is_rejected_by_the_batch() {
    let lie = |step: Step, _: &[Fr], message: &mut [Fr]| {
        if matches!(step, Step::Value { .. }) {
            message[0] += Fr::one();
        }
    };
    assert_refused(&prove(&lie), Check::Batch);
}

#[test]
fn round_and_value_of_the_batch_that_fit_are_rejected_by_the_opening() {
    for variable in [0, ROWS, VARIABLES - 1] {
        let difference = Cell::new(Fr::ZERO);
        let lie = |evaluations: bool, step: Step, challenges: &[Fr], message: &mut [Fr]| match step {
            Step::BatchRound { variable: at } if at == variable => message[0] += Fr::one(),
            Step::Value { kernel } => {
                // With g_0 one more, g_1 is two less, and every later claim is r times as much
                // more.
                let r = &challenges_before(challenges, 0, VARIABLES)[variable..];
                let more = r[1..].iter().fold(Fr::one() - r[0].double(), |more, r| more * r);
                difference.set(more / kernel);
                message[0] += difference.get();
            }
            // 2 v + zeta S(zeta) stays as it is.
            Step::Evaluations if evaluations => message[2] -= difference.get().double() / challenges.last().unwrap(),
            _ => (),
        };
        let lie = &lie;
        let with = |evaluations| {
            move |step: Step, challenges: &[Fr], message: &mut [Fr]| lie(evaluations, step, challenges, message)
        };
        assert_refused(&prove(&with(false)), Check::InnerProduct);
        assert_opening_rejected(&prove(&with(true)));
    }
}
