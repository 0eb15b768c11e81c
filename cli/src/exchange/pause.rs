//! `ballast exchange pause`.

use ballast_relayer::{chains::Action, failure::Failure};
use clap::Args;

use crate::{governing::Governing, output::Output};

/// Stop posts
#[derive(Debug, Args)]
pub struct Pause {}

impl Pause {
    pub async fn execute(self, governing: &Governing<'_>) -> Result<Output, Failure> {
        governing.act_alike(Action::SetPaused(true)).await
    }
}
