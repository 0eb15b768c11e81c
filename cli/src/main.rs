//! The binary `ballast`: arguments in, a report and an exit code out.
//!
//! `ballast FOO BAR` is the file `foo/bar.rs`, which holds the command's arguments and its
//! `execute`. Everything that a command does is a job of `ballast_relayer`, the engine, which knows
//! no terminal and no exit code.
//!
//! | module | holds |
//! | --- | --- |
//! | [`ballast`] | the commands, and the flags that all of them take |
//! | [`context`] | what those flags make of the process: settings, and where the work is told of |
//! | [`progress`] | bars on the terminal |
//! | [`signals`] | Ctrl-C and SIGTERM |
//! | [`session`] | what a command opens before it does its work |
//! | [`governing`] | what every call of the exchange's authority shares |
//! | [`subcommands`] | commands that only choose among others |
//! | [`output`] | what a command prints, for people or as JSON |
//! | [`text`] | words for people: how reports of the engine are told |
//! | [`exit`] | exit codes |
#![cfg_attr(not(test), deny(clippy::unwrap_used, clippy::expect_used, clippy::panic))]

mod audit;
mod ballast;
mod bench;
mod chain_choice;
mod class_choice;
mod completions;
mod context;
mod exchange;
mod exit;
mod governing;
mod hexadecimal;
mod history;
mod inclusion;
mod ledger;
mod logging;
mod man;
mod output;
mod post;
mod progress;
mod prove;
mod reserves;
mod restore;
mod run;
mod secret;
mod session;
mod settings;
mod setup;
mod show;
mod signals;
mod snapshot;
mod solvency;
mod subcommands;
mod text;
mod verify;
mod wallet;
mod witness;

use std::{process::ExitCode, time::Duration};

use ballast_relayer::{crash, events::Events, failure::Failure};
use clap::Parser;

use ballast::Ballast;
use exit::Exit;
use output::Output;
use progress::Bars;
use signals::{Interruption, Signals};

/// How long computations that were told to stop may take to do so, before the process ends without
/// them.
const GRACE: Duration = Duration::from_millis(500);

/// How a command ended, unless it failed.
enum Ended {
    Output(Output),
    Interrupted(Interruption),
}

fn main() -> ExitCode {
    let arguments = Ballast::parse();
    let json = arguments.json;
    let ended = start(arguments).and_then(|ended| match ended {
        Ended::Output(output) => output.print(json).map(|()| output.exit as u8),
        Ended::Interrupted(interruption) => {
            eprintln!("interrupted: what was written is whole, and the same command goes on where it stopped");
            Ok(interruption.exit_code())
        }
    });
    ExitCode::from(ended.unwrap_or_else(|failure| {
        output::print_failure(&failure, json);
        Exit::from(failure.kind) as u8
    }))
}

fn start(arguments: Ballast) -> Result<Ended, Failure> {
    arguments.logging.start()?;
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
            outcome = arguments.execute(events) => outcome.map(Ended::Output),
        }
    });
    bars.clear();
    runtime.shutdown_timeout(GRACE);
    ended
}
