//! `ballast exchange add-assets`.

use ballast_relayer::{
    chains::{Action, Destination},
    config::{Config, Section},
    failure::Failure,
    jobs::source,
    session::Chains,
};
use clap::Args;

use crate::{governing::Governing, output::Output};

/// Add the snapshot's new assets to the list, which only grows
#[derive(Debug, Args)]
pub struct AddAssets {}

impl AddAssets {
    pub async fn execute(self, governing: &Governing<'_>) -> Result<Output, Failure> {
        let actions = async |config: &Config, _: &Chains<dyn Destination>| {
            let assets = source::assets(config.snapshot()?, &governing.context.events).await?;
            Ok(governing
                .chains
                .iter()
                .map(|chain| (*chain, Action::ListAssets { assets: assets.clone(), listed: 0 }))
                .collect())
        };
        governing.act(&[Section::Snapshot], actions).await
    }
}
