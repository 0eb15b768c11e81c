//! Provers who lie about balances, totals or the tree and make everything else fit. The native
//! verifier refuses them, and the circuit is not satisfied.

use std::sync::OnceLock;

use ark_bn254::Fr;
use ark_ff::{AdditiveGroup, One};
use ballast_core::{Refusal, leaf::Leaf};
use ballast_prover::{
    arithmetic::{Arithmetic, Check, Native},
    permutation::ROUNDS,
    table::layout::{MULTIPLICITIES, TAG, TREE_HIGH, TREE_LOW},
};

use crate::{
    circuit,
    fixture::{Argument, CLASS, Refused, check, leaf, leaves},
    plain::{Step, Strategy, Table, Tables, equality_table},
};

pub fn table() -> Table {
    static TABLE: OnceLock<Table> = OnceLock::new();
    TABLE.get_or_init(|| table_of(&leaves())).clone()
}

fn table_of(leaves: &[Leaf]) -> Table {
    Table::new(CLASS.depth, leaves)
}

/// Both verifiers refuse, the native one by this check.
pub fn assert_refused(argument: &Argument, by: Check) {
    assert_eq!(check(argument).err(), Some(Refused::Check(by)));
    assert!(!circuit::accepts(argument), "the circuit is satisfied");
}

/// Both verifiers accept, with this total of asset 1.
fn assert_accepted(argument: &Argument, total: u128) {
    assert_eq!(check(argument).unwrap().totals()[0].to_u128(), Some(total));
    assert!(circuit::accepts(argument), "the circuit is not satisfied");
}

/// The circuit, which cannot see commitments, accepts; the opening equation refuses.
pub fn assert_opening_rejected(argument: &Argument) {
    assert_eq!(check(argument).err(), Some(Refused::Equation(Refusal::OpeningRejected)));
    assert!(circuit::accepts(argument));
}

/// A table that was changed and then hashed and counted again: the totals are what its entries sum
/// to in the field.
fn refitted(change: impl FnOnce(&mut Table)) -> Table {
    let mut table = table();
    change(&mut table);
    table.hash();
    table.count();
    table
}

fn assert_totals_refused(table: &Table) {
    assert_refused(&Strategy::honest(table).prove(), Check::FractionTotals);
}

#[test]
fn the_plain_prover_is_accepted() {
    assert_accepted(&Strategy::honest(&table()).prove(), 27);
}

#[test]
fn limb_of_two_to_the_16_is_rejected() {
    // Asset 1 with balance 5, packed as 1 + 2^16 5: read as asset 1 + 5 2^16 with nothing. The root
    // stays, the balance is gone.
    let forged = refitted(|table| {
        table.set_asset(0, 0, Fr::from(1u64 + (5 << 16)));
        table.set_limbs(0, 0, [Fr::ZERO; 4]);
    });
    assert_eq!((forged.root(), forged.totals()[0]), (table().root(), Fr::from(22u64)));
    assert_totals_refused(&forged);
}

#[test]
fn limb_of_two_to_the_16_whose_balance_fits_is_rejected() {
    // 5 = 2^16 + 5 - 2^16: the same root and totals, other limbs.
    let forged = refitted(|table| table.set_limbs(0, 0, [Fr::from(65_541u64), -Fr::one(), Fr::ZERO, Fr::ZERO]));
    assert_eq!((forged.root(), forged.totals()), (table().root(), table().totals()));
    assert_totals_refused(&forged);
}

#[test]
fn negative_balance_is_rejected() {
    // The insolvent dummy: a customer who owes r - 1 lowers what is owed to the others by one.
    let forged = refitted(|table| {
        table.set_asset(3, 0, Fr::one());
        table.set_limbs(3, 0, [-Fr::one(), Fr::ZERO, Fr::ZERO, Fr::ZERO]);
    });
    assert_eq!(forged.totals()[0], Fr::from(26u64));
    assert_totals_refused(&forged);
}

#[test]
fn balance_of_two_to_the_64_is_rejected() {
    // 2^64 more in slot 0 is one asset number less in slot 1: the packed element stays.
    let forged = refitted(|table| {
        let top = Fr::from(1u64 << 16);
        table.set_limbs(0, 0, [Fr::from(5u64), Fr::ZERO, Fr::ZERO, top]);
        table.set_asset(0, 1, Fr::one());
    });
    assert_eq!(forged.root(), table().root());
    assert_totals_refused(&forged);
}

#[test]
fn balance_of_an_asset_without_a_total_is_rejected() {
    for asset in [0u64, 129, 65_535] {
        assert_totals_refused(&refitted(|table| {
            table.set_asset(1, 5, Fr::from(asset));
            table.set_limbs(1, 5, [Fr::one(), Fr::ZERO, Fr::ZERO, Fr::ZERO]);
        }));
    }
    assert_accepted(&Strategy::honest(&table_of(&[leaf(0, &[(1, 5), (128, 1)])])).prove(), 5);
}

#[test]
fn balances_of_asset_zero_that_cancel_are_rejected() {
    let forged = refitted(|table| {
        table.set_limbs(1, 5, [Fr::one(), Fr::ZERO, Fr::ZERO, Fr::ZERO]);
        table.set_limbs(1, 6, [-Fr::one(), Fr::ZERO, Fr::ZERO, Fr::ZERO]);
    });
    assert_totals_refused(&forged);
}

#[test]
fn total_off_by_one_is_rejected() {
    let table = table();
    for change in [Fr::one(), -Fr::one()] {
        let mut strategy = Strategy::honest(&table);
        strategy.totals[0] += change;
        assert_refused(&strategy.prove(), Check::FractionTotals);
    }
}

#[test]
fn totals_exchanged_or_left_out_are_rejected() {
    let table = table();
    let mut exchanged = Strategy::honest(&table);
    exchanged.totals.swap(0, 1);
    assert_refused(&exchanged.prove(), Check::FractionTotals);
    let mut left_out = Strategy::honest(&table);
    left_out.totals[2] = Fr::ZERO;
    assert_refused(&left_out.prove(), Check::FractionTotals);
    // 2^64 r^-1 and the like have no meaning: a total of another asset cannot pay either.
    let mut negative = Strategy::honest(&table);
    negative.totals[100] -= Fr::one();
    assert_refused(&negative.prove(), Check::FractionTotals);
}

#[test]
fn sum_that_is_made_to_fit_false_totals_is_rejected_below_the_root() {
    let table = table();
    let mut strategy = Strategy::honest(&table);
    strategy.totals[0] -= Fr::from(5u64);
    let totals = strategy.totals.clone();
    let fit = |step: Step, challenges: &[Fr], message: &mut [Fr]| {
        if step == Step::Root {
            let gamma = challenges.last().unwrap();
            let fractions = (1u64..).zip(&totals).map(|(asset, total)| *total / (*gamma - Fr::from(asset)));
            message[0] = message[1] * fractions.sum::<Fr>();
        }
    };
    assert_refused(&Strategy { lie: &fit, ..strategy }.prove(), Check::FractionLayer { layer: 0 });
}

#[test]
fn wrong_multiplicity_is_rejected() {
    for (value, change) in [(0, Fr::one()), (5, -Fr::one()), (65_535, Fr::one())] {
        let mut forged = table();
        *forged.multiplicity_mut(value) += change;
        assert_totals_refused(&forged);
    }
    let mut moved = table();
    *moved.multiplicity_mut(5) -= Fr::one();
    *moved.multiplicity_mut(6) += Fr::one();
    assert_totals_refused(&moved);
}

/// Leaf 0 with 4 less of asset 1, not hashed again.
fn with_less() -> Table {
    let mut table = table();
    table.set_limbs(0, 0, [Fr::one(), Fr::ZERO, Fr::ZERO, Fr::ZERO]);
    table.count();
    table
}

#[test]
fn summed_balance_that_is_not_the_hashed_one_is_rejected() {
    // The tree shows 5, the sum counts 1. Whichever of the two is committed, hashed and summed,
    // something does not fit.
    let (tree, sums) = (table(), with_less());
    assert_eq!(tree.root(), sums.root());
    let strategy = |tables| Strategy { tables, totals: sums.totals(), ..Strategy::honest(&sums) }.prove();
    assert_refused(&strategy(Tables::all(&sums)), Check::Batch);
    assert_refused(&strategy(Tables { hashed: &tree, ..Tables::all(&sums) }), Check::Batch);
    assert_refused(&strategy(Tables { summed: &sums, ..Tables::all(&tree) }), Check::Batch);
    // What is opened must be what was committed.
    let mut opened = sums.clone();
    opened.hash();
    let tables = Tables { committed: &tree, ..Tables::all(&opened) };
    assert_opening_rejected(&Strategy { tables, ..Strategy::honest(&opened) }.prove());
}

#[test]
fn two_leaves_swapped_after_hashing_are_rejected() {
    let mut swapped = table();
    swapped.columns[..=TAG].iter_mut().for_each(|column| column.swap(0, 1));
    assert_eq!((swapped.root(), swapped.totals()), (table().root(), table().totals()));
    assert_refused(&Strategy::honest(&swapped).prove(), Check::Batch);
}

#[test]
fn two_balances_swapped_after_hashing_are_rejected() {
    let mut swapped = table();
    swapped.columns[..5].iter_mut().for_each(|column| column.swap(0, 1));
    assert_refused(&Strategy::honest(&swapped).prove(), Check::Batch);
}

#[test]
fn tag_of_another_customer_is_rejected() {
    let mut changed = table();
    changed.columns[TAG][0] += Fr::one();
    assert_refused(&Strategy::honest(&changed).prove(), Check::Batch);
}

/// Node `changed` is another, and all above fit it.
fn with_changed_node(changed: usize) -> Table {
    let mut table = table();
    *table.node_mut(changed) += Fr::one();
    let mut node = changed / 4;
    while node > 0 {
        *table.node_mut(node) = Native.hash(&table.children(node)).unwrap();
        node /= 4;
    }
    table
}

#[test]
fn changed_node_is_rejected() {
    // The root, its first child, a parent of leaves, and a leaf.
    let leaves = CLASS.leaves();
    for node in [1, 4, leaves / 4, leaves / 4 + 9, leaves] {
        assert_refused(&Strategy::honest(&with_changed_node(node)).prove(), Check::Batch);
    }
}

#[test]
fn node_digests_said_to_be_the_committed_ones_are_rejected() {
    let forged = with_changed_node(5);
    let committed = |step: Step, challenges: &[Fr], message: &mut [Fr]| {
        if step == Step::Outputs {
            let point = &challenges[challenges.len() - 2 * usize::from(CLASS.depth)..];
            let equality = equality_table(&point[..point.len() - 1]);
            message[1] = equality.iter().enumerate().map(|(node, weight)| *weight * forged.node(node)).sum::<Fr>();
            message[1] += equality[0] * Native.hash(&forged.children(0)).unwrap();
        }
    };
    let argument = Strategy { lie: &committed, ..Strategy::honest(&forged) }.prove();
    assert_refused(&argument, Check::HashLayer { round: ROUNDS - 1 });
}

#[test]
fn root_of_another_tree_by_the_node_without_a_place_is_rejected() {
    // If the digest of node 0 could be chosen at the first point, it would make up for any nodes:
    // the root of the true balances, and the sums of others.
    let mut forged = with_less();
    forged.hash();
    let root = table().root();
    assert_ne!(forged.root(), root);
    *forged.node_mut(1) = root;
    assert!(check(&Strategy { late_node_zero: true, ..Strategy::honest(&forged) }.prove()).is_err());
    assert_refused(&Strategy::honest(&forged).prove(), Check::Batch);
}

#[test]
fn another_root_is_rejected() {
    let other = table_of(&[leaf(7, &[(1, 27)])]).root();
    let table = table();
    for root in [table.root() + Fr::one(), other, Fr::ZERO] {
        assert_refused(&Strategy { root, ..Strategy::honest(&table) }.prove(), Check::Batch);
    }
}

#[test]
fn tree_of_another_snapshot_is_rejected() {
    let other = table_of(&[leaf(7, &[(1, 27)])]);
    let mut forged = table();
    forged.columns[TREE_LOW] = other.columns[TREE_LOW].clone();
    assert_refused(&Strategy::honest(&forged).prove(), Check::Batch);
    forged.columns[TREE_HIGH] = other.columns[TREE_HIGH].clone();
    assert_refused(&Strategy::honest(&forged).prove(), Check::Batch);
}

#[test]
fn opened_table_that_is_not_the_committed_one_is_rejected() {
    // One entry in the first chunk, in that of the tree, and in the last.
    let honest = table();
    for column in [0, TREE_HIGH, MULTIPLICITIES + 3] {
        let mut committed = honest.clone();
        committed.columns[column][77] += Fr::one();
        let tables = Tables { committed: &committed, ..Tables::all(&honest) };
        assert_opening_rejected(&Strategy { tables, ..Strategy::honest(&honest) }.prove());
    }
}

#[test]
fn evaluations_that_fit_the_inner_product_but_not_the_commitments_are_rejected() {
    // zeta S(zeta) + S(1/zeta) / zeta stays as it is.
    let shift = |step: Step, challenges: &[Fr], message: &mut [Fr]| {
        if step == Step::Evaluations {
            let zeta = challenges.last().unwrap();
            message[2] += Fr::one();
            message[3] -= *zeta * zeta;
        }
    };
    let table = table();
    assert_opening_rejected(&Strategy { lie: &shift, ..Strategy::honest(&table) }.prove());
}

#[test]
fn leaf_without_an_owner_is_counted_like_any_other() {
    // An unused leaf cannot hide a balance, nor may one be left out of the totals.
    let filled = refitted(|table| {
        table.set_asset(9, 0, Fr::one());
        table.set_limbs(9, 0, [Fr::from(100u64), Fr::ZERO, Fr::ZERO, Fr::ZERO]);
    });
    assert_accepted(&Strategy::honest(&filled).prove(), 127);
    assert_refused(&Strategy { totals: table().totals(), ..Strategy::honest(&filled) }.prove(), Check::FractionTotals);
}

#[test]
fn entries_of_which_nothing_is_claimed_change_neither_root_nor_totals() {
    let honest = table();
    let rows = honest.rows();
    let junk = |index: usize| -Fr::from(index as u64 + 1);
    let mut filled = honest.clone();
    for index in rows / 2..rows {
        *filled.node_mut(index) = junk(index);
    }
    filled.hash();
    *filled.node_mut(0) = junk(3);
    assert_ne!(filled.node(2), honest.node(2));
    assert_eq!((filled.root(), filled.totals()), (honest.root(), honest.totals()));
    let node_zero = Native.hash(&filled.children(0)).unwrap() - filled.node(0);
    let lie = |step: Step, _: &[Fr], message: &mut [Fr]| {
        if step == Step::NodeZero {
            message[0] = node_zero;
        }
    };
    assert_accepted(&Strategy { lie: &lie, ..Strategy::honest(&filled) }.prove(), 27);
}
