//! Extreme and random snapshots against sums and roots computed the plain way.

mod fixture;

use ballast_core::{
    Element,
    leaf::{Leaf, SLOTS, Slot},
    tree::Tree,
};
use ballast_prover::{circuit::CLASS, prove, verify, witness::Witness};
use fixture::{is_satisfied, key, leaf, shard};
use proptest::prelude::*;

/// T_1 .. T_64 by a loop over the slots.
fn naive_totals(leaves: &[Leaf]) -> Vec<Element> {
    let mut totals = [0u128; 65];
    for slot in leaves.iter().flat_map(|leaf| leaf.slots) {
        totals[usize::from(slot.asset)] += u128::from(slot.balance);
    }
    totals[1..].iter().map(|total| Element::from(*total)).collect()
}

fn naive_root(leaves: &[Leaf]) -> Element {
    let mut all = leaves.to_vec();
    all.resize(CLASS.leaves(), Leaf::default());
    Tree::new(CLASS.depth, all.iter().map(Leaf::digest).collect()).unwrap().root()
}

/// Whether the circuit accepts the snapshot with the naive root and totals.
fn agrees(leaves: &[Leaf]) -> bool {
    let witness = Witness::new(&[7; 32], leaves);
    let vector = witness.public_vector().unwrap();
    is_satisfied(&witness) && vector.root() == naive_root(leaves) && vector.totals() == naive_totals(leaves)
}

/// 64 leaves of 9 slots, the greatest balance in each.
fn full() -> Vec<Leaf> {
    (0..64).map(|number| leaf(number, &[(64, u64::MAX); SLOTS])).collect()
}

#[test]
fn balances_at_the_edges_are_summed_exactly() {
    let edges = [0, 1, (1 << 63) - 1, 1 << 63, u64::MAX];
    for edge in edges {
        assert!(agrees(&[leaf(0, &[(1, edge)])]), "{edge}");
    }
    let pairs: Vec<Leaf> =
        edges.iter().zip(0..).map(|(edge, number)| leaf(number, &[(7, *edge), (7, u64::MAX), (8, *edge)])).collect();
    assert!(agrees(&pairs));
}

#[test]
fn the_first_and_the_last_asset_are_summed() {
    assert!(agrees(&[leaf(0, &[(1, 1), (64, 2)]), leaf(1, &[(64, 3), (1, 4)])]));
}

#[test]
fn every_slot_of_every_leaf_at_the_maximum_is_proved() {
    let leaves = full();
    assert!(agrees(&leaves));
    let (vector, proof) = prove(key(), &shard(leaves)).unwrap();
    assert_eq!(vector.totals()[63].to_u128(), Some(64 * 9 * u128::from(u64::MAX)));
    assert_eq!(verify(key().verifying_key(), &vector, &proof), Ok(()));
}

#[test]
fn two_customers_with_equal_balances_have_different_leaves() {
    let (first, second) = (leaf(0, &[(1, 5)]), leaf(1, &[(1, 5)]));
    assert_ne!(first.digest(), second.digest());
    assert!(agrees(&[first, second]));
}

fn any_leaf() -> impl Strategy<Value = (bool, [Slot; SLOTS])> {
    let balance = prop_oneof![any::<u64>(), Just(0), Just(u64::MAX), 0..1000u64];
    let slot =
        (0..=64u16, balance).prop_map(|(asset, balance)| Slot { asset, balance: if asset == 0 { 0 } else { balance } });
    (proptest::bool::weighted(0.8), proptest::array::uniform9(slot))
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(12))]

    #[test]
    fn random_snapshots_have_the_naive_root_and_totals(random in proptest::collection::vec(any_leaf(), 0..=64)) {
        let leaves: Vec<Leaf> = random
            .into_iter()
            .zip(0..)
            .map(|((used, slots), number)| if used { Leaf { slots, ..leaf(number, &[]) } } else { Leaf::default() })
            .collect();
        prop_assert!(agrees(&leaves));
    }
}
