//! `ballast verify`.

use ballast_relayer::{failure::Failure, jobs::read};
use clap::Args;

use crate::{
    chain_choice::ChainChoice,
    context::Context,
    output::Output,
    session::{Access, Session},
};

/// Recompute the rolling head of both chains and compare them; exit code 3 if they differ or one is behind
#[derive(Debug, Args)]
pub struct Verify {
    #[command(flatten)]
    chains: ChainChoice,
}

impl Verify {
    pub async fn execute(self, context: &Context) -> Result<Output, Failure> {
        let session = Session::open(&context.settings, &self.chains.chains(), Access::Read, &[]).await?;
        let verified = read::verify(&session.chains).await?;
        Output::answer(&verified, verified.verdict())
    }
}
