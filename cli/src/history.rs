//! `ballast history`.

use ballast_relayer::{failure::Failure, jobs::read};
use clap::Args;

use crate::{
    chain_choice::ChainChoice,
    context::Context,
    output::Output,
    session::{Access, Session},
};

/// Epochs with gaps and delays
#[derive(Debug, Args)]
pub struct History {
    /// First epoch; all from 1 when not given
    #[arg(long, value_name = "EPOCH")]
    from: Option<u64>,
    /// Last epoch; the latest when not given
    #[arg(long, value_name = "EPOCH")]
    to: Option<u64>,
    #[command(flatten)]
    chains: ChainChoice,
}

impl History {
    pub async fn execute(self, context: &Context) -> Result<Output, Failure> {
        let session = Session::open(context, &self.chains.chains(), Access::Read, &[]).await?;
        Output::new(&read::history(&session.chains, self.from, self.to).await?)
    }
}
