//! `ballast`: the commands, and the flags that all of them take.

use ballast_relayer::{events::Events, failure::Failure};
use clap::{Parser, Subcommand};

use crate::{
    audit::Audit, bench::Bench, completions::Completions, context::Context, exchange::Exchange, history::History,
    inclusion::Inclusion, ledger::Ledger, logging::Logging, man::Man, output::Output, post::Post, prove::Prove,
    reserves::Reserves, restore::Restore, run::Run, secret::Secret, settings::SettingsChoice, setup::Setup, show::Show,
    snapshot::Snapshot, solvency::Solvency, verify::Verify, wallet::Wallet, witness::Witness,
};

/// What to do first, for somebody who has no settings yet.
const FIRST_STEPS: &str = "\
First steps:
  1. Copy ballast.example.toml to ballast.toml and fill it in: every setting is explained there.
  2. ballast secret new                     writes the secret that salts are derived from
  3. ballast snapshot check FILE            says what your balances would commit
  4. ballast exchange register              registers the exchange; then add-assets and set-posters
  5. ballast run --once --dry-run           checks everything and sends nothing; without --dry-run it posts
To read an exchange: ballast history, ballast solvency ASSET --max-age SECONDS, ballast verify";

/// Proves what an exchange owes, posts it to Solana and to an EVM chain, and reads it back.
///
/// Settings come from a TOML file, then from the environment (BALLAST_SOLANA_RPC_URL is
/// solana.rpc_url), then from flags. Exit codes: 0 done; 1 other; 2 bad input; 3 refused by a chain
/// or a verifier; 4 a chain is unreachable; 5 a chain asks more than the settings allow.
#[derive(Debug, Parser)]
#[command(name = "ballast", version, max_term_width = 110, after_help = FIRST_STEPS)]
pub struct Ballast {
    #[command(flatten)]
    settings: SettingsChoice,

    /// Print JSON: amounts as decimal strings in committed units.
    #[arg(long, global = true)]
    pub json: bool,

    #[command(flatten)]
    pub logging: Logging,

    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    #[command(subcommand)]
    Snapshot(Snapshot),
    Ledger(Ledger),
    #[command(subcommand)]
    Secret(Secret),
    Prove(Prove),
    Bench(Bench),
    #[command(subcommand)]
    Setup(Setup),
    Restore(Restore),
    Post(Post),
    Run(Run),
    History(History),
    Show(Show),
    Solvency(Solvency),
    Verify(Verify),
    Audit(Audit),
    #[command(subcommand)]
    Reserves(Reserves),
    #[command(subcommand)]
    Inclusion(Inclusion),
    Wallet(Wallet),
    Witness(Witness),
    Exchange(Exchange),
    Completions(Completions),
    Man(Man),
}

impl Ballast {
    /// Does what the arguments ask, and tells `events` how far it is.
    ///
    /// # Errors
    /// Whatever the command has.
    pub async fn execute(self, events: Events) -> Result<Output, Failure> {
        let context = Context::new(self.settings, events);
        match self.command {
            Command::Snapshot(command) => command.execute(&context).await,
            Command::Ledger(command) => command.execute(&context).await,
            Command::Secret(command) => command.execute(&context),
            Command::Prove(command) => command.execute(&context).await,
            Command::Bench(command) => command.execute(&context).await,
            Command::Setup(command) => command.execute(&context).await,
            Command::Restore(command) => command.execute(&context).await,
            Command::Post(command) => command.execute(&context).await,
            Command::Run(command) => command.execute(&context).await,
            Command::History(command) => command.execute(&context).await,
            Command::Show(command) => command.execute(&context).await,
            Command::Solvency(command) => command.execute(&context).await,
            Command::Verify(command) => command.execute(&context).await,
            Command::Audit(command) => command.execute(&context).await,
            Command::Reserves(command) => command.execute(&context).await,
            Command::Inclusion(command) => command.execute(&context).await,
            Command::Wallet(command) => command.execute(&context).await,
            Command::Witness(command) => command.execute(&context).await,
            Command::Exchange(command) => command.execute(&context).await,
            Command::Completions(command) => command.execute(),
            Command::Man(command) => command.execute(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::CommandFactory;

    #[test]
    fn the_command_line_is_consistent() {
        Ballast::command().debug_assert();
    }

    #[test]
    fn no_flag_takes_a_secret() {
        let mut text = String::new();
        let mut commands = vec![Ballast::command()];
        while let Some(command) = commands.pop() {
            command.get_arguments().for_each(|argument| text.push_str(&format!("{} ", argument.get_id())));
            commands.extend(command.get_subcommands().cloned());
        }
        for word in ["key", "password", "mnemonic"] {
            // A .zkey is published, and the key of an epoch is given as a file.
            let secret = text.split(' ').filter(|id| !["zkey", "epoch_key"].contains(id)).find(|id| id.contains(word));
            assert_eq!(secret, None, "{word} in {text}");
        }
    }
}
