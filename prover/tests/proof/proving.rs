//! What has no proof.

use std::sync::{
    Arc,
    atomic::{AtomicUsize, Ordering},
};

use ark_bn254::Fr;
use ark_ff::One;
use ark_relations::gr1cs::SynthesisError;
use ballast_core::{
    circuit::Class,
    leaf::{Leaf, Slot},
};
use ballast_prover::{
    ProveError, ShardError,
    circuit::witness::Witness,
    phases::{Phases, Stop, Stopped},
    prove,
    prover::{argue, prove_with, prove_witness},
};

use crate::{
    SEED,
    fixture::{CLASS, key, leaf, leaves, rng, shard},
    honest,
};

#[test]
fn unsatisfied_assignment_has_no_proof() {
    let mut witness = honest().witness.clone();
    witness.messages.batch.value += Fr::one();
    let found = prove_witness(key(), &witness, &mut rng(1), &mut Phases::default()).unwrap_err();
    assert!(matches!(found, ProveError::Unsatisfied { .. }), "{found}");
}

#[test]
fn public_inputs_that_do_not_fit_have_no_proof() {
    for input in 0..3 {
        let mut witness = honest().witness.clone();
        let inputs = &mut witness.inputs;
        *[&mut inputs.digest, &mut inputs.challenge, &mut inputs.evaluation][input] += Fr::one();
        let found = prove_witness(key(), &witness, &mut rng(1), &mut Phases::default()).unwrap_err();
        assert!(matches!(found, ProveError::Unsatisfied { .. }), "{found}");
    }
}

#[test]
fn witness_of_another_class_has_no_proof() {
    let witness = Witness::empty(Class::new(CLASS.depth + 1));
    let found = prove_witness(key(), &witness, &mut rng(1), &mut Phases::default()).unwrap_err();
    assert_eq!(found, ProveError::Synthesis(SynthesisError::ArityMismatch));
}

#[test]
fn refused_shard_has_no_proof() {
    let changes: [(fn(&mut Vec<Leaf>), ShardError); 5] = [
        (|leaves| leaves.clear(), ShardError::Empty { maximum: 16_384 }),
        (
            |leaves| leaves.resize(CLASS.leaves() + 1, Leaf::default()),
            ShardError::TooManyLeaves { maximum: 16_384, found: 16_385 },
        ),
        (
            |leaves| leaves[1].slots[2] = Slot { asset: 54, balance: 1 },
            ShardError::AssetUndeclared { leaf: 1, slot: 2, asset: 54, declared: 53 },
        ),
        (|leaves| leaves[1].slots[2].balance = 1, ShardError::BalanceWithoutAsset { leaf: 1, slot: 2 }),
        (|leaves| leaves[1].owner = None, ShardError::UnusedLeafNotEmpty { leaf: 1 }),
    ];
    for (change, expected) in changes {
        let mut leaves = vec![leaf(0, &[(1, 1)]), leaf(1, &[(1, 1)])];
        change(&mut leaves);
        let shard = shard(leaves);
        assert_eq!(prove(key(), &shard).unwrap_err(), ProveError::Shard(expected));
    }
}

/// Places of a proof at which it can be given up.
const PLACES: usize = 9;

#[test]
fn a_proof_is_given_up_at_the_first_place_where_it_is_told_to_stop() {
    let asked = Arc::new(AtomicUsize::new(0));
    let prove_until = |last: usize| {
        asked.store(0, Ordering::SeqCst);
        let asked = asked.clone();
        let stop = Stop::when(move || asked.fetch_add(1, Ordering::SeqCst) == last);
        prove_with(key(), &shard(leaves()), &mut rng(SEED), &mut Phases::until(stop))
    };
    let stopped = Err(ProveError::Stopped(Stopped));
    for place in [0, 1] {
        assert_eq!(prove_until(place), stopped);
        assert_eq!(asked.load(Ordering::SeqCst), place + 1);
    }
    assert!(prove_until(PLACES).is_ok(), "there are more places");
    assert_eq!(asked.load(Ordering::SeqCst), PLACES);
}

#[test]
fn another_seed_makes_another_argument_of_the_same_shard() {
    let (_, other) = argue(key().srs(), CLASS, &shard(leaves()), &mut rng(SEED + 1), &mut Phases::default()).unwrap();
    let vector = &honest().vector;
    assert_eq!((other.root(), other.totals()), (vector.root(), vector.totals()));
    let (other, opening) = (other.opening(), vector.opening());
    assert!(other.points.iter().zip(&opening.points).all(|(a, b)| a != b));
    assert!(other.scalars.iter().zip(&opening.scalars).all(|(a, b)| a != b));
}
