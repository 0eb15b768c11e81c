//! `ballast exchange set-assets`.

use ballast_relayer::{
    chains::{Action, Destination},
    config::{Config, Section},
    failure::Failure,
    jobs::source,
    session::Chains,
};
use clap::Args;

use crate::{governing::Governing, output::Output};

/// Declare the snapshot's asset list; possible before the first epoch only
#[derive(Debug, Args)]
pub struct SetAssets {}

impl SetAssets {
    pub async fn execute(self, governing: &Governing<'_>) -> Result<Output, Failure> {
        let actions = async |config: &Config, _: &Chains<dyn Destination>| {
            let assets = source::assets(config.snapshot()?, &governing.context.events).await?;
            Ok(governing.chains.iter().map(|chain| (*chain, Action::SetAssets(assets.clone()))).collect())
        };
        governing.act(&[Section::Snapshot], actions).await
    }
}
