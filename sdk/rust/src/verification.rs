//! Whether a chain's history is whole, and whether two chains tell the same.
//!
//! # Soundness
//! [`verify`] starts from the exchange's id, or from a head that was verified before, computes
//! every record's digest and every head again and ends at the head that the chain holds for the
//! exchange. What a chain adds by itself (poster, time of posting) is not covered by the head. That
//! the heads were only reached by valid proofs is the chain's word.

use ballast_core::{Digest, hexadecimal, record::first_head};
use serde::Serialize;

use crate::{
    chain::Chain,
    epoch::Epoch,
    error::{Error, HistoriesPart, Side, Subject},
    exchange::Exchange,
    history::check_succession,
};

/// A history to the head that the chain holds: from epoch 1, or from an epoch that was verified
/// before.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct VerifiedHistory {
    pub chain: Chain,
    #[serde(with = "hexadecimal")]
    pub exchange: Digest,
    #[serde(with = "hexadecimal")]
    pub head: Digest,
    /// The hash of the block in which the latest epoch was finalized; on Solana that of the
    /// cluster's first block.
    pub block: String,
    /// The epoch that was verified before, from which on this history was read; none when it was
    /// read from epoch 1.
    pub after: Option<u64>,
    /// The epochs that were read, in order, at least one.
    pub epochs: Vec<Epoch>,
}

/// How far a history was verified. Whoever keeps it can go on from there another time.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct VerifiedHead {
    /// The number of the latest epoch that was verified, from 1.
    pub epoch: u64,
    /// The rolling head after it.
    pub head: Digest,
    /// The hash of the block in which it was finalized, as in [`VerifiedHistory::block`].
    pub block: String,
}

impl VerifiedHistory {
    /// How far the history was verified.
    pub fn verified_head(&self) -> VerifiedHead {
        VerifiedHead { epoch: self.latest(), head: self.head, block: self.block.clone() }
    }

    /// The number of the latest epoch.
    pub fn latest(&self) -> u64 {
        self.epochs.last().map_or(0, |epoch| epoch.record.epoch)
    }
}

/// How far the histories of one exchange on two chains agree.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Agreement {
    /// Epochs that are on both chains and the same. 0 only when one chain has none: then `behind`
    /// says so, and nothing was compared.
    pub epochs: u64,
    pub behind: Option<Behind>,
}

/// A chain that does not have all epochs of the other yet.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Behind {
    pub chain: Chain,
    /// The number of its latest epoch; 0 when it has none.
    pub latest: u64,
    /// Epochs that only the other chain has.
    pub by: u64,
}

/// Computes the rolling head over `epochs`, which are all of `exchange` from `first` on, and
/// compares it with the chain's at every step and at the end. Returns the head.
///
/// Of another first epoch than 1 the caller has held the head against one that was verified before.
///
/// Fails with [`Error::NoEpoch`] when there is nothing to verify, and with [`Error::BadData`]
/// naming epoch and field.
pub fn verify(exchange: &Exchange, first: u64, epochs: &[Epoch]) -> Result<Digest, Error> {
    let bad = |field, expected: String, found: String| {
        Error::bad_data(exchange.chain, Subject::Exchange(exchange.id), field, expected, found)
    };
    let (expected, found) = (exchange.next_epoch.saturating_sub(first), epochs.len() as u64);
    if expected != found {
        return Err(bad("epochs", expected.to_string(), found.to_string()));
    }
    let last = match epochs.last() {
        Some(last) => last,
        None if exchange.head != first_head(&exchange.id) => {
            return Err(bad("head", hexadecimal::encode(first_head(&exchange.id)), hexadecimal::encode(exchange.head)));
        }
        None => return Err(Error::NoEpoch { chain: exchange.chain, exchange: exchange.id }),
    };
    for (number, epoch) in (first..).zip(epochs) {
        if epoch.record.exchange != exchange.id {
            return Err(epoch.bad_data(
                "exchange",
                hexadecimal::encode(exchange.id),
                hexadecimal::encode(epoch.record.exchange),
            ));
        }
        if epoch.record.epoch != number {
            let subject = Subject::Epoch { exchange: exchange.id, epoch: number };
            return Err(Error::bad_data(exchange.chain, subject, "epoch", number, epoch.record.epoch));
        }
        epoch.check()?;
    }
    epochs.windows(2).try_for_each(|pair| check_succession(&pair[0], &pair[1]))?;
    if exchange.assets.as_ref() != Some(&last.record.assets) {
        let of = |assets: &ballast_core::assets::AssetList| hexadecimal::encode(assets.digest());
        let found = exchange.assets.as_ref().map_or("none".into(), of);
        return Err(bad("assets", of(&last.record.assets), found));
    }
    if exchange.latest_as_of != last.record.as_of {
        return Err(bad("latest_as_of", last.record.as_of.to_string(), exchange.latest_as_of.to_string()));
    }
    if exchange.ledger != last.record.ledger {
        let of = |ledger: ballast_core::statement::LedgerPosition| {
            format!("{} {}", ledger.sequence, hexadecimal::encode(ledger.head))
        };
        return Err(bad("ledger", of(last.record.ledger), of(exchange.ledger)));
    }
    if exchange.head != last.head {
        return Err(bad("head", hexadecimal::encode(last.head), hexadecimal::encode(exchange.head)));
    }
    Ok(exchange.head)
}

/// Compares two histories of one exchange, oldest first and field by field. Either may be empty,
/// not both. Histories that were not read from epoch 1 are compared from the first epoch that both
/// have on: its heads cover all epochs before.
///
/// Fails with [`Error::HistoriesPart`] naming the first epoch and field that differ. A chain that
/// has fewer epochs is behind, and that is not an error. Fails with [`Error::BadInput`] when no
/// epoch was read of both, so that nothing can be compared.
pub fn compare(left: &ChainHistory<'_>, right: &ChainHistory<'_>) -> Result<Agreement, Error> {
    let exchange = left.exchange;
    if exchange != right.exchange {
        return Err(Error::BadInput {
            argument: "exchange",
            expected: hexadecimal::encode(exchange),
            found: hexadecimal::encode(right.exchange),
        });
    }
    if left.epochs.is_empty() && right.epochs.is_empty() {
        return Err(Error::NoEpoch { chain: left.chain, exchange: *exchange });
    }
    let (first, latest) = (left.first().max(right.first()), left.latest().min(right.latest()));
    if latest > 0 && first > latest {
        return Err(Error::BadInput {
            argument: "histories",
            expected: format!("an epoch of both, at most {latest}"),
            found: format!("one that was read from epoch {first} on"),
        });
    }
    for (ours, theirs) in left.from(first).zip(right.from(first)) {
        let difference = ours.record.difference(&theirs.record).map(|found| (found.field, found.left, found.right));
        let heads = || {
            (ours.head != theirs.head)
                .then(|| ("head".into(), hexadecimal::encode(ours.head), hexadecimal::encode(theirs.head)))
        };
        if let Some((field, ours_value, theirs_value)) = difference.or_else(heads) {
            return Err(Error::HistoriesPart(Box::new(HistoriesPart {
                exchange: *exchange,
                epoch: ours.record.epoch,
                field,
                left: Side { chain: left.chain, value: ours_value },
                right: Side { chain: right.chain, value: theirs_value },
            })));
        }
    }
    let (ours, theirs) = (left.latest(), right.latest());
    let behind = match ours.cmp(&theirs) {
        std::cmp::Ordering::Less => Some(Behind { chain: left.chain, latest: ours, by: theirs - ours }),
        std::cmp::Ordering::Equal => None,
        std::cmp::Ordering::Greater => Some(Behind { chain: right.chain, latest: theirs, by: ours - theirs }),
    };
    Ok(Agreement { epochs: latest, behind })
}

/// The history of one exchange on one chain, verified.
#[derive(Clone, Copy, Debug)]
pub struct ChainHistory<'a> {
    pub chain: Chain,
    pub exchange: &'a Digest,
    /// Consecutive epochs up to the latest: all from 1, or from one that was verified before.
    pub epochs: &'a [Epoch],
}

impl<'a> ChainHistory<'a> {
    /// The number of the first epoch that was read; 0 when there is none.
    pub fn first(&self) -> u64 {
        self.epochs.first().map_or(0, |epoch| epoch.record.epoch)
    }

    /// The number of the latest epoch; 0 when there is none.
    pub fn latest(&self) -> u64 {
        self.epochs.last().map_or(0, |epoch| epoch.record.epoch)
    }

    fn from(&self, first: u64) -> impl Iterator<Item = &'a Epoch> {
        self.epochs.iter().filter(move |epoch| epoch.record.epoch >= first)
    }
}

impl<'a> From<&'a VerifiedHistory> for ChainHistory<'a> {
    fn from(history: &'a VerifiedHistory) -> Self {
        Self { chain: history.chain, exchange: &history.exchange, epochs: &history.epochs }
    }
}
