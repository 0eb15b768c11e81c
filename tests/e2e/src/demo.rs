//! The demonstration: one commitment, end to end, on two local chains. `demo` commits to the sample; `demo --depth D` to a
//! generated exchange that fills the circuit class of that depth.

use std::{
    fs,
    path::{Path, PathBuf},
    time::{Duration, Instant},
};

use alloy::providers::Provider;
use anyhow::{Context, Result, bail, ensure};
use ballast_core::{circuit::Class, digest::sha256};
use ballast_e2e::{
    ballast::Ballast,
    generated,
    network::{Network, POLICY, Source, artifacts, fund, owner, program_keypair, wallet},
    nodes::{bytecode, project},
};
use ballast_migrations::{circuit, contracts, governance, program, transaction::connect};
use serde_json::Value;
use solana_sdk::{signature::Keypair, signer::Signer};

/// What the demonstration commits to.
struct Subject {
    source: Source,
    /// A customer, who checks.
    account: String,
    /// An asset, of which solvency is asked.
    symbol: String,
}

impl Subject {
    /// The whole sample. Four of its accounts have borrowed.
    fn sample() -> Result<Self> {
        let source = Source {
            snapshot: project().join("examples/ledger-500x53.json"),
            assets: None,
            reserves: project().join("examples/reserves.toml"),
            borrows: "gross",
            accounts: None,
            depth: Class::SMALLEST.depth,
        };
        let sample: Value = serde_json::from_str(&fs::read_to_string(&source.snapshot)?)?;
        let accounts = sample["accounts"].as_object().context("the sample has no accounts")?;
        let account = accounts.keys().next().context("the sample has no account")?.clone();
        Ok(Self { source, account, symbol: "ABC".into() })
    }

    /// As many accounts as the class has leaves.
    fn full(folder: &Path, class: Class) -> Result<Self> {
        println!("Generating {} accounts.", class.leaves());
        let generated = generated::full(folder, class)?;
        Ok(Self { source: generated.source, account: generated.account, symbol: "A0".into() })
    }

    fn class(&self) -> Class {
        Class::new(self.source.depth)
    }
}

/// The depth that was asked for, if one was.
fn depth() -> Result<Option<u8>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    match arguments.iter().map(String::as_str).collect::<Vec<_>>()[..] {
        [] => Ok(None),
        ["--depth", depth] => {
            let depth = depth.parse().with_context(|| format!("--depth: expected a number, found {depth:?}"))?;
            Class::new(depth).check()?;
            Ok(Some(depth))
        }
        _ => bail!("expected nothing or --depth D, found {arguments:?}"),
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
    let depth = depth()?;
    println!("Ballast: one commitment, end to end.");
    println!("The circuit has an INSECURE development setup: anyone who reads the source could forge these proofs.");
    let folder = project().join(".ballast/demo");
    if folder.exists() {
        fs::remove_dir_all(&folder).with_context(|| format!("clear {}", folder.display()))?;
    }
    let subject = match depth {
        None => Subject::sample()?,
        Some(depth) => Subject::full(&folder.join("snapshot"), Class::new(depth))?,
    };
    let mut steps = Steps { start: Instant::now(), number: 0 };
    let network = deploy(&mut steps).await?;
    let (_, ballast) = network.exchange(folder.clone(), "Ballast Demo", &subject.source).await?;
    register_circuit(&mut steps, &network, &ballast, &subject, &folder).await?;
    register(&mut steps, &ballast)?;
    post(&mut steps, &ballast, &subject)?;
    read_back(&mut steps, &ballast, &subject)?;
    include(&mut steps, &ballast, &subject, &folder)?;
    println!("\nThe exchange's keys and settings are in {}.", folder.canonicalize()?.display());
    println!("All of it took {}.", seconds(steps.start.elapsed()));
    Ok(())
}

/// Nodes, program, contracts.
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

    Ok(Network { solana, evm, contracts: deployed, governance: upgrade_authority })
}

/// The proving key, made the first time, and its circuit on both chains.
async fn register_circuit(
    steps: &mut Steps,
    network: &Network,
    ballast: &Ballast,
    subject: &Subject,
    folder: &Path,
) -> Result<()> {
    let (path, depth) = (folder.join("circuit.json"), subject.class().depth.to_string());
    let begun = steps.begin(&format!("Make the proving key of depth {depth}, or find it: ballast setup development"));
    show(&ballast.run(&["setup", "development", "--depth", &depth, "--circuit", &path.to_string_lossy()])?);
    steps.end(begun, "");

    let (file, key) = circuit::read(&path)?;
    let begun = steps.begin(&format!("Register circuit 0x{} ({})", hex::encode(file.id), file.notice));
    let rpc = connect(&network.solana.url);
    let provider = wallet(&network.evm, owner(&network.evm))?;
    let block = provider.get_block_number().await?;
    let units = circuit::register_on_solana(&rpc, &network.governance, &file, &key).await?;
    let registry = network.contracts.circuit_registry.parse()?;
    circuit::register_on_evm(&provider, registry, &file, &key).await?;
    let gas = gas_since(&provider, block).await?;
    steps.end(begun, &format!("{} compute units, {gas} gas", units.unwrap_or_default()));
    Ok(())
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

fn post(steps: &mut Steps, ballast: &Ballast, subject: &Subject) -> Result<()> {
    let begun = steps.begin("Look at the snapshot: ballast snapshot check");
    // Assets and borrows are those of the settings.
    show(&ballast.run(&["snapshot", "check", &subject.source.snapshot.to_string_lossy()])?);
    steps.end(begun, "");

    let begun = steps.begin("Prove it: ballast prove");
    ballast.run(&["prove"])?;
    steps.end(begun, "one shard");

    let begun = steps.begin("Post it to both chains: ballast post");
    show(&ballast.run(&["post"])?);
    steps.end(begun, "");
    Ok(())
}

fn read_back(steps: &mut Steps, ballast: &Ballast, subject: &Subject) -> Result<()> {
    let begun = steps.begin("Read it back through the SDK: ballast show 1, history, verify, solvency");
    show(&ballast.run(&["show", "1"])?);
    show(&ballast.run(&["history"])?);
    show(&ballast.run(&["verify"])?);
    // A year: the sample's date is fixed.
    show(&ballast.run(&["solvency", &subject.symbol, "--max-age", "31536000"])?);
    steps.end(begun, "");
    Ok(())
}

/// The customer checks.
fn include(steps: &mut Steps, ballast: &Ballast, subject: &Subject, folder: &Path) -> Result<()> {
    let (file, account): (PathBuf, &str) = (folder.join("inclusion.json"), &subject.account);
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
