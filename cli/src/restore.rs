//! `ballast restore`.

use ballast_relayer::{
    artifacts::Artifacts,
    chains::ChainName,
    config::Section,
    failure::Failure,
    jobs::{post::report, restore::restore},
    session::Preparing,
};
use clap::Args;

use crate::{context::Context, output::Output, session::open};

/// Restore a proved epoch from its public files after the store was lost, so that it can be posted
#[derive(Debug, Args)]
pub struct Restore {
    /// Number of the epoch
    epoch: u64,
}

impl Restore {
    pub async fn execute(self, context: &Context) -> Result<Output, Failure> {
        let more = &[Section::Artifacts];
        let (config, session) = open(Preparing, context, &ChainName::ALL, more).await?;
        let epoch = restore(&session, &Artifacts::new(config.artifacts()?), self.epoch).await?;
        Output::new(&report(session.store(), &epoch)?)
    }
}
