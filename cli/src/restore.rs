//! `ballast restore`.

use ballast_relayer::{
    artifacts::Artifacts,
    chains::ChainName,
    config::Section,
    failure::Failure,
    jobs::{post::report, restore::restore},
};
use clap::Args;

use crate::{
    context::Context,
    output::Output,
    session::{Access, Session},
};

/// Restore a proved epoch from its public files after the store was lost, so that it can be posted
#[derive(Debug, Args)]
pub struct Restore {
    /// Number of the epoch
    epoch: u64,
}

impl Restore {
    pub async fn execute(self, context: &Context) -> Result<Output, Failure> {
        let more = &[Section::Artifacts];
        let session = Session::open(&context.settings, &ChainName::ALL, Access::Write, more).await?;
        let (store, artifacts) = (session.store()?, Artifacts::new(session.config.artifacts()?));
        let epoch = restore(store, &session.chains, &artifacts, self.epoch)?;
        Output::new(&report(store, &epoch)?)
    }
}
