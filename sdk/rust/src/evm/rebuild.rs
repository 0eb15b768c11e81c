//! Epochs from their events.
//!
//! Storage holds the head after every epoch, and with it the record: SHA-256 of the head before and
//! the record's digest. The fields themselves are in events: those of a range of epochs lie between
//! the blocks in which the epoch before it and its last one were finalized. The heads at both ends
//! are read from storage, and those between follow from the records. The time of posting is that of
//! the event's block; a node that does not tell it with the event is asked for storage instead.

use std::{collections::BTreeMap, ops::RangeInclusive};

use alloy::{
    primitives::{B256, U256},
    rpc::types::{Filter, Log},
    sol_types::SolEvent,
};
use ballast_core::{
    Digest, hexadecimal,
    record::{Roots, first_head},
};

use super::{
    EvmReader,
    assemble::{Shards, StoredEpoch, amounts, assemble, check_latest_amounts},
    bindings::Reserves::{self, EpochFinalized, ShardPosted},
    block::At,
    locate::RegisteredIn,
    logs,
};
use crate::{
    chain::Address,
    epoch::Epoch,
    error::{Error, Subject},
    exchange::{Exchange, PartialSum, PendingEpoch},
};

/// The events of one epoch.
#[derive(Default)]
struct Told {
    /// Those from the last shard 0 on, since shard 0 begins the epoch again.
    shards: Vec<ShardPosted>,
    /// Each with the event as it came.
    finalized: Vec<(EpochFinalized, Log)>,
}

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
        let (registered, next_epoch) = self.place(exchange, at).await?;
        // The epoch before the first as well: where it ends, the first begins.
        let ends: Vec<u64> = if start == 1 { vec![end] } else { vec![start - 1, end] };
        let mut stored = self.stored_epochs(exchange, &ends, at).await?;
        let blocks = self.blocks_of(&stored, &numbers, registered, at).await?;
        let mut told = self.told(exchange, &numbers, blocks.clone()).await?;
        let untold = |number: &u64| {
            let of = told.get(number).and_then(|told| told.finalized.first());
            !stored.contains_key(number) && of.is_some_and(|(_, log)| log.block_timestamp.is_none())
        };
        let missing: Vec<u64> = numbers.clone().filter(untold).collect();
        stored.extend(self.stored_epochs(exchange, &missing, at).await?);
        let mut head_before = match stored.get(&(start - 1)) {
            Some(before) => before.head.0,
            None => first_head(&exchange.id),
        };
        let mut epochs = Vec::with_capacity(told.len());
        for number in numbers {
            let Told { shards, finalized } = told.remove(&number).unwrap_or_default();
            let [(event, log)] = &finalized[..] else {
                let subject = Subject::Epoch { exchange: exchange.id, epoch: number };
                let expected = format!("one event in blocks {} to {}", blocks.start(), blocks.end());
                return Err(Error::bad_data(self.chain, subject, "EpochFinalized", expected, finalized.len()));
            };
            let told = log.block_timestamp;
            let epoch = match stored.remove(&number) {
                Some(epoch) => epoch,
                None => by_event(event, log),
            };
            let stored = StoredEpoch { chain: exchange.chain, exchange: exchange.id, number, epoch, head_before };
            if let Some(told) = told.filter(|told| *told != stored.epoch.postedAt) {
                return Err(stored.bad_data("posted_at", stored.epoch.postedAt, told));
            }
            let shards = Shards::in_order(&shards, |field, expected, found| stored.bad_data(field, expected, found))?;
            let circuit = self.circuits.proved_by(self, &event.circuitId.0).await?;
            let epoch = assemble(&stored, event, shards, exchange, circuit)?;
            head_before = epoch.head;
            self.located.note(&exchange.id, number, log.block_hash);
            epochs.push(epoch);
        }
        let latest = epochs.last().filter(|last| last.record.epoch.checked_add(1) == Some(next_epoch));
        if let Some(latest) = latest {
            let amounts = self.contract().latestAmounts(B256::from(exchange.id)).block(at.id()).call().await;
            check_latest_amounts(latest, &amounts.map_err(|error| self.contract_error("latestAmounts", error))?)?;
        }
        Ok(epochs)
    }

    /// Where the exchange was registered, and the number of its next epoch. A reader that is held
    /// at one block has read both with the exchange.
    async fn place(&self, exchange: &Exchange, at: At) -> Result<(RegisteredIn, u64), Error> {
        if let (Some(_), Some(registered)) = (self.at, self.located.registration(&exchange.id)) {
            return Ok((registered, exchange.next_epoch));
        }
        let stored = self.stored(&exchange.id, at).await?;
        Ok((self.registered_in(&exchange.id, &stored, at).await?, stored.nextEpoch))
    }

    /// What the contract has of these epochs, by number. All of them are finalized.
    async fn stored_epochs(
        &self,
        exchange: &Exchange,
        numbers: &[u64],
        at: At,
    ) -> Result<BTreeMap<u64, Reserves::Epoch>, Error> {
        let call = |number: &u64| Reserves::epochCall { exchangeId: exchange.id.into(), number: *number };
        let calls: Vec<_> = numbers.iter().map(call).collect();
        let mut all = BTreeMap::new();
        for (number, stored) in numbers.iter().zip(self.call_together(self.reserves, &calls, at).await?) {
            if stored.head.is_zero() {
                let subject = Subject::Epoch { exchange: exchange.id, epoch: *number };
                return Err(Error::bad_data(self.chain, subject, "storage", "a finalized epoch", "none"));
            }
            all.insert(*number, stored);
        }
        Ok(all)
    }

    /// The blocks in which the events of these epochs are; `stored` has both ends.
    async fn blocks_of(
        &self,
        stored: &BTreeMap<u64, Reserves::Epoch>,
        numbers: &RangeInclusive<u64>,
        registered: RegisteredIn,
        at: At,
    ) -> Result<RangeInclusive<u64>, Error> {
        let first = match stored.get(&(numbers.start() - 1)) {
            Some(before) => self.first_block(before.into(), registered, at).await?,
            None => registered.number,
        };
        let last = match stored.get(numbers.end()) {
            Some(last) => self.last_block(last.into(), registered, at).await?,
            None => at.number,
        };
        Ok(first..=last)
    }

    /// The events of these epochs in these blocks, by number.
    async fn told(
        &self,
        exchange: &Exchange,
        numbers: &RangeInclusive<u64>,
        blocks: RangeInclusive<u64>,
    ) -> Result<BTreeMap<u64, Told>, Error> {
        let filter = Filter::new()
            .address(self.reserves)
            .event_signature(vec![EpochFinalized::SIGNATURE_HASH, ShardPosted::SIGNATURE_HASH])
            .topic1(B256::from(exchange.id));
        let filter = match numbers.start() == numbers.end() {
            true => filter.topic2(B256::from(U256::from(*numbers.start()))),
            false => filter,
        };
        let mut told: BTreeMap<u64, Told> = BTreeMap::new();
        for log in self.logs(&filter, blocks, "the events of epochs").await? {
            if log.topic0() == Some(&EpochFinalized::SIGNATURE_HASH) {
                let event: EpochFinalized = self.decode(&log)?;
                if numbers.contains(&event.epoch) {
                    told.entry(event.epoch).or_default().finalized.push((event, log));
                }
                continue;
            }
            let event: ShardPosted = self.decode(&log)?;
            if numbers.contains(&event.epoch) {
                let told = told.entry(event.epoch).or_default();
                if event.shardIndex == 0 {
                    told.shards.clear();
                }
                told.shards.push(event);
            }
        }
        Ok(told)
    }

    pub(super) async fn rebuild_pending(&self, exchange: &Exchange) -> Result<Option<PendingEpoch>, Error> {
        let at = self.now().await?;
        let (registered, epoch) = self.place(exchange, at).await?;
        let pending = self.contract().pendingEpoch(B256::from(exchange.id)).block(at.id()).call().await;
        let pending = pending.map_err(|error| self.contract_error("pendingEpoch", error))?;
        let Some(assets) = exchange.assets.as_ref().filter(|_| pending.shardsDone > 0) else {
            return Ok(None);
        };
        let bad = |field: &str, expected: String, found: String| {
            let subject = Subject::Epoch { exchange: exchange.id, epoch };
            Error::bad_data(self.chain, subject, field, expected, found)
        };
        let before: Vec<u64> = epoch.checked_sub(1).into_iter().filter(|before| *before > 0).collect();
        let stored = self.stored_epochs(exchange, &before, at).await?;
        let blocks = self.blocks_of(&stored, &(epoch..=epoch), registered, at).await?;
        let shards = self.shards(&exchange.id, epoch, *blocks.start()..=at.number).await?;
        let shards = Shards::in_order(&shards, bad)?;
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

    /// The shards of an epoch that is begun: those from the last shard 0 on.
    async fn shards(
        &self,
        exchange: &Digest,
        epoch: u64,
        blocks: RangeInclusive<u64>,
    ) -> Result<Vec<ShardPosted>, Error> {
        let topics = [ShardPosted::SIGNATURE_HASH, B256::from(*exchange), B256::from(U256::from(epoch))];
        let filter = logs::filter(self.reserves, &topics);
        // An event that cannot be read ends the search too, so that it is met and named.
        let begins = |log: &Log| self.decode::<ShardPosted>(log).map_or(true, |event| event.shardIndex == 0);
        let found = self.logs_since_last(&filter, blocks, "ShardPosted", begins).await?;
        found.iter().map(|log| self.decode(log)).collect()
    }

    fn decode<E: SolEvent>(&self, log: &Log) -> Result<E, Error> {
        let decoded = log.log_decode::<E>().map_err(|error| self.contract_error(E::SIGNATURE, error.into()))?;
        Ok(decoded.inner.data)
    }
}

/// What storage has of an epoch, as its event tells it. The rolling head confirms it.
fn by_event(event: &EpochFinalized, log: &Log) -> Reserves::Epoch {
    Reserves::Epoch {
        head: event.head,
        asOf: event.asOf,
        postedAt: log.block_timestamp.unwrap_or_default(),
        postedInBlock: log.block_number.unwrap_or_default(),
        shardCount: event.shardCount,
        setup: event.setup,
        insolvent: event.insolvent,
        cadence: event.cadence,
        missed: event.missed,
    }
}
