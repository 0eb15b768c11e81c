//! `ballast audit`.

use std::path::PathBuf;

use ballast_relayer::{config::Section, failure::Failure, jobs::audit, keys};
use clap::Args;

use crate::{
    chain_choice::ChainChoice,
    context::Context,
    output::Output,
    session::{Access, Session},
};

/// Replay a log and say whether an epoch is what it gives; exit code 3 if it is not, 2 if it is another exchange's,
/// damaged, or ends before the epoch
#[derive(Debug, Args)]
pub struct Audit {
    epoch: u64,
    /// Directory of the log; by default the setting snapshot.log, or else ledger
    #[arg(long, value_name = "DIR")]
    log: Option<PathBuf>,
    /// The epoch's published reserves report
    #[arg(long, value_name = "FILE")]
    report: Option<PathBuf>,
    /// Also hash the leaves and compare the root: takes the setting secret.file, which only the exchange has
    #[arg(long)]
    root: bool,
    #[command(flatten)]
    chains: ChainChoice,
}

impl Audit {
    pub async fn execute(self, context: &Context) -> Result<Output, Failure> {
        let settings = &context.settings;
        let master = match self.root {
            true => Some(keys::read_master(&settings.read(&[Section::Secret])?.secret()?.file)?),
            false => None,
        };
        let log = settings.log(self.log)?;
        let session = Session::open(context, &self.chains.chains(), Access::Read, &[]).await?;
        Output::new(&audit::run(&session.chains, self.epoch, &log, self.report.as_deref(), master.as_ref()).await?)
    }
}
