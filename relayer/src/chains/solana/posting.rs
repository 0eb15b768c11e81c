//! One shard, from its bytes to the chain's record.

use std::time::{Duration, Instant};

use ballast_core::post::ShardPost;
use ballast_sdk::chain::Address;
use solana_sdk::signer::Signer;

use super::{Solana, budget::UNITS_MAX, buffer::Parcel, sender::Job};
use crate::{
    chains::{About, ChainError, ChainName, Purpose, Purse},
    events::Stage,
    plan::ProvedEpoch,
    store::Store,
};

/// How long a confirmed epoch may take to be as settled as was asked for.
const SETTLING: Duration = Duration::from_secs(120);
const POLL: Duration = Duration::from_millis(500);
/// Lamports of a signature.
const SIGNATURE_FEE: u64 = 5_000;
/// Bytes of a buffer's or commitment's fields besides what grows: more than they are.
const FIELDS_MAX: usize = 1_024;

impl Solana {
    /// Posts a shard through its buffer; the transaction that posts it closes the buffer.
    pub(super) async fn post(&self, store: &Store, epoch: &ProvedEpoch, shard: u16) -> Result<(), ChainError> {
        let signer = self.poster_key()?;
        let post = shard_post(epoch, shard)?;
        let parcel = Parcel::new(post);
        let stage = Stage::PostShard { chain: ChainName::Solana, epoch: epoch.plan.epoch, shard };
        let running = self.events.begin(stage, Some(2));
        if shard == 0 {
            let numbers: Vec<u32> = epoch.posts.iter().map(|post| Parcel::new(post).number).collect();
            self.close_buffers(store, &numbers).await?;
        }
        self.fill_buffer(store, &signer, &parcel, (post.epoch, shard), &running).await?;
        let poster = signer.pubkey();
        let plan = &epoch.plan;
        let job = Job {
            about: About::shard(Purpose::PostShard, plan.epoch, shard),
            instructions: vec![
                self.program.post_shard(&poster, &plan.exchange, plan.epoch, &plan.circuit.id, parcel.number),
                self.program.close_buffer(&poster, parcel.number),
            ],
            cosigner: None,
        };
        self.sender(store).run(&signer, &[job], Some(&running)).await
    }

    /// Waits until the epoch is there at the commitment that was asked for.
    pub(super) async fn wait_for(&self, epoch: &ProvedEpoch) -> Result<(), ChainError> {
        let start = Instant::now();
        while self.client.exchange(&epoch.plan.exchange).await?.latest_epoch() < epoch.plan.epoch {
            if start.elapsed() > SETTLING {
                let what = format!("epoch {}", epoch.plan.epoch);
                let waited = format!("{} s", SETTLING.as_secs());
                return Err(ChainError::Unsettled { chain: ChainName::Solana, what, waited });
            }
            tokio::time::sleep(POLL).await;
        }
        Ok(())
    }

    /// What the poster has, and what the shards from `first` on may take: rent of buffer and
    /// commitment, and fees.
    pub(super) async fn cost(&self, epoch: &ProvedEpoch, first: u16) -> Result<Purse, ChainError> {
        let address = self.poster_key()?.pubkey();
        let balance = self.node.balance(&address).await?;
        let plan = &epoch.plan;
        let post = ShardPost::encoded_length(plan.assets.len());
        let buffer = self.node.rent(FIELDS_MAX + post).await?;
        let grows = 32 * (plan.assets.len() + usize::from(plan.shard_count));
        let commitment = if first == 0 { self.node.rent(FIELDS_MAX + grows).await? } else { 0 };
        let pieces = post.div_ceil(512) as u64;
        let priority = u128::from(self.settings.priority_fee) * u128::from(UNITS_MAX) / 1_000_000;
        let fee = u128::from(SIGNATURE_FEE) + priority;
        let transactions = u128::from(plan.shard_count - first.min(plan.shard_count)) * u128::from(pieces + 3);
        let needed = u128::from(buffer) + u128::from(commitment) + fee * transactions;
        Ok(Purse { address: Address::Solana(address), balance: balance.into(), needed })
    }
}

fn shard_post(epoch: &ProvedEpoch, shard: u16) -> Result<&ShardPost, ChainError> {
    epoch.posts.get(usize::from(shard)).ok_or_else(|| ChainError::Unexpected {
        chain: ChainName::Solana,
        what: format!("shard {shard} of epoch {}", epoch.plan.epoch),
        reason: "there is no such shard".into(),
    })
}
