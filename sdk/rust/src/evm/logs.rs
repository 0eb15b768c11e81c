//! Events in bounded ranges of blocks, as public nodes serve them.

use std::ops::RangeInclusive;

use alloy::{
    primitives::B256,
    rpc::types::{Filter, Log},
};

use super::EvmReader;
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

    /// Puts a piece back and makes all further ones half as long. `None` when a piece is one block
    /// already.
    fn halve(&mut self, piece: RangeInclusive<u64>) -> Option<()> {
        let length = piece.end() - piece.start() + 1;
        if length == 1 {
            return None;
        }
        self.most = length / 2;
        self.blocks = if self.blocks.is_empty() {
            piece
        } else {
            *self.blocks.start().min(piece.start())..=*self.blocks.end().max(piece.end())
        };
        Some(())
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
        let mut pieces = Pieces::new(blocks, self.options.max_block_range);
        let mut found = Vec::new();
        while let Some(piece) = pieces.first() {
            match self.logs_of_piece(filter, &piece, what).await {
                Ok(logs) => found.extend(logs),
                Err(error) => retry_smaller(&mut pieces, piece, error)?,
            }
        }
        Ok(found)
    }

    /// The events of `filter` in the first piece of `blocks` that has any, in order.
    pub(super) async fn first_logs(
        &self,
        filter: &Filter,
        blocks: RangeInclusive<u64>,
        what: &str,
    ) -> Result<Vec<Log>, Error> {
        let mut pieces = Pieces::new(blocks, self.options.max_block_range);
        while let Some(piece) = pieces.first() {
            match self.logs_of_piece(filter, &piece, what).await {
                Ok(logs) if logs.is_empty() => {}
                Ok(logs) => return Ok(logs),
                Err(error) => retry_smaller(&mut pieces, piece, error)?,
            }
        }
        Ok(Vec::new())
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
        let mut pieces = Pieces::new(blocks, self.options.max_block_range);
        let mut found: Vec<Log> = Vec::new();
        while let Some(piece) = pieces.last() {
            match self.logs_of_piece(filter, &piece, what).await {
                Ok(mut logs) => {
                    logs.append(&mut found);
                    found = logs;
                    if let Some(start) = found.iter().rposition(&begins) {
                        return Ok(found.split_off(start));
                    }
                }
                Err(error) => retry_smaller(&mut pieces, piece, error)?,
            }
        }
        Ok(found)
    }

    async fn logs_of_piece(&self, filter: &Filter, piece: &RangeInclusive<u64>, what: &str) -> Result<Vec<Log>, Error> {
        let filter = filter.clone().from_block(*piece.start()).to_block(*piece.end());
        let mut logs = self.get_logs(&filter, what).await?;
        logs.retain(|log| !log.removed);
        logs.sort_by_key(|log| (log.block_number, log.log_index));
        Ok(logs)
    }
}

/// Nodes refuse ranges or results that are too large for them, each in its own words: any refusal
/// of more than one block is answered with half as many.
fn retry_smaller(pieces: &mut Pieces, piece: RangeInclusive<u64>, error: Error) -> Result<(), Error> {
    match error {
        Error::NodeRefused { .. } => pieces.halve(piece).ok_or(error),
        _ => Err(error),
    }
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

    #[test]
    fn a_refused_piece_is_halved_and_nothing_is_lost() {
        for forwards in [true, false] {
            let mut pieces = Pieces::new(10..=20, 8);
            let mut blocks = Vec::new();
            loop {
                let piece = if forwards { pieces.first() } else { pieces.last() };
                let Some(piece) = piece else { break };
                if piece.end() - piece.start() + 1 > 2 {
                    pieces.halve(piece).unwrap();
                } else {
                    blocks.extend(piece);
                }
            }
            blocks.sort_unstable();
            assert_eq!(blocks, (10..=20).collect::<Vec<_>>());
        }
        assert_eq!(Pieces::new(NO_BLOCKS, 1).halve(5..=5), None);
    }
}
