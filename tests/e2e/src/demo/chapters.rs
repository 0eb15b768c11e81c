//! The steps of the demonstration, in their order.

use std::{fs, path::Path};

use alloy::providers::Provider;
use anyhow::{Context, Result, ensure};
use ballast_e2e::{
    ballast::Ballast,
    network::{Network, POLICY, artifacts, fund, owner, program, wallet},
    nodes::bytecode,
};
use ballast_migrations::{circuit, contracts, governance, transaction::connect};
use serde_json::Value;
use solana_loader_v3_interface::state::UpgradeableLoaderState;
use solana_sdk::{signature::Keypair, signer::Signer};

use crate::{
    story::{Story, amount_of, counted, list, number, readable, sol, text, thousands},
    subject::Subject,
};

/// How many assets are shown of a list.
const SHOWN: usize = 3;

/// Starts both nodes and puts the program and the contracts on them.
pub async fn deploy(story: &mut Story) -> Result<Network> {
    let step = story.step("Start a Solana node and an EVM node.", &[]);
    let (solana, evm) = Network::start()?;
    step.figure("Solana", &solana.url);
    step.figure("EVM", evm.endpoint());
    step.end("");

    let bytecode = bytecode()?;
    let step = story.step("Put the Solana program on its node: it verifies proofs and stores what they show.", &[]);
    let rpc = connect(&solana.url);
    let upgrade_authority = Keypair::new();
    fund(&rpc, &upgrade_authority).await?;
    solana.place(&program(), &bytecode, &upgrade_authority.pubkey()).await?;
    governance::initialize(&rpc, &upgrade_authority, &upgrade_authority.pubkey(), POLICY).await?;
    let length = UpgradeableLoaderState::size_of_programdata(bytecode.len());
    let rent = rpc.get_minimum_balance_for_rent_exemption(length).await?;
    step.figure("address", program());
    step.figure("bytecode", format!("{} bytes", thousands(bytecode.len() as u64)));
    step.end(&format!("on a public cluster {} of rent", sol(rent)));

    let step = story.step("Deploy the EVM contracts, which do the same.", &[]);
    let provider = wallet(&evm, owner(&evm))?;
    let deployed = contracts::deploy(&provider, owner(&evm).address(), &artifacts(), POLICY, None).await?;
    step.figure("Reserves", &deployed.reserves);
    step.end(&format!("{} gas", thousands(gas_since(&provider, 0).await?)));

    Ok(Network { solana, evm, contracts: deployed, governance: upgrade_authority })
}

/// Makes the proving key, if there is none yet, and registers its circuit on both chains.
pub async fn register_circuit(
    story: &mut Story,
    network: &Network,
    ballast: &Ballast,
    subject: &Subject,
    folder: &Path,
) -> Result<()> {
    let (path, depth) = (folder.join("circuit.json"), subject.class().depth.to_string());
    let command = format!("ballast setup development --depth {depth} --circuit {}", readable(&path).display());
    let step = story.step("Make a proving key, or take the one that is there, and register its circuit.", &[command]);
    ballast.run(&["setup", "development", "--depth", &depth, "--circuit", &path.to_string_lossy()])?;
    let (file, key) = circuit::read(&path)?;
    let rpc = connect(&network.solana.url);
    let provider = wallet(&network.evm, owner(&network.evm))?;
    let block = provider.get_block_number().await?;
    let units = circuit::register_on_solana(&rpc, &network.governance, &file, &key).await?;
    let registry = network.contracts.circuit_registry.parse()?;
    circuit::register_on_evm(&provider, registry, &file, &key).await?;
    step.figure("circuit", format!("0x{}", hex::encode(file.id)));
    step.figure("setup", &file.notice);
    let gas = gas_since(&provider, block).await?;
    step.end(&format!("{} compute units, {} gas", thousands(units.unwrap_or_default()), thousands(gas)));
    Ok(())
}

/// The gas of all transactions after block `block`.
async fn gas_since(provider: &impl Provider, block: u64) -> Result<u64> {
    let mut gas = 0;
    for number in block + 1..=provider.get_block_number().await? {
        let block = provider.get_block_by_number(number.into()).await?;
        gas += block.with_context(|| format!("block {number} is gone"))?.header.gas_used;
    }
    Ok(gas)
}

/// Registers the exchange with its list of assets and the keys that may post.
pub fn register_exchange(story: &mut Story, ballast: &Ballast) -> Result<()> {
    let commands = [
        "ballast secret new",
        "ballast exchange register",
        "ballast exchange add-assets",
        "ballast exchange set-posters",
    ];
    let step = story.step("Register the exchange on both chains.", &commands.map(String::from));
    ballast.run(&["secret", "new"])?;
    let mut transactions = 0;
    for command in ["register", "add-assets", "set-posters"] {
        let report = ballast.json(&["exchange", command])?;
        for chain in list(&report, "chains")? {
            transactions += number(chain, "transactions")?;
        }
        if command == "register" {
            step.figure("exchange", text(&report, "exchange")?);
        }
    }
    step.end(&counted(transactions, "transaction", "transactions"));
    Ok(())
}

/// Looks at the snapshot and proves what it owes.
pub fn prove(story: &mut Story, ballast: &Ballast, subject: &Subject) -> Result<()> {
    let snapshot = &subject.source().snapshot;
    let command = format!("ballast snapshot check {}", readable(snapshot).display());
    let step = story.step("Look at the snapshot: every customer's balances, and what they add up to.", &[command]);
    // Assets and borrows are those of the settings.
    let report = ballast.json(&["snapshot", "check", &snapshot.to_string_lossy()])?;
    step.figure("accounts", thousands(number(&report, "accounts")?));
    let leaves = counted(number(&report, "leaves")?, "leaf", "leaves");
    step.figure("tree", format!("{leaves} in {}", counted(number(&report, "shards")?, "shard", "shards")));
    step.end("");

    let step = story.step(
        "Prove the totals: each is the sum of all balances, none of them negative, and no balance is shown.",
        &["ballast prove".into()],
    );
    ballast.run(&["prove"])?;
    step.end(&format!("{} of 256 bytes", counted(number(&report, "shards")?, "proof", "proofs")));
    Ok(())
}

/// Posts the epoch to both chains.
pub fn post(story: &mut Story, ballast: &Ballast) -> Result<()> {
    let step =
        story.step("Post the proof. Each chain verifies it before it stores anything.", &["ballast post".into()]);
    let report = ballast.json(&["post"])?;
    step.figure("epoch", number(&report, "epoch")?);
    step.figure("history's head", text(&report, "head")?);
    let mut costs = Vec::new();
    for chain in list(&report, "chains")? {
        let units = thousands(number(chain, "units")?);
        let fee: u64 = text(chain, "fee")?.parse().context("fee")?;
        costs.push(match text(chain, "chain")? {
            "solana" => format!("{units} compute units and {} of fees", sol(fee)),
            _ => format!("{units} gas"),
        });
    }
    step.end(&costs.join(", "));
    Ok(())
}

/// Asks both chains what they hold, as anyone can.
pub fn ask(story: &mut Story, ballast: &Ballast, subject: &Subject) -> Result<()> {
    let step = story.step(
        "Read it back, as anyone can, and verify both histories from the first epoch.",
        &["ballast show 1".into(), "ballast verify".into()],
    );
    let shown = ballast.json(&["show", "1"])?;
    let epoch = list(&shown, "chains")?.first().context("no chain has the epoch")?;
    let assets = list(epoch, "assets")?;
    for asset in assets.iter().take(SHOWN) {
        let (owed, held) = (amount_of(asset, "liability")?, amount_of(asset, "reserve")?);
        step.figure(text(asset, "symbol")?, format!("owes {owed} (proved), holds {held} (reported)"));
    }
    if let Some(rest) = assets.len().checked_sub(SHOWN).filter(|rest| *rest > 0) {
        step.figure("", format!("and {}", counted(rest as u64, "more asset", "more assets")));
    }
    let verified = ballast.json(&["verify"])?;
    let agreed = number(&verified["agreement"], "epochs")?;
    step.figure("both chains agree on", counted(agreed, "epoch", "epochs"));
    step.end("");

    // A year, because the sample's date is fixed.
    let question = ["solvency", subject.symbol(), "--max-age", "31536000"];
    let step = story.step(
        "Ask each chain, as a contract would: is it solvent? A development setup never gets a yes.",
        &[format!("ballast {}", question.join(" "))],
    );
    // Only a circuit of a ceremony answers fresh, and this one is of the development setup.
    for answer in list(&ballast.refused_json(&question)?, "chains")? {
        let (ratio, standing) = (number(answer, "ratio_bps")?, text(answer, "standing")?);
        let (ratio, setup) = (format!("{}.{:02} %", ratio / 100, ratio % 100), text(answer, "setup_label")?);
        step.figure(text(answer, "chain")?, format!("{standing}, holds {ratio} of what is owed ({setup})"));
    }
    step.end("");
    Ok(())
}

/// One customer checks that their balances were counted.
pub fn check_customer(story: &mut Story, ballast: &Ballast, subject: &Subject, folder: &Path) -> Result<()> {
    let (path, account) = (folder.join("inclusion.json"), subject.account());
    let file = readable(&path).display().to_string();
    let step = story.step(
        "A customer checks that their balances were counted, with a file that the exchange gave them.",
        &[
            format!("ballast inclusion make 1 {account} --out {file}"),
            format!("ballast inclusion verify {file} --account {account}"),
        ],
    );
    ballast.run(&["inclusion", "make", "1", account, "--out", &path.to_string_lossy()])?;
    ensure!(fs::read_to_string(&path)?.contains("PRIVATE"), "{file} does not say that it is private");
    let found = ballast.json(&["inclusion", "verify", &path.to_string_lossy(), "--account", account])?;
    let chains = list(&found, "chains")?.iter().filter_map(Value::as_str).collect::<Vec<_>>().join(" and ");
    let (epoch, setup) = (number(&found, "epoch")?, text(&found, "setup")?);
    step.figure("included in epoch", format!("{epoch} on {chains} ({setup})"));
    for balance in list(&found, "balances")?.iter().filter(|balance| balance["units"] != "0").take(SHOWN) {
        step.figure(text(balance, "symbol")?, amount_of(balance, "units")?);
    }
    step.end("");
    Ok(())
}
