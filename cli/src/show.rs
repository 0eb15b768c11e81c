//! `ballast show`.

use ballast_relayer::{failure::Failure, jobs::read};
use clap::Args;

use crate::{
    chain_choice::ChainChoice,
    context::Context,
    output::Output,
    session::{Access, Session},
};

/// One epoch, with its figures
#[derive(Debug, Args)]
pub struct Show {
    epoch: u64,
    #[command(flatten)]
    chains: ChainChoice,
}

impl Show {
    pub async fn execute(self, context: &Context) -> Result<Output, Failure> {
        let session = Session::open(context, &self.chains.chains(), Access::Read, &[]).await?;
        Output::new(&read::show(&session.chains, self.epoch).await?)
    }
}
