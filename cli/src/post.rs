//! `ballast post`.

use std::fmt;

use ballast_core::hexadecimal;
use ballast_relayer::{
    chains::ChainName,
    failure::Failure,
    jobs::{
        post::{PostRehearsal, PostReport, Poster, Spent},
        prove::unfinished,
    },
    plan::ProvedEpoch,
    session::{Preparing, Sending},
    store::{State, Store},
};
use clap::Args;

use crate::{
    context::Context,
    output::Output,
    session::open,
    text::{Text, count, date, status},
};

/// Post the epoch that is proved
#[derive(Debug, Args)]
pub struct Post {
    /// Check everything and say what it may cost, sign and send nothing
    #[arg(long)]
    dry_run: bool,
}

impl Post {
    pub async fn execute(self, context: &Context) -> Result<Output, Failure> {
        if self.dry_run {
            let (_, session) = open(Preparing, context, &ChainName::ALL, &[]).await?;
            let epoch = proved(session.store())?;
            return Output::new(&Poster { session: &session }.preflight(&epoch).await?);
        }
        let (_, session) = open(Sending, context, &ChainName::ALL, &[]).await?;
        let epoch = proved(session.store())?;
        Output::new(&Poster { session: &session }.post(&epoch).await?)
    }
}

/// The epoch that is proved and not posted.
fn proved(store: &Store) -> Result<ProvedEpoch, Failure> {
    let (_, plan, proved) =
        unfinished(store)?.ok_or_else(|| Failure::bad_input("no epoch is proved and not posted: `ballast prove`"))?;
    Ok(ProvedEpoch::new(plan, proved.into_values().collect())?)
}

impl Text for PostReport {
    fn write(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (as_of, shards) = (date(self.as_of), count(self.shards, "shard", "shards"));
        writeln!(f, "epoch {}, as of {as_of}, {shards}: {}", self.epoch, status(self.status))?;
        writeln!(f, "circuit {} of depth {} ({})", hexadecimal::encode(self.circuit), self.depth, self.setup)?;
        writeln!(f, "head {}", hexadecimal::encode(self.head))?;
        self.chains.iter().try_for_each(|spent| spent.write(f))?;
        self.witnessed.iter().try_for_each(|looked| looked.write(f))
    }
}

impl Text for Spent {
    fn write(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { chain, units, fee, transactions } = self;
        let sent = count(transactions.len(), "transaction", "transactions");
        writeln!(f, "{chain}: {sent}, {units} {}, {fee} {}", chain.work(), chain.money())?;
        for sent in transactions {
            let shard = sent.shard.map(|shard| format!(" {shard}")).unwrap_or_default();
            let units = sent.units.map(|units| format!(" {units} {}", chain.work())).unwrap_or_default();
            let name = match sent.state {
                State::Confirmed => String::new(),
                state => format!(" ({state:?})").to_lowercase(),
            };
            writeln!(f, "  {}{shard}{name}{units} {}", sent.purpose, sent.id)?;
        }
        Ok(())
    }
}

impl Text for PostRehearsal {
    fn write(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (as_of, shards) = (date(self.as_of), count(self.shards, "shard", "shards"));
        writeln!(f, "dry run: epoch {}, as of {as_of}, {shards} ({})", self.epoch, self.setup)?;
        for estimate in &self.chains {
            let money = estimate.chain.money();
            writeln!(
                f,
                "{}: {} to post, at most {} {money} of {} at {}",
                estimate.chain,
                count(estimate.shards_to_post, "shard", "shards"),
                estimate.needed,
                estimate.balance,
                estimate.poster
            )?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use ballast_relayer::{chains::ChainName, jobs::post::Sent};
    use ballast_sdk::epoch::Status;

    fn report(status: Status, shards: u16) -> PostReport {
        let transaction = |state, units| Sent {
            purpose: "post shard".into(),
            shard: Some(0),
            id: "0xabc".into(),
            state,
            block: None,
            units,
            fee: None,
        };
        let transactions = vec![transaction(State::Confirmed, Some(7)), transaction(State::Expired, None)];
        PostReport {
            epoch: 3,
            as_of: 1_796_077_926,
            head: [1; 32],
            circuit: [2; 32],
            depth: 7,
            setup: "ceremony",
            shards,
            status,
            assets: vec![],
            chains: vec![Spent { chain: ChainName::Evm, units: 7, fee: 9, transactions }],
            witnessed: vec![],
        }
    }

    #[test]
    fn an_insolvent_epoch_is_told_as_one() {
        let told = report(Status::Solvent, 1).text().to_string();
        assert!(told.starts_with("epoch 3, as of 2026-11-30 22:32:06 UTC (1796077926), 1 shard: solvent\n"), "{told}");
        let told = report(Status::Insolvent, 2).text().to_string();
        assert!(told.contains(", 2 shards: INSOLVENT\n"), "{told}");
    }

    #[test]
    fn what_was_spent_is_told_by_transaction() {
        let told = report(Status::Solvent, 1).text().to_string();
        let expected =
            "evm: 2 transactions, 7 gas, 9 wei\n  post shard 0 7 gas 0xabc\n  post shard 0 (expired) 0xabc\n";
        assert!(told.ends_with(expected), "{told}");
    }
}
