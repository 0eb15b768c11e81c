//! The command line: arguments in, a report and an exit code out.

mod arguments;
mod commands;
mod ledger;
mod output;
mod progress;
mod wallets;

use std::{io::IsTerminal, process::ExitCode};

use clap::Parser;
use tracing_subscriber::EnvFilter;

use crate::{
    crash,
    events::Events,
    failure::{Exit, Failure},
};
use arguments::{Arguments, LogFormat};
use progress::Bars;

/// Runs the program.
pub fn main() -> ExitCode {
    let arguments = Arguments::parse();
    let json = arguments.json;
    let outcome = start(arguments);
    let exit = match &outcome {
        Ok(output) => {
            output.print(json);
            output.exit
        }
        Err(failure) => {
            output::print_failure(failure, json);
            failure.exit
        }
    };
    ExitCode::from(exit as u8)
}

fn start(arguments: Arguments) -> Result<output::Output, Failure> {
    log(&arguments)?;
    crash::arm()?;
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().map_err(Failure::other)?;
    let events = Events::default();
    let bars = Bars::show(&events, arguments.json);
    let outcome = runtime.block_on(commands::run(arguments, &events));
    bars.clear();
    outcome
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
