//! Events in bounded ranges of blocks, as public nodes serve them.

use std::ops::RangeInclusive;

use alloy::{
    primitives::B256,
    rpc::types::{Filter, Log},
    transports::TransportError,
};

use super::{EvmReader, reader::transport_error};
use crate::error::Error;

const NO_BLOCKS: RangeInclusive<u64> = RangeInclusive::new(1, 0);

/// Walks over `blocks` in pieces of at most `most` blocks.
pub(super) struct Pieces {
    blocks: RangeInclusive<u64>,
    most: u64,
}

impl Pieces {
    pub(super) fn new(blocks: RangeInclusive<u64>, most: u64) -> Self {
        Self { blocks, most: most.max(1) }
    }

    /// The earliest piece that is left.
    fn first(&mut self) -> Option<RangeInclusive<u64>> {
        let (start, end) = (*self.blocks.start(), *self.blocks.end());
        (start <= end).then(|| {
            let last = end.min(start.saturating_add(self.most - 1));
            // An empty range when the last block is the last that there can be.
            self.blocks = last.checked_add(1).map_or(NO_BLOCKS, |next| next..=end);
            start..=last
        })
    }

    /// The latest piece that is left.
    fn last(&mut self) -> Option<RangeInclusive<u64>> {
        let (start, end) = (*self.blocks.start(), *self.blocks.end());
        (start <= end).then(|| {
            let first = start.max(end.saturating_sub(self.most - 1));
            self.blocks = first.checked_sub(1).map_or(NO_BLOCKS, |previous| start..=previous);
            first..=end
        })
    }
}

/// What a query is for: a contract's events by their indexed arguments.
pub(super) fn filter(address: alloy::primitives::Address, topics: &[B256]) -> Filter {
    let filter = Filter::new().address(address);
    match topics {
        [event] => filter.event_signature(*event),
        [event, first] => filter.event_signature(*event).topic1(*first),
        [event, first, second, ..] => filter.event_signature(*event).topic1(*first).topic2(*second),
        [] => filter,
    }
}

impl EvmReader {
    /// All events of `filter` in `blocks`, in order.
    pub(super) async fn logs(
        &self,
        filter: &Filter,
        blocks: RangeInclusive<u64>,
        what: &str,
    ) -> Result<Vec<Log>, Error> {
        let (mut left, mut found) = (blocks, Vec::new());
        while !left.is_empty() {
            found.extend(self.next_logs(filter, &mut left, what).await?);
        }
        Ok(found)
    }

    /// The first events of `filter` in `blocks`, in order: at least one, if there is any.
    pub(super) async fn first_logs(
        &self,
        filter: &Filter,
        blocks: RangeInclusive<u64>,
        what: &str,
    ) -> Result<Vec<Log>, Error> {
        let (mut left, mut found) = (blocks, Vec::new());
        while !left.is_empty() && found.is_empty() {
            found = self.next_logs(filter, &mut left, what).await?;
        }
        Ok(found)
    }

    /// The events of the first pieces of `left`, which are taken from it. A node that refuses one
    /// is asked for smaller ones from then on.
    async fn next_logs(&self, filter: &Filter, left: &mut RangeInclusive<u64>, what: &str) -> Result<Vec<Log>, Error> {
        let mut rest = Pieces::new(left.clone(), self.limits.blocks());
        let pieces: Vec<_> = std::iter::from_fn(|| rest.first()).take(self.limits.pieces()).collect();
        let answers = self.logs_of_pieces(filter, &pieces, what).await?;
        let mut found = Vec::new();
        for (piece, answer) in pieces.into_iter().zip(answers) {
            match answer {
                Ok(logs) => {
                    self.limits.answered(length(&piece));
                    found.extend(logs);
                }
                Err(error) => {
                    self.shrink(&piece, error)?;
                    *left = *piece.start()..=*left.end();
                    return Ok(found);
                }
            }
        }
        *left = rest.blocks;
        Ok(found)
    }

    /// The events of `filter` in `blocks` from the last one that `begins` on, in order; looks from
    /// the end backwards.
    pub(super) async fn logs_since_last(
        &self,
        filter: &Filter,
        blocks: RangeInclusive<u64>,
        what: &str,
        begins: impl Fn(&Log) -> bool,
    ) -> Result<Vec<Log>, Error> {
        let (mut left, mut found) = (blocks, Vec::new());
        loop {
            let mut rest = Pieces::new(left.clone(), self.limits.blocks());
            let Some(piece) = rest.last() else { return Ok(found) };
            let answers = self.logs_of_pieces(filter, std::slice::from_ref(&piece), what).await?;
            for answer in answers {
                match answer {
                    Ok(mut logs) => {
                        logs.append(&mut found);
                        found = logs;
                        left = rest.blocks.clone();
                    }
                    Err(error) => self.shrink(&piece, error)?,
                }
            }
            if let Some(start) = found.iter().rposition(&begins) {
                return Ok(found.split_off(start));
            }
        }
    }

    /// The events of each piece, in order, or the node's refusal.
    async fn logs_of_pieces(
        &self,
        filter: &Filter,
        pieces: &[RangeInclusive<u64>],
        what: &str,
    ) -> Result<Vec<Result<Vec<Log>, Error>>, Error> {
        let question =
            |piece: &RangeInclusive<u64>| (filter.clone().from_block(*piece.start()).to_block(*piece.end()),);
        let questions: Vec<_> = pieces.iter().map(question).collect();
        let answers: Vec<Result<Vec<Log>, _>> = self.ask_together("eth_getLogs", &questions, what).await?;
        let sorted = |mut logs: Vec<Log>| {
            logs.retain(|log| !log.removed);
            logs.sort_by_key(|log| (log.block_number, log.log_index));
            logs
        };
        let told = |answer: Result<Vec<Log>, TransportError>| match answer {
            Ok(logs) => Ok(sorted(logs)),
            Err(error) => Err(transport_error(&self.node, what, &error)),
        };
        Ok(answers.into_iter().map(told).collect())
    }

    /// Nodes refuse ranges or results that are too large for them, each in its own words: any
    /// refusal of more than one block is answered with half as many, now and later.
    fn shrink(&self, piece: &RangeInclusive<u64>, error: Error) -> Result<(), Error> {
        match error {
            Error::NodeRefused { .. } if length(piece) > 1 => {
                self.limits.shrink(length(piece) / 2);
                Ok(())
            }
            _ => Err(error),
        }
    }
}

/// The number of blocks of a piece.
fn length(piece: &RangeInclusive<u64>) -> u64 {
    piece.end().saturating_sub(*piece.start()).saturating_add(1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pieces_cover_every_block_once_from_either_end() {
        for (most, end) in [(1, 10), (3, 10), (10, 10), (100, 10), (4, 3)] {
            let mut forward = Pieces::new(3..=end, most);
            let mut backward = Pieces::new(3..=end, most);
            let mut ahead = Vec::new();
            while let Some(piece) = forward.first() {
                assert!(piece.end() - piece.start() < most);
                ahead.extend(piece);
            }
            let mut back = Vec::new();
            while let Some(piece) = backward.last() {
                assert!(piece.end() - piece.start() < most);
                back.extend(piece.rev());
            }
            back.reverse();
            assert_eq!(ahead, (3..=end).collect::<Vec<_>>());
            assert_eq!(back, ahead);
        }
        let mut edges = Pieces::new(0..=u64::MAX, u64::MAX);
        assert_eq!(edges.first(), Some(0..=u64::MAX - 1));
        assert_eq!(edges.first(), Some(u64::MAX..=u64::MAX));
        assert_eq!(edges.first(), None);
        let mut edges = Pieces::new(0..=0, 5);
        assert_eq!((edges.last(), edges.last()), (Some(0..=0), None));
    }
}
