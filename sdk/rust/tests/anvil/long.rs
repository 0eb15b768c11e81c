//! A node that adds a long history to a real deployment: epochs of ten minutes on a chain with a
//! block every twelve seconds. Nobody has the proofs of so many; to a reader they are what a node
//! says.

use std::sync::{
    Arc,
    atomic::{AtomicU64, Ordering},
};

use alloy::{
    primitives::{Address, B256, U256, aliases::U112},
    sol_types::{SolCall, SolEvent},
};
use ballast_core::{
    Digest, Element,
    record::{first_head, next_head},
    statement::LedgerPosition,
};
use ballast_sdk::{
    epoch::Record,
    evm::bindings::Reserves::{self, EpochFinalized, ShardPosted},
};
use serde_json::{Value, json};

use crate::{deployment::Deployment, golden, proxy::Conduct};

const CADENCE: u64 = 600;
const BLOCK_TIME: u64 = 12;
/// The block of epoch 0, if there were one: later than all of the real chain.
const BEGIN: u64 = 1_000;
const BLOCKS: u64 = CADENCE / BLOCK_TIME;
/// Unix seconds at that block.
const START: u64 = 1_700_000_000;

/// One epoch as the node tells it.
pub struct Told {
    head: Digest,
    finalized: Value,
    shard: Value,
}

/// What the node was asked.
#[derive(Default)]
pub struct Asked {
    /// Questions, each of a list by itself.
    pub questions: AtomicU64,
    pub requests: AtomicU64,
    /// Queries for events that were refused.
    pub refused: AtomicU64,
}

impl Asked {
    /// Questions, requests and refusals since this was called last.
    pub fn take(&self) -> (u64, u64, u64) {
        let [questions, requests, refused] =
            [&self.questions, &self.requests, &self.refused].map(|count| count.swap(0, Ordering::Relaxed));
        (questions, requests, refused)
    }
}

#[derive(Clone)]
pub struct Long {
    pub epochs: Arc<Vec<Told>>,
    /// How many of them there are by now.
    pub latest: Arc<AtomicU64>,
    pub asked: Arc<Asked>,
    /// The most blocks of one query for events.
    pub range: u64,
    /// The most questions of one request.
    pub batch: usize,
}

impl Long {
    /// `times` says whether events come with the times of their blocks.
    pub fn new(deployment: &Deployment, epochs: u64, times: bool) -> Self {
        let (exchange, assets) = (deployment.exchange(), golden::assets(&deployment.history));
        let mut head = first_head(&exchange);
        let mut told = Vec::new();
        for epoch in 1..=epochs {
            let record = Record {
                exchange,
                epoch,
                as_of: as_of(epoch),
                liabilities: vec![u128::from(epoch); assets.len()],
                reserves: vec![u128::from(epoch); assets.len()],
                assets: assets.clone(),
                circuit: golden::circuit(&deployment.history),
                ledger: LedgerPosition::default(),
                sources: [7; 32],
                roots: vec![Element::from(epoch)],
            };
            head = next_head(&head, &record.digest());
            told.push(tell(deployment.reserves, &record, head, times));
        }
        let asked = Arc::default();
        Self { epochs: Arc::new(told), latest: Arc::new(epochs.into()), asked, range: 10_000, batch: usize::MAX }
    }

    fn latest(&self) -> u64 {
        self.latest.load(Ordering::Relaxed)
    }

    fn epoch(&self, number: u64) -> &Told {
        &self.epochs[number as usize - 1]
    }

    fn stored(&self, number: u64) -> Vec<u8> {
        Reserves::epochCall::abi_encode_returns(&Reserves::Epoch {
            head: self.epoch(number).head.into(),
            asOf: as_of(number),
            postedAt: time(block(number)),
            postedInBlock: block(number),
            shardCount: 1,
            setup: 1,
            insolvent: 0,
            cadence: CADENCE,
            missed: 0,
        })
    }

    fn call(&self, input: &str) -> Option<Vec<u8>> {
        let input = hex::decode(&input[2..]).unwrap();
        if let Ok(call) = Reserves::epochCall::abi_decode(&input) {
            return Some(self.stored(call.number));
        }
        let call = Reserves::latestAmountsCall::abi_decode(&input);
        call.is_ok().then(|| {
            let amount = U112::from(self.latest());
            let assets = self.epoch(1).finalized["assets"].as_u64().unwrap() as usize;
            let amounts = vec![Reserves::Amounts { liability: amount, reserve: amount }; assets];
            Reserves::latestAmountsCall::abi_encode_returns(&amounts)
        })
    }

    fn logs(&self, from: u64, to: u64) -> Value {
        let numbers = (1..=self.latest()).filter(|number| (from..=to).contains(&block(*number)));
        numbers.flat_map(|number| [&self.epoch(number).shard, &self.epoch(number).finalized]).cloned().collect()
    }
}

fn as_of(epoch: u64) -> u64 {
    time(block(epoch)) - 5
}

fn block(epoch: u64) -> u64 {
    BEGIN + epoch * BLOCKS
}

fn time(block: u64) -> u64 {
    START + (block - BEGIN) * BLOCK_TIME
}

fn hash(block: u64) -> B256 {
    B256::left_padding_from(&block.to_be_bytes())
}

fn tell(contract: Address, record: &Record, head: Digest, times: bool) -> Told {
    let words = |amounts: &[u128]| amounts.iter().map(|amount| U256::from(*amount)).collect();
    let finalized = EpochFinalized {
        exchangeId: record.exchange.into(),
        epoch: record.epoch,
        asOf: record.as_of,
        shardCount: 1,
        circuitId: record.circuit.into(),
        setup: 1,
        cadence: CADENCE,
        missed: 0,
        insolvent: 0,
        ledgerSequence: 0,
        ledgerHead: B256::ZERO,
        sources: record.sources.into(),
        liabilities: words(&record.liabilities),
        reserves: words(&record.reserves),
        record: record.digest().into(),
        head: head.into(),
    };
    let shard = ShardPosted {
        exchangeId: record.exchange.into(),
        epoch: record.epoch,
        poster: Address::repeat_byte(9),
        shardIndex: 0,
        shardCount: 1,
        root: U256::from_be_bytes(record.roots[0].to_bytes()),
    };
    let number = block(record.epoch);
    let log = |index: u64, event: alloy::primitives::LogData| {
        let mut log = json!({
            "address": contract, "topics": event.topics(), "data": event.data,
            "blockNumber": format!("{number:#x}"), "blockHash": hash(number), "transactionHash": B256::ZERO,
            "transactionIndex": "0x0", "logIndex": format!("{index:#x}"), "removed": false,
            "assets": record.assets.len(),
        });
        if times {
            log["blockTimestamp"] = format!("{:#x}", time(number)).into();
        }
        log
    };
    Told { head, shard: log(0, shard.encode_log_data()), finalized: log(1, finalized.encode_log_data()) }
}

fn number(value: &Value) -> u64 {
    u64::from_str_radix(value.as_str().unwrap().trim_start_matches("0x"), 16).unwrap()
}

impl Conduct for Long {
    fn receive(&self, request: &Value) {
        let questions = request.as_array().map_or(1, Vec::len);
        self.asked.requests.fetch_add(1, Ordering::Relaxed);
        self.asked.questions.fetch_add(questions as u64, Ordering::Relaxed);
    }

    fn refuse_batch(&self, questions: usize) -> Option<Value> {
        (questions > self.batch).then(|| json!({ "code": -32_600, "message": "too many questions" }))
    }

    fn refuse(&self, request: &Value) -> Option<Value> {
        let filter = &request["params"][0];
        if request["method"] != "eth_getLogs" || number(&filter["toBlock"]) - number(&filter["fromBlock"]) < self.range
        {
            return None;
        }
        self.asked.refused.fetch_add(1, Ordering::Relaxed);
        Some(json!({ "code": -32_005, "message": "block range too large" }))
    }

    fn invent(&self, request: &Value) -> Option<Value> {
        let asked = &request["params"][0];
        match request["method"].as_str().unwrap() {
            "eth_call" => Some(format!("0x{}", hex::encode(self.call(asked["input"].as_str()?)?)).into()),
            // The exchange's registration is on the real chain.
            "eth_getLogs" if number(&asked["toBlock"]) >= BEGIN => {
                Some(self.logs(number(&asked["fromBlock"]), number(&asked["toBlock"])))
            }
            _ => None,
        }
    }

    fn rewrite(&self, request: &mut Value) {
        match request["method"].as_str().unwrap() {
            "eth_call" => request["params"][1] = "latest".into(),
            "eth_getBlockByNumber" => request["params"][0] = "latest".into(),
            _ => {}
        }
    }

    fn change(&self, request: &Value, result: &mut Value) {
        match request["method"].as_str().unwrap() {
            "eth_getBlockByNumber" => {
                let asked = request["params"][0].as_str().unwrap();
                let number = if asked.starts_with("0x") { number(&request["params"][0]) } else { block(self.latest()) };
                result["number"] = format!("{number:#x}").into();
                result["timestamp"] = format!("{:#x}", time(number)).into();
                result["hash"] = json!(hash(number));
            }
            "eth_call" => {
                let selector = format!("0x{}", hex::encode(Reserves::exchangeCall::SELECTOR));
                if !request["params"][0]["input"].as_str().unwrap().starts_with(&selector) {
                    return;
                }
                let data = hex::decode(&result.as_str().unwrap()[2..]).unwrap();
                let mut exchange = Reserves::exchangeCall::abi_decode_returns(&data).unwrap();
                exchange.nextEpoch = self.latest() + 1;
                exchange.asOf = as_of(self.latest());
                exchange.head = self.epoch(self.latest()).head.into();
                let changed = Reserves::exchangeCall::abi_encode_returns(&exchange);
                *result = format!("0x{}", hex::encode(changed)).into();
            }
            _ => {}
        }
    }
}
