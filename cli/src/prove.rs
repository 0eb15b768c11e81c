//! `ballast prove`.

use ballast_relayer::{
    chains::ChainName,
    config::Section,
    failure::Failure,
    jobs::{post::report, prove::Prover},
    proving::ProvingKeys,
    session::{Preparing, Sending},
};
use clap::Args;

use crate::{context::Context, output::Output, session::open};

/// The sections of the settings that proving needs besides those of the chains and the store.
pub const SECTIONS: &[Section] = &[Section::Snapshot, Section::Secret, Section::Circuit, Section::Artifacts];

/// Prove the snapshot's epoch, which follows what the chains hold now
#[derive(Debug, Args)]
pub struct Prove {
    /// Drop the unfinished epoch and what was proved of it, if no chain holds it
    #[arg(long)]
    discard: bool,
    /// Go on although the reserves are surprising
    #[arg(long)]
    accept: bool,
}

impl Prove {
    pub async fn execute(self, context: &Context) -> Result<Output, Failure> {
        let accept = self.accept;
        if self.discard {
            let (config, session) = open(Sending, context, &ChainName::ALL, SECTIONS).await?;
            let keys = ProvingKeys::new(config.circuit()?, context.events.clone());
            let prover = Prover { config: &config, accept, session: &session, keys: &keys };
            let epoch = prover.discard().await?;
            return Output::note(format!("dropped epoch {epoch}, which no chain holds"));
        }
        let (config, session) = open(Preparing, context, &ChainName::ALL, SECTIONS).await?;
        let keys = ProvingKeys::new(config.circuit()?, context.events.clone());
        let epoch = Prover { config: &config, accept, session: &session, keys: &keys }.prove().await?;
        Output::new(&report(session.store(), &epoch)?)
    }
}
