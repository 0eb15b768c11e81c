//! The EVM reader on a real node, with the contracts that are deployed and real proofs.

mod block;
mod calls;
mod deployment;
mod examples;
#[path = "../golden/mod.rs"]
mod golden;
mod long;
mod numbers;
mod proxy;
mod witnessed;

use std::sync::{
    Arc,
    atomic::{AtomicU64, Ordering},
};

use alloy::{
    primitives::{Address, B256},
    sol_types::{SolCall, SolEvent},
};
use ballast_core::{inclusion::Expected, solvency::Standing};
use ballast_sdk::{
    Client, Error, ErrorKind,
    chain::Chain,
    epoch::Status,
    evm::{
        EvmOptions,
        bindings::{CircuitRegistry, CircuitVerifier, Reserves},
    },
    history::Entry,
};
use deployment::Deployment;
use golden::{amounts, bytes, check, check_new};
use proxy::Conduct;
use serde_json::{Value, json};

async fn client(url: &str, deployment: &Deployment) -> Client {
    Client::evm(url, deployment.reserves, EvmOptions::default()).await.unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_history_is_read_as_it_was_posted() {
    let deployment = Deployment::new().await;
    let (id, history) = (deployment.exchange(), &deployment.history);
    let client = client(&deployment.node.endpoint(), &deployment).await;
    assert_eq!(client.chain(), Chain::Evm(31_337));
    check_new(&client, history).await;

    deployment.post_all().await;
    for (number, expected) in (1..).zip(history["epochs"].as_array().unwrap()) {
        check(&client.epoch(&id, number).await.unwrap(), expected);
    }
    let latest = client.latest(&id).await.unwrap();
    let Expected { epoch, roots, .. } = latest.expected();
    assert_eq!((epoch, roots.len()), (3, 1));
    let verified = client.verify_history(&id).await.unwrap();
    assert_eq!((verified.epochs.len(), verified.head), (3, bytes(&history["epochs"][2]["head_after"])));

    let read = client.history(&id, ..).await.unwrap();
    let [Entry::Epoch(_), Entry::Epoch(second), Entry::Gap(gap), Entry::Epoch(third)] = &read.entries[..] else {
        panic!("{:?}", read.entries)
    };
    assert_eq!((gap.after, gap.missed, third.late_by), (2, 1, 600));
    assert_eq!(second.epoch.status(), Status::Insolvent, "an insolvent epoch is listed like the others");
    assert_eq!(client.history(&id, 3..).await.unwrap().entries[..], read.entries[2..]);
    assert!(matches!(client.history(&id, 3..=4).await.unwrap_err(), Error::EpochNotFound { epoch: 4, latest: 3, .. }));

    let fresh = client.solvency(&id, "USDC", 3_600).await.unwrap();
    assert_eq!((fresh.standing, fresh.epoch, fresh.decimals), (Standing::Development, 3, Some(6)));
    assert_eq!(fresh.circuit, golden::circuit(history));
    assert_eq!(fresh.liability, amounts(&history["epochs"][2]["liabilities"])[1]);
    deployment.at(latest.record.as_of + 3_601).await;
    deployment.mine(1).await;
    assert_eq!(client.solvency(&id, "ETH", 3_600).await.unwrap().standing, Standing::Missing);
    let overdue = client.history(&id, ..).await.unwrap().overdue.unwrap();
    assert_eq!((overdue.epoch, overdue.due), (4, latest.record.as_of + 600));
}

#[tokio::test(flavor = "multi_thread")]
async fn an_unfinished_epoch_is_visible_and_may_begin_again() {
    let deployment = Deployment::new().await;
    let id = deployment.exchange();
    let client = client(&deployment.node.endpoint(), &deployment).await;
    deployment.post(&deployment.history["epochs"][0]["shards"][0]).await;
    assert_eq!(client.pending(&id).await.unwrap(), None);
    deployment.post(&deployment.history["other"]["shards"][0]).await;
    let other = client.pending(&id).await.unwrap().unwrap();
    assert_eq!((other.epoch, other.shards_done, other.shard_count), (2, 1, 2));
    let error = client.epoch(&id, 2).await.unwrap_err();
    assert!(matches!(error, Error::EpochUnfinished { epoch: 2, shards_done: 1, shard_count: 2, .. }), "{error}");
    deployment.post(&deployment.history["epochs"][1]["shards"][0]).await;
    let begun = client.history(&id, ..).await.unwrap().pending.unwrap();
    assert_eq!(begun.shards_done, 1);
    assert_ne!(begun.liabilities, other.liabilities, "the sums are those of the epoch that was begun last");
    deployment.post(&deployment.history["epochs"][1]["shards"][1]).await;
    assert_eq!(client.pending(&id).await.unwrap(), None);
    check(&client.epoch(&id, 2).await.unwrap(), &deployment.history["epochs"][1]);
}

/// A public node: so many blocks of events at once, and it says so in its own words.
#[derive(Clone)]
struct Limited {
    most: u64,
    largest: Arc<AtomicU64>,
}

impl Conduct for Limited {
    fn refuse(&self, request: &Value) -> Option<Value> {
        if request["method"] != "eth_getLogs" {
            return None;
        }
        let bound = |name: &str| {
            let text = request["params"][0][name].as_str().unwrap();
            u64::from_str_radix(text.trim_start_matches("0x"), 16).unwrap()
        };
        let blocks = bound("toBlock") - bound("fromBlock") + 1;
        if blocks > self.most {
            return Some(json!({ "code": -32_600, "message": format!("block range is limited to {}", self.most) }));
        }
        self.largest.fetch_max(blocks, Ordering::Relaxed);
        None
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn ranges_shrink_to_what_a_node_allows() {
    let deployment = Deployment::new().await;
    deployment.post_all().await;
    let direct = client(&deployment.node.endpoint(), &deployment).await;
    let whole = direct.verify_history(&deployment.exchange()).await.unwrap();
    for most in [1, 7] {
        let conduct = Limited { most, largest: Arc::default() };
        let url = proxy::start(deployment.node.endpoint(), conduct.clone()).await;
        let limited = client(&url, &deployment).await;
        assert_eq!(limited.verify_history(&deployment.exchange()).await.unwrap(), whole);
        assert_eq!(limited.exchanges().await.unwrap().len(), 1);
        assert!((1..=most).contains(&conduct.largest.load(Ordering::Relaxed)));
    }
}

/// A node that falls silent when it is asked for events.
#[derive(Clone)]
struct Silent;

impl Conduct for Silent {
    fn hang_up(&self, request: &Value) -> bool {
        request["method"] == "eth_getLogs"
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn events_that_did_not_arrive_are_not_events_that_are_not_there() {
    let deployment = Deployment::new().await;
    deployment.post(&deployment.history["epochs"][0]["shards"][0]).await;
    let url = proxy::start(deployment.node.endpoint(), Silent).await;
    let client = client(&url, &deployment).await;
    let errors = [client.exchanges().await.unwrap_err(), client.latest(&deployment.exchange()).await.unwrap_err()];
    for error in errors {
        assert!(matches!(error, Error::Unreachable { .. }), "{error}");
    }
}

/// What becomes of an answer.
type Lie = fn(&mut Value);

/// A node that lies in its answers to one question: about an event, or a call of a contract.
#[derive(Clone)]
struct Lying {
    question: Question,
    lie: Lie,
}

#[derive(Clone, Copy, PartialEq)]
enum Question {
    Event(B256),
    Call([u8; 4]),
}

impl Conduct for Lying {
    fn change(&self, request: &Value, result: &mut Value) {
        let asked = &request["params"][0];
        match self.question {
            // A question may be about events of several kinds.
            Question::Event(event) if request["method"] == "eth_getLogs" => {
                let logs = std::mem::take(result.as_array_mut().unwrap());
                let (meant, mut told) = logs.into_iter().partition(|log| log["topics"][0] == json!(event));
                let mut changed = Value::Array(meant);
                if changed != json!([]) {
                    (self.lie)(&mut changed);
                }
                told.append(changed.as_array_mut().unwrap());
                *result = told.into();
            }
            Question::Call(selector) if request["method"] == "eth_call" => {
                let selector = format!("0x{}", hex::encode(selector));
                if asked["input"].as_str().is_some_and(|data| data.starts_with(&selector)) {
                    (self.lie)(result);
                }
            }
            _ => {}
        }
    }
}

/// Changes the last digit of a word of `data`.
fn flip(data: &mut Value, word: usize) {
    let mut text = data.as_str().unwrap().to_string();
    let at = 2 + 64 * word + 63;
    let digit = if &text[at..=at] == "0" { "1" } else { "0" };
    text.replace_range(at..=at, digit);
    *data = text.into();
}

/// Through a node that lies so.
async fn deceived(deployment: &Deployment, question: Question, lie: Lie) -> Client {
    let url = proxy::start(deployment.node.endpoint(), Lying { question, lie }).await;
    client(&url, deployment).await
}

fn named<T>(result: Result<T, Error>) -> String {
    match result.err().expect("a lie was believed") {
        Error::BadData(bad) => bad.field,
        other => panic!("{other}"),
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_node_that_lies_about_an_epoch_is_found_out() {
    let deployment = Deployment::new().await;
    deployment.post_all().await;
    let finalized = Question::Event(Reserves::EpochFinalized::SIGNATURE_HASH);
    let shard = Question::Event(Reserves::ShardPosted::SIGNATURE_HASH);
    let epoch = Question::Call(Reserves::epochCall::SELECTOR);
    let amounts = Question::Call(Reserves::latestAmountsCall::SELECTOR);
    let circuit = Question::Call(CircuitRegistry::circuitCall::SELECTOR);
    let key = Question::Call(CircuitVerifier::verifyingKeyCall::SELECTOR);
    let assets = Question::Call(Reserves::assetsCall::SELECTOR);
    let cases: [(_, Lie, &str); 26] = [
        (epoch, |data| *data = format!("0x{}", "0".repeat(64 * 9)).into(), "storage"),
        (finalized, |logs| flip(&mut logs[0]["data"], 0), "as_of"),
        (finalized, |logs| flip(&mut logs[0]["data"], 3), "setup"),
        (finalized, |logs| flip(&mut logs[0]["data"], 4), "cadence"),
        (finalized, |logs| flip(&mut logs[0]["data"], 5), "missed"),
        (finalized, |logs| flip(&mut logs[0]["data"], 6), "insolvent"),
        (finalized, |logs| flip(&mut logs[0]["data"], 8), "head"),
        (finalized, |logs| flip(&mut logs[0]["data"], 15), "head"),
        (finalized, |logs| logs[0]["blockTimestamp"] = "0x1".into(), "posted_at"),
        (finalized, |logs| *logs = json!([]), "EpochFinalized"),
        (finalized, |logs| *logs = json!([logs[0], logs[0]]), "EpochFinalized"),
        (finalized, |logs| logs[0]["removed"] = true.into(), "EpochFinalized"),
        (finalized, |logs| logs[0]["data"] = "0x00".into(), Reserves::EpochFinalized::SIGNATURE),
        (shard, |logs| flip(&mut logs[0]["data"], 2), "head"),
        (shard, |logs| logs[0]["data"] = "0x00".into(), Reserves::ShardPosted::SIGNATURE),
        (shard, |logs| *logs = json!([]), "roots"),
        (epoch, |data| flip(data, 0), "head"),
        (epoch, |data| flip(data, 4), "shard_count"),
        (epoch, |data| flip(data, 6), "insolvent"),
        (epoch, |data| flip(data, 7), "cadence"),
        (epoch, |data| flip(data, 8), "missed"),
        (amounts, |data| flip(data, 2), "liabilities[BTC]"),
        (circuit, |data| flip(data, 4), "setup"),
        (circuit, |data| flip(data, 6), "id"),
        (key, |data| flip(data, 3), "id"),
        (assets, |data| flip(data, 6), "asset_list_digest"),
    ];
    for (number, (question, lie, field)) in cases.into_iter().enumerate() {
        let client = deceived(&deployment, question, lie).await;
        let found = named(client.latest(&deployment.exchange()).await);
        assert_eq!(found, field, "case {number}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_node_that_lies_about_what_is_not_finished_registered_or_solvent_is_found_out() {
    let deployment = Deployment::new().await;
    let id = deployment.exchange();
    deployment.post(&deployment.history["epochs"][0]["shards"][0]).await;
    deployment.post(&deployment.history["epochs"][1]["shards"][0]).await;
    let pending = Question::Call(Reserves::pendingEpochCall::SELECTOR);
    let shard = Question::Event(Reserves::ShardPosted::SIGNATURE_HASH);
    let cases: [(_, Lie, &str); 5] = [
        (pending, |data| flip(data, 3), "roots"),
        (pending, |data| *data = data.as_str().unwrap().replacen("01", "02", 1).into(), "shards_done"),
        (shard, |logs| flip(&mut logs[0]["data"], 2), "roots"),
        (shard, |logs| *logs = json!([]), "roots"),
        (shard, |logs| flip(&mut logs[0]["data"], 0), "roots[0]"),
    ];
    for (number, (question, lie, field)) in cases.into_iter().enumerate() {
        let client = deceived(&deployment, question, lie).await;
        assert_eq!(named(client.pending(&id).await), field, "case {number}");
    }
    let registered = Question::Event(Reserves::ExchangeRegistered::SIGNATURE_HASH);
    let client = deceived(&deployment, registered, |logs| flip(&mut logs[0]["data"], 0)).await;
    assert_eq!(named(client.exchanges().await), "id");
    assert_eq!(named(client.exchange(&id).await), "id");
    let solvency = Question::Call(Reserves::solvencyCall::SELECTOR);
    for (word, field) in [(0, "standing"), (5, "ratio_bps"), (6, "setup")] {
        let lie: Lie = match word {
            0 => |data| flip(data, 0),
            5 => |data| flip(data, 5),
            _ => |data| flip(data, 6),
        };
        let client = deceived(&deployment, solvency, lie).await;
        assert_eq!(named(client.solvency(&id, "USDC", u64::MAX).await), format!("solvency(USDC).{field}"));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn unreachable_not_deployed_and_not_found_are_told_apart() {
    let deployment = Deployment::new().await;
    let nowhere = Address::repeat_byte(7);
    let error = Client::evm(&deployment.node.endpoint(), nowhere, EvmOptions::default()).await.err().unwrap();
    assert!(matches!(error, Error::NotDeployed { .. }), "{error}");
    let closed = "http://user:SECRET@127.0.0.1:9/SECRET?key=SECRET";
    let error = Client::evm(closed, deployment.reserves, EvmOptions::default()).await.err().unwrap();
    assert!(matches!(error, Error::Unreachable { .. }), "{error}");
    assert!(error.to_string().contains("http://127.0.0.1:9") && !error.to_string().contains("SECRET"), "{error}");
    let contract = Reserves::new(deployment.reserves, &deployment.provider);
    let registry = contract.circuits().call().await.unwrap();
    let error = Client::evm(&deployment.node.endpoint(), registry, EvmOptions::default()).await.err().unwrap();
    assert_eq!(error.kind(), ErrorKind::BadData, "a contract, but another one: {error}");
    assert!(error.to_string().contains(&registry.to_string()), "{error}");
}
