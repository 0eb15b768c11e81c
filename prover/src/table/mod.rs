//! The committed table W, and what is said about it (`docs/spec.md`, section 8.1).
//!
//! | module | holds |
//! | --- | --- |
//! | this | the table as the prover holds it |
//! | [`layout`] | which column holds what |
//! | `columns` | sums over columns and over rows, for every column with its own kind of entry |
//! | [`claims`] | linear claims on the table: what each part of the argument leaves to be shown |

pub mod claims;
mod columns;
pub mod layout;

use ark_bn254::Fr;
use ark_ff::{AdditiveGroup, BigInt, PrimeField, UniformRand};
use ballast_core::leaf::{Leaf, SLOTS};
use rayon::prelude::*;

use crate::{
    permutation::{WIDTH, trace::Trace},
    random::SecureRng,
};
use layout::{LIMB_BITS, LIMB_VALUES, LIMBS, PACKED, PACKED_LIMBS, SLOT_LIMBS, asset_column, balance_columns, rows};

/// How many places of the heap without a node hold random entries.
const RANDOM_ENTRIES: usize = 4;

/// The columns of one shard's table, L = 4^depth rows each.
pub struct Table {
    pub depth: u8,
    /// The 45 columns of limbs.
    pub limbs: Vec<Vec<u16>>,
    /// The column of tags.
    pub tags: Vec<Fr>,
    /// The tree in heap order, 2 L entries: node x has the children 4x .. 4x + 3, leaf i is entry L
    /// + i.
    pub tree: Vec<Fr>,
    /// How often each of the 2^16 values stands among the limbs.
    pub multiplicities: Vec<u64>,
}

/// What hashing a table has recorded.
pub struct Hashes {
    /// What entered the S-boxes of the L leaf instances.
    pub(crate) leaves: Trace,
    /// What entered the S-boxes of the L / 2 node instances.
    pub(crate) nodes: Trace,
    /// The digests of all node instances; node 0's has no place in the tree.
    pub(crate) node_digests: Vec<Fr>,
}

impl Table {
    /// The table of these leaves, at most 4^depth of them; the rows after them are unused leaves.
    ///
    /// The last entries of the lower half of the tree have no node, and nothing is claimed about
    /// them. They are random for two reasons (`docs/spec.md`, section 8.8): otherwise the
    /// commitment S of the opening would be a function of the table and the other commitments; and
    /// from these places they enter what node 0 hashes to, so that no published challenge can be
    /// computed from a guessed table.
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
        let limbs = self.limbs[balance_columns(slot)].iter().enumerate();
        limbs.map(|(limb, column)| u64::from(column[row]) << (LIMB_BITS * limb)).sum()
    }

    /// T_1 .. T_`assets`: the sum of the balances of each asset, in the field.
    pub fn totals(&self, assets: usize) -> Vec<Fr> {
        let mut sums = vec![0u128; LIMB_VALUES];
        for slot in 0..SLOTS {
            for (row, asset) in self.limbs[asset_column(slot)].iter().enumerate() {
                sums[usize::from(*asset)] += u128::from(self.balance(slot, row));
            }
        }
        sums[1..=assets].iter().map(|sum| Fr::from(*sum)).collect()
    }

    /// Counts the multiplicities anew.
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
