//! `ballast history`.

use std::fmt;

use ballast_core::{escaped::Escaped, hexadecimal};
use ballast_relayer::{
    failure::Failure,
    jobs::read::{self, Histories},
    session::Reading,
};
use ballast_sdk::{
    exchange::Exchange,
    history::{self, DatedEpoch, Entry, Gap, Overdue},
};
use clap::Args;

use crate::{
    chain_choice::ChainChoice,
    context::Context,
    output::Output,
    session::open,
    text::{Text, count, date, duration, status},
};

/// List epochs with gaps and delays
#[derive(Debug, Args)]
pub struct History {
    /// First epoch; all from 1 when not given
    #[arg(long, value_name = "EPOCH")]
    from: Option<u64>,
    /// Last epoch; the latest when not given
    #[arg(long, value_name = "EPOCH")]
    to: Option<u64>,
    #[command(flatten)]
    chains: ChainChoice,
}

impl History {
    pub async fn execute(self, context: &Context) -> Result<Output, Failure> {
        let (_, session) = open(Reading, context, &self.chains.chains(), &[]).await?;
        Output::new(&read::history(&session.chains, self.from, self.to).await?)
    }
}

impl Text for Histories {
    fn write(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.chains.iter().try_for_each(|history| history.write(f))
    }
}

impl Text for history::History {
    fn write(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Exchange { chain, name, id, cadence, .. } = &self.exchange;
        let (id, every, name) = (hexadecimal::encode(id), duration(*cadence), Escaped(name));
        writeln!(f, "{chain}: {name} ({id}), every {every} ({cadence} s)")?;
        self.entries.iter().try_for_each(|entry| match entry {
            Entry::Gap(gap) => gap.write(f),
            Entry::Epoch(dated) => dated.write(f),
        })?;
        if let Some(pending) = &self.pending {
            let shards = count(pending.shard_count, "shard", "shards");
            writeln!(f, "  epoch {} UNFINISHED: {} of {shards}", pending.epoch, pending.shards_done)?;
        }
        if let Some(Overdue { epoch, due, by, missed }) = &self.overdue {
            let (due, ago) = (date(*due), duration(*by));
            writeln!(f, "  OVERDUE: epoch {epoch} was due at {due}, {ago} ago ({missed} missed)")?;
        }
        if self.entries.is_empty() {
            writeln!(f, "  no epoch yet")?;
        }
        Ok(())
    }
}

impl Text for Gap {
    fn write(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { after, from, until, missed } = self;
        let (missed, from, until) = (count(*missed, "epoch", "epochs"), date(*from), date(*until));
        writeln!(f, "  GAP after epoch {after}: {missed} missing from {from} to {until}")
    }
}

impl Text for DatedEpoch {
    fn write(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { epoch, late_by, posted_late_by } = self;
        write!(
            f,
            "  epoch {}, as of {}: {} ({}), head {}",
            epoch.record.epoch,
            date(epoch.record.as_of),
            status(epoch.status()),
            epoch.setup.label(),
            hexadecimal::encode(epoch.head)
        )?;
        for (how, by) in [("LATE", *late_by), ("POSTED LATE", *posted_late_by)] {
            if by > 0 {
                write!(f, ", {how} by {}", duration(by))?;
            }
        }
        writeln!(f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use ballast_core::{
        assets::{Asset, AssetList},
        circuit::{Class, SetupKind},
        statement::LedgerPosition,
    };
    use ballast_sdk::{
        Epoch,
        chain::{Address, Chain},
        epoch::Record,
        exchange::PendingEpoch,
    };

    const AS_OF: u64 = 1_796_077_926;
    const TOLD: &str = "2026-11-30 22:32:06 UTC (1796077926)";

    fn address() -> Address {
        Address::Solana(Default::default())
    }

    fn dated(late_by: u64, posted_late_by: u64) -> Entry {
        let record = Record {
            exchange: [1; 32],
            epoch: 2,
            as_of: AS_OF,
            assets: AssetList::new(vec![Asset::new("BTC", 2).unwrap()]).unwrap(),
            circuit: [2; 32],
            ledger: LedgerPosition::default(),
            sources: [3; 32],
            roots: vec![],
            liabilities: vec![5],
            reserves: vec![5],
        };
        let epoch = Epoch {
            chain: Chain::Solana,
            record,
            class: Class::SMALLEST,
            setup: SetupKind::Ceremony,
            poster: address(),
            posted_at: AS_OF,
            cadence: 86_400,
            missed: 0,
            head_before: [4; 32],
            head: [5; 32],
        };
        Entry::Epoch(Box::new(DatedEpoch { epoch, late_by, posted_late_by }))
    }

    fn told(entries: Vec<Entry>, pending: Option<PendingEpoch>, overdue: Option<Overdue>) -> String {
        let exchange = Exchange {
            chain: Chain::Solana,
            id: [1; 32],
            name: "Example".into(),
            authority: address(),
            pending_authority: None,
            posters: vec![],
            assets: None,
            generation: 0,
            cadence: 86_400,
            registered_at: 0,
            paused: false,
            next_epoch: 3,
            latest_as_of: AS_OF,
            ledger: LedgerPosition::default(),
            head: [5; 32],
        };
        let history = history::History { exchange, clock: AS_OF, entries, pending, overdue };
        Histories { chains: vec![history] }.text().to_string()
    }

    #[test]
    fn only_what_is_late_is_told_as_late() {
        let line = |late_by, posted_late_by| {
            let told = told(vec![dated(late_by, posted_late_by)], None, None);
            told.lines().nth(1).unwrap().split_once(&"05".repeat(32)).unwrap().1.to_string()
        };
        assert_eq!(line(0, 0), "");
        assert_eq!(line(0, 596_127), ", POSTED LATE by 6 d 21 h");
        assert_eq!(line(60, 0), ", LATE by 1 min");
        assert_eq!(line(60, 1), ", LATE by 1 min, POSTED LATE by 1 s");
    }

    #[test]
    fn gaps_and_what_is_missing_are_told_with_dates() {
        let gap = |missed| Entry::Gap(Gap { after: 1, from: AS_OF, until: AS_OF, missed });
        let pending = PendingEpoch { epoch: 3, shards_done: 0, shard_count: 1, poster: address(), liabilities: vec![] };
        let overdue = Overdue { epoch: 3, due: AS_OF, by: 90_000, missed: 1 };
        let found = told(vec![gap(1), gap(2), dated(0, 0)], Some(pending), Some(overdue));
        for line in [
            ", every 1 d (86400 s)\n".into(),
            format!("  GAP after epoch 1: 1 epoch missing from {TOLD} to {TOLD}\n"),
            format!("  GAP after epoch 1: 2 epochs missing from {TOLD} to {TOLD}\n"),
            format!("  epoch 2, as of {TOLD}: solvent (ceremony), head 0x"),
            "  epoch 3 UNFINISHED: 0 of 1 shard\n".to_string(),
            format!("  OVERDUE: epoch 3 was due at {TOLD}, 1 d 1 h ago (1 missed)\n"),
        ] {
            assert!(found.contains(&line), "{line} is not in {found}");
        }
        assert!(told(vec![], None, None).ends_with("  no epoch yet\n"));
    }
}
