//! `ballast inclusion verify`.

use std::path::PathBuf;

use ballast_relayer::{failure::Failure, jobs::include};
use clap::Args;

use crate::{
    chain_choice::ChainChoice,
    context::Context,
    output::Output,
    session::{Access, Session},
};

/// Verify a file against the roots on chain; exit code 3 if it does not show the account's inclusion
#[derive(Debug, Args)]
pub struct Verify {
    file: PathBuf,
    /// The customer's own id, as the exchange told them
    #[arg(long)]
    account: String,
    #[command(flatten)]
    chains: ChainChoice,
}

impl Verify {
    pub async fn execute(self, context: &Context) -> Result<Output, Failure> {
        let text = include::read(&self.file)?;
        let session = Session::open(&context.settings, &self.chains.chains(), Access::Read, &[]).await?;
        Output::new(&include::verify(&session.chains, &text, &self.account).await?)
    }
}
