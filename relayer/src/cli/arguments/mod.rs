//! Sub-commands and flags.

mod choice;
mod setup;
mod wallet;

use std::path::PathBuf;

use ballast_sdk::chain::Address;
use clap::{Parser, Subcommand, ValueEnum};

pub use choice::{ChainChoice, ClassChoice, GlobalChainChoice, chosen};
pub use setup::{CeremonyFiles, SetupCommand};
pub use wallet::WalletCommand;

/// Proves what an exchange owes, posts it to Solana and to an EVM chain, and reads it back.
///
/// Settings come from a TOML file, then from the environment (BALLAST_SOLANA_RPC_URL is solana.rpc_url), then from
/// flags. Exit codes: 0 done; 1 other; 2 bad input; 3 refused by a chain or a verifier; 4 a chain is unreachable.
#[derive(Debug, Parser)]
#[command(name = "ballast", version, max_term_width = 110)]
pub struct Arguments {
    /// TOML file with settings; ballast.toml when it is there.
    #[arg(long, global = true, env = "BALLAST_CONFIG", value_name = "FILE")]
    pub config: Option<PathBuf>,

    /// One setting, such as solana.priority_fee=1000; may be repeated.
    #[arg(long = "set", global = true, value_name = "SECTION.KEY=VALUE", value_parser = setting)]
    pub settings: Vec<(String, String)>,

    /// Print JSON: amounts as decimal strings in committed units.
    #[arg(long, global = true)]
    pub json: bool,

    /// What is logged to the error stream, such as debug or ballast_relayer=trace.
    #[arg(long, global = true, env = "BALLAST_LOG", default_value = "warn", value_name = "FILTER")]
    pub log_filter: String,

    /// How it is logged: lines for people, or a JSON object a line
    #[arg(long, global = true, value_enum, default_value_t = LogFormat::Text)]
    pub log_format: LogFormat,

    #[command(subcommand)]
    pub command: Command,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
pub enum LogFormat {
    Text,
    Json,
}

#[derive(Debug, Subcommand)]
pub enum Command {
    /// Look at a snapshot
    #[command(subcommand)]
    Snapshot(SnapshotCommand),
    /// The exchange's signed log of transactions
    Ledger {
        /// Directory of the log; by default the setting snapshot.log, or else ledger
        #[arg(long, global = true, value_name = "DIR")]
        log: Option<PathBuf>,
        #[command(subcommand)]
        command: LedgerCommand,
    },
    /// The secret that salts are derived from
    #[command(subcommand)]
    Secret(SecretCommand),
    /// Prove the snapshot's epoch, after what the chains hold now
    Prove {
        /// Drop the unfinished epoch and what was proved of it, if no chain holds it
        #[arg(long)]
        discard: bool,
        /// Go on though reserves and ledger do not fit
        #[arg(long)]
        accept: bool,
    },
    /// Prove a random snapshot that fills a circuit class, and say what each phase costs
    Bench {
        #[command(flatten)]
        class: ClassChoice,
        /// Leave the Groth16 step out, and its key
        #[arg(long)]
        argument_only: bool,
    },
    /// Proving keys: the INSECURE development setup, and a ceremony's
    #[command(subcommand)]
    Setup(SetupCommand),
    /// Take a proved epoch back from its public files, after the store was lost; then post it
    Restore { epoch: u64 },
    /// Post the epoch that is proved
    Post {
        /// Check everything and say what it may cost, sign and send nothing
        #[arg(long)]
        dry_run: bool,
    },
    /// Prove the snapshot's epoch, post it to both chains and read it back; finish first what was left unfinished
    Run {
        /// One epoch, then end
        #[arg(long, required = true)]
        once: bool,
        /// Check everything; prove, sign and send nothing
        #[arg(long)]
        dry_run: bool,
        /// Go on though reserves and ledger do not fit
        #[arg(long)]
        accept: bool,
    },
    /// Epochs with gaps and delays
    History {
        /// First epoch; all from 1 when not given
        #[arg(long, value_name = "EPOCH")]
        from: Option<u64>,
        /// Last epoch; the latest when not given
        #[arg(long, value_name = "EPOCH")]
        to: Option<u64>,
        #[command(flatten)]
        chains: ChainChoice,
    },
    /// One epoch, with its figures
    Show {
        epoch: u64,
        #[command(flatten)]
        chains: ChainChoice,
    },
    /// The chains' own answers; exit code 3 unless all are fresh
    Solvency {
        asset: String,
        /// Seconds that may have passed since the figures were true
        #[arg(long, value_name = "SECONDS")]
        max_age: u64,
        /// Count only what each chain saw for itself in the exchange's wallets
        #[arg(long)]
        witnessed: bool,
        #[command(flatten)]
        chains: ChainChoice,
    },
    /// Recompute the rolling head of both chains and compare them; exit code 3 if they differ or one is behind
    Verify {
        #[command(flatten)]
        chains: ChainChoice,
    },
    /// Replay a log and say whether an epoch is what it gives; exit code 3 if it is not, 2 if it is another exchange's,
    /// damaged, or ends before the epoch
    Audit {
        epoch: u64,
        /// Directory of the log; by default the setting snapshot.log, or else ledger
        #[arg(long, value_name = "DIR")]
        log: Option<PathBuf>,
        /// The epoch's published reserves report
        #[arg(long, value_name = "FILE")]
        report: Option<PathBuf>,
        /// Also hash the leaves and compare the root: takes the setting secret.file, which only the exchange has
        #[arg(long)]
        root: bool,
        #[command(flatten)]
        chains: ChainChoice,
    },
    /// Published reserves reports
    #[command(subcommand)]
    Reserves(ReservesCommand),
    /// One customer's inclusion file
    #[command(subcommand)]
    Inclusion(InclusionCommand),
    /// Reserve wallets, the tokens that count, and what the chains see in them
    Wallet {
        #[command(subcommand)]
        command: WalletCommand,
        /// Simulate, sign and send nothing
        #[arg(long, global = true)]
        dry_run: bool,
    },
    /// Have the chains look at the wallets for their latest epoch, where they have not: `ballast run` does so by itself. Exit code 3
    /// when a chain refused, 2 when no chain had anything to look at
    Witness {
        /// List what would be looked at and simulate the first look; sign and send nothing
        #[arg(long)]
        dry_run: bool,
        #[command(flatten)]
        chains: ChainChoice,
    },
    /// What the exchange's authority asks of both chains; nothing is done that a chain holds already
    Exchange {
        #[command(subcommand)]
        command: ExchangeCommand,
        /// Simulate, sign and send nothing
        #[arg(long, global = true)]
        dry_run: bool,
        #[command(flatten)]
        chains: GlobalChainChoice,
    },
}

#[derive(Debug, Subcommand)]
pub enum LedgerCommand {
    /// Replay the whole log from its first record: every byte, rule, invariant and signature
    Verify,
    /// What the log makes of the accounts: what is owed, lent and gone; and how fast it is replayed, with signatures and without
    Replay {
        /// The last transaction to apply; all by default
        #[arg(long, value_name = "SEQUENCE")]
        at: Option<u64>,
    },
    /// Write the log of an invented exchange, whose keys are INSECURE; never into a log that exists. The log is that of the exchange
    /// that the settings' section [exchange] names
    Simulate {
        /// Customers
        #[arg(long)]
        accounts: u32,
        /// All transactions, those that open accounts too
        #[arg(long)]
        transactions: u64,
        /// The same seed makes the same log
        #[arg(long)]
        seed: u64,
    },
    /// Segments, position and head; checks bytes, not signatures or rules
    Inspect,
}

#[derive(Debug, Subcommand)]
pub enum SnapshotCommand {
    /// What a snapshot would commit, per asset
    Check {
        /// A .csv or .json file
        file: PathBuf,
        /// For CSV: the TOML file that declares assets, time and ledger position
        #[arg(long, value_name = "FILE")]
        assets: Option<PathBuf>,
        /// Negative balances: refuse, or gross
        #[arg(long, value_name = "POLICY")]
        borrows: Option<String>,
        /// Only the first so many accounts
        #[arg(long, value_name = "COUNT")]
        accounts: Option<usize>,
    },
}

#[derive(Debug, Subcommand)]
pub enum SecretCommand {
    /// Write a new master secret, readable by its owner only; never overwrites a file
    New {
        /// By default the setting secret.file
        file: Option<PathBuf>,
    },
}

#[derive(Debug, Subcommand)]
pub enum ReservesCommand {
    /// Verify that a report is the epoch's, and that wallets and tokens in it are the exchange's; exit code 3 if not
    Verify {
        epoch: u64,
        file: PathBuf,
        #[command(flatten)]
        chains: ChainChoice,
    },
}

#[derive(Debug, Subcommand)]
pub enum InclusionCommand {
    /// Make a customer's file, and verify it as he will
    Make {
        epoch: u64,
        /// The exchange's public id of the customer
        account: String,
        /// Where the file goes; inclusion-EPOCH-DIGEST.json in the private directory by default
        #[arg(long, value_name = "FILE")]
        out: Option<PathBuf>,
        #[command(flatten)]
        chains: ChainChoice,
    },
    /// Verify a file against the roots on chain; exit code 3 if it does not show the account's inclusion
    Verify {
        file: PathBuf,
        /// The customer's own id, as he knows it
        #[arg(long)]
        account: String,
        #[command(flatten)]
        chains: ChainChoice,
    },
}

#[derive(Debug, Subcommand)]
pub enum ExchangeCommand {
    /// Register the exchange of the settings
    Register,
    /// Declare the snapshot's asset list; possible before the first epoch only
    SetAssets,
    /// Say who may post; by default the posters of the settings
    SetPosters {
        /// A Solana or EVM address; each chain gets its own
        #[arg(long = "poster", value_name = "ADDRESS")]
        posters: Vec<Address>,
    },
    /// Stop posts
    Pause,
    /// Let posts through again
    Unpause,
    /// Propose other authorities; each must accept
    ProposeAuthority {
        /// A Solana or EVM address; a chain without one is left alone
        #[arg(value_name = "ADDRESS", required_unless_present = "withdraw")]
        proposed: Vec<Address>,
        /// Take back what was proposed
        #[arg(long, conflicts_with = "proposed")]
        withdraw: bool,
    },
    /// Accept with the authority keys of the settings, where they are proposed
    AcceptAuthority,
}

fn setting(text: &str) -> Result<(String, String), String> {
    text.split_once('=')
        .map(|(key, value)| (key.trim().to_string(), value.trim().to_string()))
        .ok_or_else(|| format!("expected SECTION.KEY=VALUE, found {text:?}"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::CommandFactory;

    #[test]
    fn the_command_line_is_consistent() {
        Arguments::command().debug_assert();
    }

    #[test]
    fn no_flag_takes_a_secret() {
        let mut text = String::new();
        let mut commands = vec![Arguments::command()];
        while let Some(command) = commands.pop() {
            command.get_arguments().for_each(|argument| text.push_str(&format!("{} ", argument.get_id())));
            commands.extend(command.get_subcommands().cloned());
        }
        for word in ["key", "password", "mnemonic"] {
            // A .zkey is published.
            let secret = text.split(' ').filter(|id| *id != "zkey").find(|id| id.contains(word));
            assert_eq!(secret, None, "{word} in {text}");
        }
    }
}
