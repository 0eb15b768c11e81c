//! `migrate`: deploys the program and the contracts, and registers circuits.

use std::{
    path::{Path, PathBuf},
    process::ExitCode,
};

use alloy::{
    network::EthereumWallet,
    primitives::hex,
    providers::{DynProvider, Provider, ProviderBuilder},
    signers::local::PrivateKeySigner,
    transports::http::reqwest::Url,
};
use anyhow::{Context, Error, Result, ensure};
use ballast_core::{digest::sha256, escaped::Escaped, hexadecimal};
use ballast_durable::read_bounded;
use ballast_keys::{read_evm, read_solana};
use ballast_migrations::{
    circuit,
    contracts::{self, CircuitPolicy},
    governance,
    program::{self, Upload},
    record::{self, SolanaDeployment},
    transaction::connect,
};
use ballast_sdk::node::redact;
use ballast_sdk::solana::{address, instruction::Program};
use clap::{Args, Parser};
use solana_sdk::{signature::Keypair, signer::Signer};

/// Bytes of the longest program: a Solana account holds no more.
const BYTECODE_MAX: u64 = 10 << 20;

#[derive(Parser)]
#[command(name = "migrate", version, about = "Deploy the program and the contracts, and register circuits")]
enum Command {
    /// Deploy or upgrade the program and decide its governance.
    Solana(SolanaArgs),
    /// Deploy the contracts.
    Evm(EvmArgs),
    /// Register a circuit on both chains.
    Circuit(CircuitArgs),
}

#[derive(Args)]
struct Policy {
    /// Seconds from registering a circuit until posts may use it. For ever.
    #[arg(long, default_value_t = 172_800)]
    circuit_delay: u32,
    /// Take circuits with an INSECURE development setup. For ever: only for chains where figures
    /// mean nothing.
    #[arg(long)]
    allow_development: bool,
}

impl Policy {
    fn get(&self) -> CircuitPolicy {
        CircuitPolicy { delay: self.circuit_delay, allow_development: self.allow_development }
    }
}

#[derive(Args)]
struct SolanaArgs {
    /// JSON-RPC address.
    #[arg(long)]
    rpc: Url,
    /// Key that pays, upgrades and governs.
    #[arg(long)]
    payer: PathBuf,
    /// Key of the program's address, for the first deployment.
    #[arg(long)]
    program_keypair: Option<PathBuf>,
    /// The program's bytecode.
    #[arg(long)]
    program: PathBuf,
    /// Bytes to pay rent for beyond the program's own: an upgrade that fits makes the account no
    /// longer.
    #[arg(long, value_name = "BYTES", default_value_t = 0)]
    room: u32,
    /// Replace the program that is deployed, if its bytes are others.
    #[arg(long)]
    upgrade: bool,
    #[command(flatten)]
    policy: Policy,
    /// Where records are kept.
    #[arg(long, default_value = "programs/reserves/deployments")]
    records: PathBuf,
}

#[derive(Args)]
struct EvmArgs {
    /// JSON-RPC address.
    #[arg(long)]
    rpc: Url,
    /// File with the key that pays and governs: 64 hexadecimal digits, or a keystore. Only its
    /// owner may read it.
    #[arg(long)]
    key: PathBuf,
    /// File with the keystore's password.
    #[arg(long, value_name = "FILE")]
    unlock: Option<PathBuf>,
    /// The compiler's output.
    #[arg(long, default_value = "contracts/out")]
    artifacts: PathBuf,
    #[command(flatten)]
    policy: Policy,
    /// Where records are kept.
    #[arg(long, default_value = "contracts/deployments")]
    records: PathBuf,
}

#[derive(Args)]
struct CircuitArgs {
    /// The circuit's file.
    file: PathBuf,
    #[arg(long)]
    solana_rpc: Url,
    /// Governance of the program.
    #[arg(long)]
    solana_governance: PathBuf,
    #[arg(long)]
    evm_rpc: Url,
    /// Owner of the registry.
    #[arg(long)]
    evm_key: PathBuf,
    /// File with the password of the owner's keystore.
    #[arg(long, value_name = "FILE")]
    unlock: Option<PathBuf>,
    /// The record of the contracts.
    #[arg(long)]
    evm_record: PathBuf,
}

#[tokio::main]
async fn main() -> ExitCode {
    let command = Command::parse();
    let nodes = match &command {
        Command::Solana(args) => vec![args.rpc.clone()],
        Command::Evm(args) => vec![args.rpc.clone()],
        Command::Circuit(args) => vec![args.solana_rpc.clone(), args.evm_rpc.clone()],
    };
    let done = match command {
        Command::Solana(args) => solana(args).await,
        Command::Evm(args) => evm(args).await,
        Command::Circuit(args) => register(args).await,
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {}", told(&error, &nodes));
            ExitCode::FAILURE
        }
    }
}

/// An error and its causes on one line, without what the nodes' addresses hide, and escaped: a node
/// cannot draw on the terminal.
fn told(error: &Error, nodes: &[Url]) -> String {
    nodes.iter().fold(format!("{error:#}"), |text, node| redact(node, &text))
}

async fn solana(args: SolanaArgs) -> Result<()> {
    let payer = keypair(&args.payer, "--payer")?;
    let key = args.program_keypair.as_ref().map(|path| keypair(path, "--program-keypair")).transpose()?;
    let expected = Program::default().0;
    if let (Some(key), Some(path)) = (&key, &args.program_keypair) {
        ensure!(
            key.pubkey() == expected,
            "{} is the key of {}, but the program was built for {expected}: write the key's address in declare_id! \
             of programs/reserves/src/lib.rs, and build it anew",
            path.display(),
            key.pubkey()
        );
    }
    let bytecode =
        read_bounded(&args.program, BYTECODE_MAX).with_context(|| format!("read {}", args.program.display()))?;
    let rpc = connect(args.rpc.as_str());
    let upload =
        Upload { address: expected, key: key.as_ref(), bytecode: &bytecode, room: args.room, upgrade: args.upgrade };
    // Before anything is sent: an upgrade is not begun for a policy that there will never be.
    governance::is_initialized(&rpc, &payer.pubkey(), args.policy.get()).await?;
    let deployed = program::deploy(&rpc, &payer, upload).await?;
    println!("program {expected}: {deployed:?}");
    governance::initialize(&rpc, &payer, &payer.pubkey(), args.policy.get()).await?;
    let genesis_hash = rpc.get_genesis_hash().await.context("ask for the genesis hash")?.to_string();
    let path = args.records.join(format!("{genesis_hash}.json"));
    let deployment = SolanaDeployment {
        version: record::VERSION,
        genesis_hash,
        program: expected.to_string(),
        bytecode_sha256: hex::encode(sha256(&[&bytecode])),
        governance: address::governance(&expected).to_string(),
        circuit_delay: args.policy.circuit_delay,
        allow_development: args.policy.allow_development,
    };
    record::write(&path, &deployment)?;
    println!("record {}", path.display());
    Ok(())
}

async fn evm(args: EvmArgs) -> Result<()> {
    let (signer, provider) = provider(&args.rpc, &args.key, "--key", args.unlock.as_deref())?;
    let chain_id = provider.get_chain_id().await.context("ask for the chain id")?;
    let path = args.records.join(format!("{chain_id}.json"));
    let existing = record::read(&path)?;
    let deployment =
        contracts::deploy(&provider, signer.address(), &args.artifacts, args.policy.get(), existing).await?;
    record::write(&path, &deployment)?;
    println!("contract {}\nregistry {}", deployment.reserves, deployment.circuit_registry);
    println!("witnesses {}\nrecord {}", deployment.witnesses.as_deref().unwrap_or("none"), path.display());
    Ok(())
}

async fn register(args: CircuitArgs) -> Result<()> {
    let (file, key) = circuit::read(&args.file)?;
    println!("circuit {}: {}", hexadecimal::encode(file.id), Escaped(&file.notice));
    let contracts: record::EvmDeployment = record::read(&args.evm_record)?
        .with_context(|| format!("{} does not exist: run `migrate evm` first", args.evm_record.display()))?;
    let governance = keypair(&args.solana_governance, "--solana-governance")?;
    let units = circuit::register_on_solana(&connect(args.solana_rpc.as_str()), &governance, &file, &key).await?;
    println!("Solana: {}", units.map_or("registered already".into(), |units| format!("{units} compute units")));
    let (_, provider) = provider(&args.evm_rpc, &args.evm_key, "--evm-key", args.unlock.as_deref())?;
    let registry = contracts.circuit_registry.parse().context("the record's registry")?;
    let gas = circuit::register_on_evm(&provider, registry, &file, &key).await?;
    println!("EVM: {}", gas.map_or("registered already".into(), |gas| format!("{gas} gas")));
    Ok(())
}

fn keypair(path: &Path, flag: &'static str) -> Result<Keypair> {
    Ok(read_solana(Some(path), flag)?)
}

fn provider(
    rpc: &Url,
    key: &Path,
    flag: &'static str,
    unlock: Option<&Path>,
) -> Result<(PrivateKeySigner, DynProvider)> {
    let signer = read_evm(Some(key), unlock, flag, "--unlock")?;
    let wallet = EthereumWallet::from(signer.clone());
    Ok((signer, ProviderBuilder::new().wallet(wallet).connect_http(rpc.clone()).erased()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use anyhow::anyhow;
    use std::{fs, os::unix::fs::PermissionsExt};

    #[test]
    fn keys_that_others_can_read_are_refused() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("key");
        let url: Url = "http://127.0.0.1:1".parse().unwrap();
        let solana = serde_json::to_string(&Keypair::new().to_bytes().to_vec()).unwrap();
        for (text, mode, is_solana, is_evm) in [
            (&solana, 0o600, true, false),
            (&solana, 0o640, false, false),
            (&"59".repeat(32), 0o600, false, true),
            (&"59".repeat(32), 0o644, false, false),
        ] {
            fs::write(&path, text).unwrap();
            fs::set_permissions(&path, fs::Permissions::from_mode(mode)).unwrap();
            assert_eq!(keypair(&path, "--payer").is_ok(), is_solana, "{mode:o}");
            assert_eq!(provider(&url, &path, "--key", None).is_ok(), is_evm, "{mode:o}");
        }
    }

    #[test]
    fn errors_do_not_show_what_an_address_hides() {
        let url: Url = "https://user:hunter2@rpc.example/v2/SECRET?key=TOKEN".parse().unwrap();
        let error = anyhow!("error sending request for url ({url})").context("ask for the chain id");
        let text = told(&error, std::slice::from_ref(&url));
        assert!(text.contains("ask for the chain id") && text.contains("https://rpc.example"), "{text}");
        assert!(!text.contains("SECRET") && !text.contains("TOKEN") && !text.contains("hunter2"), "{text}");
    }

    #[test]
    fn a_node_cannot_draw_on_the_terminal() {
        let url: Url = "https://rpc.example".parse().unwrap();
        let error = anyhow!("no\x1b[2J\ncontract 0x00").context("deploy Reserves");
        assert_eq!(told(&error, &[url]), "deploy Reserves: no\\u{1b}[2J\\ncontract 0x00");
    }
}
