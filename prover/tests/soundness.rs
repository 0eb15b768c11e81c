//! Attacks on the constraints. In each the prover assigns what he likes, recomputes everything else to fit, and breaks
//! one rule of the claim; the circuit must not be satisfied.

mod fixture;

use std::collections::HashMap;

use ark_bn254::Fr;
use ark_ff::{AdditiveGroup, Field, One};
use ark_relations::gr1cs::SynthesisError;
use ballast_core::leaf::Slot;
use ballast_prover::{constraints::Constraints, witness::Witness};
use fixture::{is_satisfied, leaf, leaves, witness};

/// Whether the circuit takes the honest assignment after `change`.
fn accepts(change: impl FnOnce(&mut Witness)) -> bool {
    let mut witness = witness();
    change(&mut witness);
    is_satisfied(&witness)
}

/// Root, totals, inputs and fractions that fit the leaves as they are now.
fn refit(witness: &mut Witness) {
    witness.commit();
    witness.sum();
    witness.bind();
}

#[test]
fn honest_assignment_is_accepted() {
    assert!(accepts(|_| ()));
    assert!(accepts(refit));
}

#[test]
fn asset_bit_that_is_not_boolean_is_rejected() {
    // 1 = -1 + 2: the same asset, the same packing.
    assert!(!accepts(|witness| {
        let bits = &mut witness.leaves[0].slots[0].asset_bits;
        (bits[0], bits[1]) = (-Fr::ONE, Fr::ONE);
    }));
}

#[test]
fn balance_bit_that_is_not_boolean_is_rejected() {
    // 5 = -1 + 2 + 4.
    assert!(!accepts(|witness| {
        let bits = &mut witness.leaves[0].slots[0].balance_bits;
        (bits[0], bits[1]) = (-Fr::ONE, Fr::ONE);
    }));
}

#[test]
fn selector_that_is_not_boolean_is_rejected() {
    // An empty leaf with twice its owner's tag.
    assert!(!accepts(|witness| {
        let leaf = &mut witness.leaves[3];
        leaf.used = Fr::from(2u64);
        leaf.tag *= leaf.used;
        refit(witness);
    }));
}

#[test]
fn asset_limb_of_two_to_the_16_is_rejected() {
    // The packed slot 1 + 2^16 5 read as asset 1 + 5 2^16 with balance 0: the root stays, the balance is gone.
    assert!(!accepts(|witness| {
        let root = witness.root;
        let slot = &mut witness.leaves[0].slots[0];
        slot.asset_bits[0] = Fr::from(1u64 + (5 << 16));
        slot.balance_bits = [Fr::ZERO; 64];
        refit(witness);
        assert_eq!((witness.root, witness.totals[0]), (root, Fr::from(22u64)));
    }));
}

#[test]
fn balance_of_two_to_the_64_is_rejected() {
    // The top of slot 0 and the bottom of slot 1 overlap: 2^64 more in one is one asset number less in the other.
    assert!(!accepts(|witness| {
        let root = witness.root;
        let [first, second, ..] = &mut witness.leaves[0].slots;
        first.balance_bits[63] += Fr::from(2u64);
        second.asset_bits[..2].copy_from_slice(&[Fr::ONE, Fr::ZERO]);
        refit(witness);
        assert_eq!(witness.root, root);
    }));
}

#[test]
fn negative_balance_is_rejected() {
    // The insolvent dummy: a customer who owes r - 1 lowers what is owed to the others by one.
    assert!(!accepts(|witness| {
        witness.leaves[3].slots[0].asset_bits[0] = Fr::ONE;
        witness.leaves[3].slots[0].balance_bits[0] = -Fr::ONE;
        refit(witness);
        assert_eq!(witness.totals[0], Fr::from(26u64));
    }));
}

#[test]
fn balance_of_asset_zero_is_rejected() {
    let mut leaves = leaves();
    leaves[0].slots[8] = Slot { asset: 0, balance: 1 };
    assert!(!is_satisfied(&Witness::new(&[7; 32], &leaves)));
}

#[test]
fn balance_of_an_asset_without_total_is_rejected() {
    for asset in [65, 66, u16::MAX] {
        assert!(!is_satisfied(&Witness::new(&[7; 32], &[leaf(0, &[(1, 5), (asset, 1)])])), "{asset}");
    }
    assert!(is_satisfied(&Witness::new(&[7; 32], &[leaf(0, &[(1, 5), (64, 1)])])));
}

#[test]
fn summed_balance_that_is_not_the_hashed_one_is_rejected() {
    assert!(!accepts(|witness| {
        witness.totals[0] -= Fr::from(4u64);
        witness.bind();
        let slot = &mut witness.leaves[0].slots[0];
        slot.fraction = Fr::ONE * (witness.inputs.challenge - Fr::ONE).inverse().unwrap();
    }));
}

#[test]
fn declared_total_that_is_not_the_summed_one_is_rejected() {
    assert!(!accepts(|witness| {
        let sum = witness.totals[0];
        witness.totals[0] -= Fr::from(4u64);
        witness.bind();
        witness.total_fractions[0] = sum * (witness.inputs.challenge - Fr::ONE).inverse().unwrap();
    }));
}

#[test]
fn total_off_by_one_is_rejected() {
    for change in [Fr::ONE, -Fr::ONE] {
        assert!(!accepts(|witness| {
            witness.totals[0] += change;
            witness.bind();
        }));
    }
}

#[test]
fn total_moved_to_another_asset_is_rejected() {
    assert!(!accepts(|witness| {
        witness.totals.swap(0, 1);
        witness.bind();
    }));
}

#[test]
fn two_leaves_swapped_after_hashing_are_rejected() {
    assert!(!accepts(|witness| witness.leaves.swap(0, 1)));
}

#[test]
fn two_balances_swapped_after_hashing_are_rejected() {
    assert!(!accepts(|witness| {
        let [first, second, ..] = &mut witness.leaves[..] else { unreachable!() };
        std::mem::swap(&mut first.slots[1], &mut second.slots[1]);
    }));
}

/// The assignment of a prover who replaces customer 4's leaf by an unused one for a while.
fn without_last_customer(witness: &mut Witness, step: impl FnOnce(&mut Witness)) {
    let unused = witness.leaves[63].clone();
    let left_out = std::mem::replace(&mut witness.leaves[4], unused);
    step(witness);
    witness.leaves[4] = left_out;
}

#[test]
fn leaf_that_is_summed_but_not_hashed_is_rejected() {
    assert!(!accepts(|witness| {
        without_last_customer(witness, Witness::commit);
        witness.sum();
        witness.bind();
    }));
}

#[test]
fn leaf_that_is_hashed_but_not_summed_is_rejected() {
    assert!(!accepts(|witness| {
        without_last_customer(witness, Witness::sum);
        witness.commit();
        witness.bind();
    }));
}

#[test]
fn another_root_is_rejected() {
    assert!(!accepts(|witness| {
        witness.root += Fr::ONE;
        witness.bind();
    }));
}

#[test]
fn digest_of_another_vector_is_rejected() {
    assert!(!accepts(|witness| witness.inputs.digest += Fr::ONE));
    // d of a vector with another total: the circuit's own copy is not the one that was hashed.
    assert!(!accepts(|witness| {
        witness.totals[0] += Fr::ONE;
        witness.bind();
        witness.totals[0] -= Fr::ONE;
        witness.divide();
        witness.inputs.evaluation -= witness.inputs.challenge.pow([3]);
    }));
}

#[test]
fn another_evaluation_is_rejected() {
    assert!(!accepts(|witness| witness.inputs.evaluation += Fr::ONE));
}

#[test]
fn another_challenge_with_the_same_evaluation_is_rejected() {
    assert!(!accepts(|witness| {
        witness.inputs.challenge += Fr::ONE;
        witness.divide();
    }));
}

#[test]
fn context_other_than_the_hashed_one_is_rejected() {
    assert!(!accepts(|witness| witness.context[31] ^= 1));
    assert!(!accepts(|witness| witness.context[0] ^= 1));
}

#[test]
fn unused_leaf_with_a_balance_is_rejected() {
    for slot in 0..9 {
        assert!(!accepts(|witness| {
            let slot = &mut witness.leaves[40].slots[slot];
            slot.asset_bits[0] = Fr::ONE;
            slot.balance_bits[2] = Fr::ONE;
            refit(witness);
        }));
    }
}

#[test]
fn unused_leaf_with_an_asset_but_no_balance_is_rejected() {
    assert!(!accepts(|witness| {
        witness.leaves[40].slots[8].asset_bits[0] = Fr::ONE;
        refit(witness);
    }));
}

#[test]
fn tag_that_is_not_of_the_account_is_rejected() {
    for tag in [Fr::ZERO, Fr::from(5u64)] {
        assert!(!accepts(|witness| {
            witness.leaves[0].tag = tag;
            refit(witness);
        }));
    }
    // Nor may an unused leaf carry one.
    assert!(!accepts(|witness| {
        witness.leaves[40].tag = Fr::ONE;
        refit(witness);
    }));
}

#[test]
fn assignment_of_another_shape_is_refused() {
    type Change = fn(&mut Witness);
    let changes: [Change; 4] = [
        |witness| witness.leaves.truncate(16),
        |witness| witness.leaves.push(witness.leaves[0].clone()),
        |witness| witness.totals.truncate(63),
        |witness| witness.total_fractions.truncate(63),
    ];
    for change in changes {
        let mut witness = witness();
        change(&mut witness);
        assert_eq!(Constraints::assign(&witness).unwrap_err(), SynthesisError::ArityMismatch);
    }
}

#[test]
fn any_single_variable_changed_is_rejected() {
    // Digests, nodes, powers, products, bits: no variable is free.
    let (constraints, assignment) = Constraints::assign(&witness()).unwrap();
    let [a, b, c] = constraints.matrices() else { panic!("three matrices") };
    let product = |row: &[(Fr, usize)]| row.iter().map(|(weight, column)| *weight * assignment[*column]).sum::<Fr>();
    // For each column, the change of each row's three products when the column grows by one.
    let mut changes: Vec<HashMap<usize, [Fr; 3]>> = vec![HashMap::new(); assignment.len()];
    for (place, matrix) in [a, b, c].into_iter().enumerate() {
        for (row, entries) in matrix.iter().enumerate() {
            for (weight, column) in entries {
                changes[*column].entry(row).or_insert([Fr::ZERO; 3])[place] += weight;
            }
        }
    }
    let products: Vec<[Fr; 3]> =
        (0..constraints.rows()).map(|row| [product(&a[row]), product(&b[row]), product(&c[row])]).collect();
    for (column, rows) in changes.iter().enumerate().skip(1) {
        let noticed = rows.iter().any(|(row, change)| {
            let [a, b, c] = std::array::from_fn(|place| products[*row][place] + change[place]);
            a * b != c
        });
        assert!(noticed, "variable {column} of {} is free", assignment.len());
    }
    assert!(assignment[0].is_one() && constraints.first_unsatisfied(&assignment).is_none());
}

#[test]
fn the_number_of_constraints_is_pinned() {
    let (constraints, assignment) = Constraints::assign(&Witness::empty()).unwrap();
    assert_eq!((constraints.rows(), assignment.len(), constraints.inputs()), (91_082, 91_213, 4));
}
