//! Extreme and random snapshots against sums and roots computed the plain way.

use ark_bn254::Fr;
use ballast_core::{
    Element,
    leaf::{Leaf, SLOTS, Slot},
    tree::Tree,
};
use ballast_prover::table::Table;
use proptest::prelude::*;

use crate::{
    circuit,
    fixture::{CLASS, argue, check, leaf, rng},
};

/// T_1 .. T_128 by a loop over the slots.
fn naive_totals(leaves: &[Leaf]) -> Vec<Element> {
    let mut totals = [0u128; 129];
    for slot in leaves.iter().flat_map(|leaf| leaf.slots) {
        totals[usize::from(slot.asset)] += u128::from(slot.balance);
    }
    totals[1..].iter().map(|total| Element::from(*total)).collect()
}

fn naive_root(leaves: &[Leaf]) -> Element {
    let mut digests: Vec<Element> = leaves.iter().map(Leaf::digest).collect();
    digests.resize(CLASS.leaves(), Leaf::default().digest());
    Tree::new(CLASS.depth, digests).unwrap().root()
}

/// Whether the table that is proved has the naive root and totals.
fn agrees(leaves: &[Leaf]) -> bool {
    let (table, _) = Table::new(CLASS.depth, leaves, &mut rng(1));
    let totals = table.totals(128).into_iter().map(Element::from);
    Element::from(table.root()) == naive_root(leaves) && totals.eq(naive_totals(leaves))
}

/// Proves and verifies, and compares what is public.
fn assert_proved(leaves: &[Leaf]) {
    let (table, hashes) = Table::new(CLASS.depth, leaves, &mut rng(1));
    let argument = argue(&table, hashes);
    let vector = check(&argument).unwrap();
    assert_eq!(vector.root(), naive_root(leaves));
    assert_eq!(vector.totals(), naive_totals(leaves));
    assert!(circuit::accepts(&argument));
}

const EDGES: [u64; 6] = [0, 1, (1 << 63) - 1, 1 << 63, u64::MAX - 1, u64::MAX];

#[test]
fn balances_at_the_edges_in_the_first_leaves_and_the_last_are_proved_exactly() {
    let edges = |asset: u16| -> Vec<(u16, u64)> { EDGES.iter().map(|edge| (asset, *edge)).collect() };
    let mut leaves: Vec<Leaf> = (0..3).map(|number| leaf(number, &edges(7))).collect();
    leaves.extend(EDGES.iter().zip(3..).map(|(edge, number)| leaf(number, &[(1, *edge), (128, u64::MAX), (8, *edge)])));
    leaves.resize(CLASS.leaves() - 1, Leaf::default());
    leaves.push(leaf(9, &[(128, 3), (1, 4)]));
    assert_proved(&leaves);
}

#[test]
fn every_slot_of_every_leaf_at_the_maximum_is_proved() {
    let full: Vec<Leaf> = (0..CLASS.leaves() as u64).map(|number| leaf(number, &[(128, u64::MAX); SLOTS])).collect();
    let (table, hashes) = Table::new(CLASS.depth, &full, &mut rng(1));
    let vector = check(&argue(&table, hashes)).unwrap();
    assert_eq!(vector.totals()[127].to_u128(), Some(16_384 * 9 * u128::from(u64::MAX)));
    assert_eq!(vector.root(), naive_root(&full));
}

#[test]
fn two_customers_with_equal_balances_have_different_leaves() {
    let (first, second) = (leaf(0, &[(1, 5)]), leaf(1, &[(1, 5)]));
    assert_ne!(first.digest(), second.digest());
    let (table, _) = Table::new(CLASS.depth, &[first, second], &mut rng(1));
    let rows = table.rows();
    assert_eq!(table.tree[rows], Fr::from(first.digest()));
    assert_eq!(table.tree[rows + 1], Fr::from(second.digest()));
    assert_eq!(table.tree[rows + 2], Fr::from(Leaf::default().digest()));
}

fn any_leaf() -> impl Strategy<Value = (bool, [Slot; SLOTS])> {
    let balance = prop_oneof![any::<u64>(), Just(0), Just(u64::MAX), 0..1000u64];
    let slot = (0..=128u16, balance)
        .prop_map(|(asset, balance)| Slot { asset, balance: if asset == 0 { 0 } else { balance } });
    (proptest::bool::weighted(0.8), proptest::array::uniform9(slot))
}

fn any_snapshot() -> impl Strategy<Value = Vec<Leaf>> {
    proptest::collection::vec(any_leaf(), 0..=300).prop_map(|random| {
        let numbered = random.into_iter().zip(0..);
        let customer =
            |((used, slots), number)| if used { Leaf { slots, ..leaf(number, &[]) } } else { Leaf::default() };
        numbered.map(customer).collect()
    })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 6, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn random_snapshots_have_the_naive_root_and_totals(leaves in any_snapshot()) {
        prop_assert!(agrees(&leaves));
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 1, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn a_random_snapshot_is_proved(leaves in any_snapshot()) {
        assert_proved(&leaves);
    }
}
