//! Accounts as leaves, and leaves in shards (`docs/spec.md`, section 2).
//!
//! An account's balances fill leaves of nine slots, in order of asset number; zero balances take no
//! slot. An account without any balance has one leaf all the same, so that its owner can check that
//! they are counted. Leaves lie in order of account, then leaf; every shard but the last is full,
//! so **an account may straddle two shards**. The last shard is filled up with unused leaves.

use ballast_core::{
    Digest, Refusal,
    circuit::Class,
    leaf::{AccountId, Leaf, MasterSecret, Owner, SLOTS, Salt, Slot},
    rules::SHARDS_MAX,
    tree::{Tree, TreeError},
};
use rayon::prelude::*;
use std::ops::Range;

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

/// The place of every leaf of a snapshot.
#[derive(Clone, Debug)]
pub struct Layout {
    class: Class,
    /// The first leaf of every account, by the account's position in the snapshot; one more for the
    /// end.
    first: Vec<usize>,
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
        let mut leaves = 0;
        let mut first = vec![0];
        first.extend(snapshot.accounts.iter().map(|account| {
            leaves += leaf_count(account);
            leaves
        }));
        let layout = Self { class, first };
        let shards = leaves.div_ceil(class.leaves());
        if shards > usize::from(SHARDS_MAX) {
            return Err(LayoutError::TooManyShards { leaves, shards, per_shard: class.leaves() });
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
        self.first.last().copied().unwrap_or(0)
    }

    /// The number of shards, 1 to 128.
    pub fn shard_count(&self) -> u16 {
        self.leaf_count().div_ceil(self.class.leaves()) as u16
    }

    /// The number of accounts with leaves in more than one shard.
    pub fn straddling(&self) -> usize {
        let shard = |leaf: usize| leaf / self.class.leaves();
        self.first.windows(2).filter(|ends| shard(ends[0]) != shard(ends[1] - 1)).count()
    }

    /// Where the leaves of the snapshot's account number `account` lie, first to last; none for an
    /// account that it does not have.
    pub fn places(&self, account: usize) -> Vec<LeafPlace> {
        let leaves = match (self.first.get(account), self.first.get(account + 1)) {
            (Some(start), Some(end)) => *start..*end,
            _ => 0..0,
        };
        let per_shard = self.class.leaves();
        leaves.map(|leaf| LeafPlace { shard: (leaf / per_shard) as u16, index: (leaf % per_shard) as u32 }).collect()
    }

    /// The used leaves of a shard, counted over the snapshot; empty beyond the last shard.
    fn used(&self, shard: u16) -> Range<usize> {
        let start = usize::from(shard) * self.class.leaves();
        start.min(self.leaf_count())..(start + self.class.leaves()).min(self.leaf_count())
    }

    /// The account that leaf number `leaf` of the snapshot belongs to, and the leaf's number among
    /// the account's own.
    fn owner(&self, leaf: usize) -> (usize, usize) {
        let account = self.first.partition_point(|first| *first <= leaf) - 1;
        (account, leaf - self.first[account])
    }
}

/// The number of leaves of an account: one for every nine balances, and one for an account without
/// balances.
fn leaf_count(account: &Account) -> usize {
    account.balances.len().div_ceil(SLOTS).max(1)
}

/// What the salts of an epoch are derived from: the master secret, the exchange and the epoch.
#[derive(Clone, Copy, Debug)]
pub struct EpochSalts<'a> {
    pub master: &'a MasterSecret,
    pub exchange: Digest,
    pub epoch: u64,
}

impl EpochSalts<'_> {
    /// The tag's preimage of the account's leaf number `leaf`.
    fn owner(&self, account: &Account, leaf: usize) -> Owner {
        let id = AccountId::from_public_id(&account.id);
        Owner { account: id, salt: Salt::derive(self.master, &self.exchange, self.epoch, id, leaf as u32) }
    }
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

/// The leaves of a snapshot in one epoch.
#[derive(Clone, Debug)]
pub struct Leaves<'a> {
    snapshot: &'a Snapshot,
    layout: Layout,
    salts: EpochSalts<'a>,
}

impl<'a> Leaves<'a> {
    /// The leaves of `snapshot` in shards of this class.
    ///
    /// # Errors
    /// The same as [`Layout::new`].
    pub fn new(snapshot: &'a Snapshot, class: Class, salts: EpochSalts<'a>) -> Result<Self, LayoutError> {
        Ok(Self { snapshot, layout: Layout::new(snapshot, class)?, salts })
    }

    /// The place of every leaf.
    pub fn layout(&self) -> &Layout {
        &self.layout
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
    pub(crate) fn part(&self, account: usize, leaf: usize) -> (Owner, &'a [Slot]) {
        let account = &self.snapshot.accounts[account];
        let balances = account.balances.chunks(SLOTS).nth(leaf).unwrap_or_default();
        (self.salts.owner(account, leaf), balances)
    }

    fn leaf(&self, leaf: usize) -> Leaf {
        let (account, number) = self.layout.owner(leaf);
        let (owner, balances) = self.part(account, number);
        let mut slots = [Slot::default(); SLOTS];
        slots[..balances.len()].copy_from_slice(balances);
        Leaf { owner: Some(owner), slots }
    }
}
