//! Epochs from their events, checked against storage.
//!
//! Storage holds the head after every epoch, and with it the record: SHA-256 of the head before and the record's digest.
//! The fields themselves are in the events of the block that storage names, and the roots in the events of the shards
//! before it.

use std::ops::RangeInclusive;

use alloy::{
    primitives::{B256, U256},
    rpc::types::Log,
    sol_types::SolEvent,
};
use ballast_core::{
    Digest, Element,
    assets::AssetList,
    record::{Roots, first_head},
    statement::LedgerPosition,
};
use futures::{StreamExt, TryStreamExt, stream};

use super::{
    EvmReader,
    bindings::Reserves::{self, EpochFinalized, ShardPosted},
    logs,
    reader::At,
};
use crate::{
    chain::Address,
    epoch::{Epoch, Record, Status, hexadecimal},
    error::{Error, Subject},
    exchange::{Exchange, PartialSum, PendingEpoch},
};

/// Requests under way at once.
const CONCURRENCY: usize = 8;

/// A finalized epoch in storage, with what its events must fit between.
struct Stored {
    exchange: Digest,
    number: u64,
    epoch: Reserves::Epoch,
    head_before: Digest,
    /// The earliest block in which a shard of it can lie.
    not_before: u64,
}

/// Shards in order, as their events tell.
struct Shards {
    count: u16,
    roots: Vec<Element>,
    poster: alloy::primitives::Address,
}

impl EvmReader {
    pub(super) async fn rebuild_epochs(
        &self,
        exchange: &Exchange,
        numbers: RangeInclusive<u64>,
    ) -> Result<Vec<Epoch>, Error> {
        let (start, end) = (*numbers.start(), *numbers.end());
        let Some(assets) = exchange.assets.as_ref().filter(|_| start >= 1 && start <= end) else {
            return Err(self.bad_exchange(&exchange.id, "assets", "an asset list before the first epoch", "none"));
        };
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
                stored.push(Stored { exchange: exchange.id, number, epoch, head_before, not_before });
            }
            previous = next;
        }
        let epochs: Vec<Epoch> = stream::iter(stored)
            .map(|stored| async move { self.rebuild(&stored, assets).await })
            .buffered(CONCURRENCY)
            .try_collect()
            .await?;
        if let Some(last) = epochs.last().filter(|last| last.record.epoch.checked_add(1) == Some(registered.nextEpoch))
        {
            self.check_latest_amounts(last, at).await?;
        }
        Ok(epochs)
    }

    async fn stored_epoch(&self, exchange: &Exchange, number: u64, at: At) -> Result<(u64, Reserves::Epoch), Error> {
        let stored = self.contract().epoch(B256::from(exchange.id), number).block(at.id()).call().await;
        let stored = stored.map_err(|error| self.contract_error("epoch", error))?;
        if stored.head.is_zero() {
            let latest = exchange.latest_epoch();
            return Err(Error::EpochNotFound { chain: self.chain, exchange: exchange.id, epoch: number, latest });
        }
        Ok((number, stored))
    }

    async fn rebuild(&self, stored: &Stored, assets: &AssetList) -> Result<Epoch, Error> {
        let (event, storage) = (self.finalization(stored).await?, &stored.epoch);
        let shards = self.shards(stored).await?;
        for (field, expected, found) in [
            ("as_of", storage.asOf.to_string(), event.asOf.to_string()),
            ("shard_count", storage.shardCount.to_string(), event.shardCount.to_string()),
            ("shard_count", storage.shardCount.to_string(), shards.count.to_string()),
            ("head", storage.head.to_string(), event.head.to_string()),
        ] {
            if expected != found {
                return Err(self.bad_epoch(stored, field, expected, found));
            }
        }
        let (class, setup) = self.class_and_setup(&event.circuitId.0).await?;
        let bad = |field: &str, expected: String, found: String| self.bad_epoch(stored, field, expected, found);
        let amounts = |field: &str, values: &[U256]| -> Result<Vec<u128>, Error> {
            let amount = |value: &U256| {
                u128::try_from(*value).map_err(|_| bad(field, "amounts below 2^112".into(), value.to_string()))
            };
            values.iter().map(amount).collect()
        };
        let epoch = Epoch {
            chain: self.chain,
            record: Record {
                exchange: stored.exchange,
                epoch: stored.number,
                as_of: event.asOf,
                assets: assets.clone(),
                circuit: event.circuitId.0,
                ledger: LedgerPosition { sequence: event.ledgerSequence, head: event.ledgerHead.0 },
                sources: event.sources.0,
                roots: shards.roots,
                liabilities: amounts("liabilities", &event.liabilities)?,
                reserves: amounts("reserves", &event.reserves)?,
            },
            class,
            setup,
            poster: Address::Evm(shards.poster),
            posted_at: storage.postedAt,
            head_before: stored.head_before,
            head: storage.head.0,
        };
        epoch.check()?;
        for (field, expected, found) in [
            ("record", hexadecimal(&epoch.record.digest()), event.record.to_string()),
            ("setup", (setup as u8).to_string(), u8::from(storage.setup).to_string()),
            ("insolvent", insolvent(&epoch).to_string(), storage.insolvent.to_string()),
        ] {
            if expected != found {
                return Err(bad(field, expected, found));
            }
        }
        Ok(epoch)
    }

    /// The one event that completed the epoch.
    async fn finalization(&self, stored: &Stored) -> Result<EpochFinalized, Error> {
        let filter =
            logs::filter(self.reserves, &topics(EpochFinalized::SIGNATURE_HASH, &stored.exchange, stored.number));
        let block = stored.epoch.postedInBlock;
        let found = self.logs(&filter, block..=block, "EpochFinalized").await?;
        match &found[..] {
            [log] => self.decode(log),
            other => Err(self.bad_epoch(stored, "EpochFinalized", format!("one event in block {block}"), other.len())),
        }
    }

    /// The epoch's shards: those after the last shard 0, since shard 0 begins it again.
    async fn shards(&self, stored: &Stored) -> Result<Shards, Error> {
        let filter = logs::filter(self.reserves, &topics(ShardPosted::SIGNATURE_HASH, &stored.exchange, stored.number));
        let blocks = stored.not_before..=stored.epoch.postedInBlock;
        let found = self.logs_since_last(&filter, blocks, "ShardPosted", |log| self.begins(log)).await?;
        let shards = self.in_order(&found, |field, expected, found| self.bad_epoch(stored, field, expected, found))?;
        if shards.roots.len() != usize::from(shards.count) {
            return Err(self.bad_epoch(stored, "roots", shards.count, shards.roots.len()));
        }
        Ok(shards)
    }

    fn in_order(&self, logs: &[Log], bad: impl Fn(&str, String, String) -> Error) -> Result<Shards, Error> {
        let mut shards: Option<Shards> = None;
        for (index, log) in (0u16..).zip(logs) {
            let event: ShardPosted = self.decode(log)?;
            let field = format!("roots[{index}]");
            let root = Element::new(event.root.to_be_bytes())
                .map_err(|error| bad(&field, "an element below r".into(), error.to_string()))?;
            let shards = shards.get_or_insert(Shards { count: event.shardCount, roots: vec![], poster: event.poster });
            if (event.shardIndex, event.shardCount) != (index, shards.count) {
                let expected = format!("shard {index} of {}", shards.count);
                return Err(bad(&field, expected, format!("shard {} of {}", event.shardIndex, event.shardCount)));
            }
            shards.roots.push(root);
            shards.poster = event.poster;
        }
        shards.ok_or_else(|| bad("roots", "the event of shard 0".into(), "none".into()))
    }

    /// Shard 0. An event that cannot be read is one too, so that it is met and named.
    fn begins(&self, log: &Log) -> bool {
        self.decode::<ShardPosted>(log).map_or(true, |event| event.shardIndex == 0)
    }

    /// The latest epoch's amounts lie in storage once more, packed, for those who ask for solvency.
    async fn check_latest_amounts(&self, epoch: &Epoch, at: At) -> Result<(), Error> {
        let amounts = self.contract().latestAmounts(B256::from(epoch.record.exchange)).block(at.id()).call().await;
        let amounts = amounts.map_err(|error| self.contract_error("latestAmounts", error))?;
        let figures = epoch.figures();
        if amounts.len() != figures.len() {
            return Err(epoch.bad_data("latest_amounts", figures.len(), amounts.len()));
        }
        for (figure, stored) in figures.iter().zip(&amounts) {
            for (name, expected, found) in [
                ("liabilities", stored.liability.to::<u128>(), figure.liability),
                ("reserves", stored.reserve.to::<u128>(), figure.reserve),
            ] {
                if expected != found {
                    return Err(epoch.bad_data(format!("{name}[{}]", figure.symbol), expected, found));
                }
            }
        }
        Ok(())
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
        let not_before = match registered.nextEpoch {
            0 | 1 => registered.registeredInBlock,
            next => self.stored_epoch(exchange, next - 1, at).await?.1.postedInBlock,
        };
        let filter = logs::filter(self.reserves, &topics(ShardPosted::SIGNATURE_HASH, &exchange.id, epoch));
        let found =
            self.logs_since_last(&filter, not_before..=at.number, "ShardPosted", |log| self.begins(log)).await?;
        let shards = self.in_order(&found, bad)?;
        if shards.roots.len() != usize::from(pending.shardsDone) {
            return Err(bad("shards_done", pending.shardsDone.to_string(), shards.roots.len().to_string()));
        }
        let roots = Roots::of(&shards.roots).0;
        if pending.roots != roots {
            return Err(bad("roots", pending.roots.to_string(), hexadecimal(&roots)));
        }
        if pending.liabilities.len() != assets.len() {
            return Err(bad("liabilities", assets.len().to_string(), pending.liabilities.len().to_string()));
        }
        let sum = |(asset, liability): (&ballast_core::assets::Asset, &U256)| {
            let liability = u128::try_from(*liability);
            let liability = liability.map_err(|error| bad("liabilities", "below 2^112".into(), error.to_string()))?;
            Ok(PartialSum { symbol: asset.symbol(), decimals: asset.decimals, liability })
        };
        Ok(Some(PendingEpoch {
            epoch,
            shards_done: pending.shardsDone,
            shard_count: shards.count,
            poster: Address::Evm(shards.poster),
            liabilities: assets.as_slice().iter().zip(&pending.liabilities).map(sum).collect::<Result<_, Error>>()?,
        }))
    }

    fn decode<E: SolEvent>(&self, log: &Log) -> Result<E, Error> {
        let decoded = log.log_decode::<E>().map_err(|error| self.contract_error(E::SIGNATURE, error.into()))?;
        Ok(decoded.inner.data)
    }

    fn bad_epoch(&self, stored: &Stored, field: &str, expected: impl ToString, found: impl ToString) -> Error {
        let subject = Subject::Epoch { exchange: stored.exchange, epoch: stored.number };
        Error::bad_data(self.chain, subject, field, expected, found)
    }
}

fn topics(event: B256, exchange: &Digest, epoch: u64) -> [B256; 3] {
    [event, B256::from(*exchange), B256::from(U256::from(epoch))]
}

/// Bit a - 1 for every insolvent asset a.
fn insolvent(epoch: &Epoch) -> u64 {
    let bits = epoch.figures();
    (0..64)
        .zip(bits)
        .filter(|(_, asset)| asset.status == Status::Insolvent)
        .fold(0, |bits, (index, _)| bits | 1 << index)
}
