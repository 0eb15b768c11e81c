//! What wallets hold, read from a real node at one block; tokens that fail, in bytecode of a few
//! instructions.

use std::{
    fs,
    time::{SystemTime, UNIX_EPOCH},
};

use alloy::{
    eips::BlockNumberOrTag,
    primitives::{Address, U256},
    providers::Provider,
};
use ballast_anvil::Chain;
use ballast_core::assets::{Asset, AssetList};
use ballast_relayer::{
    chains::{ChainError, ChainHoldings, evm::balances::read_evm},
    config::{Config, layered},
    events::Events,
    failure::FailureKind,
    reserves::{Request, gather},
};
use ballast_sdk::{
    chain::{Address as AnyAddress, Chain as ChainId},
    observation::{Token, Wallet},
};
use serde_json::json;

const CHAIN: ChainId = ChainId::Evm(31_337);

/// Answers with the word that is stored under its argument.
const GOOD: &str = "0x600435545f5260205ff3";
/// The same word, with another behind it.
const LONG: &str = "0x600435545f5260405ff3";
const REVERTING: &str = "0x5f5ffd";
const INVALID: &str = "0xfe";
const ENDLESS: &str = "0x5b5f56";
/// 31 bytes.
const SHORT: &str = "0x601f5ff3";
/// 2^256 - 1.
const VAST: &str = "0x5f195f5260205ff3";

fn wallet(address: Address) -> Wallet {
    Wallet { chain: CHAIN, address: AnyAddress::Evm(address), exchange: [1; 32], registered_at: 1, retired: false }
}

fn token(address: Address, asset: u16) -> Token {
    Token { chain: CHAIN, address: AnyAddress::Evm(address), asset, decimals: 6 }
}

fn held(told: &ChainHoldings) -> Vec<(&str, &str, u128)> {
    told.holdings.iter().map(|holding| (&holding.token[..], &holding.wallet[..], holding.balance)).collect()
}

async fn put_code(chain: &Chain, token: Address, code: &str) {
    chain.cheat("anvil_setCode", json!([token, code])).await;
}

/// In a block of its own: the node keeps a block's state when the next one comes, so one comes
/// first.
async fn put_balance(chain: &Chain, token: Address, wallet: Address, balance: u128) {
    chain.cheat("anvil_mine", json!([])).await;
    let [slot, value] =
        [U256::from_be_slice(wallet.as_slice()), U256::from(balance)].map(|word| format!("{word:#066x}"));
    chain.cheat("anvil_setStorageAt", json!([token, slot, value])).await;
    chain.cheat("anvil_mine", json!([])).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn wallets_are_read_at_one_block() {
    let chain = Chain::new().await;
    let [first, second, retired] = [0x31, 0x32, 0x33].map(Address::repeat_byte);
    let (usdc, native) = (Address::repeat_byte(0x41), Address::ZERO);
    put_code(&chain, usdc, GOOD).await;
    for (wallet, balance) in [(first, 1), (second, u128::MAX), (retired, 7)] {
        put_balance(&chain, usdc, wallet, balance).await;
    }
    chain.cheat("anvil_setBalance", json!([second, "0x5"])).await;
    chain.cheat("anvil_mine", json!([])).await;
    let mut wallets = vec![wallet(first), wallet(second), wallet(retired), wallet(Address::repeat_byte(0x34))];
    wallets[2].retired = true;
    // Of another chain: nothing that is asked of this one.
    wallets.push(Wallet { chain: ChainId::Evm(1), ..wallet(retired) });
    let tokens = [token(usdc, 2), token(native, 3), Token { chain: ChainId::Evm(1), ..token(usdc, 2) }];

    let told = read_evm(&chain.settings, &wallets, &tokens).await.unwrap();
    let [usdc_text, native_text, first_text, second_text] =
        [usdc, native, first, second].map(|address| address.to_string());
    let expected =
        [(&usdc_text[..], &first_text[..], 1), (&usdc_text, &second_text, u128::MAX), (&native_text, &second_text, 5)];
    assert_eq!(held(&told), expected);
    assert_eq!(told.uncounted, []);
    assert_eq!((told.holdings[2].asset, told.holdings[2].decimals), (3, 6));
    assert!(told.holdings.iter().all(|holding| holding.chain == "evm:31337" && holding.account == holding.wallet));
    let block = chain.provider.get_block_by_number(BlockNumberOrTag::Latest).await.unwrap().unwrap().header;
    assert_eq!(told.chain, "evm:31337");
    assert_eq!((told.height, told.hash, told.time), (block.number, block.hash.to_string(), block.timestamp));

    // What the youngest blocks changed does not count before it is confirmed.
    put_balance(&chain, usdc, first, 1_000).await;
    chain.cheat("anvil_setBalance", json!([second, "0x9"])).await;
    chain.cheat("anvil_mine", json!([])).await;
    let mut patient = chain.settings.clone();
    patient.confirmations = 4;
    let seen = |told: &ChainHoldings| (told.height, held(told)[0].2, held(told)[2].2);
    assert_eq!(seen(&read_evm(&patient, &wallets, &tokens).await.unwrap()), (block.number, 1, 5));
    assert_eq!(seen(&read_evm(&chain.settings, &wallets, &tokens).await.unwrap()), (block.number + 3, 1_000, 9));
    patient.confirmations = 10_000;
    assert_eq!(read_evm(&patient, &wallets, &tokens).await.unwrap().height, 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_token_that_fails_counts_nothing_and_stops_nothing() {
    let chain = Chain::with_id(31_337).await;
    let owner = Address::repeat_byte(0x31);
    let codes = [GOOD, LONG, REVERTING, INVALID, ENDLESS, SHORT, VAST, "0x"];
    let tokens: Vec<Address> = (0x41..).take(codes.len()).map(Address::repeat_byte).collect();
    for (token, code) in tokens.iter().zip(codes) {
        put_code(&chain, *token, code).await;
        put_balance(&chain, *token, owner, 9).await;
    }
    let declared: Vec<Token> = tokens.iter().map(|address| token(*address, 1)).collect();
    let told = read_evm(&chain.settings, &[wallet(owner)], &declared).await.unwrap();
    let balances: Vec<(&str, u128)> = held(&told).iter().map(|(token, _, balance)| (*token, *balance)).collect();
    let [good, long] = [tokens[0], tokens[1]].map(|token| token.to_string());
    assert_eq!(balances, [(&good[..], 9), (&long[..], 9)]);
    let failed: Vec<&str> = told.uncounted.iter().map(|uncounted| &uncounted.token[..]).collect();
    let expected: Vec<String> = tokens[2..].iter().map(|token| token.to_string()).collect();
    assert_eq!(failed, expected);
    let why = |index: usize| told.uncounted[index].to_string();
    assert!(why(0).contains("counts 0") && why(0).contains("revert"), "{}", why(0));
    assert!(why(3).contains("expected 32 bytes, found 31"), "{}", why(3));
    assert!(why(4).contains("below 2^128"), "{}", why(4));
    assert!(why(5).contains("expected 32 bytes, found 0"), "{}", why(5));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_balance_beyond_all_amounts_counts_nothing_and_is_confirmed() {
    let chain = Chain::new().await;
    let [first, second] = [0x31, 0x32].map(Address::repeat_byte);
    let usdc = Address::repeat_byte(0x41);
    put_code(&chain, usdc, GOOD).await;
    put_balance(&chain, usdc, first, 1 << 120).await;
    put_balance(&chain, usdc, second, 7).await;
    let text = format!(
        "[snapshot]\npath = \"none.csv\"\nreserves = \"reserves.toml\"\n[reserves]\nread = [\"evm\"]\n\
         [artifacts]\npublic = \"public\"\nprivate = \"private\"\n\
         [evm]\nrpc_url = \"{}\"\ncontract = \"{}\"\n",
        chain.settings.rpc_url, chain.settings.contract
    );
    let path = chain.folder.path().join("ballast.toml");
    fs::write(&path, text).unwrap();
    fs::write(chain.folder.path().join("reserves.toml"), "sources = \"none\"\n[amounts]\nUSDC = \"0\"\n").unwrap();
    let config = Config::read(layered(Some(&path), [].into_iter(), vec![]).unwrap(), &[]).unwrap();
    let assets = AssetList::new(vec![Asset::new("USDC", 6).unwrap()]).unwrap();
    let (wallets, tokens) = ([wallet(first), wallet(second)], [token(usdc, 1)]);
    let as_of = SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_secs();
    let gathered = async |accept| {
        let request = Request {
            exchange: &chain.exchange,
            epoch: 1,
            as_of,
            assets: &assets,
            liabilities: &[7],
            wallets: &wallets,
            tokens: &tokens,
            lending: None,
            accept,
        };
        gather(&config, request, &Events::default()).await
    };
    let surprised = gathered(false).await.unwrap_err();
    assert_eq!(surprised.kind, FailureKind::BadInput);
    let told = format!("{first} counts 0: expected an amount below 2^112 units of USDC");
    assert!(surprised.to_string().contains(&told), "{surprised}");
    assert_eq!(gathered(true).await.unwrap().amounts, [7]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_node_that_does_not_answer_is_no_empty_wallet() {
    let mut settings = Chain::new().await.settings;
    settings.rpc_url = "http://user:SECRET@127.0.0.1:9/SECRET?key=SECRET".parse().unwrap();
    let owner = Address::repeat_byte(0x31);
    let error = read_evm(&settings, &[wallet(owner)], &[token(owner, 1)]).await.unwrap_err();
    assert!(matches!(error, ChainError::Unreachable { .. }), "{error}");
    assert!(!error.to_string().contains("SECRET"), "{error}");
}
