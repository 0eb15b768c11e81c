//! Histories: what an exchange published over time, and what it did not publish when it was due.
//!
//! An exchange promises a cadence on chain, and each epoch keeps the one under which it was
//! finalized. An epoch is due one cadence after the figures before it, and posted in time when no
//! more than one cadence passes between the moment it speaks of and its posting: so a punctual
//! exchange's latest figures are never older than two cadences. Epochs that were missed by the rule
//! of section 6 are a gap, shown in the place where they would be. Nothing is left out: late and
//! insolvent epochs are entries like the others.

use ballast_core::{cadence::Cadence, hexadecimal};
use serde::Serialize;

use crate::{
    epoch::Epoch,
    error::{Error, Subject},
    exchange::{Exchange, PendingEpoch},
};

/// A range of an exchange's history, oldest first.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct History {
    pub exchange: Exchange,
    /// When the history was read: the later of the chain's clock and the reader's, Unix seconds. A
    /// node that stands still would otherwise show an exchange that stopped as punctual.
    pub clock: u64,
    pub entries: Vec<Entry>,
    /// The epoch that was begun and is not finished.
    pub pending: Option<PendingEpoch>,
    /// How late the next epoch is by now; none while it is not due. The first is due one cadence
    /// after the registration.
    pub overdue: Option<Overdue>,
}

/// One line of a history.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Entry {
    Gap(Gap),
    Epoch(Box<DatedEpoch>),
}

/// Time that passed without an epoch that was due.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Gap {
    /// The number of the epoch before the gap.
    pub after: u64,
    /// When the first missing epoch was due, Unix seconds.
    pub from: u64,
    /// The as-of time of the epoch that ended the gap, Unix seconds.
    pub until: u64,
    /// The number of epochs that were missed.
    pub missed: u64,
}

/// An epoch with its delays.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct DatedEpoch {
    #[serde(flatten)]
    pub epoch: Epoch,
    /// Seconds by which the as-of time was more than a cadence after that of the epoch before; 0
    /// when in time and for epoch 1.
    pub late_by: u64,
    /// Seconds by which the epoch was posted more than a cadence after its as-of time; 0 when in
    /// time.
    pub posted_late_by: u64,
}

impl DatedEpoch {
    /// Whether the epoch came late or was posted late.
    pub fn is_late(&self) -> bool {
        self.late_by > 0 || self.posted_late_by > 0
    }
}

/// The next epoch, which is due and missing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Overdue {
    /// The number of the missing epoch.
    pub epoch: u64,
    /// When its as-of time was due, Unix seconds.
    pub due: u64,
    /// Seconds since it was due.
    pub by: u64,
    /// The number of epochs that were missed so far.
    pub missed: u64,
}

impl History {
    /// Dates `epochs`, which are consecutive and checked. `before` is the epoch before the first of
    /// them, if there is one.
    ///
    /// Refuses epochs that do not follow each other in number, time and rolling head.
    pub fn new(
        exchange: Exchange,
        before: Option<&Epoch>,
        epochs: Vec<Epoch>,
        pending: Option<PendingEpoch>,
        clock: u64,
    ) -> Result<Self, Error> {
        if exchange.cadence == 0 {
            let subject = Subject::Exchange(exchange.id);
            return Err(Error::bad_data(exchange.chain, subject, "cadence", "at least 1 second", 0));
        }
        let mut entries = Vec::with_capacity(epochs.len());
        let mut previous = before.cloned();
        for epoch in epochs {
            if let Some(previous) = &previous {
                check_succession(previous, &epoch)?;
                entries.extend(gap(previous, &epoch).map(Entry::Gap));
            }
            let dated = date(previous.as_ref(), epoch);
            previous = Some(dated.epoch.clone());
            entries.push(Entry::Epoch(Box::new(dated)));
        }
        let overdue = overdue(&exchange, clock);
        Ok(Self { exchange, clock, entries, pending, overdue })
    }

    /// The epochs without the gaps.
    pub fn epochs(&self) -> impl Iterator<Item = &DatedEpoch> {
        self.entries.iter().filter_map(|entry| match entry {
            Entry::Epoch(epoch) => Some(epoch.as_ref()),
            Entry::Gap(_) => None,
        })
    }

    /// The gaps without the epochs.
    pub fn gaps(&self) -> impl Iterator<Item = &Gap> {
        self.entries.iter().filter_map(|entry| match entry {
            Entry::Gap(gap) => Some(gap),
            Entry::Epoch(_) => None,
        })
    }
}

/// Refuses an `epoch` that is not the one after `previous`, by number, as-of time, what was missed
/// in between, ledger position and rolling head.
pub(crate) fn check_succession(previous: &Epoch, epoch: &Epoch) -> Result<(), Error> {
    let (last, next) = (&previous.record, &epoch.record);
    if next.exchange != last.exchange {
        let [expected, found] = [last, next].map(|record| hexadecimal::encode(record.exchange));
        return Err(epoch.bad_data("exchange", expected, found));
    }
    if last.epoch.checked_add(1) != Some(next.epoch) {
        return Err(epoch.bad_data("epoch", format!("the one after {}", last.epoch), next.epoch));
    }
    if next.as_of <= last.as_of {
        return Err(epoch.bad_data("as_of", format!("after the last epoch's, {}", last.as_of), next.as_of));
    }
    let missed = Cadence(epoch.cadence).missed(next.as_of - last.as_of);
    if epoch.missed != missed {
        return Err(epoch.bad_data("missed", missed, epoch.missed));
    }
    if next.ledger.sequence < last.ledger.sequence {
        let expected = format!("at least the last epoch's, {}", last.ledger.sequence);
        return Err(epoch.bad_data("ledger.sequence", expected, next.ledger.sequence));
    }
    if epoch.head_before != previous.head {
        let [expected, found] = [&previous.head, &epoch.head_before].map(hexadecimal::encode);
        return Err(epoch.bad_data("head_before", expected, found));
    }
    Ok(())
}

fn date(previous: Option<&Epoch>, epoch: Epoch) -> DatedEpoch {
    let (as_of, cadence) = (epoch.record.as_of, epoch.cadence);
    let late_by = previous.map_or(0, |previous| as_of.saturating_sub(previous.record.as_of.saturating_add(cadence)));
    let posted_late_by = epoch.posted_at.saturating_sub(as_of.saturating_add(cadence));
    DatedEpoch { epoch, late_by, posted_late_by }
}

fn gap(previous: &Epoch, epoch: &Epoch) -> Option<Gap> {
    let (from, until) = (previous.record.as_of.saturating_add(epoch.cadence), epoch.record.as_of);
    (epoch.missed > 0).then_some(Gap { after: previous.record.epoch, from, until, missed: epoch.missed })
}

fn overdue(exchange: &Exchange, clock: u64) -> Option<Overdue> {
    let since = if exchange.latest_epoch() == 0 { exchange.registered_at } else { exchange.latest_as_of };
    let due = since.saturating_add(exchange.cadence);
    let by = clock.saturating_sub(due);
    let missed = Cadence(exchange.cadence).missed(clock.saturating_sub(since));
    (by > 0).then_some(Overdue { epoch: exchange.next_epoch, due, by, missed })
}
