//! `ballast ledger`.

use std::path::Path;

use ballast_ledger::simulate::Simulation;

use super::{arguments::LedgerCommand, commands::Settings, output::Output};
use crate::{
    config::Section,
    failure::Failure,
    jobs::{connection::configured_exchange, ledger},
    progress::Progress,
};

pub fn run(settings: &Settings, log: &Path, command: LedgerCommand, progress: Progress) -> Result<Output, Failure> {
    match command {
        LedgerCommand::Verify => Output::new(&ledger::replayed(log, None, false)?),
        LedgerCommand::Replay { at, compare } => Output::new(&ledger::replayed(log, at, compare)?),
        LedgerCommand::Inspect => Output::new(&ledger::inspect(log)?),
        LedgerCommand::Simulate { accounts, transactions, seed } => {
            // The log of the settings' exchange, so that it can be proved.
            let exchange = configured_exchange(settings.read(&[Section::Exchange])?.exchange()?)?;
            let simulation = Simulation { accounts, transactions, seed, exchange };
            Output::new(&ledger::simulate(log, &simulation, progress)?)
        }
    }
}
