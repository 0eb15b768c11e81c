//! `ballast audit`.

use std::{fmt, path::PathBuf};

use ballast_keys::GivenEpoch;
use ballast_relayer::{
    config::Section,
    failure::Failure,
    jobs::audit::{self, AuditReport, AuditedChain},
    session::Reading,
};
use ballast_sdk::audit::Audited;
use clap::Args;

use crate::{
    chain_choice::ChainChoice,
    context::Context,
    output::Output,
    session::open,
    text::{Text, compared_holdings, count, not_read_again},
};

/// Replay a log and say whether it gives an epoch; exit code 3 if it does not, 2 if the log is
/// another exchange's, damaged, or ends before the epoch
#[derive(Debug, Args)]
pub struct Audit {
    /// Number of the epoch
    epoch: u64,
    /// Directory of the log; by default the setting snapshot.log, or else ledger
    #[arg(long, value_name = "DIR")]
    log: Option<PathBuf>,
    /// The epoch's published reserves report
    #[arg(long, value_name = "FILE")]
    report: Option<PathBuf>,
    /// Also hash the leaves and compare the root: takes the setting secret.file, which only the
    /// exchange has
    #[arg(long, conflicts_with = "epoch_key")]
    root: bool,
    /// Also hash the leaves and compare the root, with the key of the epoch that the exchange gave
    /// (`ballast secret epoch-key`)
    #[arg(long, value_name = "FILE")]
    epoch_key: Option<PathBuf>,
    /// Read the chains' histories from the first epoch, whatever the setting verify.heads keeps
    #[arg(long)]
    from_start: bool,
    #[command(flatten)]
    chains: ChainChoice,
}

impl Audit {
    pub async fn execute(self, context: &Context) -> Result<Output, Failure> {
        let settings = &context.settings;
        let master = match self.root {
            true => Some(ballast_keys::read_master(&settings.read(&[Section::Secret])?.secret()?.file)?),
            false => None,
        };
        let given = self.epoch_key.as_deref().map(GivenEpoch::read).transpose()?;
        let log = settings.log(self.log)?;
        let report = self.report.as_deref().map(audit::read_report).transpose()?;
        let (config, session) = open(Reading, context, &self.chains.chains(), &[]).await?;
        let key = match (given, master) {
            (Some(given), _) => Some(audit::key_of(given, session.chains.exchange, self.epoch)?),
            (None, Some(master)) => Some(master.epoch_key(&session.chains.exchange, self.epoch)),
            (None, None) => None,
        };
        let heads = config.verify.heads.as_deref().filter(|_| !self.from_start);
        Output::new(&audit::run(&session.chains, self.epoch, heads, &log, report.as_deref(), key.as_ref()).await?)
    }
}

impl Text for AuditReport {
    fn write(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for AuditedChain { chain, first, audited, compared } in &self.chains {
            let Audited { epoch, ledger_sequence, accounts, transactions, signatures, per_second, root, reserves } =
                audited;
            writeln!(
                f,
                "{chain}: epoch {epoch} is what the log gives at transaction {ledger_sequence}: {}",
                count(*accounts, "account", "accounts")
            )?;
            writeln!(
                f,
                "  {}, {}, {per_second} transactions a second",
                count(*transactions, "transaction", "transactions"),
                count(*signatures, "signature", "signatures")
            )?;
            not_read_again(f, *first)?;
            writeln!(f, "  root: {}", if *root { "compared" } else { "NOT COMPARED, that needs the epoch's key" })?;
            writeln!(f, "  reserves report: {}", if *reserves { "compared" } else { "NOT COMPARED, none was given" })?;
            if let Some(compared) = compared {
                compared_holdings(f, compared)?;
            }
        }
        Ok(())
    }
}
