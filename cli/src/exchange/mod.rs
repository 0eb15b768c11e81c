//! `ballast exchange`.

mod accept_authority;
mod add_assets;
mod clear_assets;
mod pause;
mod propose_authority;
mod register;
mod set_cadence;
mod set_posters;
mod unpause;

use ballast_relayer::failure::Failure;
use clap::Args;

use crate::{
    chain_choice::GlobalChainChoice, context::Context, governing::Governing, output::Output, subcommands::subcommands,
};

/// Calls of the exchange's authority on both chains; what a chain holds already is not done again
#[derive(Debug, Args)]
pub struct Exchange {
    #[command(subcommand)]
    command: Command,
    /// Simulate, sign and send nothing
    #[arg(long, global = true)]
    dry_run: bool,
    #[command(flatten)]
    chains: GlobalChainChoice,
}

subcommands! {
    enum Command(governing: &Governing<'_>) {
        register::Register(governing),
        add_assets::AddAssets(governing),
        clear_assets::ClearAssets(governing),
        set_cadence::SetCadence(governing),
        set_posters::SetPosters(governing),
        pause::Pause(governing),
        unpause::Unpause(governing),
        propose_authority::ProposeAuthority(governing),
        accept_authority::AcceptAuthority(governing),
    }
}

impl Exchange {
    pub async fn execute(self, context: &Context) -> Result<Output, Failure> {
        let governing = Governing { context, chains: self.chains.chains(), dry_run: self.dry_run };
        self.command.execute(&governing).await
    }
}
