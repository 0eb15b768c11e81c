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
use clap::{Args, Subcommand};

use crate::{chain_choice::GlobalChainChoice, context::Context, governing::Governing, output::Output};

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

#[derive(Debug, Subcommand)]
enum Command {
    Register(register::Register),
    AddAssets(add_assets::AddAssets),
    ClearAssets(clear_assets::ClearAssets),
    SetCadence(set_cadence::SetCadence),
    SetPosters(set_posters::SetPosters),
    Pause(pause::Pause),
    Unpause(unpause::Unpause),
    ProposeAuthority(propose_authority::ProposeAuthority),
    AcceptAuthority(accept_authority::AcceptAuthority),
}

impl Exchange {
    pub async fn execute(self, context: &Context) -> Result<Output, Failure> {
        let governing = Governing { context, chains: self.chains.chains(), dry_run: self.dry_run };
        match self.command {
            Command::Register(command) => command.execute(&governing).await,
            Command::AddAssets(command) => command.execute(&governing).await,
            Command::ClearAssets(command) => command.execute(&governing).await,
            Command::SetCadence(command) => command.execute(&governing).await,
            Command::SetPosters(command) => command.execute(&governing).await,
            Command::Pause(command) => command.execute(&governing).await,
            Command::Unpause(command) => command.execute(&governing).await,
            Command::ProposeAuthority(command) => command.execute(&governing).await,
            Command::AcceptAuthority(command) => command.execute(&governing).await,
        }
    }
}
