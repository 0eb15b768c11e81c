//! The demonstration: one commitment, end to end, on two local chains.

use std::{
    fs,
    time::{Duration, Instant},
};

use alloy::providers::Provider;
use anyhow::{Context, Result, ensure};
use ballast_core::digest::sha256;
use ballast_e2e::{
    ballast::Ballast,
    network::{Network, POLICY, Source, artifacts, circuit_file, fund, owner, program_keypair, wallet},
    nodes::{bytecode, project},
};
use ballast_migrations::{circuit, contracts, governance, program, transaction::connect};
use serde_json::Value;
use solana_sdk::{signature::Keypair, signer::Signer};

/// What the demonstration commits to: the whole sample. Four of its accounts have borrowed.
fn source() -> Source {
    Source {
        snapshot: project().join("examples/ledger-500x53.json"),
        assets: None,
        reserves: project().join("examples/reserves.toml"),
        borrows: "gross",
        accounts: None,
    }
}

/// Prints each step with its time.
struct Steps {
    start: Instant,
    number: usize,
}

impl Steps {
    fn begin(&mut self, what: &str) -> Instant {
        self.number += 1;
        println!("\n{:>2}. {what}", self.number);
        Instant::now()
    }

    fn end(&self, begun: Instant, cost: &str) {
        let separator = if cost.is_empty() { "" } else { ", " };
        println!("    done in {}{separator}{cost}", seconds(begun.elapsed()));
    }
}

fn seconds(time: Duration) -> String {
    format!("{}.{} s", time.as_secs(), time.subsec_millis() / 100)
}

#[tokio::main]
async fn main() -> Result<()> {
    println!("Ballast: one commitment, end to end.");
    println!("The circuit has an INSECURE development setup: anyone who reads the source could forge these proofs.");
    let mut steps = Steps { start: Instant::now(), number: 0 };
    let network = deploy(&mut steps).await?;

    let folder = project().join(".ballast/demo");
    if folder.exists() {
        fs::remove_dir_all(&folder).with_context(|| format!("clear {}", folder.display()))?;
    }
    let (_, ballast) = network.exchange(folder.clone(), "Ballast Demo", &source()).await?;
    println!("\nThe exchange's keys and settings are in {}.", folder.canonicalize()?.display());

    register(&mut steps, &ballast)?;
    post(&mut steps, &ballast)?;
    read_back(&mut steps, &ballast)?;
    include(&mut steps, &ballast, &folder)?;
    println!("\nAll of it took {}.", seconds(steps.start.elapsed()));
    Ok(())
}

/// Nodes, program, contracts, circuit.
async fn deploy(steps: &mut Steps) -> Result<Network> {
    let begun = steps.begin("Start a Solana node and an EVM node");
    let (solana, evm) = Network::start()?;
    steps.end(begun, &format!("{} and {}", solana.url, evm.endpoint()));

    let bytecode = bytecode()?;
    let begun = steps.begin(&format!("Deploy the Solana program ({} bytes of sBPF)", bytecode.len()));
    let rpc = connect(&solana.url);
    let upgrade_authority = Keypair::new();
    fund(&rpc, &upgrade_authority).await?;
    let before = rpc.get_balance(&upgrade_authority.pubkey()).await?;
    let program = program_keypair()?;
    program::deploy(&rpc, &upgrade_authority, &program, &bytecode).await?;
    governance::initialize(&rpc, &upgrade_authority, &upgrade_authority.pubkey(), POLICY).await?;
    let lamports = before - rpc.get_balance(&upgrade_authority.pubkey()).await?;
    steps.end(begun, &format!("{lamports} lamports of rent and fees, {}", program.pubkey()));

    let begun = steps.begin("Deploy the EVM contracts");
    let provider = wallet(&evm, owner(&evm))?;
    let deployed = contracts::deploy(&provider, owner(&evm).address(), &artifacts(), POLICY, None).await?;
    steps.end(begun, &format!("{} gas, {}", gas_since(&provider, 0).await?, deployed.reserves));

    let network = Network::of(solana, evm, deployed, upgrade_authority).await;
    let (file, key) = circuit_file()?;
    let begun = steps.begin(&format!("Register circuit 0x{} ({})", hex::encode(file.id), file.notice));
    let block = provider.get_block_number().await?;
    let units = circuit::register_on_solana(&rpc, &network.governance, &file, &key).await?;
    let registry = network.contracts.circuit_registry.parse()?;
    circuit::register_on_evm(&provider, registry, &file, &key).await?;
    let gas = gas_since(&provider, block).await?;
    steps.end(begun, &format!("{} compute units, {gas} gas", units.unwrap_or_default()));
    Ok(network)
}

/// Gas of all transactions after block `block`.
async fn gas_since(provider: &impl Provider, block: u64) -> Result<u64> {
    let mut gas = 0;
    for number in block + 1..=provider.get_block_number().await? {
        let block = provider.get_block_by_number(number.into()).await?;
        gas += block.with_context(|| format!("block {number} is gone"))?.header.gas_used;
    }
    Ok(gas)
}

fn register(steps: &mut Steps, ballast: &Ballast) -> Result<()> {
    let begun =
        steps.begin("Register the exchange: ballast secret new; ballast exchange register, set-assets, set-posters");
    ballast.run(&["secret", "new"])?;
    for command in ["register", "set-assets", "set-posters"] {
        show(&ballast.run(&["exchange", command])?);
    }
    steps.end(begun, "");
    Ok(())
}

fn post(steps: &mut Steps, ballast: &Ballast) -> Result<()> {
    let begun = steps.begin("Look at the snapshot: ballast snapshot check");
    let snapshot = source().snapshot;
    show(&ballast.run(&["snapshot", "check", &snapshot.to_string_lossy(), "--borrows", "gross"])?);
    steps.end(begun, "");

    let begun = steps.begin("Prove it: ballast prove (the first time a proving key is made, which takes a minute)");
    ballast.run(&["prove"])?;
    steps.end(begun, "one shard");

    let begun = steps.begin("Post it to both chains: ballast post");
    show(&ballast.run(&["post"])?);
    steps.end(begun, "");
    Ok(())
}

fn read_back(steps: &mut Steps, ballast: &Ballast) -> Result<()> {
    let begun = steps.begin("Read it back through the SDK: ballast show 1, history, verify, solvency");
    show(&ballast.run(&["show", "1"])?);
    show(&ballast.run(&["history"])?);
    show(&ballast.run(&["verify"])?);
    // A year: the sample's date is fixed.
    show(&ballast.run(&["solvency", "ABC", "--max-age", "31536000"])?);
    steps.end(begun, "");
    Ok(())
}

/// The customer: the first account of the sample.
fn include(steps: &mut Steps, ballast: &Ballast, folder: &std::path::Path) -> Result<()> {
    let sample: Value = serde_json::from_str(&fs::read_to_string(source().snapshot)?)?;
    let accounts = sample["accounts"].as_object().context("the sample has no accounts")?;
    let account = accounts.keys().next().context("the sample has no account")?;
    let file = folder.join("inclusion.json");
    let begun = steps.begin("Verify one customer's inclusion: ballast inclusion make, verify");
    show(&ballast.run(&["inclusion", "make", "1", account, "--out", &file.to_string_lossy()])?);
    show(&ballast.run(&["inclusion", "verify", &file.to_string_lossy(), "--account", account])?);
    let digest = hex::encode(sha256(&[&fs::read(&file)?]));
    ensure!(fs::read_to_string(&file)?.contains("PRIVATE"), "the inclusion file does not say that it is private");
    steps.end(begun, &format!("file sha256 {digest}"));
    Ok(())
}

fn show(text: &str) {
    for line in text.lines() {
        println!("    {line}");
    }
}
