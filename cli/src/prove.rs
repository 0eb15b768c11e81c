//! `ballast prove`.

use ballast_relayer::{
    chains::ChainName,
    config::Section,
    failure::Failure,
    jobs::{post::report, prove::Prover},
    proving::ProvingKeys,
};
use clap::Args;

use crate::{
    context::Context,
    output::Output,
    session::{Access, Session},
};

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
        let session = Session::open(context, &ChainName::ALL, Access::Write, SECTIONS).await?;
        let (config, store, events) = (&session.config, session.store()?, &context.events);
        let keys = ProvingKeys::new(config.circuit()?, events.clone());
        let prover = Prover { config, accept: self.accept, store, chains: &session.chains, keys: &keys, events };
        if self.discard {
            let epoch = prover.discard().await?;
            return Output::note(format!("dropped epoch {epoch}, which no chain holds"));
        }
        let epoch = prover.prove().await?;
        Output::new(&report(store, &epoch)?)
    }
}
