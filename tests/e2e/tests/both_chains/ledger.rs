//! An exchange from its signed log to both chains, with real tokens in its wallets.

use std::{collections::BTreeMap, os::unix::process::ExitStatusExt, path::Path, process::Stdio, thread};

use alloy::{primitives::U256, signers::local::PrivateKeySigner};
use ballast_core::{assets::Asset, solvency::Standing, statement::LedgerPosition};
use ballast_durable::crash_point::VARIABLE;
use ballast_e2e::{
    ballast::Ballast,
    network::{ExchangeKeys, Network, Source, fund, owner, wallet, write_key},
    tokens::{Erc20Token, SplToken},
};
use ballast_ledger::{
    log::{Writer, WriterOptions},
    signature::sign,
    simulate::signing_key,
    transaction::{Kind, Listing, Transaction},
};
use ballast_migrations::transaction::connect;
use ballast_relayer::crash::WITNESS_POINTS;
use ballast_sdk::{
    Client,
    solvency::{Answer, Known},
};
use serde_json::Value;
use solana_sdk::{signature::Keypair, signer::Signer};
use tempfile::TempDir;

use crate::signals::{A_WHILE, interrupt};

const ACCOUNTS: &str = "10000";
const TRANSACTIONS: u64 = 1_000_000;
const SEED: u64 = 4;
const NAME: &str = "Simulated";
/// The longest span of looks that is allowed, in seconds.
const SPAN: u64 = 600;
const HOUR: u64 = 3_600;
/// What is owed in each asset is held twice over by the exchange's wallets.
const ASSETS: [&str; 4] = ["BTC", "ETH", "SOL", "USD"];
/// Listed after the first epoch.
const LISTED: &str = "XRP";

/// Physical balances by asset, in committed units.
type Owed = BTreeMap<String, u128>;

#[tokio::test(flavor = "multi_thread")]
async fn a_simulated_exchange_is_proved_from_its_log_and_its_wallets_are_witnessed() {
    let network = Network::shared().await.unwrap();
    let folder = TempDir::new().unwrap();
    let source = source(folder.path());
    let (keys, ballast) = network.exchange(folder.path().join("exchange"), NAME, &source).await.unwrap();
    let owed = simulate(&ballast, &source.snapshot);
    ballast.register().unwrap();
    let wallets = Wallets::fill(&network, &keys, &ballast, &owed).await;

    let run = ballast.json(&["run", "--once"]).unwrap();
    let posted = &run["posted"];
    assert_eq!((&posted["epoch"], &posted["shards"], &posted["status"]), (&1.into(), &1.into(), &"solvent".into()));
    for looked in posted["witnessed"].as_array().unwrap() {
        assert!(looked["outcome"] == "looked" && looked["holdings"].as_u64().unwrap() >= 2, "{looked}");
    }
    audited(&ballast, &keys, &source.snapshot);
    let [solana, evm] = network.clients().await.unwrap();
    let id = keys.id(NAME).unwrap();
    for client in [&solana, &evm] {
        assert_eq!(client.latest(&id).await.unwrap().record.ledger.sequence, TRANSACTIONS);
        for asset in ASSETS {
            assert_eq!(reported(client, &id, asset).await, Standing::Development, "{} {asset}", client.chain());
        }
    }
    assert_eq!(
        witnessed(&solana, &id).await,
        [Standing::Development, Standing::Missing, Standing::Development, Standing::Development]
    );
    assert_eq!(
        witnessed(&evm, &id).await,
        [Standing::Missing, Standing::Development, Standing::Missing, Standing::Development]
    );
    let before = answers([&solana, &evm], &id).await;
    // Asked again, the chains have looked before.
    let again = ballast.json(&["witness"]).unwrap();
    let looked = again["chains"].as_array().unwrap();
    assert!(looked.len() == 2 && looked.iter().all(|looked| looked["outcome"] == "looked_before"), "{again}");

    an_asset_is_listed(&ballast, &source, [&solana, &evm], &id).await;
    wallets.empty_of_dollars_on_solana(&network, owed["USD"]).await;
    let surprised = ballast.output(&["run", "--once"]).unwrap();
    let told = String::from_utf8_lossy(&surprised.stderr);
    assert_eq!(surprised.status.code(), Some(2), "{told}");
    assert!(told.contains("USD") && told.contains("--accept"), "{told}");
    for client in [&solana, &evm] {
        assert_eq!(client.latest(&id).await.unwrap().record.epoch, 1, "{}: nothing was posted", client.chain());
    }

    // Killed between the epoch and what the chains see of it, on either chain, a run goes on.
    for point in ["solana-look-sent", "evm-look-stored"] {
        assert!(WITNESS_POINTS.contains(&point));
        let mut command = ballast.command(&["run", "--once", "--accept"]);
        let killed = command.env(VARIABLE, point).output().unwrap();
        assert_eq!(killed.status.signal(), Some(6), "{point}: {}", String::from_utf8_lossy(&killed.stderr));
    }
    // Solana has looked by now, and what was written down for the EVM was not sent: a dry run does
    // not send it either.
    let rehearsed = ballast.json(&["witness", "--dry-run"]).unwrap();
    let outcomes: Vec<&Value> = rehearsed["chains"].as_array().unwrap().iter().map(|look| &look["outcome"]).collect();
    assert_eq!(outcomes, ["looked_before", "would_look"], "{rehearsed}");
    assert!(rehearsed["chains"][1]["shown"].as_array().unwrap().len() >= 2, "{rehearsed}");
    assert!(evm.observation(&id, 2).await.unwrap().is_none(), "a dry run sends nothing");
    ballast.json(&["run", "--once"]).unwrap();
    for client in [&solana, &evm] {
        let seen = client.observation(&id, 2).await.unwrap().unwrap();
        assert!(seen.closed && seen.holdings >= 2, "{seen:?}");
    }
    for client in [&solana, &evm] {
        let latest = client.latest(&id).await.unwrap();
        assert_eq!((latest.record.epoch, latest.record.ledger.sequence), (2, TRANSACTIONS + 1));
        assert_eq!((latest.record.assets.len(), latest.record.liabilities.last()), (5, Some(&0)));
    }
    assert!(solana.compare_history(&evm, &id).await.unwrap().behind.is_none());
    what_was_verified_is_not_read_again(&ballast, &keys, &source.snapshot);
    // The dollars that are gone are missing where the chain looked, and in what was reported;
    // nothing else changed.
    let mut expected = before;
    for answer in expected.iter_mut().filter(|answer| answer.symbol == "USD") {
        match answer.known {
            Known::Reported => (answer.reserve, answer.ratio_bps) = (owed["USD"], 10_000),
            Known::Witnessed { .. } if answer.chain == solana.chain() => {
                (answer.standing, answer.reserve, answer.ratio_bps) = (Standing::Insolvent, 0, 0);
            }
            Known::Witnessed { .. } => {}
        }
    }
    assert_eq!(answers([&solana, &evm], &id).await, expected);
}

/// The log lists an asset between two epochs: no epoch is made before the chains have listed it,
/// too.
async fn an_asset_is_listed(ballast: &Ballast, source: &Source, clients: [&Client; 2], id: &[u8; 32]) {
    let (mut writer, _) = Writer::open(&source.snapshot, WriterOptions::default()).unwrap();
    let LedgerPosition { sequence, head: head_before } = writer.position();
    let listing = Listing::new(vec![Asset::new(LISTED, 6).unwrap()]).unwrap();
    // Of the millisecond after the first epoch, which stays what its log gives.
    let [solana, _] = clients;
    let time = 1_000 * solana.latest(id).await.unwrap().record.as_of + 1;
    let kind = Kind::ListAssets(listing);
    let transaction = Transaction { sequence: sequence + 1, head_before, time, kind };
    writer.append(&[sign(&signing_key(SEED, None, 0), &transaction)]).unwrap();
    drop(writer);
    state_reserves(&source.reserves, &[&ASSETS[..], &[LISTED]].concat());
    let refused = ballast.output(&["run", "--once"]).unwrap();
    let told = String::from_utf8_lossy(&refused.stderr);
    assert_eq!(refused.status.code(), Some(2), "{told}");
    assert!(told.contains(&format!("did not list yet ({LISTED})")) && told.contains("add-assets"), "{told}");
    ballast.run(&["exchange", "add-assets"]).unwrap();
    for client in clients {
        assert_eq!(client.exchange(id).await.unwrap().assets.unwrap().number(LISTED), Some(5));
        assert_eq!(client.latest(id).await.unwrap().record.epoch, 1, "{}: nothing was posted", client.chain());
    }
}

fn source(folder: &Path) -> Source {
    let reserves = folder.join("reserves.toml");
    state_reserves(&reserves, &ASSETS);
    Source::new(folder.join("log"), None, reserves, 7)
}

/// States that nothing is held but what wallets hold.
fn state_reserves(file: &Path, assets: &[&str]) {
    let nothing: String = assets.iter().map(|symbol| format!("{symbol} = \"0\"\n")).collect();
    let text = format!("sources = \"All of it is in wallets on two chains\"\n\n[amounts]\n{nothing}");
    std::fs::write(file, text).unwrap();
}

/// Writes the log, and says what it owes.
fn simulate(ballast: &Ballast, log: &Path) -> Owed {
    let log = log.to_str().unwrap();
    let transactions = TRANSACTIONS.to_string();
    let seed = SEED.to_string();
    let simulate = ["ledger", "simulate", "--log", log, "--accounts", ACCOUNTS, "--seed", &seed, "--transactions"];
    let simulated = ballast.json(&[simulate.as_slice(), &[&transactions]].concat()).unwrap();
    assert!(simulated["notice"].as_str().unwrap().contains("INSECURE"));
    let again = ballast.output(&[simulate.as_slice(), &[&transactions]].concat()).unwrap();
    assert_eq!(again.status.code(), Some(2), "a log is never written over");
    assert_eq!((&simulated["sequence"], &simulated["accounts"]), (&TRANSACTIONS.into(), &10_000.into()));
    let physical = |asset: &Value| asset["physical"].as_str().unwrap().parse().unwrap();
    let assets = simulated["assets"].as_array().unwrap().iter();
    assets.map(|asset| (asset["symbol"].as_str().unwrap().to_owned(), physical(asset))).collect()
}

/// The epoch is what the log gives, to the root; a log that is not the chain's is told from it.
fn audited(ballast: &Ballast, keys: &ExchangeKeys, log: &Path) {
    let report = keys.folder.join("public/epoch-000001/reserves.json");
    let (log, report) = (log.to_str().unwrap(), report.to_str().unwrap());
    let audit = ["audit", "1", "--log", log, "--report", report, "--root"];
    let mut auditing = ballast.command(&audit);
    let auditing = auditing.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    // A replay of so many transactions takes many times as long.
    thread::sleep(A_WHILE);
    interrupt(auditing, ("INT", 130), "the audit");
    let audited = ballast.json(&audit).unwrap();
    for chain in audited["chains"].as_array().unwrap() {
        assert_eq!((&chain["root"], &chain["reserves"]), (&true.into(), &true.into()), "{chain}");
        assert!(chain["holdings"].as_u64().unwrap() > 0, "{chain}");
    }
    let verified = ballast.json(&["reserves", "verify", "1", report]).unwrap();
    for chain in verified["chains"].as_array().unwrap() {
        let holdings = chain["holdings"].as_u64().unwrap();
        assert!(holdings > 0, "{chain}");
        // Each chain's node has the block. Only the EVM's has what accounts held at it, and only
        // Solana has accounts whose owner is to be looked at.
        let (owners, balances) = if chain["chain"] == "solana" { (holdings, 0) } else { (0, holdings) };
        let checked = ["blocks", "owners", "balances"].map(|what| chain[what]["checked"].as_u64().unwrap());
        assert_eq!(checked, [1, owners, balances], "{chain}");
        assert_eq!(chain["balances"]["not_checked"], holdings - balances, "{chain}");
    }
    let told = ballast.run(&["reserves", "verify", "1", report]).unwrap();
    assert!(told.contains("NOT CHECKED: Solana's nodes do not keep what an account held"), "{told}");
    assert_eq!(verified["not_compared"], serde_json::json!([]));
    let other = keys.folder.join("other");
    let other = other.to_str().unwrap();
    let simulate = ["ledger", "simulate", "--log", other, "--accounts", "10", "--seed", "5", "--transactions", "100"];
    ballast.run(&simulate).unwrap();
    let refused = ballast.output(&["audit", "1", "--log", other]).unwrap();
    assert_eq!(refused.status.code(), Some(2), "{}", String::from_utf8_lossy(&refused.stderr));
}

/// What was verified up to epoch 2 goes on from there, unless epoch 1 is asked for.
fn what_was_verified_is_not_read_again(ballast: &Ballast, keys: &ExchangeKeys, log: &Path) {
    let setting = format!("verify.heads={}", keys.folder.join("heads.json").display());
    let firsts = |arguments: &[&str]| -> Vec<u64> {
        let told = ballast.json(&[&["--set", &setting], arguments].concat()).unwrap();
        let chains = told["chains"].as_array().unwrap().iter();
        chains.map(|chain| chain["first"].as_u64().unwrap()).collect()
    };
    let audit = |epoch| ["audit", epoch, "--log", log.to_str().unwrap()];
    assert_eq!(firsts(&["verify"]), [1, 1]);
    assert_eq!(firsts(&["verify"]), [2, 2]);
    assert_eq!(firsts(&audit("2")), [2, 2]);
    assert_eq!(firsts(&audit("1")), [1, 1]);
    assert_eq!(firsts(&[&audit("2")[..], &["--from-start"]].concat()), [1, 1]);
    assert_eq!(firsts(&["verify", "--from-start"]), [1, 1]);
    let told = ballast.run(&["--set", &setting, "verify"]).unwrap();
    assert_eq!(told.matches("read from epoch 2 on: 1 epoch before it NOT READ AGAIN").count(), 2, "{told}");
    assert!(told.contains("the chains tell the same history of 2 epochs"), "{told}");
}

async fn reported(client: &Client, id: &[u8; 32], asset: &str) -> Standing {
    client.solvency(id, asset, HOUR).await.unwrap().standing
}

/// What both chains answer for every asset, reported and witnessed, but for the epoch, its time and
/// that of the looks.
async fn answers(clients: [&Client; 2], id: &[u8; 32]) -> Vec<Answer> {
    let mut answers = Vec::new();
    for client in clients {
        for asset in ASSETS {
            answers.push(client.solvency(id, asset, HOUR).await.unwrap());
            answers.push(client.witnessed_solvency(id, asset, HOUR, SPAN).await.unwrap());
        }
    }
    answers.iter_mut().for_each(|answer| (answer.epoch, answer.as_of, answer.looks) = (0, 0, None));
    answers
}

/// Of every asset, in order.
async fn witnessed(client: &Client, id: &[u8; 32]) -> [Standing; 4] {
    let mut standings = [Standing::Missing; 4];
    for (standing, asset) in standings.iter_mut().zip(ASSETS) {
        *standing = client.witnessed_solvency(id, asset, HOUR, SPAN).await.unwrap().standing;
    }
    standings
}

/// Bitcoin, sol and dollars on Solana; ether and dollars on the EVM.
struct Wallets {
    solana: Keypair,
    dollars: SplToken,
}

impl Wallets {
    async fn fill(network: &Network, keys: &ExchangeKeys, ballast: &Ballast, owed: &Owed) -> Self {
        let rpc = connect(&network.solana.url);
        let (bank, solana) = (Keypair::new(), Keypair::new());
        fund(&rpc, &bank).await.unwrap();
        fund(&rpc, &solana).await.unwrap();
        let key = serde_json::to_string(&solana.to_bytes().to_vec()).unwrap();
        write_key(&keys.folder, "keys/solana-wallet.json", &key).unwrap();
        run(
            ballast,
            &["wallet", "register", "--chain", "solana", "--signer"],
            &keys.folder.join("keys/solana-wallet.json"),
        );
        let mut dollars = None;
        for (symbol, decimals) in [("BTC", 8), ("SOL", 9), ("USD", 6)] {
            let token = SplToken::create(&rpc, &bank, decimals).await.unwrap();
            let amount = u64::try_from(owed[symbol]).unwrap();
            token.mint_to(&rpc, &bank, &solana.pubkey(), amount).await.unwrap();
            let mint = token.mint.to_string();
            ballast.run(&["wallet", "declare", &mint, "--asset", symbol, "--chain", "solana"]).unwrap();
            dollars = Some(token);
        }

        let evm = PrivateKeySigner::random();
        write_key(&keys.folder, "keys/evm-wallet.key", &alloy::hex::encode(evm.to_bytes())).unwrap();
        run(ballast, &["wallet", "register", "--chain", "evm", "--signer"], &keys.folder.join("keys/evm-wallet.key"));
        let from = owner(&network.evm);
        for (symbol, decimals, factor) in [("ETH", 18, 1_000_000_000u64), ("USD", 6, 1)] {
            let provider = wallet(&network.evm, from.clone()).unwrap();
            let token = Erc20Token::deploy(provider, from.address(), symbol, decimals).await.unwrap();
            let amount = U256::from(owed[symbol]) * U256::from(factor);
            token.mint_to(from.address(), evm.address(), amount).await.unwrap();
            let address = token.address.to_string();
            ballast.run(&["wallet", "declare", &address, "--asset", symbol, "--chain", "evm"]).unwrap();
        }
        let listed = ballast.json(&["wallet", "list"]).unwrap();
        assert_eq!(listed["chains"][0]["tokens"].as_array().unwrap().len(), 3);
        assert_eq!(listed["chains"][1]["tokens"].as_array().unwrap().len(), 2);
        Self { solana, dollars: dollars.unwrap() }
    }

    async fn empty_of_dollars_on_solana(&self, network: &Network, amount: u128) {
        let rpc = connect(&network.solana.url);
        let thief = Keypair::new();
        let amount = u64::try_from(amount).unwrap();
        self.dollars.transfer(&rpc, &self.solana, &thief.pubkey(), amount).await.unwrap();
    }
}

fn run(ballast: &Ballast, arguments: &[&str], file: &Path) {
    ballast.run(&[arguments, &[file.to_str().unwrap()]].concat()).unwrap();
}
