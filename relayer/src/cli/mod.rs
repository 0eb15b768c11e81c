//! The command line: arguments in, a report and an exit code out.

mod arguments;
mod commands;
mod ledger;
mod output;
mod progress;
mod signals;
mod wallets;

use std::{io::IsTerminal, process::ExitCode, time::Duration};

use clap::Parser;
use tracing_subscriber::EnvFilter;

use crate::{
    crash,
    events::Events,
    failure::{Exit, Failure},
};
use arguments::{Arguments, LogFormat};
use progress::Bars;
use signals::{Interruption, Signals};

/// How long computations that were told to stop may take to do so, before the process ends without
/// them.
const GRACE: Duration = Duration::from_millis(500);

/// How a command ended.
enum Ended {
    Output(output::Output),
    Interrupted(Interruption),
}

/// Runs the program.
pub fn main() -> ExitCode {
    let arguments = Arguments::parse();
    let json = arguments.json;
    match start(arguments) {
        Ok(Ended::Output(output)) => {
            output.print(json);
            ExitCode::from(output.exit as u8)
        }
        Ok(Ended::Interrupted(interruption)) => {
            eprintln!("interrupted: what was written is whole, and the same command goes on where it stopped");
            ExitCode::from(interruption.exit_code())
        }
        Err(failure) => {
            output::print_failure(&failure, json);
            ExitCode::from(failure.exit as u8)
        }
    }
}

fn start(arguments: Arguments) -> Result<Ended, Failure> {
    log(&arguments)?;
    crash::arm()?;
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().map_err(Failure::other)?;
    let events = Events::default();
    let bars = Bars::show(&events, arguments.json);
    let ended = runtime.block_on(async {
        let mut signals = Signals::install().map_err(Failure::other)?;
        // A command that is interrupted is dropped, which finishes what is being written and gives
        // the rest up.
        tokio::select! {
            biased;
            interruption = signals.received() => Ok(Ended::Interrupted(interruption)),
            outcome = commands::run(arguments, &events) => outcome.map(Ended::Output),
        }
    });
    bars.clear();
    runtime.shutdown_timeout(GRACE);
    ended
}

/// Logs go to the error stream; what a command finds goes to the output.
fn log(arguments: &Arguments) -> Result<(), Failure> {
    let filter = EnvFilter::try_new(&arguments.log_filter)
        .map_err(|error| Failure::new(Exit::BadInput, error).context("--log-filter is no filter"))?;
    let subscriber = tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr);
    let started = match arguments.log_format {
        LogFormat::Text => subscriber.with_ansi(std::io::stderr().is_terminal()).try_init(),
        LogFormat::Json => subscriber.json().try_init(),
    };
    started.map_err(|error| Failure::other(anyhow::anyhow!("{error}")))
}
