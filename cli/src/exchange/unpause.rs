//! `ballast exchange unpause`.

use ballast_relayer::{chains::Action, failure::Failure};
use clap::Args;

use crate::{governing::Governing, output::Output};

/// Let posts through again
#[derive(Debug, Args)]
pub struct Unpause {}

impl Unpause {
    pub async fn execute(self, governing: &Governing<'_>) -> Result<Output, Failure> {
        governing.act_alike(Action::SetPaused(false)).await
    }
}
