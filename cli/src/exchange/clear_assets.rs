//! `ballast exchange clear-assets`.

use ballast_relayer::{chains::Action, failure::Failure};
use clap::Args;

use crate::{governing::Governing, output::Output};

/// Empty the asset list to mend a mistake; possible before the first epoch only
#[derive(Debug, Args)]
pub struct ClearAssets {}

impl ClearAssets {
    pub async fn execute(self, governing: &Governing<'_>) -> Result<Output, Failure> {
        governing.act_alike(Action::ClearAssets).await
    }
}
