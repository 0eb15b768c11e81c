//! An epoch put together from its events and checked against storage, without any request.

use alloy::primitives::{Address as EvmAddress, U256};
use ballast_core::{
    Digest, Element,
    assets::AssetList,
    circuit::{Class, SetupKind},
    statement::LedgerPosition,
};

use super::bindings::Reserves::{self, EpochFinalized, ShardPosted};
use crate::{
    chain::{Address, Chain},
    epoch::{Epoch, Record, hexadecimal},
    error::{Error, Subject},
};

/// A finalized epoch in storage, with what its events must fit between.
#[derive(Clone)]
pub(super) struct Stored {
    pub(super) chain: Chain,
    pub(super) exchange: Digest,
    pub(super) number: u64,
    pub(super) epoch: Reserves::Epoch,
    pub(super) head_before: Digest,
    /// The earliest block in which a shard of it can lie.
    pub(super) not_before: u64,
}

/// Shards in order, as their events tell.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Shards {
    pub(super) count: u16,
    pub(super) roots: Vec<Element>,
    /// Of the last one.
    pub(super) poster: EvmAddress,
}

/// What a fault in an epoch is reported as: field, expected, found.
pub(super) trait Report: Fn(&str, String, String) -> Error {}
impl<T: Fn(&str, String, String) -> Error> Report for T {}

impl Stored {
    pub(super) fn bad_data(&self, field: &str, expected: impl ToString, found: impl ToString) -> Error {
        let subject = Subject::Epoch { exchange: self.exchange, epoch: self.number };
        Error::bad_data(self.chain, subject, field, expected, found)
    }
}

impl Shards {
    /// The shards of `events`, which begin with shard 0 and follow each other.
    pub(super) fn in_order(events: &[ShardPosted], bad: impl Report) -> Result<Self, Error> {
        let first = events.first().ok_or_else(|| bad("roots", "the event of shard 0".into(), "none".into()))?;
        let mut shards =
            Self { count: first.shardCount, roots: Vec::with_capacity(events.len()), poster: first.poster };
        for (index, event) in (0u16..).zip(events) {
            let field = format!("roots[{index}]");
            if (event.shardIndex, event.shardCount) != (index, shards.count) {
                let expected = format!("shard {index} of {}", shards.count);
                return Err(bad(&field, expected, format!("shard {} of {}", event.shardIndex, event.shardCount)));
            }
            let root = Element::new(event.root.to_be_bytes());
            shards.roots.push(root.map_err(|error| bad(&field, "an element below r".into(), error.to_string()))?);
            shards.poster = event.poster;
        }
        Ok(shards)
    }
}

/// The epoch that `event` and `shards` tell, when storage confirms it. `assets` has the digest that storage holds;
/// `class` and `setup` are those of the circuit that the event names.
pub(super) fn assemble(
    stored: &Stored,
    event: &EpochFinalized,
    shards: Shards,
    assets: &AssetList,
    (class, setup): (Class, SetupKind),
) -> Result<Epoch, Error> {
    let storage = &stored.epoch;
    for (field, expected, found) in [
        ("as_of", storage.asOf.to_string(), event.asOf.to_string()),
        ("shard_count", storage.shardCount.to_string(), event.shardCount.to_string()),
        ("shard_count", storage.shardCount.to_string(), shards.count.to_string()),
        ("roots", storage.shardCount.to_string(), shards.roots.len().to_string()),
        ("head", storage.head.to_string(), event.head.to_string()),
    ] {
        if expected != found {
            return Err(stored.bad_data(field, expected, found));
        }
    }
    let epoch = Epoch {
        chain: stored.chain,
        record: Record {
            exchange: stored.exchange,
            epoch: stored.number,
            as_of: event.asOf,
            assets: assets.clone(),
            circuit: event.circuitId.0,
            ledger: LedgerPosition { sequence: event.ledgerSequence, head: event.ledgerHead.0 },
            sources: event.sources.0,
            roots: shards.roots,
            liabilities: amounts(&event.liabilities).map_err(|found| bad_amount(stored, "liabilities", found))?,
            reserves: amounts(&event.reserves).map_err(|found| bad_amount(stored, "reserves", found))?,
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
        ("insolvent", epoch.insolvent_bits().to_string(), storage.insolvent.to_string()),
    ] {
        if expected != found {
            return Err(stored.bad_data(field, expected, found));
        }
    }
    Ok(epoch)
}

/// Whether the packed amounts that storage holds for the latest epoch are the epoch's own.
pub(super) fn check_latest_amounts(epoch: &Epoch, stored: &[Reserves::Amounts]) -> Result<(), Error> {
    let figures = epoch.figures();
    if stored.len() != figures.len() {
        return Err(epoch.bad_data("latest_amounts", figures.len(), stored.len()));
    }
    for (figure, stored) in figures.iter().zip(stored) {
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

/// Events carry 256 bits; the range of an amount is checked with the epoch.
pub(super) fn amounts(words: &[U256]) -> Result<Vec<u128>, U256> {
    words.iter().map(|word| u128::try_from(*word).map_err(|_| *word)).collect()
}

fn bad_amount(stored: &Stored, field: &str, found: U256) -> Error {
    stored.bad_data(field, "amounts below 2^112", found)
}
