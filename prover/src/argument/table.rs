//! The committed table, as the prover holds it.

use ark_bn254::Fr;
use ark_ff::{AdditiveGroup, BigInt, PrimeField, UniformRand};
use ballast_core::leaf::{Leaf, SLOTS};
use rayon::prelude::*;

use super::layout::{LIMB_BITS, LIMB_VALUES, LIMBS, PACKED, PACKED_LIMBS, SLOT_LIMBS, asset_column, rows};
use crate::{
    gkr::{WIDTH, trace::Trace},
    random::SecureRng,
};

/// Random entries in places of the heap that have no node.
const RANDOM_ENTRIES: usize = 4;

/// The columns of one shard, and what hashing them has recorded.
pub struct Table {
    pub depth: u8,
    /// Limb columns.
    pub limbs: Vec<Vec<u16>>,
    pub tags: Vec<Fr>,
    /// The tree in heap order, 2 L entries.
    pub tree: Vec<Fr>,
    /// How often each value stands among the limbs.
    pub multiplicities: Vec<u64>,
}

/// What entered the S-boxes: of leaves and of nodes, and all node digests, among them those without a place in the tree.
pub struct Hashes {
    pub(crate) leaves: Trace,
    pub(crate) nodes: Trace,
    pub(crate) node_digests: Vec<Fr>,
}

impl Table {
    /// The table of these leaves, at most 4^depth; further rows are unused leaves.
    ///
    /// The last entries of the lower column have no node and nothing is claimed of them. They are random, or the commitment S
    /// of the opening would be a function of the table and the other commitments, and here they enter what node 0 hashes to, so
    /// that no published challenge can be computed from a guessed table (`docs/spec.md`, section 8.8).
    pub fn new(depth: u8, leaves: &[Leaf], rng: &mut dyn SecureRng) -> (Self, Hashes) {
        let count = rows(depth);
        let limbs = (0..LIMBS).into_par_iter().map(|column| limb_column(column, count, leaves)).collect();
        let mut tags = vec![Fr::ZERO; count];
        tags.par_iter_mut().zip(leaves).with_min_len(16).for_each(|(tag, leaf)| *tag = leaf.tag().into());
        let mut table =
            Self { depth, limbs, tags, tree: vec![Fr::ZERO; 2 * count], multiplicities: vec![0; LIMB_VALUES] };
        table.tree[count - RANDOM_ENTRIES..count].fill_with(|| Fr::rand(rng));
        table.count_values();
        let hashes = table.hash();
        (table, hashes)
    }

    pub fn rows(&self) -> usize {
        self.tags.len()
    }

    pub fn root(&self) -> Fr {
        self.tree[1]
    }

    /// The balance in a slot of a row.
    #[inline(always)]
    pub fn balance(&self, slot: usize, row: usize) -> u64 {
        let first = asset_column(slot) + 1;
        (0..SLOT_LIMBS - 1).map(|limb| u64::from(self.limbs[first + limb][row]) << (LIMB_BITS * limb)).sum()
    }

    /// Sums of balances by asset, for assets 1 to `assets`, as sums in the field.
    pub fn totals(&self, assets: usize) -> Vec<Fr> {
        let mut sums = vec![0u128; LIMB_VALUES];
        for slot in 0..SLOTS {
            for (row, asset) in self.limbs[asset_column(slot)].iter().enumerate() {
                sums[usize::from(*asset)] += u128::from(self.balance(slot, row));
            }
        }
        sums[1..=assets].iter().map(|sum| Fr::from(*sum)).collect()
    }

    /// Recounts the multiplicities.
    pub fn count_values(&mut self) {
        self.multiplicities = self
            .limbs
            .par_iter()
            .fold(
                || vec![0u64; LIMB_VALUES],
                |mut counts, column| {
                    column.iter().for_each(|limb| counts[usize::from(*limb)] += 1);
                    counts
                },
            )
            .reduce(
                || vec![0; LIMB_VALUES],
                |mut a, b| {
                    a.iter_mut().zip(b).for_each(|(a, b)| *a += b);
                    a
                },
            );
    }

    /// Hashes leaves and nodes, bottom up.
    pub fn hash(&mut self) -> Hashes {
        let count = self.rows();
        let mut hashes =
            Hashes { leaves: Trace::new(count), nodes: Trace::new(count / 2), node_digests: vec![Fr::ZERO; count / 2] };
        let packed = |group: usize, row: usize| -> Fr {
            let limbs = &self.limbs[PACKED_LIMBS * group..PACKED_LIMBS * (group + 1)];
            let mut words = [0u64; 4];
            for (place, column) in limbs.iter().enumerate() {
                words[place / 4] |= u64::from(column[row]) << (LIMB_BITS * (place % 4));
            }
            // 240 bits are below r.
            Fr::from_bigint(BigInt::new(words)).unwrap_or_default()
        };
        let inputs = |row: usize| -> [Fr; WIDTH - 1] {
            std::array::from_fn(|j| if j == 0 { self.tags[row] } else { packed(j - 1, row) })
        };
        const { assert!(PACKED == WIDTH - 2) };
        hashes.leaves.hash(0, inputs, &mut self.tree[count..]);
        // Node x hashes 4x .. 4x + 3, whether it has a place in the tree or not.
        let mut end = count / 2;
        while end > 1 {
            let start = end / 2;
            let (nodes, below) = self.tree.split_at_mut(end);
            let children = |x: usize| std::array::from_fn(|c| below[4 * x + c - end]);
            hashes.nodes.hash(start, children, &mut nodes[start..]);
            hashes.node_digests[start..end].copy_from_slice(&nodes[start..]);
            end = start;
        }
        let children = |_: usize| std::array::from_fn(|c| self.tree[c]);
        hashes.nodes.hash(0, children, &mut hashes.node_digests[..1]);
        hashes
    }
}

fn limb_column(column: usize, count: usize, leaves: &[Leaf]) -> Vec<u16> {
    let (slot, limb) = (column / SLOT_LIMBS, column % SLOT_LIMBS);
    let mut values: Vec<u16> = leaves
        .iter()
        .take(count)
        .map(|leaf| match limb {
            0 => leaf.slots[slot].asset,
            _ => (leaf.slots[slot].balance >> (LIMB_BITS * (limb - 1))) as u16,
        })
        .collect();
    values.resize(count, 0);
    values
}
