//! Whether a chain's history is whole, and whether two chains tell the same.
//!
//! # Soundness
//! [`verify`] starts from the exchange's id, computes every record's digest and every head again
//! and ends at the head that the chain holds for the exchange. What a chain adds by itself (poster,
//! time of posting) is not covered by the head. That the heads were only reached by valid proofs is
//! the chain's word.

use ballast_core::{Digest, hexadecimal, record::first_head};
use serde::Serialize;

use crate::{
    chain::Chain,
    epoch::Epoch,
    error::{Error, HistoriesPart, Side, Subject},
    exchange::Exchange,
    history::check_succession,
};

/// A history from epoch 1 to the head that the chain holds.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct VerifiedHistory {
    pub chain: Chain,
    #[serde(with = "hexadecimal")]
    pub exchange: Digest,
    #[serde(with = "hexadecimal")]
    pub head: Digest,
    /// All epochs in order, at least one.
    pub epochs: Vec<Epoch>,
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

/// Computes the rolling head over `epochs`, which are all of `exchange` from 1, and compares it
/// with the chain's at every step and at the end.
///
/// Fails with [`Error::NoEpoch`] when there is nothing to verify, and with [`Error::BadData`]
/// naming epoch and field.
pub fn verify(exchange: &Exchange, epochs: Vec<Epoch>) -> Result<VerifiedHistory, Error> {
    let bad = |field, expected: String, found: String| {
        Error::bad_data(exchange.chain, Subject::Exchange(exchange.id), field, expected, found)
    };
    let found = epochs.len() as u64;
    if exchange.latest_epoch() != found {
        return Err(bad("epochs", exchange.latest_epoch().to_string(), found.to_string()));
    }
    let last = match epochs.last() {
        Some(last) => last,
        None if exchange.head != first_head(&exchange.id) => {
            return Err(bad("head", hexadecimal::encode(first_head(&exchange.id)), hexadecimal::encode(exchange.head)));
        }
        None => return Err(Error::NoEpoch { chain: exchange.chain, exchange: exchange.id }),
    };
    for (number, epoch) in (1..).zip(&epochs) {
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
    Ok(VerifiedHistory { chain: exchange.chain, exchange: exchange.id, head: exchange.head, epochs })
}

/// Compares two histories of one exchange, oldest first and field by field. Either may be empty,
/// not both.
///
/// Fails with [`Error::HistoriesPart`] naming the first epoch and field that differ. A chain that
/// has fewer epochs is behind, and that is not an error.
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
    for (ours, theirs) in left.epochs.iter().zip(right.epochs) {
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
    let (ours, theirs) = (left.epochs.len() as u64, right.epochs.len() as u64);
    let behind = match ours.cmp(&theirs) {
        std::cmp::Ordering::Less => Some(Behind { chain: left.chain, latest: ours, by: theirs - ours }),
        std::cmp::Ordering::Equal => None,
        std::cmp::Ordering::Greater => Some(Behind { chain: right.chain, latest: theirs, by: ours - theirs }),
    };
    Ok(Agreement { epochs: ours.min(theirs), behind })
}

/// The history of one exchange on one chain: all epochs from 1, verified.
#[derive(Clone, Copy, Debug)]
pub struct ChainHistory<'a> {
    pub chain: Chain,
    pub exchange: &'a Digest,
    pub epochs: &'a [Epoch],
}

impl<'a> From<&'a VerifiedHistory> for ChainHistory<'a> {
    fn from(history: &'a VerifiedHistory) -> Self {
        Self { chain: history.chain, exchange: &history.exchange, epochs: &history.epochs }
    }
}
