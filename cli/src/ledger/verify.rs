//! `ballast ledger verify`.

use std::path::Path;

use ballast_relayer::{failure::Failure, jobs::ledger};
use clap::Args;

use crate::output::Output;

/// Replay the whole log from its first record: every byte, rule, invariant and signature
#[derive(Debug, Args)]
pub struct Verify {}

impl Verify {
    pub fn execute(self, log: &Path) -> Result<Output, Failure> {
        Output::new(&ledger::verified(log)?)
    }
}
