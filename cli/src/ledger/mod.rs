//! `ballast ledger`.

mod assets;
mod inspect;
mod replay;
mod simulate;
mod verify;

use std::path::PathBuf;

use ballast_relayer::failure::Failure;
use clap::{Args, Subcommand};

use crate::{context::Context, output::Output};

/// The exchange's signed log of transactions
#[derive(Debug, Args)]
pub struct Ledger {
    /// Directory of the log; by default the setting snapshot.log, or else ledger
    #[arg(long, global = true, value_name = "DIR")]
    log: Option<PathBuf>,
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    Verify(verify::Verify),
    Replay(replay::Replay),
    Simulate(simulate::Simulate),
    Inspect(inspect::Inspect),
}

impl Ledger {
    pub fn execute(self, context: &Context) -> Result<Output, Failure> {
        let log = context.settings.log(self.log)?;
        match self.command {
            Command::Verify(command) => command.execute(&log),
            Command::Replay(command) => command.execute(&log),
            Command::Simulate(command) => command.execute(context, &log),
            Command::Inspect(command) => command.execute(&log),
        }
    }
}
