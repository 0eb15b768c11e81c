//! `ballast ledger replay`.

use std::path::Path;

use ballast_relayer::{failure::Failure, jobs::ledger};
use clap::Args;

use crate::output::Output;

/// What the log makes of the accounts: what is owed, lent and gone; and how fast it is replayed, with signatures and without
#[derive(Debug, Args)]
pub struct Replay {
    /// The last transaction to apply; all by default
    #[arg(long, value_name = "SEQUENCE")]
    at: Option<u64>,
}

impl Replay {
    pub fn execute(self, log: &Path) -> Result<Output, Failure> {
        Output::new(&ledger::replayed(log, self.at)?)
    }
}
