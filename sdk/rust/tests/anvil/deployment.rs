//! The contracts as they are deployed, on a node of our own, with the exchange of the golden
//! history.

use std::path::PathBuf;

use alloy::{
    network::TransactionBuilder,
    node_bindings::{Anvil, AnvilInstance},
    primitives::{Address, B256, Bytes, U256, aliases::U48},
    providers::{DynProvider, Provider, ProviderBuilder},
    rpc::types::TransactionRequest,
    sol_types::SolValue,
};
use ballast_core::{Digest, assets::Asset};
use ballast_sdk::evm::bindings::{CircuitRegistry, Reserves};
use serde_json::Value;

use crate::golden;

/// Unix seconds at the node's first block: after every as-of time of the history but the last.
const START: u64 = 1_795_390_000;

pub struct Deployment {
    pub node: AnvilInstance,
    pub provider: DynProvider,
    pub reserves: Address,
    pub witnesses: Address,
    pub history: Value,
    authority: Address,
}

/// The node's own binary: ending the launcher in `.bin` would leave it running.
fn anvil() -> PathBuf {
    let packages = golden::project("node_modules/@foundry-rs");
    let folders =
        std::fs::read_dir(&packages).unwrap_or_else(|error| panic!("{}: {error}; run `npm ci`", packages.display()));
    let mut paths = folders.map(|folder| folder.unwrap().path().join("bin/anvil"));
    paths.find(|path| path.exists() && path.to_string_lossy().contains("anvil-")).expect("no anvil for this machine")
}

impl Deployment {
    /// Contracts, circuit and exchange, nothing posted. Every block is final at once.
    pub async fn new() -> Self {
        Self::with_slots(0).await
    }

    /// The same on a node for which a block is final when twice `slots` have followed it.
    pub async fn with_slots(slots: u64) -> Self {
        let time = START.to_string();
        let slots = slots.to_string();
        let node = Anvil::at(anvil()).args(["--timestamp", &time, "--slots-in-an-epoch", &slots]).spawn();
        let provider = ProviderBuilder::new().connect_http(node.endpoint_url()).erased();
        let history = golden::history();
        let exchange = &history["exchange"];
        let authority = Address::from(golden::bytes::<20>(&exchange["evm_authority"]));
        let () = provider.raw_request("anvil_impersonateAccount".into(), [authority]).await.unwrap();
        let wealth = (authority, U256::from(10).pow(U256::from(20)));
        let () = provider.raw_request("anvil_setBalance".into(), wealth).await.unwrap();
        let (reserves, witnesses) = (Address::ZERO, Address::ZERO);
        let mut deployment = Self { node, provider, reserves, witnesses, history, authority };
        deployment.set_up().await;
        deployment
    }

    async fn set_up(&mut self) {
        let arguments = (self.authority, U256::ZERO, true).abi_encode();
        let registry = self.deploy("CircuitRegistry", arguments).await;
        self.reserves = self.deploy("Reserves", registry.abi_encode()).await;
        self.witnesses = self.deploy("Witnesses", self.reserves.abi_encode()).await;
        let (circuit, exchange) = (&self.history["circuit"], &self.history["exchange"]);
        let circuits = CircuitRegistry::new(registry, &self.provider);
        let key = Bytes::from(golden::vector(&circuit["verifying_key"]));
        let transcript = B256::from(golden::bytes::<32>(&circuit["transcript"]));
        self.send(circuits.addCircuit(7, 128, 1, transcript, key).into_transaction_request()).await;
        let reserves = Reserves::new(self.reserves, &self.provider);
        let solana_authority = B256::from(golden::bytes::<32>(&exchange["solana_authority"]));
        let name = exchange["name"].as_str().unwrap().to_string();
        self.send(reserves.registerExchange(name, solana_authority, 600).into_transaction_request()).await;
        let asset = |asset: &Asset| Reserves::Asset { symbol: asset.symbol(), decimals: asset.decimals };
        let assets: Vec<_> = golden::assets(&self.history).as_slice().iter().map(asset).collect();
        let id = B256::from(self.exchange());
        self.send(reserves.appendAssets(id, 0, assets).into_transaction_request()).await;
        self.send(reserves.setPosters(id, vec![self.authority]).into_transaction_request()).await;
    }

    async fn deploy(&self, contract: &str, arguments: Vec<u8>) -> Address {
        let artifact = golden::read(&format!("contracts/out/{contract}.sol/{contract}.json"));
        let code = [golden::vector(&artifact["bytecode"]["object"]), arguments].concat();
        self.send(TransactionRequest::default().with_deploy_code(code)).await.unwrap()
    }

    pub async fn send(&self, transaction: TransactionRequest) -> Option<Address> {
        let sent = self.provider.send_transaction(transaction.with_from(self.authority)).await.unwrap();
        let receipt = sent.get_receipt().await.unwrap();
        assert!(receipt.status());
        receipt.contract_address
    }

    pub fn exchange(&self) -> Digest {
        golden::exchange(&self.history)
    }

    /// Posts a shard of the golden history, with its real proof.
    pub async fn post(&self, shard: &Value) {
        let post = golden::post(shard);
        let reserves = Reserves::new(self.reserves, &self.provider);
        let call = reserves.postShard(B256::from(self.exchange()), Reserves::ShardPost::from(&post));
        self.send(call.into_transaction_request()).await;
    }

    /// Epochs 1 to 3. In the second another shard 0 comes first, and blocks pass between the
    /// shards.
    pub async fn post_all(&self) {
        self.post(&self.history["epochs"][0]["shards"][0]).await;
        self.post(&self.history["other"]["shards"][0]).await;
        self.mine(40).await;
        self.post(&self.history["epochs"][1]["shards"][0]).await;
        self.mine(40).await;
        self.post(&self.history["epochs"][1]["shards"][1]).await;
        self.at(1_795_391_192).await;
        self.post(&self.history["epochs"][2]["shards"][0]).await;
    }

    pub async fn mine(&self, blocks: u64) {
        let () = self.provider.raw_request("anvil_mine".into(), [U48::from(blocks)]).await.unwrap();
    }

    /// Sets the time of the next block.
    pub async fn at(&self, time: u64) {
        let () = self.provider.raw_request("evm_setNextBlockTimestamp".into(), [time]).await.unwrap();
    }
}
