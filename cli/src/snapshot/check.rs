//! `ballast snapshot check`.

use std::{fmt, path::PathBuf};

use ballast_ledger::report::{AssetReport, Report};
use ballast_relayer::{
    config::{Origin, Section},
    failure::Failure,
    jobs::source,
};
use clap::Args;

use crate::{
    context::Context,
    output::Output,
    text::{Text, count, date},
};

/// Say what a snapshot would commit, by asset
#[derive(Debug, Args)]
pub struct Check {
    /// A .csv or .json file
    file: PathBuf,
    /// For CSV: the TOML file that declares assets, time and ledger position
    #[arg(long, value_name = "FILE")]
    assets: Option<PathBuf>,
    /// Negative balances: refuse, or gross
    #[arg(long, value_name = "POLICY")]
    borrows: Option<String>,
    /// Only this many accounts, the first of the file
    #[arg(long, value_name = "COUNT")]
    accounts: Option<usize>,
}

impl Check {
    pub async fn execute(self, context: &Context) -> Result<Output, Failure> {
        let mut settings = context.settings.with_path("snapshot.path", &self.file)?;
        if let Some(assets) = &self.assets {
            settings = settings.with_path("snapshot.assets", assets)?;
        }
        if let Some(borrows) = self.borrows {
            settings = settings.with("snapshot.borrows", borrows);
        }
        if let Some(accounts) = self.accounts {
            settings = settings.with("snapshot.accounts", accounts.to_string());
        }
        let config = settings.read(&[])?;
        let origin = match config.snapshot.clone() {
            Some(snapshot) => snapshot.origin,
            // Only reserves can be missing, and they are not looked at.
            None => settings.with("snapshot.reserves", "").read(&[Section::Snapshot])?.snapshot()?.origin.clone(),
        };
        let Origin::File(file) = origin else {
            return Err(Failure::bad_input(
                "snapshot.log is set: `ballast ledger replay` says what a log would commit",
            ));
        };
        let snapshot = source::read_file(&file, &context.events).await?;
        Output::new(&Report::new(&snapshot, config.classes())?)
    }
}

impl Text for Report {
    fn write(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "as of {}, ledger sequence {}", date(self.as_of), self.ledger_sequence)?;
        writeln!(
            f,
            "{} in {}: {} of {} (depth {})",
            count(self.accounts, "account", "accounts"),
            count(self.leaves, "leaf", "leaves"),
            count(self.shards, "shard", "shards"),
            self.leaves_per_shard,
            self.depth
        )?;
        if self.accounts_left_out > 0 {
            let further = count(self.accounts_left_out, "further account", "further accounts");
            writeln!(f, "NOT COMMITTED: {further} of the file, left out by the limit")?;
        }
        writeln!(f, "{:<16} {:>34} {:>34} {:>34}", "asset", "liability", "liability in units", "gross borrow")?;
        for asset in &self.assets {
            let AssetReport { symbol, liability, liability_units, gross_borrow, .. } = asset;
            writeln!(f, "{symbol:<16} {liability:>34} {liability_units:>34} {gross_borrow:>34}")?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_limit_leaves_out_is_said() {
        let report = |shards, accounts_left_out| Report {
            as_of: 1_796_077_926,
            ledger_sequence: 5,
            ledger_head: [0; 32],
            asset_list_digest: [0; 32],
            accounts: 60,
            accounts_left_out,
            leaves: 1,
            depth: 7,
            leaves_per_shard: 16_384,
            shards,
            assets: vec![],
        };
        let told = |shards, left_out| report(shards, left_out).text().to_string();
        let whole = told(1, 0);
        assert!(whole.starts_with("as of 2026-11-30 22:32:06 UTC (1796077926), ledger sequence 5\n"), "{whole}");
        assert!(whole.contains("60 accounts in 1 leaf: 1 shard of 16384 (depth 7)\nasset"), "{whole}");
        let split = told(2, 440);
        assert!(split.contains("2 shards of 16384 (depth 7)\nNOT COMMITTED"), "{split}");
        assert!(split.contains("NOT COMMITTED: 440 further accounts of the file"), "{split}");
        assert!(told(3, 1).contains("(depth 7)\nNOT COMMITTED: 1 further account of"));
    }
}
