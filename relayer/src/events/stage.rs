//! Work that takes its time, and how far it is.

use std::sync::atomic::{AtomicU64, Ordering};

use serde::Serialize;

use super::{Event, Events};
use crate::chain_name::ChainName;

/// What is being done.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize)]
#[serde(tag = "name", rename_all = "snake_case")]
#[non_exhaustive]
pub enum Stage {
    /// Inventing a snapshot that fills a circuit class. Its steps are not counted.
    InventSnapshot { leaves: u64 },
    /// Reading the proving key of a class, or making the development key. Its steps are not
    /// counted.
    LoadProvingKey { depth: u8 },
    /// Laying down the constraints of a class. Its steps are not counted.
    LayDownConstraints { depth: u8 },
    /// Comparing a ceremony's key with constraints and powers of tau. Its steps are not counted.
    CheckCeremonyKey,
    /// Having snarkjs verify the powers of tau. Its steps are not counted.
    VerifyPowers,
    /// Having snarkjs verify the contributions to a key. Its steps are not counted.
    VerifyContributions,
    /// Inventing the log of an exchange. A step is a transaction.
    SimulateLog,
    /// Reading the snapshot that an epoch is made from. Its steps are not counted.
    ReadSnapshot,
    /// Reading the exchange's log for its asset list. Its steps are not counted.
    ReadLog,
    /// Replaying the exchange's log. Its steps are not counted.
    ReplayLog,
    /// Proving an epoch. A step is a shard.
    ProveEpoch { epoch: u64 },
    /// Proving an invented snapshot, to say what it costs. Its steps are not counted.
    ProveInvented,
    /// Posting a shard to a chain. A step is a transaction, where the chain takes more than one.
    PostShard { chain: ChainName, epoch: u64, shard: u16 },
}

/// A stage that has begun. It ends when this is dropped.
#[derive(Debug)]
pub struct Running {
    events: Events,
    stage: Stage,
    done: AtomicU64,
    /// [`UNKNOWN`] when steps are not counted.
    steps: AtomicU64,
}

const UNKNOWN: u64 = u64::MAX;

impl Running {
    pub(super) fn new(events: Events, stage: Stage, steps: Option<u64>) -> Self {
        events.emit(Event::StageBegun { stage: stage.clone(), steps });
        Self { events, stage, done: AtomicU64::new(0), steps: AtomicU64::new(steps.unwrap_or(UNKNOWN)) }
    }

    /// `count` more steps are done.
    pub fn advance(&self, count: u64) {
        self.done.fetch_add(count, Ordering::Relaxed);
        self.tell();
    }

    /// `count` more steps were found. It does nothing for a stage whose steps are not counted.
    pub fn expect_more(&self, count: u64) {
        if self.steps().is_some() {
            self.steps.fetch_add(count, Ordering::Relaxed);
            self.tell();
        }
    }

    fn tell(&self) {
        self.events.emit(Event::StageAdvanced { stage: self.stage.clone(), done: self.done(), steps: self.steps() });
    }

    fn done(&self) -> u64 {
        self.done.load(Ordering::Relaxed)
    }

    fn steps(&self) -> Option<u64> {
        Some(self.steps.load(Ordering::Relaxed)).filter(|steps| *steps != UNKNOWN)
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        self.events.emit(Event::StageEnded { stage: self.stage.clone(), done: self.done(), steps: self.steps() });
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::events::tests::heard;

    #[test]
    fn a_stage_begins_advances_and_ends_even_when_it_is_given_up() {
        let events = Events::default();
        let mut listener = events.subscribe();
        let stage = Stage::ProveEpoch { epoch: 3 };
        let failed = || -> Result<(), ()> {
            let running = events.begin(stage.clone(), Some(2));
            running.advance(1);
            running.expect_more(4);
            Err(())
        };
        failed().unwrap_err();
        let expected = [
            Event::StageBegun { stage: stage.clone(), steps: Some(2) },
            Event::StageAdvanced { stage: stage.clone(), done: 1, steps: Some(2) },
            Event::StageAdvanced { stage: stage.clone(), done: 1, steps: Some(6) },
            Event::StageEnded { stage, done: 1, steps: Some(6) },
        ];
        assert_eq!(heard(&mut listener), expected);
    }

    #[test]
    fn steps_that_are_not_counted_stay_so() {
        let events = Events::default();
        let mut listener = events.subscribe();
        let running = events.begin(Stage::ReplayLog, None);
        running.expect_more(4);
        running.advance(1);
        drop(running);
        let steps = heard(&mut listener).into_iter().map(|event| match event {
            Event::StageBegun { steps, .. } | Event::StageAdvanced { steps, .. } | Event::StageEnded { steps, .. } => {
                steps
            }
            other => panic!("{other:?}"),
        });
        assert_eq!(steps.collect::<Vec<_>>(), [None, None, None]);
    }
}
