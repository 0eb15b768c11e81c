//! `ballast exchange set-assets`.

use ballast_relayer::{chains::Action, config::Section, failure::Failure, jobs::source};
use clap::Args;

use crate::{governing::Governing, output::Output};

/// Declare the snapshot's asset list; possible before the first epoch only
#[derive(Debug, Args)]
pub struct SetAssets {}

impl SetAssets {
    pub async fn execute(self, governing: &Governing<'_>) -> Result<Output, Failure> {
        let session = governing.open(&[Section::Snapshot]).await?;
        let assets = source::assets(session.config.snapshot()?, &governing.context.events).await?;
        governing.act(&session, |_| Some(Action::SetAssets(assets.clone()))).await
    }
}
