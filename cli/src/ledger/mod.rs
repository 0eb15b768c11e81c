//! `ballast ledger`.

mod assets;
mod inspect;
mod replay;
mod simulate;
mod verify;

use std::path::{Path, PathBuf};

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
    pub async fn execute(self, context: &Context) -> Result<Output, Failure> {
        let log = context.settings.log(self.log)?;
        let ended = match self.command {
            Command::Verify(command) => command.execute(&log).await,
            Command::Replay(command) => command.execute(&log).await,
            Command::Simulate(command) => return command.execute(context, &log).await,
            Command::Inspect(command) => command.execute(&log).await,
        };
        // What is wrong with a log that is there, the failure says by itself.
        ended.map_err(|failure| if log.exists() { failure } else { failure.context(missing(&log)) })
    }
}

fn missing(log: &Path) -> String {
    format!(
        "there is no log in {}: name its directory with --log or by the setting snapshot.log, or write an invented one \
         with `ballast ledger simulate`",
        log.display()
    )
}
