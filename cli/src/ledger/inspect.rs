//! `ballast ledger inspect`.

use std::path::Path;

use ballast_relayer::{failure::Failure, jobs::ledger};
use clap::Args;

use crate::output::Output;

/// Segments, position and head; checks bytes, not signatures or rules
#[derive(Debug, Args)]
pub struct Inspect {}

impl Inspect {
    pub fn execute(self, log: &Path) -> Result<Output, Failure> {
        Output::new(&ledger::inspect(log)?)
    }
}
