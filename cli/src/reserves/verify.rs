//! `ballast reserves verify`.

use std::path::PathBuf;

use ballast_relayer::{failure::Failure, jobs::reserves};
use clap::Args;

use crate::{
    chain_choice::ChainChoice,
    context::Context,
    output::Output,
    session::{Access, Session},
};

/// Verify that a report is the epoch's, and that wallets and tokens in it are the exchange's; exit code 3 if not
#[derive(Debug, Args)]
pub struct Verify {
    epoch: u64,
    file: PathBuf,
    #[command(flatten)]
    chains: ChainChoice,
}

impl Verify {
    pub async fn execute(self, context: &Context) -> Result<Output, Failure> {
        let bytes = reserves::read(&self.file)?;
        let session = Session::open(context, &self.chains.chains(), Access::Read, &[]).await?;
        Output::new(&reserves::verify(&session.chains, self.epoch, &bytes).await?)
    }
}
