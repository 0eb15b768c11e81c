//! `ballast wallet list`.

use ballast_relayer::{failure::Failure, jobs::wallets};
use clap::Args;

use crate::{
    chain_choice::ChainChoice,
    context::Context,
    output::Output,
    session::{Access, Session},
};

/// Wallets, tokens, and what was seen for the latest epoch
#[derive(Debug, Args)]
pub struct List {
    #[command(flatten)]
    chains: ChainChoice,
}

impl List {
    pub async fn execute(self, context: &Context) -> Result<Output, Failure> {
        let session = Session::open(context, &self.chains.chains(), Access::Read, &[]).await?;
        Output::new(&wallets::list(&session.chains).await?)
    }
}
