//! `ballast wallet`.

mod declare;
mod list;
mod message;
mod register;
mod retire;

use ballast_relayer::{chains::ChainName, failure::Failure, jobs::govern::of_chain};
use ballast_sdk::chain::Address;
use clap::{Args, Subcommand};

use crate::{context::Context, governing::Governing, output::Output};

/// Reserve wallets, the tokens that count, and what the chains see in them
#[derive(Debug, Args)]
pub struct Wallet {
    #[command(subcommand)]
    command: Command,
    /// Simulate, sign and send nothing
    #[arg(long, global = true)]
    dry_run: bool,
}

#[derive(Debug, Subcommand)]
enum Command {
    Register(register::Register),
    Message(message::Message),
    Retire(retire::Retire),
    Declare(declare::Declare),
    List(list::List),
}

impl Wallet {
    pub async fn execute(self, context: &Context) -> Result<Output, Failure> {
        let governing = |chain| Governing { context, chains: vec![chain], dry_run: self.dry_run };
        match self.command {
            Command::Register(command) => command.execute(governing).await,
            Command::Message(command) => command.execute(context).await,
            Command::Retire(command) => command.execute(governing).await,
            Command::Declare(command) => command.execute(context, governing).await,
            Command::List(command) => command.execute(context).await,
        }
    }
}

/// Refuses an address of another chain.
fn check_chain(address: Address, chain: ChainName) -> Result<(), Failure> {
    match of_chain(&[address], chain).is_empty() {
        false => Ok(()),
        true => Err(Failure::bad_input(format!("{address} is not an address on {chain}"))),
    }
}
