//! `ballast ledger replay`.

use std::{fmt, path::Path};

use ballast_core::hexadecimal;
use ballast_relayer::{
    failure::Failure,
    jobs::ledger::{self, ReplayReport},
};
use clap::Args;

use crate::{
    output::Output,
    text::{Text, count},
};

/// Say what a log makes of the accounts: what is owed, what was lent and what of that has left
///
/// Also says how fast the log is replayed, with signatures and without.
#[derive(Debug, Args)]
pub struct Replay {
    /// The last transaction to apply; all by default
    #[arg(long, value_name = "SEQUENCE")]
    at: Option<u64>,
}

impl Replay {
    pub async fn execute(self, log: &Path) -> Result<Output, Failure> {
        Output::new(&ledger::replayed(log, self.at).await?)
    }
}

impl Text for ReplayReport {
    fn write(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "exchange {}", hexadecimal::encode(self.exchange))?;
        writeln!(
            f,
            "{} after transaction {}, head {}",
            count(self.accounts, "account", "accounts"),
            self.sequence,
            hexadecimal::encode(self.head)
        )?;
        writeln!(
            f,
            "{}, {}, {} transactions a second with signatures",
            count(self.transactions, "transaction", "transactions"),
            count(self.signatures, "signature", "signatures"),
            self.per_second
        )?;
        if let Some(without) = &self.per_second_without_signatures {
            writeln!(f, "{without} transactions a second without signatures")?;
        }
        if let Some(torn) = &self.torn {
            writeln!(f, "warning: {torn}")?;
        }
        self.assets.write(f)
    }
}
