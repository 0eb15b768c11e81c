//! `ballast run`.

use ballast_relayer::{
    chains::ChainName,
    failure::Failure,
    jobs::{proving_key::ProvingKeys, run::Runner},
};
use clap::Args;

use crate::{
    context::Context,
    output::Output,
    prove,
    session::{Access, Session},
};

/// Prove the snapshot's epoch, post it to both chains and read it back; finish first what was left unfinished
#[derive(Debug, Args)]
pub struct Run {
    /// One epoch, then end
    #[arg(long, required = true)]
    once: bool,
    /// Check everything; prove, sign and send nothing
    #[arg(long)]
    dry_run: bool,
    /// Go on though reserves and ledger do not fit
    #[arg(long)]
    accept: bool,
}

impl Run {
    pub async fn execute(self, context: &Context) -> Result<Output, Failure> {
        let session = Session::open(context, &ChainName::ALL, Access::Open, prove::SECTIONS).await?;
        let (config, store, events) = (&session.config, session.store()?, &context.events);
        let keys = ProvingKeys::new(config.circuit()?, events.clone());
        let runner = Runner { config, accept: self.accept, store, chains: &session.chains, keys: &keys, events };
        match self.dry_run {
            true => Output::new(&runner.rehearse().await?),
            false => Output::new(&runner.once().await?),
        }
    }
}
