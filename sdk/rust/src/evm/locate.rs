//! The blocks that events are in.
//!
//! A contract stores `block.number` with what it stores. On a chain whose contracts see the block
//! numbers of another chain, such as an L2 that answers L1's, that number says nothing of where the
//! chain's own events are. Whether it does shows in the exchange's registration, whose event either
//! is in the block of the stored number or is not. Where it is not, events are found by the time
//! that the contract stores: the blocks' times are bisected.

use std::{collections::HashMap, sync::Mutex};

use alloy::{primitives::B256, rpc::types::Log, sol_types::SolEvent};
use ballast_core::{Digest, exchange::exchange_id, hexadecimal};

use super::{EvmReader, bindings::Reserves, block::At, logs};
use crate::error::Error;

/// Where an exchange was registered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct RegisteredIn {
    pub(super) number: u64,
    /// Unix seconds.
    pub(super) timestamp: u64,
    /// Whether the block numbers that contracts see are those of the chain.
    pub(super) numbers_are_the_chains: bool,
}

/// Where events were found. None of them moves.
#[derive(Default)]
pub(super) struct Located {
    registrations: Mutex<HashMap<Digest, RegisteredIn>>,
    /// Hashes of the blocks in which epochs were finalized, by exchange and number.
    epochs: Mutex<HashMap<(Digest, u64), B256>>,
}

impl Located {
    pub(super) fn registration(&self, id: &Digest) -> Option<RegisteredIn> {
        self.registrations.lock().ok()?.get(id).copied()
    }

    /// Remembers the block in which an epoch was finalized.
    pub(super) fn note(&self, exchange: &Digest, epoch: u64, hash: Option<B256>) {
        if let (Some(hash), Ok(mut epochs)) = (hash, self.epochs.lock()) {
            epochs.insert((*exchange, epoch), hash);
        }
    }

    pub(super) fn block_hash(&self, exchange: &Digest, epoch: u64) -> Option<B256> {
        self.epochs.lock().ok()?.get(&(*exchange, epoch)).copied()
    }
}

impl EvmReader {
    /// Where the exchange was registered, of which `stored` is what the contract has at `at`. Its
    /// id and name must be those of the registration, which binds the name to the id.
    pub(super) async fn registered_in(
        &self,
        id: &Digest,
        stored: &Reserves::Exchange,
        at: At,
    ) -> Result<RegisteredIn, Error> {
        if let Some(known) = self.located.registration(id) {
            return Ok(known);
        }
        let what = "the registration";
        let topics = [Reserves::ExchangeRegistered::SIGNATURE_HASH, B256::from(*id)];
        let filter = logs::filter(self.reserves, &topics);
        let number = stored.registeredInBlock;
        let by_number = if number > at.number { Vec::new() } else { self.logs(&filter, number..=number, what).await? };
        let numbers_are_the_chains = !by_number.is_empty();
        let found = match numbers_are_the_chains {
            true => by_number,
            false => self.first_logs(&filter, self.options.from_block..=at.number, what).await?,
        };
        let [log] = &found[..] else {
            return Err(self.bad_exchange(id, "registration", "one event", found.len()));
        };
        let event = log.log_decode::<Reserves::ExchangeRegistered>();
        let event = event.map_err(|error| self.contract_error("ExchangeRegistered", error.into()))?.inner.data;
        let expected = exchange_id(&event.solanaAuthority.0, &event.authority.into_array(), &event.name);
        let expected = expected.map_err(|refusal| self.bad_exchange(id, "name", "a valid name", refusal))?;
        if expected != *id {
            return Err(self.bad_exchange(id, "id", hexadecimal::encode(expected), hexadecimal::encode(id)));
        }
        if stored.name != event.name {
            return Err(self.bad_exchange(id, "name", event.name, &stored.name));
        }
        let (number, timestamp) = self.moment(log, what).await?;
        let registered = RegisteredIn { number, timestamp, numbers_are_the_chains };
        if let Ok(mut known) = self.located.registrations.lock() {
            known.insert(*id, registered);
        }
        Ok(registered)
    }

    /// Number and time of the block that an event is in. Not every node tells the time with the
    /// event.
    pub(super) async fn moment(&self, log: &Log, what: &str) -> Result<(u64, u64), Error> {
        let number = log.block_number.ok_or_else(|| self.node.refused(what, "an event without a block"))?;
        let timestamp = match log.block_timestamp {
            Some(timestamp) => timestamp,
            None => self.block_at(number).await?.timestamp,
        };
        Ok((number, timestamp))
    }

    /// The first block in which something can be that happened at `stored` or later.
    pub(super) async fn first_block(&self, stored: Stored, registered: RegisteredIn, at: At) -> Result<u64, Error> {
        if registered.numbers_are_the_chains {
            return Ok(stored.number);
        }
        let mut blocks = Bisection { low: registered.number, high: at.number };
        while let Some(block) = blocks.middle() {
            blocks.learn(self.block_at(block).await?.timestamp >= stored.time);
        }
        Ok(blocks.high)
    }

    /// The last block in which something can be that happened at `stored` or earlier.
    pub(super) async fn last_block(&self, stored: Stored, registered: RegisteredIn, at: At) -> Result<u64, Error> {
        if registered.numbers_are_the_chains {
            return Ok(stored.number);
        }
        // One more than there are, which is later than all of them.
        let mut blocks = Bisection { low: registered.number, high: at.number.saturating_add(1) };
        while let Some(block) = blocks.middle() {
            blocks.learn(self.block_at(block).await?.timestamp > stored.time);
        }
        Ok(blocks.high.saturating_sub(1))
    }
}

/// What a contract stores of a moment.
#[derive(Clone, Copy, Debug)]
pub(super) struct Stored {
    /// `block.number`, which may be another chain's.
    pub(super) number: u64,
    /// `block.timestamp`, Unix seconds.
    pub(super) time: u64,
}

impl From<&Reserves::Epoch> for Stored {
    fn from(epoch: &Reserves::Epoch) -> Self {
        Self { number: epoch.postedInBlock, time: epoch.postedAt }
    }
}

/// A search for the first number for which something holds. Once it holds it holds for all that
/// follow; of `high` it is taken for granted.
#[derive(Clone, Copy, Debug)]
struct Bisection {
    low: u64,
    high: u64,
}

impl Bisection {
    /// The number to ask about; none when `high` is the first.
    fn middle(&self) -> Option<u64> {
        (self.low < self.high).then(|| self.low + (self.high - self.low) / 2)
    }

    /// Takes the answer about the number that is in the middle.
    fn learn(&mut self, holds: bool) {
        let Some(middle) = self.middle() else { return };
        if holds {
            self.high = middle;
        } else {
            self.low = middle.saturating_add(1);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn first(mut numbers: Bisection, holds: impl Fn(u64) -> bool) -> (u64, u32) {
        let mut asked = 0;
        while let Some(middle) = numbers.middle() {
            numbers.learn(holds(middle));
            asked += 1;
        }
        (numbers.high, asked)
    }

    #[test]
    fn the_first_that_holds_is_found_in_a_logarithm_of_questions() {
        // Several blocks may have one time.
        let times = [3, 3, 3, 5, 8, 8, 9];
        for time in 0..12 {
            let expected = times.iter().position(|block| *block >= time).unwrap_or(times.len()) as u64;
            let found = first(Bisection { low: 0, high: 7 }, |number| times[number as usize] >= time);
            assert_eq!(found.0, expected, "{time}");
        }
        let (found, asked) = first(Bisection { low: 7, high: u64::MAX }, |number| number >= 1 << 40);
        assert!(found == 1 << 40 && asked <= 64, "{found} {asked}");
    }
}
