//! An epoch of which every shard is proved.

use ballast_core::{
    Digest, Element, Refusal, hexadecimal,
    post::{CheckedPost, ShardPost},
    public_vector::PublicVector,
    record::{EpochRecord, Roots, next_head},
};

use super::Plan;

/// Its plan, and a post of every shard that holds for it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ProvedEpoch {
    pub plan: Plan,
    /// By shard.
    pub posts: Vec<ShardPost>,
    checked: Vec<CheckedPost>,
}

/// Why posts do not make an epoch.
#[derive(Debug, thiserror::Error)]
pub enum ProvedEpochError {
    #[error("epoch {epoch} has {found} of {expected} shards proved")]
    ShardsMissing { epoch: u64, expected: u16, found: usize },
    #[error("epoch {epoch}, shard {shard}: {refusal}")]
    Shard { epoch: u64, shard: u16, refusal: Refusal },
    #[error("epoch {epoch}, shard {shard}: the post is not of this epoch's plan")]
    PlanMismatch { epoch: u64, shard: u16 },
    #[error("epoch {epoch}: expected sums of {expected} assets, found {found}")]
    LiabilitiesMissing { epoch: u64, expected: usize, found: usize },
    #[error("epoch {epoch}, {symbol}: {found} is proved, the snapshot has {expected}")]
    LiabilityMismatch { epoch: u64, symbol: String, expected: u128, found: u128 },
    #[error(
        "{chain}: epoch {epoch} reads back with head {}, expected {}",
        hexadecimal::encode(found),
        hexadecimal::encode(expected)
    )]
    RecordMismatch { chain: String, epoch: u64, expected: Digest, found: Digest },
    #[error("epoch {epoch}: {refusal}")]
    Epoch { epoch: u64, refusal: Refusal },
}

impl ProvedEpoch {
    /// Holds every post against the plan.
    ///
    /// # Errors
    /// [`ProvedEpochError`] names the first shard that is missing or not of the plan.
    pub fn new(plan: Plan, posts: Vec<ShardPost>) -> Result<Self, ProvedEpochError> {
        let epoch = plan.epoch;
        if posts.len() != usize::from(plan.shard_count) || posts.is_empty() {
            return Err(ProvedEpochError::ShardsMissing { epoch, expected: plan.shard_count, found: posts.len() });
        }
        let chain = plan.chain().map_err(|refusal| ProvedEpochError::Epoch { epoch, refusal })?;
        let mut checked = Vec::with_capacity(posts.len());
        for (shard, post) in (0..).zip(&posts) {
            let refused = |refusal| ProvedEpochError::Shard { epoch, shard, refusal };
            let statement = plan.statement(shard).map_err(refused)?;
            let post_checked = post.check().map_err(refused)?;
            if post_checked.reserves != plan.reserves || post.statement(&chain, &post_checked.reserves) != statement {
                return Err(ProvedEpochError::PlanMismatch { epoch, shard });
            }
            post_checked.public_vector(plan.circuit.class, &statement).map_err(refused)?;
            checked.push(post_checked);
        }
        Ok(Self { plan, posts, checked })
    }

    /// Holds what is proved against the snapshot's own sums, which were added up in another way.
    ///
    /// # Errors
    /// [`ProvedEpochError::LiabilityMismatch`] names the first asset;
    /// [`ProvedEpochError::LiabilitiesMissing`] when the sums are not of every asset.
    pub fn check_liabilities(&self, totals: &[u128]) -> Result<(), ProvedEpochError> {
        let (expected, found) = (self.plan.assets.len(), totals.len());
        if found != expected {
            return Err(ProvedEpochError::LiabilitiesMissing { epoch: self.plan.epoch, expected, found });
        }
        let mut figures = self.plan.assets.iter().zip(self.liabilities()).zip(totals);
        match figures.find(|((_, found), expected)| found != *expected) {
            Some(((asset, found), expected)) => Err(ProvedEpochError::LiabilityMismatch {
                epoch: self.plan.epoch,
                symbol: asset.symbol.clone(),
                expected: *expected,
                found,
            }),
            None => Ok(()),
        }
    }

    /// Holds what a chain tells of the epoch against what was proved.
    ///
    /// # Errors
    /// [`ProvedEpochError::RecordMismatch`].
    pub fn check_read_back(&self, told: &ballast_sdk::Epoch) -> Result<(), ProvedEpochError> {
        let epoch = self.plan.epoch;
        let refused = |refusal| ProvedEpochError::Epoch { epoch, refusal };
        let (record, expected) = (self.record().map_err(refused)?, self.head_after().map_err(refused)?);
        if told.record.digest() == record && told.head == expected {
            return Ok(());
        }
        Err(ProvedEpochError::RecordMismatch { chain: told.chain.to_string(), epoch, expected, found: told.head })
    }

    /// The public vector of a shard, for whoever verifies its proof.
    ///
    /// # Errors
    /// None for a shard of the epoch: the constructor has checked.
    pub fn public_vector(&self, shard: u16) -> Result<PublicVector, Refusal> {
        let statement = self.plan.statement(shard)?;
        let checked = self
            .checked
            .get(usize::from(shard))
            .ok_or(Refusal::ShardIndexInvalid { count: self.plan.shard_count, found: shard })?;
        checked.public_vector(self.plan.circuit.class, &statement)
    }

    /// By shard.
    pub fn roots(&self) -> Vec<Element> {
        self.checked.iter().map(|post| post.root).collect()
    }

    /// By asset number, in committed units: the sums of the shards' totals.
    pub fn liabilities(&self) -> Vec<u128> {
        let mut sums = vec![0u128; self.plan.assets.len()];
        for post in &self.checked {
            // At most 128 totals below 2^112.
            sums.iter_mut().zip(&post.totals).for_each(|(sum, total)| *sum += total);
        }
        sums
    }

    /// Digest of the epoch's record.
    ///
    /// # Errors
    /// [`Refusal::AssetListInvalid`].
    pub fn record(&self) -> Result<Digest, Refusal> {
        let chain = self.plan.chain()?;
        Ok(EpochRecord {
            exchange: chain.exchange,
            epoch: self.plan.epoch,
            as_of: self.plan.as_of,
            asset_list: chain.asset_list,
            circuit: self.plan.circuit.id,
            ledger: self.plan.ledger,
            reserves: self.plan.reserves_digest(),
            shard_count: self.plan.shard_count,
            roots: Roots::of(&self.roots()),
            liabilities: &self.liabilities(),
        }
        .digest())
    }

    /// Rolling head after the epoch: what both chains will say.
    ///
    /// # Errors
    /// [`Refusal::AssetListInvalid`].
    pub fn head_after(&self) -> Result<Digest, Refusal> {
        Ok(next_head(&self.plan.head_before, &self.record()?))
    }
}
