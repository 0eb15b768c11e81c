//! `ballast witness`.

use ballast_relayer::{failure::Failure, jobs::wallets};
use clap::Args;

use crate::{
    chain_choice::ChainChoice,
    context::Context,
    output::Output,
    session::{Access, Session},
};

/// Have the chains look at the wallets for their latest epoch, where they have not: `ballast run` does so by itself. Exit code 3
/// when a chain refused, 2 when no chain had anything to look at
#[derive(Debug, Args)]
pub struct Witness {
    /// List what would be looked at and simulate the first look; sign and send nothing
    #[arg(long)]
    dry_run: bool,
    #[command(flatten)]
    chains: ChainChoice,
}

impl Witness {
    pub async fn execute(self, context: &Context) -> Result<Output, Failure> {
        let access = if self.dry_run { Access::Read } else { Access::Write };
        let session = Session::open(&context.settings, &self.chains.chains(), access, &[]).await?;
        if let Some(store) = &session.store {
            session.chains.settle(store).await?;
        }
        let looked = wallets::witness_latest(&session.chains, session.store.as_ref()).await?;
        Output::answer(&looked, looked.verdict())
    }
}
