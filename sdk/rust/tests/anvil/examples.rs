//! The examples, given the arguments that their users type, on a real node.

#![allow(dead_code)] // the examples' own `main`

#[path = "../../examples/history.rs"]
mod history;
#[path = "../../examples/inclusion.rs"]
mod inclusion;
#[path = "../../examples/solvency.rs"]
mod solvency;

use alloy::sol_types::SolCall;
use ballast_core::{circuit::SetupKind, hexadecimal, solvency::Standing};
use ballast_sdk::evm::bindings::Reserves;

use serde_json::Value;

use crate::{Lying, Question, deployment::Deployment, flip, golden, proxy};

/// Where the contract's answer about an exchange has the head of its history.
const HEAD_WORD: usize = 14;

/// How the deployment is named on a command line: its contract, then the exchange.
fn named(deployment: &Deployment) -> [String; 2] {
    [deployment.reserves.to_string(), hexadecimal::encode(deployment.exchange())]
}

#[tokio::test(flavor = "multi_thread")]
async fn the_history_example_prints_every_epoch_and_the_gap() {
    let deployment = Deployment::new().await;
    let [contract, exchange] = named(&deployment);
    let arguments = || [deployment.node.endpoint(), contract.clone(), exchange.clone()].into_iter();
    let nothing = history::run(arguments()).await.unwrap_err();
    assert!(nothing.to_string().contains("no finalized epoch"), "{nothing}");

    deployment.post_all().await;
    let text = history::run(arguments()).await.unwrap();
    let lines: Vec<&str> = text.lines().filter(|line| !line.starts_with(' ')).collect();
    let [first, second, gap, third, ..] = lines[..] else { panic!("{text}") };
    assert!(first.starts_with("epoch 1 as of 1795389392: Solvent") && first.contains("INSECURE"), "{first}");
    assert!(second.starts_with("epoch 2 as of 1795389992: Insolvent"), "{second}");
    assert_eq!(gap, "gap after epoch 2: 1 epochs due from 1795390592 on are missing");
    assert!(third.starts_with("epoch 3 as of 1795391192: Solvent, late"), "{third}");
    let liability = &golden::amounts(&deployment.history["epochs"][0]["liabilities"])[0];
    assert!(text.contains(&format!("  BTC: owes {liability}, holds ")), "{text}");

    let question = Question::Call(Reserves::exchangeCall::SELECTOR);
    let lie = |data: &mut Value| flip(data, HEAD_WORD);
    let liar = proxy::start(deployment.node.endpoint(), Lying { question, lie }).await;
    let error = history::run([liar, contract.clone(), exchange.clone()].into_iter()).await.unwrap_err();
    assert!(error.to_string().contains(": head: expected "), "another head than the history leads to: {error}");

    let usage = history::run(arguments().take(2)).await.unwrap_err();
    assert!(usage.to_string().starts_with("usage: history"), "{usage}");
}

/// The last bytes of the answer's words that tell its standing and its setup.
const STANDING_END: usize = 31;
const SETUP_END: usize = 6 * 32 + 31;
const TEN_YEARS: u64 = 315_360_000;

#[tokio::test(flavor = "multi_thread")]
async fn the_solvency_example_says_yes_only_to_fresh_figures_of_a_ceremonys_circuit() {
    let deployment = Deployment::new().await;
    let [contract, exchange] = named(&deployment);
    let ask = async |url: &str, symbol: &str, max_age: u64| {
        let arguments = [url, &contract, &exchange, symbol, &max_age.to_string()].map(String::from);
        solvency::run(arguments.into_iter()).await.unwrap()
    };
    let node = deployment.node.endpoint();
    let missing = ask(&node, "USDC", u64::MAX).await;
    assert!(missing.standing == Standing::Missing && !missing.is_fresh(), "{missing:?}");

    deployment.post_all().await;
    let development = ask(&node, "USDC", u64::MAX).await;
    assert_eq!((development.standing, development.setup), (Standing::Development, Some(SetupKind::Development)));
    assert!(!development.is_fresh(), "proofs of a development circuit can be forged");

    // No ceremony was held: a node that says so stands for one. The vectors' epochs are old by this
    // machine's clock, so that nothing would be fresh under their own cadence.
    let question = Question::Call(Reserves::solvencyCall::SELECTOR);
    let lie = |data: &mut Value| {
        let mut words = hex::decode(data.as_str().unwrap().strip_prefix("0x").unwrap()).unwrap();
        (words[STANDING_END], words[SETUP_END]) = (Standing::Fresh as u8, SetupKind::Ceremony as u8);
        *data = format!("0x{}", hex::encode(words)).into();
    };
    let ceremony = proxy::start(node, Lying { question, lie }).await;
    assert_eq!(ask(&ceremony, "USDC", u64::MAX).await.standing, Standing::Overdue, "by this machine's clock");
    let reserves = Reserves::new(deployment.reserves, &deployment.provider);
    let patient = reserves.setCadence(deployment.exchange().into(), TEN_YEARS);
    deployment.send(patient.into_transaction_request()).await;
    let fresh = ask(&ceremony, "USDC", u64::MAX).await;
    assert!(fresh.is_fresh(), "{fresh:?}");
    let stale = ask(&ceremony, "USDC", 60).await;
    assert_eq!(stale.standing, Standing::Stale, "by this machine's clock");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_inclusion_example_prints_the_customers_balances_and_nobody_elses() {
    let deployment = Deployment::new().await;
    deployment.post_all().await;
    let [contract, exchange] = named(&deployment);
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("inclusion.json");
    let file = golden::inclusion_file(&deployment.history, "customer-4");
    std::fs::write(&path, file).unwrap();
    let check = async |account: &str| {
        let file = path.to_str().unwrap();
        let arguments = [file, account, &deployment.node.endpoint(), &contract, &exchange].map(String::from);
        inclusion::run(arguments.into_iter()).await
    };
    let text = check("customer-4").await.unwrap();
    assert!(text.starts_with("epoch 3 counts these balances (INSECURE development setup)"), "{text}");
    assert!(text.contains("  4002003 units of 10^-6 USDC\n"), "{text}");

    let refused = check("customer-5").await.unwrap_err();
    assert!(refused.to_string().contains("customer-5"), "{refused}");
    std::fs::write(&path, golden::inclusion_file(&deployment.history, "customer-4").replacen("4002003", "4002004", 1))
        .unwrap();
    let refused = check("customer-4").await.unwrap_err();
    assert!(refused.to_string().contains("the root on chain is"), "{refused}");
}
