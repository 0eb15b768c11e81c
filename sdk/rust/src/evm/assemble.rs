//! An epoch put together from its events and checked against storage, without any request.

use alloy::primitives::{Address as EvmAddress, U256};
use ballast_core::{Digest, Element, assets::AssetList, hexadecimal, statement::LedgerPosition};

use super::bindings::Reserves::{self, EpochFinalized, ShardPosted};
use crate::{
    chain::{Address, Chain},
    circuit::ProvedBy,
    epoch::{Epoch, Record},
    error::{Error, Subject},
    exchange::Exchange,
};

/// A finalized epoch as storage has it, with what its events must fit between.
#[derive(Clone)]
pub(super) struct StoredEpoch {
    pub(super) chain: Chain,
    pub(super) exchange: Digest,
    pub(super) number: u64,
    pub(super) epoch: Reserves::Epoch,
    pub(super) head_before: Digest,
}

/// Shards in order, as their events tell.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Shards {
    pub(super) count: u16,
    pub(super) roots: Vec<Element>,
    /// The poster of the last shard.
    pub(super) poster: EvmAddress,
}

/// Makes the error for a fault in an epoch: field, expected, found.
pub(super) trait Report: Fn(&str, String, String) -> Error {}
impl<T: Fn(&str, String, String) -> Error> Report for T {}

impl StoredEpoch {
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

/// The epoch that `event` and `shards` tell, when storage confirms it. `exchange` has the list,
/// which has only grown since; the last argument is of the circuit that the event names.
pub(super) fn assemble(
    stored: &StoredEpoch,
    event: &EpochFinalized,
    shards: Shards,
    exchange: &Exchange,
    ProvedBy { class, setup, registered_as }: ProvedBy,
) -> Result<Epoch, Error> {
    let storage = &stored.epoch;
    for (field, expected, found) in [
        ("as_of", storage.asOf.to_string(), event.asOf.to_string()),
        ("cadence", storage.cadence.to_string(), event.cadence.to_string()),
        ("missed", storage.missed.to_string(), event.missed.to_string()),
        ("shard_count", storage.shardCount.to_string(), event.shardCount.to_string()),
        ("shard_count", storage.shardCount.to_string(), shards.count.to_string()),
        ("roots", storage.shardCount.to_string(), shards.roots.len().to_string()),
        ("head", storage.head.to_string(), event.head.to_string()),
    ] {
        if expected != found {
            return Err(stored.bad_data(field, expected, found));
        }
    }
    let listed = exchange.assets.as_ref().map_or(0, AssetList::len);
    let count = event.liabilities.len();
    let assets = exchange.first_assets(count);
    let assets = assets.ok_or_else(|| stored.bad_data("liabilities", format!("1 to {listed} amounts"), count))?;
    let epoch = Epoch {
        chain: stored.chain,
        record: Record {
            exchange: stored.exchange,
            epoch: stored.number,
            as_of: event.asOf,
            assets,
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
        cadence: event.cadence,
        missed: event.missed,
        head_before: stored.head_before,
        head: storage.head.0,
    };
    epoch.check()?;
    for (field, expected, found) in [
        ("record", hexadecimal::encode(epoch.record.digest()), event.record.to_string()),
        ("setup", (registered_as as u8).to_string(), storage.setup.to_string()),
        ("setup", (registered_as as u8).to_string(), event.setup.to_string()),
        ("insolvent", epoch.insolvent_bits().to_string(), storage.insolvent.to_string()),
        ("insolvent", epoch.insolvent_bits().to_string(), event.insolvent.to_string()),
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

fn bad_amount(stored: &StoredEpoch, field: &str, found: U256) -> Error {
    stored.bad_data(field, "amounts below 2^112", found)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sample::{self, EVM};
    use alloy::primitives::{B256, aliases::U112};
    use ballast_core::circuit::{Class, SetupKind};

    /// The field that is named, and the lie.
    type Case<T> = (&'static str, fn(&mut T));

    /// What the contract stores and emits for an epoch.
    struct Told {
        stored: StoredEpoch,
        event: EpochFinalized,
        shards: Vec<ShardPosted>,
    }

    fn told() -> (Epoch, Told) {
        let mut epochs = sample::punctual(EVM, 2);
        epochs[1].record.reserves[0] -= 1;
        sample::reseal(&mut epochs, 1);
        let epoch = epochs.remove(1);
        let record = &epoch.record;
        let (exchange, count) = (B256::from(record.exchange), record.roots.len() as u16);
        let words = |amounts: &[u128]| amounts.iter().map(|amount| U256::from(*amount)).collect();
        let stored = StoredEpoch {
            chain: EVM,
            exchange: record.exchange,
            number: 2,
            epoch: Reserves::Epoch {
                head: epoch.head.into(),
                asOf: record.as_of,
                postedAt: epoch.posted_at,
                postedInBlock: 9,
                shardCount: count,
                setup: 1,
                insolvent: 1,
                cadence: epoch.cadence,
                missed: epoch.missed,
            },
            head_before: epoch.head_before,
        };
        let event = EpochFinalized {
            exchangeId: exchange,
            epoch: 2,
            asOf: record.as_of,
            shardCount: count,
            circuitId: record.circuit.into(),
            setup: 1,
            cadence: epoch.cadence,
            missed: epoch.missed,
            insolvent: 1,
            ledgerSequence: record.ledger.sequence,
            ledgerHead: record.ledger.head.into(),
            sources: record.sources.into(),
            liabilities: words(&record.liabilities),
            reserves: words(&record.reserves),
            record: record.digest().into(),
            head: epoch.head.into(),
        };
        let shard = |(index, root): (u16, &Element)| ShardPosted {
            exchangeId: exchange,
            epoch: 2,
            poster: [6; 20].into(),
            shardIndex: index,
            shardCount: count,
            root: U256::from_be_bytes(root.to_bytes()),
        };
        let shards = (0..).zip(&record.roots).map(shard).collect();
        (epoch, Told { stored, event, shards })
    }

    fn read(told: &Told) -> Result<Epoch, Error> {
        let shards =
            Shards::in_order(&told.shards, |field, expected, found| told.stored.bad_data(field, expected, found))?;
        let exchange = sample::exchange(EVM, &sample::punctual(EVM, 2));
        let setup = SetupKind::Development;
        let proved_by = ProvedBy { class: Class::SMALLEST, setup, registered_as: setup };
        assemble(&told.stored, &told.event, shards, &exchange, proved_by)
    }

    fn named(error: Error) -> String {
        let Error::BadData(bad) = error else { panic!("{error}") };
        assert_eq!(bad.subject, Subject::Epoch { exchange: sample::id(), epoch: 2 });
        bad.field
    }

    #[test]
    fn an_epoch_is_what_its_events_and_storage_tell() {
        let (epoch, told) = told();
        assert_eq!(read(&told).unwrap(), epoch);
        assert_eq!(epoch.status(), crate::epoch::Status::Insolvent);
    }

    #[test]
    fn whatever_an_event_or_storage_tells_otherwise_is_found() {
        let cases: [Case<Told>; 34] = [
            ("as_of", |told| told.event.asOf += 1),
            ("as_of", |told| told.stored.epoch.asOf += 1),
            ("head", |told| {
                told.event.asOf += 1;
                told.stored.epoch.asOf += 1;
            }),
            ("shard_count", |told| told.event.shardCount += 1),
            ("shard_count", |told| told.stored.epoch.shardCount += 1),
            ("shard_count", |told| told.shards.iter_mut().for_each(|shard| shard.shardCount += 1)),
            ("head", |told| told.event.circuitId[0] ^= 1),
            ("head", |told| told.event.ledgerSequence += 1),
            ("head", |told| told.event.ledgerHead[0] ^= 1),
            ("head", |told| told.event.sources[0] ^= 1),
            ("head", |told| told.event.liabilities[1] += U256::ONE),
            ("head", |told| told.event.reserves[0] += U256::ONE),
            ("head", |told| told.shards[1].root += U256::ONE),
            ("head", |told| told.stored.head_before[0] ^= 1),
            ("head", |told| told.event.head[0] ^= 1),
            ("head", |told| told.stored.epoch.head[0] ^= 1),
            ("record", |told| told.event.record[0] ^= 1),
            ("liabilities", |told| told.event.liabilities[0] += U256::ONE << 128),
            ("reserves", |told| told.event.reserves[0] += U256::ONE << 128),
            ("liabilities[BTC]", |told| told.event.liabilities[0] = U256::ONE << 112),
            ("reserves", |told| told.event.reserves.truncate(1)),
            ("reserves", |told| told.event.liabilities.truncate(1)),
            ("liabilities", |told| told.event.liabilities.push(U256::ZERO)),
            ("liabilities", |told| told.event.liabilities.clear()),
            ("setup", |told| told.event.setup = 2),
            ("posted_at", |told| told.stored.epoch.postedAt = told.event.asOf - 1),
            ("setup", |told| told.stored.epoch.setup = 2),
            ("insolvent", |told| told.event.insolvent = 0),
            ("cadence", |told| told.event.cadence += 1),
            ("cadence", |told| told.stored.epoch.cadence += 1),
            ("missed", |told| told.stored.epoch.missed += 1),
            ("insolvent", |told| told.stored.epoch.insolvent = 0),
            ("insolvent", |told| told.stored.epoch.insolvent = 3),
            ("roots", |told| told.shards.truncate(1)),
        ];
        for (number, (field, change)) in cases.into_iter().enumerate() {
            let (_, mut told) = told();
            change(&mut told);
            assert_eq!(named(read(&told).unwrap_err()), field, "case {number}");
        }
    }

    #[test]
    fn shards_out_of_order_repeated_or_of_another_count_are_found() {
        let cases: [Case<Vec<ShardPosted>>; 6] = [
            ("roots", Vec::clear),
            ("roots[0]", |shards| shards.swap(0, 1)),
            ("roots[1]", |shards| shards[1].shardIndex = 0),
            ("roots[0]", |shards| shards[0].shardIndex = 1),
            ("roots[1]", |shards| shards[1].shardCount = 3),
            ("roots[1]", |shards| shards[1].root = U256::from_be_bytes(ballast_core::field::ORDER)),
        ];
        for (field, change) in cases {
            let (_, mut told) = told();
            change(&mut told.shards);
            assert_eq!(named(read(&told).unwrap_err()), field);
        }
    }

    #[test]
    fn the_packed_amounts_of_the_latest_epoch_must_be_its_own() {
        let (epoch, _) = told();
        let amounts = || -> Vec<Reserves::Amounts> {
            let pairs = epoch.record.liabilities.iter().zip(&epoch.record.reserves);
            let pack = |(liability, reserve): (&u128, &u128)| Reserves::Amounts {
                liability: U112::from(*liability),
                reserve: U112::from(*reserve),
            };
            pairs.map(pack).collect()
        };
        check_latest_amounts(&epoch, &amounts()).unwrap();
        let cases: [Case<Vec<Reserves::Amounts>>; 3] = [
            ("liabilities[BTC]", |amounts| amounts[0].liability = U112::ZERO),
            ("reserves[USDT]", |amounts| amounts[1].reserve = U112::MAX),
            ("latest_amounts", |amounts| amounts.truncate(1)),
        ];
        for (field, change) in cases {
            let mut changed = amounts();
            change(&mut changed);
            assert_eq!(named(check_latest_amounts(&epoch, &changed).unwrap_err()), field);
        }
    }
}
