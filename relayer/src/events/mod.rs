//! What the engine tells of its work while it goes on: typed events, for anyone who listens.
//!
//! Jobs and chains hold an [`Events`] and emit to it. A listener subscribes and reads at its own
//! pace, on a thread or task of its own: the command line's progress bars are one, metrics and a
//! log can be others. Without a listener nothing is kept.
//!
//! Emitting never waits and cannot fail, so a listener can change nothing of what is written,
//! signed or sent: one that panics ends its own thread, and one that is slow loses the oldest of
//! more than [`KEPT`] events and is told how many.
//!
//! An event holds nothing secret: names, numbers, identifiers and fees that a chain shows to
//! everybody.

mod stage;

use ballast_core::Digest;
use serde::{Serialize, Serializer};
use tokio::sync::broadcast;

use crate::chain_name::ChainName;
pub use stage::{Running, Stage};

/// Events that are kept for a listener that has not read them yet.
pub const KEPT: usize = 4_096;

/// Something that happened.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(tag = "event", rename_all = "snake_case")]
#[non_exhaustive]
pub enum Event {
    /// Work began. `steps` is how many steps it has, as far as that is known.
    StageBegun { stage: Stage, steps: Option<u64> },
    /// `done` of `steps` steps are done. More steps may have been found since the stage began.
    StageAdvanced { stage: Stage, done: u64, steps: Option<u64> },
    /// Work ended, whether all of its steps are done or not: a failure ends it early.
    StageEnded { stage: Stage, done: u64, steps: Option<u64> },
    /// A transaction was signed and is in the store. It may take effect from now on.
    TransactionSigned { transaction: Transaction },
    /// A node took the transaction's bytes, perhaps again.
    TransactionSent { transaction: Transaction },
    /// The transaction is in `block`, which is a slot on Solana. `units` are compute units or gas,
    /// `fee` is in lamports or wei, where the node says them.
    TransactionConfirmed {
        transaction: Transaction,
        block: u64,
        units: Option<u64>,
        #[serde(serialize_with = "decimal")]
        fee: Option<u128>,
    },
    /// The transaction is in `block` without any effect but its fee.
    TransactionFailed {
        transaction: Transaction,
        block: u64,
        units: Option<u64>,
        #[serde(serialize_with = "decimal")]
        fee: Option<u128>,
        reason: String,
    },
    /// The transaction can no longer take effect.
    TransactionExpired { transaction: Transaction },
    /// Something about the reserves of the epoch to come is not as expected. `accepted` when the
    /// epoch goes on all the same.
    ReservesSurprised { epoch: u64, surprise: String, accepted: bool },
    /// A chain holds every shard of the epoch.
    EpochPosted { chain: ChainName, epoch: u64 },
    /// A chain looked at the reserve wallets for the epoch: now, or (`before`) when it was asked
    /// earlier.
    ReservesWitnessed { chain: ChainName, epoch: u64, holdings: u64, before: bool },
    /// A chain did not look at the reserve wallets for the epoch.
    ReservesNotWitnessed { chain: ChainName, epoch: u64, reason: String },
    /// Every chain holds the epoch, and what they hold was read back. `head` is the rolling head
    /// after it.
    EpochFinished {
        epoch: u64,
        #[serde(with = "ballast_core::hexadecimal")]
        head: Digest,
    },
}

/// A transaction of ours.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Transaction {
    pub chain: ChainName,
    /// The name of a [`crate::chains::Purpose`].
    pub purpose: String,
    pub epoch: Option<u64>,
    pub shard: Option<u16>,
    /// Signature or hash, as explorers show it.
    pub identifier: String,
}

/// Where events go. Clones are cheap, and events of all of them go to the same listeners.
#[derive(Clone, Debug)]
pub struct Events {
    sender: broadcast::Sender<Event>,
}

impl Default for Events {
    /// Nobody listens yet.
    fn default() -> Self {
        Self { sender: broadcast::Sender::new(KEPT) }
    }
}

impl Events {
    /// A new listener. It hears what is emitted from now on, until the last [`Events`] is dropped.
    #[must_use]
    pub fn subscribe(&self) -> broadcast::Receiver<Event> {
        self.sender.subscribe()
    }

    /// Tells all listeners, now or never: it does not wait for any of them.
    pub fn emit(&self, event: Event) {
        // The one failure is that nobody listens.
        let _ = self.sender.send(event);
    }

    /// Begins work of `steps` steps, as far as that is known. It ends when the returned value is
    /// dropped.
    #[must_use]
    pub fn begin(&self, stage: Stage, steps: Option<u64>) -> Running {
        Running::new(self.clone(), stage, steps)
    }
}

/// As a decimal string: a JSON number loses digits in most readers.
fn decimal<S: Serializer>(amount: &Option<u128>, serializer: S) -> Result<S::Ok, S::Error> {
    amount.map(|amount| amount.to_string()).serialize(serializer)
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;
    use serde_json::json;
    use std::{sync::mpsc, thread};

    /// Everything that a listener has heard so far.
    pub fn heard(listener: &mut broadcast::Receiver<Event>) -> Vec<Event> {
        std::iter::from_fn(|| listener.try_recv().ok()).collect()
    }

    fn posted(epoch: u64) -> Event {
        Event::EpochPosted { chain: ChainName::Evm, epoch }
    }

    #[test]
    fn every_listener_hears_every_event_in_order() {
        let events = Events::default();
        events.emit(posted(1));
        let (mut first, mut second) = (events.subscribe(), events.subscribe());
        events.emit(posted(2));
        events.clone().emit(posted(3));
        for listener in [&mut first, &mut second] {
            assert_eq!(heard(listener), [posted(2), posted(3)]);
        }
    }

    #[test]
    fn a_listener_that_panics_or_is_gone_takes_nothing_from_the_others() {
        let events = Events::default();
        let (mut panics, mut listens) = (events.subscribe(), events.subscribe());
        drop(events.subscribe());
        let panicked = thread::spawn(move || {
            let event = panics.blocking_recv();
            assert!(event.is_err(), "the listener's own fault");
        });
        events.emit(posted(1));
        assert!(panicked.join().is_err());
        events.emit(posted(2));
        assert_eq!(heard(&mut listens), [posted(1), posted(2)]);
    }

    #[test]
    fn a_listener_that_reads_nothing_holds_nobody_up_and_is_told_what_it_missed() {
        let events = Events::default();
        let mut slow = events.subscribe();
        let (ended, end) = mpsc::channel();
        let emitter = events.clone();
        thread::spawn(move || {
            (0..KEPT as u64 + 7).for_each(|epoch| emitter.emit(posted(epoch)));
            ended.send(()).unwrap();
        });
        end.recv_timeout(std::time::Duration::from_secs(60)).expect("emitting waits for a listener");
        assert_eq!(slow.try_recv(), Err(broadcast::error::TryRecvError::Lagged(7)));
        assert_eq!(slow.try_recv(), Ok(posted(7)));
    }

    #[test]
    fn an_amount_keeps_all_of_its_digits_in_json() {
        let transaction = Transaction {
            chain: ChainName::Evm,
            purpose: "post-shard".into(),
            epoch: Some(4),
            shard: Some(0),
            identifier: "0xaa".into(),
        };
        let event = Event::TransactionConfirmed { transaction, block: 7, units: Some(8), fee: Some(u128::MAX) };
        let expected = json!({
            "event": "transaction_confirmed",
            "transaction": { "chain": "evm", "purpose": "post-shard", "epoch": 4, "shard": 0, "identifier": "0xaa" },
            "block": 7,
            "units": 8,
            "fee": u128::MAX.to_string()
        });
        assert_eq!(serde_json::to_value(&event).unwrap(), expected);
    }
}
