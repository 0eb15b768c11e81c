//! At which block an answer is read.

use std::{
    collections::BTreeSet,
    sync::{
        Arc, Mutex,
        atomic::{AtomicBool, Ordering},
    },
};

use alloy::providers::Provider;
use ballast_sdk::{
    Client, Error,
    evm::{EvmBlock, EvmOptions, EvmReader},
    reader::ChainReader,
};
use serde_json::{Value, json};

use crate::{
    client,
    deployment::Deployment,
    proxy::{self, Conduct},
};

fn options(block: EvmBlock) -> EvmOptions {
    EvmOptions { block, ..EvmOptions::default() }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_not_final_is_read_only_by_whoever_asks_for_it() {
    let deployment = Deployment::with_slots(2).await;
    let (id, url) = (deployment.exchange(), deployment.node.endpoint());
    deployment.mine(4).await;
    let connect = async |block| Client::evm(&url, deployment.reserves, options(block)).await.unwrap();
    let [settled, safe, youngest] =
        [connect(EvmBlock::Finalized).await, connect(EvmBlock::Safe).await, connect(EvmBlock::Latest).await];
    deployment.post(&deployment.history["epochs"][0]["shards"][0]).await;
    assert_eq!(youngest.latest(&id).await.unwrap().record.epoch, 1);
    for client in [&settled, &safe] {
        assert!(matches!(client.latest(&id).await.unwrap_err(), Error::NoEpoch { .. }));
    }
    deployment.mine(2).await;
    assert_eq!(safe.latest(&id).await.unwrap().record.epoch, 1);
    assert!(matches!(settled.latest(&id).await.unwrap_err(), Error::NoEpoch { .. }));
    deployment.mine(2).await;
    assert_eq!(settled.latest(&id).await.unwrap().record.epoch, 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_contract_that_is_not_final_yet_is_not_there() {
    let deployment = Deployment::with_slots(32).await;
    let url = deployment.node.endpoint();
    let error = Client::evm(&url, deployment.reserves, EvmOptions::default()).await.err().unwrap();
    assert!(matches!(error, Error::NotDeployed { .. }) && error.to_string().contains("finalized block"), "{error}");
}

/// A node that notes at which blocks it is asked, and that may have another block in one's place.
#[derive(Clone, Default)]
struct Noting {
    asked: Arc<Mutex<BTreeSet<String>>>,
    replaced: Arc<AtomicBool>,
    lying: Arc<AtomicBool>,
}

impl Conduct for Noting {
    fn change(&self, request: &Value, result: &mut Value) {
        if request["method"] == "eth_call" {
            self.asked.lock().unwrap().insert(request["params"][1].to_string());
        }
        // Only whoever asks for a block by number learns of it: the tag still names the one before.
        let by_number = request["params"][0].as_str().is_some_and(|block| block.starts_with("0x"));
        let block = request["method"] == "eth_getBlockByNumber" && by_number;
        if block && self.replaced.load(Ordering::Relaxed) {
            result["hash"] = format!("0x{}", "11".repeat(32)).into();
        }
        if request["method"] == "eth_getLogs" && self.lying.load(Ordering::Relaxed) {
            *result = json!([]);
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_answer_is_of_one_block_that_is_named_by_its_hash() {
    let deployment = Deployment::new().await;
    deployment.post_all().await;
    let id = deployment.exchange();
    let node = Noting::default();
    let client = client(&proxy::start(deployment.node.endpoint(), node.clone()).await, &deployment).await;
    node.asked.lock().unwrap().clear();
    client.history(&id, ..).await.unwrap();
    client.verify_history(&id).await.unwrap();
    client.solvency(&id, "BTC", 600).await.unwrap();
    let asked: Vec<Value> = node.asked.lock().unwrap().iter().map(|id| serde_json::from_str(id).unwrap()).collect();
    let [at] = &asked[..] else { panic!("{asked:?}") };
    assert!(at["blockHash"].is_string() && at["requireCanonical"] == true, "{at}");

    node.replaced.store(true, Ordering::Relaxed);
    let answers = [client.latest(&id).await.err(), client.solvency(&id, "BTC", 600).await.err()];
    for error in answers {
        assert!(matches!(error, Some(Error::Replaced { .. })), "{error:?}");
    }
    // Nor is a contradiction told that comes of it.
    node.lying.store(true, Ordering::Relaxed);
    assert!(matches!(client.latest(&id).await.unwrap_err(), Error::Replaced { .. }));
    node.replaced.store(false, Ordering::Relaxed);
    assert!(matches!(client.latest(&id).await.unwrap_err(), Error::BadData(_)));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_block_that_the_chain_took_back_is_read_no_more() {
    let deployment = Deployment::new().await;
    deployment.post(&deployment.history["epochs"][0]["shards"][0]).await;
    let id = deployment.exchange();
    let url = deployment.node.endpoint();
    let reader = EvmReader::connect(&url, deployment.reserves, EvmOptions::default()).await.unwrap();
    let held = reader.at_one_block().await.unwrap();
    let exchange = held.exchange(&id).await.unwrap();
    held.check_block().await.unwrap();
    deployment.mine(1).await;
    held.check_block().await.unwrap();
    assert_eq!(held.clock().await.unwrap(), held.clock().await.unwrap());
    let () = deployment.provider.raw_request("anvil_reorg".into(), (2, Value::Array(vec![]))).await.unwrap();
    let refused = [held.exchange(&id).await.err(), held.solvency(&exchange, "BTC", 600).await.err()];
    for error in refused {
        assert!(matches!(error, Some(Error::NodeRefused { .. })), "{error:?}");
    }
    assert!(matches!(held.check_block().await.unwrap_err(), Error::Replaced { .. }));
    // The epoch was in that block.
    assert_eq!(reader.exchange(&id).await.unwrap().latest_epoch(), 0);
}
