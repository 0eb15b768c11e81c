//! `ballast run`.

use std::fmt;

use ballast_core::hexadecimal;
use ballast_relayer::{
    chains::ChainName,
    failure::Failure,
    jobs::{
        prove::Prover,
        run::{RunRehearsal, RunReport},
    },
    proving::ProvingKeys,
    session::{Preparing, Sending},
};
use clap::Args;

use crate::{context::Context, output::Output, prove, session::open, text::Text};

/// Prove the snapshot's epoch, post it to both chains and read it back; finish first what was left
/// unfinished
#[derive(Debug, Args)]
pub struct Run {
    /// One epoch, then end
    #[arg(long, required = true)]
    once: bool,
    /// Check everything; prove, sign and send nothing
    #[arg(long)]
    dry_run: bool,
    /// Go on although the reserves are surprising
    #[arg(long)]
    accept: bool,
}

impl Run {
    pub async fn execute(self, context: &Context) -> Result<Output, Failure> {
        if self.dry_run {
            let (config, session) = open(Preparing, context, &ChainName::ALL, prove::SECTIONS).await?;
            let keys = ProvingKeys::new(config.circuit()?, context.events.clone());
            let prover = Prover { config: &config, accept: self.accept, session: &session, keys: &keys };
            return Output::new(&prover.rehearse_run().await?);
        }
        let (config, session) = open(Sending, context, &ChainName::ALL, prove::SECTIONS).await?;
        let keys = ProvingKeys::new(config.circuit()?, context.events.clone());
        let prover = Prover { config: &config, accept: self.accept, session: &session, keys: &keys };
        Output::new(&prover.run_once().await?)
    }
}

impl Text for RunReport {
    fn write(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(finished) = &self.finished {
            writeln!(f, "finished what had been left unfinished:\n{}", finished.text())?;
        }
        self.posted.iter().try_for_each(|posted| posted.write(f))
    }
}

impl Text for RunRehearsal {
    fn write(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(epoch) = self.unfinished {
            writeln!(f, "dry run: epoch {epoch} is unfinished and would be finished first")?;
        }
        let circuit = hexadecimal::encode(self.circuit);
        writeln!(f, "dry run: would prove and post epoch {} with circuit {circuit} ({})", self.epoch, self.setup)?;
        self.snapshot.write(f)
    }
}
