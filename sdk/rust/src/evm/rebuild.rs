//! Epochs from their events.
//!
//! Storage holds the head after every epoch, and with it the record: SHA-256 of the head before and
//! the record's digest. The fields themselves are in the events of the block that storage names,
//! and the roots in the events of the shards before it.

use std::ops::RangeInclusive;

use alloy::{
    primitives::{B256, U256},
    rpc::types::Log,
    sol_types::SolEvent,
};
use ballast_core::{
    Digest, hexadecimal,
    record::{Roots, first_head},
};
use futures::{StreamExt, TryStreamExt, stream};

use super::{
    EvmReader,
    assemble::{Report, Shards, StoredEpoch, amounts, assemble, check_latest_amounts},
    bindings::Reserves::{self, EpochFinalized, ShardPosted},
    block::At,
    logs,
};
use crate::{
    chain::Address,
    epoch::Epoch,
    error::{Error, Subject},
    exchange::{Exchange, PartialSum, PendingEpoch},
};

/// Requests under way at once.
const CONCURRENCY: usize = 8;

impl EvmReader {
    pub(super) async fn rebuild_epochs(
        &self,
        exchange: &Exchange,
        numbers: RangeInclusive<u64>,
    ) -> Result<Vec<Epoch>, Error> {
        let (start, end) = (*numbers.start(), *numbers.end());
        if exchange.assets.is_none() || start < 1 || start > end {
            return Err(self.bad_exchange(&exchange.id, "assets", "an asset list before the first epoch", "none"));
        }
        let at = self.now().await?;
        let registered = self.stored(&exchange.id, at).await?;
        // One more in front: where it ends, the first begins.
        let states: Vec<(u64, Reserves::Epoch)> = stream::iter(start.saturating_sub(1).max(1)..=end)
            .map(|number| self.stored_epoch(exchange, number, at))
            .buffered(CONCURRENCY)
            .try_collect()
            .await?;
        let mut previous = (first_head(&exchange.id), registered.registeredInBlock);
        let mut stored = Vec::with_capacity(states.len());
        for (number, epoch) in states {
            let next = (epoch.head.0, epoch.postedInBlock);
            if number >= start {
                let (head_before, not_before) = previous;
                stored.push(StoredEpoch {
                    chain: exchange.chain,
                    exchange: exchange.id,
                    number,
                    epoch,
                    head_before,
                    not_before,
                });
            }
            previous = next;
        }
        let epochs: Vec<Epoch> = stream::iter(stored)
            .map(|stored| async move { self.rebuild(&stored, exchange).await })
            .buffered(CONCURRENCY)
            .try_collect()
            .await?;
        let latest = epochs.last().filter(|last| last.record.epoch.checked_add(1) == Some(registered.nextEpoch));
        if let Some(latest) = latest {
            let amounts = self.contract().latestAmounts(B256::from(exchange.id)).block(at.id()).call().await;
            check_latest_amounts(latest, &amounts.map_err(|error| self.contract_error("latestAmounts", error))?)?;
        }
        Ok(epochs)
    }

    async fn stored_epoch(&self, exchange: &Exchange, number: u64, at: At) -> Result<(u64, Reserves::Epoch), Error> {
        let stored = self.contract().epoch(B256::from(exchange.id), number).block(at.id()).call().await;
        let stored = stored.map_err(|error| self.contract_error("epoch", error))?;
        if stored.head.is_zero() {
            let subject = Subject::Epoch { exchange: exchange.id, epoch: number };
            return Err(Error::bad_data(self.chain, subject, "storage", "a finalized epoch", "none"));
        }
        Ok((number, stored))
    }

    async fn rebuild(&self, stored: &StoredEpoch, exchange: &Exchange) -> Result<Epoch, Error> {
        let event = self.finalization(stored).await?;
        let blocks = stored.not_before..=stored.epoch.postedInBlock;
        let bad = |field: &str, expected, found| stored.bad_data(field, expected, found);
        let shards = self.shards(&stored.exchange, stored.number, blocks, bad).await?;
        let circuit = self.circuits.proved_by(self, &event.circuitId.0).await?;
        assemble(stored, &event, shards, exchange, circuit)
    }

    /// The one event that completed the epoch.
    async fn finalization(&self, stored: &StoredEpoch) -> Result<EpochFinalized, Error> {
        let topics = topics(EpochFinalized::SIGNATURE_HASH, &stored.exchange, stored.number);
        let filter = logs::filter(self.reserves, &topics);
        let block = stored.epoch.postedInBlock;
        let found = self.logs(&filter, block..=block, "EpochFinalized").await?;
        match &found[..] {
            [log] => self.decode(log),
            other => Err(stored.bad_data("EpochFinalized", format!("one event in block {block}"), other.len())),
        }
    }

    /// The epoch's shards: those from the last shard 0 on, since shard 0 begins it again.
    async fn shards(
        &self,
        exchange: &Digest,
        epoch: u64,
        blocks: RangeInclusive<u64>,
        bad: impl Report,
    ) -> Result<Shards, Error> {
        let filter = logs::filter(self.reserves, &topics(ShardPosted::SIGNATURE_HASH, exchange, epoch));
        // An event that cannot be read ends the search too, so that it is met and named.
        let begins = |log: &Log| self.decode::<ShardPosted>(log).map_or(true, |event| event.shardIndex == 0);
        let found = self.logs_since_last(&filter, blocks, "ShardPosted", begins).await?;
        let events: Vec<ShardPosted> = found.iter().map(|log| self.decode(log)).collect::<Result<_, _>>()?;
        Shards::in_order(&events, bad)
    }

    pub(super) async fn rebuild_pending(&self, exchange: &Exchange) -> Result<Option<PendingEpoch>, Error> {
        let at = self.now().await?;
        let registered = self.stored(&exchange.id, at).await?;
        let pending = self.contract().pendingEpoch(B256::from(exchange.id)).block(at.id()).call().await;
        let pending = pending.map_err(|error| self.contract_error("pendingEpoch", error))?;
        let Some(assets) = exchange.assets.as_ref().filter(|_| pending.shardsDone > 0) else {
            return Ok(None);
        };
        let epoch = registered.nextEpoch;
        let bad = |field: &str, expected: String, found: String| {
            let subject = Subject::Epoch { exchange: exchange.id, epoch };
            Error::bad_data(self.chain, subject, field, expected, found)
        };
        let not_before = match epoch {
            0 | 1 => registered.registeredInBlock,
            next => self.stored_epoch(exchange, next - 1, at).await?.1.postedInBlock,
        };
        let shards = self.shards(&exchange.id, epoch, not_before..=at.number, bad).await?;
        let liabilities = amounts(&pending.liabilities)
            .map_err(|found| bad("liabilities", "amounts below 2^112".into(), found.to_string()))?;
        for (field, expected, found) in [
            ("shards_done", pending.shardsDone.to_string(), shards.roots.len().to_string()),
            ("roots", pending.roots.to_string(), hexadecimal::encode(Roots::of(&shards.roots).0)),
            ("liabilities", assets.len().to_string(), liabilities.len().to_string()),
        ] {
            if expected != found {
                return Err(bad(field, expected, found));
            }
        }
        Ok(Some(PendingEpoch {
            epoch,
            shards_done: pending.shardsDone,
            shard_count: shards.count,
            poster: Address::Evm(shards.poster),
            liabilities: PartialSum::of(assets, &liabilities),
        }))
    }

    fn decode<E: SolEvent>(&self, log: &Log) -> Result<E, Error> {
        let decoded = log.log_decode::<E>().map_err(|error| self.contract_error(E::SIGNATURE, error.into()))?;
        Ok(decoded.inner.data)
    }
}

fn topics(event: B256, exchange: &Digest, epoch: u64) -> [B256; 3] {
    [event, B256::from(*exchange), B256::from(U256::from(epoch))]
}
