//! `migrate`: deploys the program and the contracts, and registers circuits.

use std::{fs, path::PathBuf};

use alloy::{
    network::EthereumWallet,
    primitives::hex,
    providers::{DynProvider, Provider, ProviderBuilder},
    signers::local::PrivateKeySigner,
};
use anyhow::{Context, Result, anyhow, ensure};
use ballast_core::digest::sha256;
use ballast_migrations::{
    circuit,
    contracts::{self, CircuitPolicy},
    governance, program,
    record::{self, SolanaDeployment},
    transaction::connect,
};
use ballast_sdk::solana::{address, instruction::Program};
use clap::{Args, Parser};
use solana_sdk::{
    signature::{Keypair, read_keypair_file},
    signer::Signer,
};

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
    /// Take circuits with an INSECURE development setup. For ever: only for chains where figures mean nothing.
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
    rpc: String,
    /// Key that pays, upgrades and governs.
    #[arg(long)]
    payer: PathBuf,
    /// Key of the program's address.
    #[arg(long)]
    program_keypair: PathBuf,
    /// The program's bytecode.
    #[arg(long)]
    program: PathBuf,
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
    rpc: String,
    /// File with the key that pays and governs: 64 hexadecimal digits.
    #[arg(long)]
    key: PathBuf,
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
    solana_rpc: String,
    /// Governance of the program.
    #[arg(long)]
    solana_governance: PathBuf,
    #[arg(long)]
    evm_rpc: String,
    /// Owner of the registry.
    #[arg(long)]
    evm_key: PathBuf,
    /// The record of the contracts.
    #[arg(long)]
    evm_record: PathBuf,
}

#[tokio::main]
async fn main() -> Result<()> {
    match Command::parse() {
        Command::Solana(args) => solana(args).await,
        Command::Evm(args) => evm(args).await,
        Command::Circuit(args) => register(args).await,
    }
}

async fn solana(args: SolanaArgs) -> Result<()> {
    let (payer, keypair) = (keypair(&args.payer)?, keypair(&args.program_keypair)?);
    let expected = Program::default().0;
    ensure!(
        keypair.pubkey() == expected,
        "{} is the key of {}, but the program was built for {expected}",
        args.program_keypair.display(),
        keypair.pubkey()
    );
    let bytecode = fs::read(&args.program).with_context(|| format!("read {}", args.program.display()))?;
    let rpc = connect(&args.rpc);
    let deployed = program::deploy(&rpc, &payer, &keypair, &bytecode).await?;
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
    let (signer, provider) = provider(&args.rpc, &args.key)?;
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
    println!("circuit 0x{}: {}", hex::encode(file.id), file.notice);
    let contracts: record::EvmDeployment = record::read(&args.evm_record)?
        .with_context(|| format!("{} does not exist: run `migrate evm` first", args.evm_record.display()))?;
    let governance = keypair(&args.solana_governance)?;
    let units = circuit::register_on_solana(&connect(&args.solana_rpc), &governance, &file, &key).await?;
    println!("Solana: {}", units.map_or("registered already".into(), |units| format!("{units} compute units")));
    let (_, provider) = provider(&args.evm_rpc, &args.evm_key)?;
    let registry = contracts.circuit_registry.parse().context("the record's registry")?;
    let gas = circuit::register_on_evm(&provider, registry, &file, &key).await?;
    println!("EVM: {}", gas.map_or("registered already".into(), |gas| format!("{gas} gas")));
    Ok(())
}

fn keypair(path: &PathBuf) -> Result<Keypair> {
    read_keypair_file(path).map_err(|error| anyhow!("{}: {error}", path.display()))
}

fn provider(rpc: &str, key: &PathBuf) -> Result<(PrivateKeySigner, DynProvider)> {
    let text = fs::read_to_string(key).with_context(|| format!("read {}", key.display()))?;
    let signer: PrivateKeySigner =
        text.trim().parse().map_err(|_| anyhow!("{}: expected 64 hexadecimal digits", key.display()))?;
    let url = rpc.parse().map_err(|_| anyhow!("--rpc is no address"))?;
    Ok((signer.clone(), ProviderBuilder::new().wallet(EthereumWallet::from(signer)).connect_http(url).erased()))
}
