//! `ballast snapshot check`.

use std::path::PathBuf;

use ballast_ledger::report::Report;
use ballast_relayer::{
    config::{Origin, Section},
    failure::Failure,
    jobs::source,
};
use clap::Args;

use crate::{context::Context, output::Output};

/// What a snapshot would commit, per asset
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
    /// Only the first so many accounts
    #[arg(long, value_name = "COUNT")]
    accounts: Option<usize>,
}

impl Check {
    pub fn execute(self, context: &Context) -> Result<Output, Failure> {
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
        let snapshot = source::read_file(&file, &context.events)?;
        Output::new(&Report::new(&snapshot, config.classes())?)
    }
}
