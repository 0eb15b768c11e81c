//! Accounts as leaves, and leaves in shards (`docs/spec.md`, section 2).
//!
//! An account's balances fill leaves of nine slots, in order of asset number; zero balances take no
//! slot. An account without any balance has one leaf all the same, so that its owner can check that
//! they are counted. Accounts lie in an order that the epoch's key gives, and all shards have equal
//! shares of the leaves, up to one: so neither the order of a file nor a nearly empty last shard
//! says anything about a customer. **An account may straddle two shards.** Every shard is filled up
//! with unused leaves.

use ballast_core::{
    Refusal,
    circuit::Class,
    leaf::{AccountId, EpochKey, Leaf, Owner, SLOTS, Slot},
    rules::SHARDS_MAX,
    tree::{Tree, TreeError},
};
use rayon::prelude::*;
use std::ops::{Deref, Range};

use crate::snapshot::{Account, Snapshot};

/// Why a snapshot cannot be laid out in this class.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum LayoutError {
    #[error(transparent)]
    Class(#[from] Refusal),
    #[error("no circuit class to choose from: expected at least one depth, found none")]
    NoClass,
    #[error("a snapshot without accounts has nothing to commit")]
    NoAccount,
    #[error(
        "too many leaves: {leaves} leaves need {shards} shards of {per_shard}, expected at most {SHARDS_MAX} shards"
    )]
    TooManyShards { leaves: usize, shards: usize, per_shard: usize },
}

/// How many leaves a snapshot has, in shards of which class. It is the same whatever the epoch's
/// key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Layout {
    class: Class,
    leaves: usize,
}

/// A leaf's place: its shard, and its index in the shard's tree.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LeafPlace {
    pub shard: u16,
    pub index: u32,
}

impl Layout {
    /// The layout of a snapshot in shards of this class.
    ///
    /// # Errors
    /// A class that this version does not know, no account, or more leaves than 128 shards hold.
    pub fn new(snapshot: &Snapshot, class: Class) -> Result<Self, LayoutError> {
        class.check()?;
        if snapshot.accounts.is_empty() {
            return Err(LayoutError::NoAccount);
        }
        let layout = Self { class, leaves: snapshot.accounts.iter().map(leaf_count).sum() };
        let shards = layout.shards();
        if shards > usize::from(SHARDS_MAX) {
            return Err(LayoutError::TooManyShards { leaves: layout.leaves, shards, per_shard: class.leaves() });
        }
        Ok(layout)
    }

    /// The layout in the smallest of `classes` that holds the snapshot in one shard, or else in the
    /// largest of them.
    ///
    /// # Errors
    /// The same as [`Layout::new`], and no class to choose from.
    pub fn choose(snapshot: &Snapshot, classes: &[Class]) -> Result<Self, LayoutError> {
        let mut classes = classes.to_vec();
        classes.sort_by_key(|class| class.depth);
        let leaves: usize = snapshot.accounts.iter().map(leaf_count).sum();
        let fitting = classes.iter().find(|class| leaves <= class.leaves());
        let class = fitting.or(classes.last()).ok_or(LayoutError::NoClass)?;
        Self::new(snapshot, *class)
    }

    /// The class of the shards.
    pub fn class(&self) -> Class {
        self.class
    }

    /// The number of leaves that the snapshot uses.
    pub fn leaf_count(&self) -> usize {
        self.leaves
    }

    /// The number of shards, 1 to 128.
    pub fn shard_count(&self) -> u16 {
        self.shards() as u16
    }

    fn shards(&self) -> usize {
        self.leaves.div_ceil(self.class.leaves())
    }

    /// The first leaf of shard number `shard` among all leaves in order: floor(shard N / S).
    fn start(&self, shard: usize) -> usize {
        (shard as u128 * self.leaves as u128 / self.shards() as u128) as usize
    }

    /// The leaves of a shard among all leaves in order; empty beyond the last shard.
    fn used(&self, shard: u16) -> Range<usize> {
        let shard = usize::from(shard);
        if shard < self.shards() { self.start(shard)..self.start(shard + 1) } else { 0..0 }
    }

    /// The place of leaf number `leaf` among all leaves in order.
    fn place(&self, leaf: usize) -> LeafPlace {
        // The last shard that does not begin behind it: leaf < start(shard + 1).
        let shard = ((leaf as u128 + 1) * self.shards() as u128 - 1) / self.leaves as u128;
        let shard = shard as usize;
        LeafPlace { shard: shard as u16, index: (leaf - self.start(shard)) as u32 }
    }
}

/// The number of leaves of an account: one for every nine balances, and one for an account without
/// balances.
fn leaf_count(account: &Account) -> usize {
    account.balances.len().div_ceil(SLOTS).max(1)
}

/// The leaves of a snapshot that lie in one shard, with their totals.
#[derive(Clone, PartialEq, Eq)]
pub struct ShardLeaves {
    /// The 4^depth leaves, the unused ones last.
    pub leaves: Vec<Leaf>,
    /// The sums of the balances in `leaves` by asset, in committed units.
    pub totals: Vec<u128>,
}

impl ShardLeaves {
    /// The tree of the leaves. Their digests, most of the work, are computed in parallel.
    ///
    /// # Errors
    /// A class of another number of leaves.
    pub fn tree(&self, class: Class) -> Result<Tree, TreeError> {
        Tree::new(class.depth, self.leaves.par_iter().map(Leaf::digest).collect())
    }
}

/// The leaves of a snapshot in one epoch. The snapshot is borrowed or shared.
#[derive(Clone, Debug)]
pub struct Leaves<S> {
    snapshot: S,
    layout: Layout,
    key: EpochKey,
    /// The snapshot's accounts in the epoch's order, by their positions in the snapshot.
    order: Vec<u32>,
    /// The first leaf of every account of `order`, and one more for the end.
    first: Vec<usize>,
}

impl<S: Deref<Target = Snapshot> + Sync> Leaves<S> {
    /// The leaves of `snapshot` in shards of this class, in the order of the epoch's `key`.
    ///
    /// # Errors
    /// The same as [`Layout::new`].
    pub fn new(snapshot: S, class: Class, key: EpochKey) -> Result<Self, LayoutError> {
        let layout = Layout::new(&snapshot, class)?;
        let place = |(position, account): (usize, &Account)| {
            let id = AccountId::from_public_id(&account.id);
            (key.order(id), id, position as u32)
        };
        let mut places: Vec<_> = snapshot.accounts.par_iter().enumerate().map(place).collect();
        places.par_sort_unstable();
        let order: Vec<u32> = places.into_iter().map(|(_, _, position)| position).collect();
        let mut leaves = 0;
        let mut first = Vec::with_capacity(order.len() + 1);
        first.push(0);
        first.extend(order.iter().map(|position| {
            leaves += leaf_count(&snapshot.accounts[*position as usize]);
            leaves
        }));
        Ok(Self { snapshot, layout, key, order, first })
    }

    /// The number of leaves and shards.
    pub fn layout(&self) -> &Layout {
        &self.layout
    }

    /// Where the leaves of the snapshot's account number `account` lie, first to last; none for an
    /// account that it does not have.
    pub fn places(&self, account: usize) -> Vec<LeafPlace> {
        let rank = self.order.iter().position(|position| *position as usize == account);
        let leaves = rank.map_or(0..0, |rank| self.first[rank]..self.first[rank + 1]);
        leaves.map(|leaf| self.layout.place(leaf)).collect()
    }

    /// The leaves of shard number `shard`, from 0; none beyond the last.
    pub fn shard(&self, shard: u16) -> Option<ShardLeaves> {
        let used = self.layout.used(shard);
        if used.is_empty() {
            return None;
        }
        let mut leaves: Vec<Leaf> = used.into_par_iter().map(|leaf| self.leaf(leaf)).collect();
        let mut totals = vec![0; self.snapshot.assets.len()];
        for slot in leaves.iter().flat_map(|leaf| &leaf.slots).filter(|slot| slot.asset != 0) {
            totals[usize::from(slot.asset) - 1] += u128::from(slot.balance);
        }
        leaves.resize(self.layout.class.leaves(), Leaf::default());
        Some(ShardLeaves { leaves, totals })
    }

    /// All shards in order, one at a time.
    pub fn shards(&self) -> impl Iterator<Item = ShardLeaves> + '_ {
        (0..self.layout.shard_count()).filter_map(|shard| self.shard(shard))
    }

    /// The balances of the account's leaf number `leaf`, without empty slots, and whose they are.
    pub(crate) fn part(&self, account: usize, leaf: usize) -> (Owner, &[Slot]) {
        let account = &self.snapshot.accounts[account];
        let balances = account.balances.chunks(SLOTS).nth(leaf).unwrap_or_default();
        let id = AccountId::from_public_id(&account.id);
        (Owner { account: id, salt: self.key.salt(id, leaf as u32) }, balances)
    }

    /// Leaf number `leaf` of all in order.
    fn leaf(&self, leaf: usize) -> Leaf {
        let rank = self.first.partition_point(|first| *first <= leaf) - 1;
        let (owner, balances) = self.part(self.order[rank] as usize, leaf - self.first[rank]);
        let mut slots = [Slot::default(); SLOTS];
        slots[..balances.len()].copy_from_slice(balances);
        Leaf { owner: Some(owner), slots }
    }
}
