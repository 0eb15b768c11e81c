//! One answer, read piece by piece from a reader that is held at one block.

use std::ops::{Bound, Deref, RangeBounds, RangeInclusive};

use ballast_core::{Digest, hexadecimal};

use crate::{
    clock::own_clock,
    epoch::Epoch,
    error::{Error, Subject},
    exchange::Exchange,
    history::History,
    reader::ChainReader,
    verification::{self, VerifiedHead, VerifiedHistory},
};

/// A reader that is held at one block while an answer is put together.
pub(crate) struct Reading(pub(crate) Box<dyn ChainReader>);

impl Deref for Reading {
    type Target = dyn ChainReader;

    fn deref(&self) -> &Self::Target {
        &*self.0
    }
}

impl Reading {
    /// Ends an answer: what was read counts only if the chain still has the block. An answer that
    /// failed because it has not fails with that.
    pub(crate) async fn end<T>(&self, read: Result<T, Error>) -> Result<T, Error> {
        match read {
            Ok(answer) => self.check_block().await.map(|()| answer),
            Err(error @ (Error::NodeRefused { .. } | Error::BadData(_))) => match self.check_block().await {
                Err(replaced @ Error::Replaced { .. }) => Err(replaced),
                _ => Err(error),
            },
            Err(error) => Err(error),
        }
    }

    pub(crate) async fn latest_epoch(&self, id: &Digest) -> Result<Epoch, Error> {
        let exchange = self.exchange(id).await?;
        let latest = exchange.latest_epoch();
        if latest == 0 {
            return Err(Error::NoEpoch { chain: exchange.chain, exchange: *id });
        }
        self.one(&exchange, latest).await
    }

    pub(crate) async fn epoch(&self, id: &Digest, number: u64) -> Result<Epoch, Error> {
        let exchange = self.exchange(id).await?;
        let latest = exchange.latest_epoch();
        if (1..=latest).contains(&number) {
            return self.one(&exchange, number).await;
        }
        let pending = self.pending(&exchange).await?;
        Err(match pending.filter(|pending| pending.epoch == number) {
            Some(pending) => Error::EpochUnfinished {
                chain: exchange.chain,
                exchange: *id,
                epoch: number,
                shards_done: pending.shards_done,
                shard_count: pending.shard_count,
            },
            None => Error::EpochNotFound { chain: exchange.chain, exchange: *id, epoch: number, latest },
        })
    }

    pub(crate) async fn history(&self, id: &Digest, range: impl RangeBounds<u64>) -> Result<History, Error> {
        let exchange = self.exchange(id).await?;
        let numbers = finalized(&exchange, &range)?;
        let first = *numbers.start();
        // The epoch before the first says whether the first was late.
        let from = if numbers.is_empty() { first } else { first.saturating_sub(1).max(1) };
        let mut epochs = self.read(&exchange, from..=*numbers.end()).await?;
        let before = (from < first).then(|| epochs.remove(0));
        let pending = self.pending(&exchange).await?;
        let clock = self.clock().await?.max(own_clock());
        History::new(exchange, before.as_ref(), epochs, pending, clock)
    }

    /// The history from epoch 1, or from the epoch that was verified before. That one is read
    /// again, so that what follows it is held against it.
    pub(crate) async fn verified(&self, id: &Digest, after: Option<&VerifiedHead>) -> Result<VerifiedHistory, Error> {
        let exchange = self.exchange(id).await?;
        let (chain, latest) = (exchange.chain, exchange.latest_epoch());
        let unlike = |epoch, field, expected: &dyn ToString, found: &dyn ToString| {
            let (expected, found) = (expected.to_string(), found.to_string());
            Err(Error::Unlike { chain, exchange: *id, epoch, field, expected, found })
        };
        let first = after.map_or(1, |after| after.epoch);
        if latest < first && after.is_some() {
            return unlike(first, "epochs", &first, &latest);
        }
        let epochs = self.read(&exchange, first..=latest).await?;
        if let (Some(after), Some(again)) = (after, epochs.first()) {
            if again.head != after.head {
                return unlike(first, "head", &hexadecimal::encode(after.head), &hexadecimal::encode(again.head));
            }
            let block = self.block_hash(&exchange, first).await?;
            if block != after.block {
                return unlike(first, "block", &after.block, &block);
            }
        }
        let head = verification::verify(&exchange, first, &epochs)?;
        let block = self.block_hash(&exchange, latest).await?;
        Ok(VerifiedHistory { chain, exchange: *id, head, block, after: after.map(|after| after.epoch), epochs })
    }

    async fn one(&self, exchange: &Exchange, number: u64) -> Result<Epoch, Error> {
        let missing = || Error::EpochNotFound {
            chain: exchange.chain,
            exchange: exchange.id,
            epoch: number,
            latest: exchange.latest_epoch(),
        };
        self.read(exchange, number..=number).await?.pop().ok_or_else(missing)
    }

    /// Reads epochs, and checks once more what every reader owes: that all are there, and each
    /// leads from head to head.
    async fn read(&self, exchange: &Exchange, numbers: RangeInclusive<u64>) -> Result<Vec<Epoch>, Error> {
        if numbers.is_empty() {
            return Ok(Vec::new());
        }
        let epochs = self.epochs(exchange, numbers.clone()).await?;
        let complete = epochs.iter().map(|epoch| epoch.record.epoch).eq(numbers.clone());
        if !complete {
            let found: Vec<String> = epochs.iter().map(|epoch| epoch.record.epoch.to_string()).collect();
            let expected = format!("{} to {}", numbers.start(), numbers.end());
            let subject = Subject::Exchange(exchange.id);
            return Err(Error::bad_data(exchange.chain, subject, "epochs", expected, found.join(", ")));
        }
        epochs.iter().try_for_each(Epoch::check)?;
        Ok(epochs)
    }
}

/// `range` as numbers of finalized epochs; empty only for an exchange without epochs.
fn finalized(exchange: &Exchange, range: &impl RangeBounds<u64>) -> Result<RangeInclusive<u64>, Error> {
    let latest = exchange.latest_epoch();
    let start = match range.start_bound() {
        Bound::Unbounded => 1,
        Bound::Included(start) => *start,
        Bound::Excluded(start) => start.saturating_add(1),
    };
    let end = match range.end_bound() {
        Bound::Unbounded => latest,
        Bound::Included(end) => *end,
        Bound::Excluded(end) => end.saturating_sub(1),
    };
    let unbounded = range.start_bound() == Bound::Unbounded && range.end_bound() == Bound::Unbounded;
    if unbounded && latest == 0 {
        return Ok(RangeInclusive::new(1, 0));
    }
    if latest == 0 {
        return Err(Error::NoEpoch { chain: exchange.chain, exchange: exchange.id });
    }
    if start == 0 || start > end && start <= latest {
        let found = format!("{start} to {end}");
        return Err(Error::BadInput { argument: "epochs", expected: "a range of numbers from 1".into(), found });
    }
    match [start, end].into_iter().find(|number| *number > latest) {
        Some(epoch) => Err(Error::EpochNotFound { chain: exchange.chain, exchange: exchange.id, epoch, latest }),
        None => Ok(start..=end),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{chain::Chain, error::ErrorKind, sample};

    fn numbers(latest: u64, range: impl RangeBounds<u64>) -> Result<RangeInclusive<u64>, Error> {
        let mut exchange = sample::exchange(Chain::Solana, &[]);
        exchange.next_epoch = latest + 1;
        finalized(&exchange, &range)
    }

    #[test]
    fn ranges_are_taken_in_every_form() {
        assert_eq!(numbers(9, ..).unwrap(), 1..=9);
        assert_eq!(numbers(9, 4..).unwrap(), 4..=9);
        assert_eq!(numbers(9, ..=4).unwrap(), 1..=4);
        assert_eq!(numbers(9, 2..4).unwrap(), 2..=3);
        assert_eq!(numbers(9, 9..=9).unwrap(), 9..=9);
        let after = (Bound::Excluded(4), Bound::Unbounded);
        assert_eq!(numbers(9, after).unwrap(), 5..=9);
    }

    #[test]
    fn an_epoch_that_is_not_there_is_not_passed_over() {
        for (latest, range, epoch) in [(9, 1..=10, 10), (9, 10..=12, 10), (1, 1..=u64::MAX, u64::MAX)] {
            let error = numbers(latest, range).unwrap_err();
            assert!(matches!(error, Error::EpochNotFound { epoch: found, .. } if found == epoch), "{error}");
        }
        assert!(matches!(numbers(9, 10..).unwrap_err(), Error::EpochNotFound { epoch: 10, latest: 9, .. }));
        assert!(matches!(numbers(0, 1..).unwrap_err(), Error::NoEpoch { .. }));
        assert!(numbers(0, ..).unwrap().is_empty());
    }

    #[test]
    fn a_range_of_nothing_or_from_zero_is_bad_input() {
        for (start, end) in [(0, 3), (3, 2), (0, 0)] {
            let error = numbers(9, start..=end).unwrap_err();
            assert_eq!(error.kind(), ErrorKind::BadInput, "{start}..={end}: {error}");
        }
        assert_eq!(numbers(9, 3..3).unwrap_err().kind(), ErrorKind::BadInput);
        assert_eq!(numbers(9, 0..0).unwrap_err().kind(), ErrorKind::BadInput);
    }
}
