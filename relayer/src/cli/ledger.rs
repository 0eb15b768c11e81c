//! `ballast ledger`.

use std::path::PathBuf;

use ballast_ledger::simulate::Simulation;

use super::{arguments::LedgerCommand, commands::Settings, output::Output};
use crate::{config::Section, events::Events, failure::Failure, jobs::ledger, session::configured_exchange};

pub async fn run(
    settings: &Settings,
    log: Option<PathBuf>,
    command: LedgerCommand,
    events: &Events,
) -> Result<Output, Failure> {
    let log = &settings.log(log)?;
    match command {
        LedgerCommand::Verify => Output::new(&ledger::verified(log).await?),
        LedgerCommand::Replay { at } => Output::new(&ledger::replayed(log, at).await?),
        LedgerCommand::Inspect => Output::new(&ledger::inspect(log).await?),
        LedgerCommand::Simulate { accounts, transactions, seed } => {
            // The log of the settings' exchange, so that it can be proved.
            let settings = settings.read(&[Section::Exchange]).map_err(|failure| {
                failure.context("a simulated log is of the exchange that the settings' section [exchange] names")
            })?;
            let exchange = configured_exchange(settings.exchange()?)?;
            let simulation = Simulation { accounts, transactions, seed, exchange };
            Output::new(&ledger::simulate(log, &simulation, events).await?)
        }
    }
}
