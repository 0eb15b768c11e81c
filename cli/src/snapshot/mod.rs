//! `ballast snapshot`.

mod check;

use ballast_relayer::failure::Failure;
use clap::Subcommand;

use crate::{context::Context, output::Output};

/// Look at a snapshot
#[derive(Debug, Subcommand)]
pub enum Snapshot {
    Check(check::Check),
}

impl Snapshot {
    pub async fn execute(self, context: &Context) -> Result<Output, Failure> {
        match self {
            Self::Check(command) => command.execute(context).await,
        }
    }
}
