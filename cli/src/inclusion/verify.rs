//! `ballast inclusion verify`.

use std::{fmt, path::PathBuf};

use ballast_ledger::amount;
use ballast_relayer::{
    failure::Failure,
    jobs::include::{self, ShownBalance, VerifiedInclusion},
    session::Reading,
};
use clap::Args;

use crate::{chain_choice::ChainChoice, context::Context, output::Output, session::open, text::Text};

/// Verify a file against the roots on chain; exit code 3 if it does not show the account's
/// inclusion
#[derive(Debug, Args)]
pub struct Verify {
    /// The file that the exchange gave the customer
    file: PathBuf,
    /// The customer's own id, as the exchange told them
    #[arg(long)]
    account: String,
    #[command(flatten)]
    chains: ChainChoice,
}

impl Verify {
    pub async fn execute(self, context: &Context) -> Result<Output, Failure> {
        let text = include::read(&self.file)?;
        let (_, session) = open(Reading, context, &self.chains.chains(), &[]).await?;
        Output::new(&include::verify(&session.chains, &text, &self.account).await?)
    }
}

impl Text for VerifiedInclusion {
    fn write(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let chains = self.chains.join(" and ");
        writeln!(f, "account {:?} is included in epoch {} on {chains} ({})", self.account, self.epoch, self.setup)?;
        for ShownBalance { symbol, decimals, units } in self.balances.iter().filter(|balance| balance.units > 0) {
            writeln!(f, "  {symbol:<16} {:>34}", amount::format(*units, *decimals))?;
        }
        Ok(())
    }
}
