//! The golden history of `tests/vectors/history.json`: real proofs, and what a chain holds once
//! they are posted.
#![allow(dead_code)] // each test file uses its part

use std::path::PathBuf;

use ballast_core::{
    Digest, Element,
    assets::{Asset, AssetList},
    circuit::{Class, SetupKind},
    inclusion::Expected,
    leaf::{MasterSecret, Slot},
    post::ShardPost,
    solvency::Standing,
    statement::LedgerPosition,
};
use ballast_ledger::{
    inclusion,
    snapshot::{Account, Snapshot},
};
use ballast_sdk::{
    Client, Error,
    epoch::{Epoch, Status},
};
use serde_json::{Value, json};

pub fn project(path: &str) -> PathBuf {
    PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/../..")).join(path)
}

/// A JSON file of the project.
pub fn read(path: &str) -> Value {
    let path = project(path);
    let text = std::fs::read(&path).unwrap_or_else(|error| panic!("{}: {error}; `make test` makes it", path.display()));
    serde_json::from_slice(&text).unwrap()
}

pub fn history() -> Value {
    read("tests/vectors/history.json")
}

pub fn vector(value: &Value) -> Vec<u8> {
    hex::decode(value.as_str().unwrap().strip_prefix("0x").unwrap()).unwrap()
}

pub fn bytes<const N: usize>(value: &Value) -> [u8; N] {
    vector(value).try_into().unwrap()
}

pub fn exchange(history: &Value) -> Digest {
    bytes(&history["exchange"]["id"])
}

pub fn circuit(history: &Value) -> Digest {
    bytes(&history["circuit"]["id"])
}

pub fn assets(history: &Value) -> AssetList {
    let exchange = &history["exchange"];
    let symbols = exchange["symbols"].as_array().unwrap().iter().zip(exchange["decimals"].as_array().unwrap());
    let asset = |(symbol, decimals): (&Value, &Value)| {
        Asset::new(symbol.as_str().unwrap(), decimals.as_u64().unwrap() as u8).unwrap()
    };
    AssetList::new(symbols.map(asset).collect()).unwrap()
}

pub fn post(shard: &Value) -> ShardPost {
    ShardPost::decode(&vector(&shard["encoded"])).unwrap()
}

pub fn amounts(values: &Value) -> Vec<u128> {
    values.as_array().unwrap().iter().map(|value| value.as_str().unwrap().parse().unwrap()).collect()
}

/// The inclusion file of an account in epoch 3, which has the accounts customer-1 to customer-8.
pub fn inclusion_file(history: &Value, account: &str) -> String {
    let (epoch, assets) = (3, assets(history));
    let expected = &history["epochs"][2];
    let accounts = (1..9).map(|number| Account {
        id: format!("customer-{number}"),
        balances: (1..=assets.len() as u16)
            .map(|asset| Slot { asset, balance: 1_000_000 * number + 1_000 * u64::from(asset) + epoch })
            .collect(),
    });
    let snapshot = Snapshot {
        as_of: expected["shards"][0]["as_of"].as_str().unwrap().parse().unwrap(),
        ledger: LedgerPosition::default(),
        accounts: accounts.collect(),
        totals: amounts(&expected["liabilities"]),
        gross_borrows: vec![0; assets.len()],
        left_out: 0,
        assets: assets.clone(),
    };
    let root = Element::new(bytes(&expected["shards"][0]["public_vector"][2])).unwrap();
    let expected =
        Expected { exchange: exchange(history), epoch, class: Class::SMALLEST, roots: &[root], assets: &assets };
    let key = MasterSecret::new([7; 32]).epoch_key(&expected.exchange, epoch);
    let file = inclusion::make(&snapshot, &key, account, &expected).unwrap();
    inclusion::text(&file).unwrap()
}

/// A chain tells the exchange and the circuit of the history, of which nothing is posted yet.
pub async fn check_new(client: &Client, history: &Value) {
    let id = exchange(history);
    let listed = client.exchanges().await.unwrap();
    assert_eq!(listed, [client.exchange(&id).await.unwrap()]);
    assert_eq!((&listed[0].name[..], listed[0].cadence, listed[0].next_epoch), ("Vector Exchange", 600, 1));
    assert_eq!(listed[0].assets.as_ref().unwrap().digest(), bytes(&history["exchange"]["asset_list"]));
    assert!(matches!(client.latest(&id).await.unwrap_err(), Error::NoEpoch { .. }));
    assert!(matches!(client.verify_history(&id).await.unwrap_err(), Error::NoEpoch { .. }));
    assert_eq!(client.solvency(&id, "BTC", u64::MAX).await.unwrap().standing, Standing::Missing);
    assert!(matches!(client.exchange(&[9; 32]).await.unwrap_err(), Error::ExchangeNotFound { .. }));
    let circuit = client.circuit(&circuit(history)).await.unwrap();
    assert_eq!((circuit.class, circuit.setup, circuit.retired), (Class::SMALLEST, SetupKind::Development, false));
    assert!(matches!(client.circuit(&[9; 32]).await.unwrap_err(), Error::CircuitNotFound { .. }));
}

/// `epoch` is the one that the history expects.
pub fn check(epoch: &Epoch, expected: &Value) {
    assert_eq!(epoch.record.liabilities, amounts(&expected["liabilities"]));
    assert_eq!(epoch.record.reserves, amounts(&expected["reserves"]));
    assert_eq!(epoch.record.digest(), bytes(&expected["record"]));
    assert_eq!((epoch.head_before, epoch.head), (bytes(&expected["head_before"]), bytes(&expected["head_after"])));
    let figures = epoch.figures();
    let insolvent = (1..).zip(&figures).filter(|(_, asset)| asset.status == Status::Insolvent);
    assert_eq!(json!(insolvent.map(|(number, _): (u64, _)| number).collect::<Vec<_>>()), expected["insolvent"]);
    let shards = expected["shards"].as_array().unwrap();
    let roots: Vec<Value> = shards.iter().map(|shard| shard["public_vector"][2].clone()).collect();
    assert_eq!(serde_json::to_value(&epoch.record.roots).unwrap(), Value::from(roots));
    assert_eq!(epoch.setup, SetupKind::Development);
}
