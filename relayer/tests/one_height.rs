//! Balances are of one height: nodes whose answers are of several, of a block that is replaced
//! meanwhile, or of the latest state.

use std::{
    collections::BTreeMap,
    io::{BufRead, BufReader, Read, Write},
    net::{TcpListener, TcpStream},
    sync::{Arc, Mutex},
    thread,
    time::Duration,
};

use alloy::primitives::{Address, B256};
use ballast_relayer::{
    chains::{ChainError, ChainHoldings, evm::balances::read_evm, solana::balances::read_solana},
    config,
};
use ballast_sdk::{
    chain::{Address as AnyAddress, Chain},
    observation::{Token, Wallet},
};
use serde_json::{Value, json};
use solana_commitment_config::CommitmentConfig;
use solana_sdk::pubkey::Pubkey;

/// What a node answers to a method, its parameters, and how often the method was called before.
type Answer = dyn Fn(&str, &Value, usize) -> Result<Value, &'static str> + Send + Sync;

/// A node that answers as it is told; its address.
fn node(answer: impl Fn(&str, &Value, usize) -> Result<Value, &'static str> + Send + Sync + 'static) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    let (answer, calls): (Arc<Answer>, Arc<Mutex<BTreeMap<String, usize>>>) = (Arc::new(answer), Arc::default());
    thread::spawn(move || {
        for stream in listener.incoming() {
            let (answer, calls) = (answer.clone(), calls.clone());
            thread::spawn(move || serve(stream.unwrap(), &*answer, &calls));
        }
    });
    url
}

/// Answers requests until the other side has no more.
fn serve(mut stream: TcpStream, answer: &Answer, calls: &Mutex<BTreeMap<String, usize>>) {
    let mut input = BufReader::new(stream.try_clone().unwrap());
    loop {
        let mut length = 0;
        loop {
            let mut line = String::new();
            if input.read_line(&mut line).unwrap_or(0) == 0 {
                return;
            }
            if let Some(value) = line.to_ascii_lowercase().strip_prefix("content-length:") {
                length = value.trim().parse().unwrap();
            }
            if line.trim().is_empty() {
                break;
            }
        }
        let mut body = vec![0; length];
        input.read_exact(&mut body).unwrap();
        let request: Value = serde_json::from_slice(&body).unwrap();
        let method = request["method"].as_str().unwrap();
        let before = {
            let mut calls = calls.lock().unwrap();
            let count = calls.entry(method.into()).or_default();
            *count += 1;
            *count - 1
        };
        let mut reply = json!({ "jsonrpc": "2.0", "id": request["id"] });
        match answer(method, &request["params"], before) {
            Ok(result) => reply["result"] = result,
            Err(message) => reply["error"] = json!({ "code": -32_000, "message": message }),
        }
        let reply = reply.to_string();
        let head =
            format!("HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: {}\r\n\r\n", reply.len());
        if stream.write_all(format!("{head}{reply}").as_bytes()).is_err() {
            return;
        }
    }
}

fn hash(number: u8) -> String {
    B256::repeat_byte(number).to_string()
}

fn block(number: u8) -> Value {
    let (zero, word) = ("0x0", hash(0));
    json!({
        "hash": hash(number), "parentHash": word, "sha3Uncles": word, "miner": Address::ZERO, "stateRoot": word,
        "transactionsRoot": word, "receiptsRoot": word, "logsBloom": format!("0x{}", "00".repeat(256)),
        "difficulty": zero, "number": "0x10", "gasLimit": zero, "gasUsed": zero, "timestamp": "0x64", "extraData": "0x",
        "mixHash": word, "nonce": "0x0000000000000000", "baseFeePerGas": zero, "size": zero, "uncles": [],
        "transactions": [],
    })
}

/// Reads one wallet's native coin from a node whose block has these hashes, one after the other and
/// then the last.
async fn read_native(
    hashes: &'static [u8],
    balance: impl Fn(&Value) -> Result<Value, &'static str> + Send + Sync + 'static,
) -> Result<ChainHoldings, ChainError> {
    let url = node(move |method, parameters, before| match method {
        "eth_chainId" => Ok(json!("0x1")),
        "eth_blockNumber" => Ok(json!("0x10")),
        "eth_getBlockByNumber" => Ok(block(hashes[before.min(hashes.len() - 1)])),
        "eth_getBalance" => balance(&parameters[1]),
        _ => Err("no such method"),
    });
    let settings = config::Evm {
        rpc_url: url.parse().unwrap(),
        contract: Address::ZERO,
        block: ballast_sdk::evm::EvmBlock::Finalized,
        from_block: 0,
        witnesses: None,
        poster: None,
        poster_password: None,
        authority: None,
        authority_password: None,
        confirmations: 1,
        gas_margin_percent: 20,
        max_fee_per_gas: None,
        timeout: Duration::from_secs(30),
    };
    let (chain, owner) = (Chain::Evm(1), AnyAddress::Evm(Address::repeat_byte(0x31)));
    let wallet = Wallet { chain, address: owner, exchange: [1; 32], registered_at: 1, retired: false };
    let token = Token { chain, address: AnyAddress::Evm(Address::ZERO), asset: 1, decimals: 18 };
    read_evm(&settings, &[wallet], &[token]).await
}

/// As many units as the block's hash says; of the latest state, many more.
fn of_block(block: &Value) -> Result<Value, &'static str> {
    let hash = block.as_str().filter(|hash| hash.len() == 66);
    Ok(hash.map_or(json!("0xffff"), |hash| json!(format!("0x{}", &hash[2..4]))))
}

fn seen(told: &ChainHoldings) -> (&str, u128) {
    (&told.hash, told.holdings[0].balance)
}

#[tokio::test(flavor = "multi_thread")]
async fn native_coin_is_that_of_the_block_and_not_of_the_latest_state() {
    let told = read_native(&[0x11], of_block).await.unwrap();
    assert_eq!(seen(&told), (&hash(0x11)[..], 0x11));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_block_that_is_replaced_while_it_is_read_is_not_told_of() {
    // Found, replaced when it was read, found again, still there.
    let told = read_native(&[0x11, 0x12], of_block).await.unwrap();
    assert_eq!(seen(&told), (&hash(0x12)[..], 0x12));
    let error = read_native(&[1, 2, 3, 4, 5, 6, 7, 8], of_block).await.unwrap_err();
    let replaced =
        matches!(&error, ChainError::Unexpected { reason, .. } if reason.contains("was replaced in each of 3"));
    assert!(replaced, "{error}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_block_that_is_gone_is_asked_for_no_more_and_a_node_that_fails_is_not_asked_again() {
    let fails_at_first = |block: &Value| match of_block(block)? {
        first if first == "0x11" => Err("header not found"),
        balance => Ok(balance),
    };
    let told = read_native(&[0x11, 0x12], fails_at_first).await.unwrap();
    assert_eq!(seen(&told), (&hash(0x12)[..], 0x12));
    let error = read_native(&[0x11], fails_at_first).await.unwrap_err();
    assert!(error.to_string().contains("header not found"), "{error}");
}

/// Reads so many wallets' lamports from a node that says, for the number of a request, of which
/// slot its answer is; all have as many lamports as the slot's number.
async fn read_lamports(
    wallets: usize,
    slot: impl Fn(usize) -> u64 + Send + Sync + 'static,
) -> Result<ChainHoldings, ChainError> {
    let url = node(move |method, parameters, before| match method {
        "getMultipleAccounts" => {
            let slot = slot(before);
            let account = json!({
                "lamports": slot, "owner": Pubkey::default().to_string(), "data": ["", "base64"], "executable": false,
                "rentEpoch": 0, "space": 0,
            });
            let count = parameters[0].as_array().unwrap().len();
            Ok(json!({ "context": { "slot": slot }, "value": vec![account; count] }))
        }
        "getSlot" => Ok(json!(1)),
        "getBlock" => Ok(json!({
            "previousBlockhash": hash(1), "blockhash": "block", "parentSlot": 1, "blockTime": 100, "blockHeight": 1,
        })),
        _ => Err("no such method"),
    });
    let settings = config::Solana {
        rpc_url: url.parse().unwrap(),
        program: Pubkey::new_from_array([1; 32]),
        poster: None,
        authority: None,
        commitment: CommitmentConfig::confirmed(),
        compute_margin_percent: 10,
        priority_fee: 0,
        parallel_sends: 8,
    };
    let wallet = |_| Wallet {
        chain: Chain::Solana,
        address: AnyAddress::Solana(Pubkey::new_unique()),
        exchange: [1; 32],
        registered_at: 1,
        retired: false,
    };
    let wallets: Vec<Wallet> = (0..wallets).map(wallet).collect();
    let lamports =
        Token { chain: Chain::Solana, address: AnyAddress::Solana(Pubkey::default()), asset: 1, decimals: 9 };
    read_solana(&settings, &wallets, &[lamports]).await
}

#[tokio::test(flavor = "multi_thread")]
async fn accounts_of_several_slots_are_read_again_until_all_are_of_one() {
    // Three requests at a time: of two slots, of two others, of one.
    let slots = [10, 10, 11, 13, 12, 13, 15, 15, 15];
    let told = read_lamports(230, move |request| slots[request]).await.unwrap();
    assert_eq!((told.height, told.holdings.len()), (15, 230));
    assert!(told.holdings.iter().all(|holding| holding.balance == 15));
}

#[tokio::test(flavor = "multi_thread")]
async fn accounts_that_are_never_of_one_slot_are_no_balances() {
    let error = read_lamports(101, |request| 10 + request as u64 % 2).await.unwrap_err();
    let apart = matches!(&error, ChainError::Unexpected { reason, .. } if reason.contains("found slots 10 to 11"));
    assert!(apart, "{error}");
}
