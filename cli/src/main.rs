//! The binary `ballast`: arguments in, a report and an exit code out.
//!
//! `ballast FOO BAR` is the file `foo/bar.rs`, which holds the command's arguments and its
//! `execute`. Everything that a command does is a job of `ballast_relayer`, the engine, which knows
//! no terminal and no exit code.
//!
//! | module | holds |
//! | --- | --- |
//! | [`ballast`] | the commands, and the flags that all of them take |
//! | [`context`] | what those flags make of the process: settings and progress |
//! | [`session`] | what a command opens before it does its work |
//! | [`governing`] | what every call of the exchange's authority shares |
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
mod prove;
mod reserves;
mod restore;
mod run;
mod secret;
mod session;
mod settings;
mod setup;
mod show;
mod snapshot;
mod solvency;
mod text;
mod verify;
mod wallet;
mod witness;

use std::process::ExitCode;

use ballast_relayer::{crash, failure::Failure};
use clap::Parser;

use ballast::Ballast;
use exit::Exit;
use output::Output;

fn main() -> ExitCode {
    let arguments = Ballast::parse();
    let json = arguments.json;
    let ended = start(arguments).and_then(|output| output.print(json).map(|()| output.exit));
    let exit = ended.unwrap_or_else(|failure| {
        output::print_failure(&failure, json);
        Exit::from(failure.kind)
    });
    ExitCode::from(exit as u8)
}

fn start(arguments: Ballast) -> Result<Output, Failure> {
    arguments.logging.start()?;
    crash::arm()?;
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().map_err(Failure::other)?;
    runtime.block_on(arguments.execute())
}
