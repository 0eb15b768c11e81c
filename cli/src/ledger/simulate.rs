//! `ballast ledger simulate`.

use std::{fmt, path::Path};

use ballast_core::hexadecimal;
use ballast_ledger::simulate::Simulation;
use ballast_relayer::{
    config::Section,
    failure::Failure,
    jobs::ledger::{self, Simulated},
    session::configured_exchange,
};
use clap::Args;

use crate::{
    context::Context,
    output::Output,
    text::{Text, count},
};

/// Write an invented log, whose keys are INSECURE, for the exchange of the settings
///
/// A log that exists is never written to. The settings' section `[exchange]` names the exchange.
#[derive(Debug, Args)]
pub struct Simulate {
    /// Number of customers
    #[arg(long)]
    accounts: u32,
    /// Number of transactions, those that open accounts included
    #[arg(long)]
    transactions: u64,
    /// The same seed makes the same log
    #[arg(long)]
    seed: u64,
}

impl Simulate {
    pub async fn execute(self, context: &Context, log: &Path) -> Result<Output, Failure> {
        // The log of the settings' exchange, so that it can be proved.
        let config = context.settings.read(&[Section::Exchange]).map_err(|failure| {
            failure.context("a simulated log is of the exchange that the settings' section [exchange] names")
        })?;
        let exchange = configured_exchange(config.exchange()?)?;
        let Self { accounts, transactions, seed } = self;
        let simulation = Simulation { accounts, transactions, seed, exchange };
        Output::new(&ledger::simulate(log, &simulation, &context.events).await?)
    }
}

impl Text for Simulated {
    fn write(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{}", self.notice)?;
        writeln!(
            f,
            "wrote {} of {}, head {}",
            count(self.sequence, "transaction", "transactions"),
            count(self.accounts, "account", "accounts"),
            hexadecimal::encode(self.head)
        )?;
        self.assets.write(f)
    }
}
