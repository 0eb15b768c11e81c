//! What wallets hold on Solana, read from a real node with the real token program.

use std::{collections::BTreeMap, time::Duration};

use ballast_e2e::nodes::SolanaNode;
use ballast_migrations::transaction::{connect, send};
use ballast_relayer::{
    chains::{ChainError, ChainHoldings, solana::balances::read_solana},
    config,
};
use ballast_sdk::{
    chain::{Address, Chain},
    observation::{Token, Wallet},
};
use serde_json::{Value, json};
use solana_client::{
    client_error::ClientError, nonblocking::rpc_client::RpcClient, rpc_config::RpcBlockConfig, rpc_request::RpcRequest,
};
use solana_sdk::{instruction::Instruction, program_pack::Pack, pubkey::Pubkey, signature::Keypair, signer::Signer};
use solana_system_interface::instruction::create_account;
use solana_transaction_status_client_types::UiConfirmedBlock;
use spl_associated_token_account_interface::{
    address::get_associated_token_address, instruction::create_associated_token_account_idempotent,
};
use spl_token_interface::{
    ID as TOKEN_PROGRAM,
    instruction::{freeze_account, initialize_account3, initialize_mint2, mint_to},
    state::{Account as TokenAccount, Mint},
};

const LAMPORTS: u64 = 10_000_000_000;

fn wallet(address: Pubkey) -> Wallet {
    Wallet {
        chain: Chain::Solana,
        address: Address::Solana(address),
        exchange: [1; 32],
        registered_at: 1,
        retired: false,
    }
}

fn token(mint: Pubkey, asset: u16, decimals: u8) -> Token {
    Token { chain: Chain::Solana, address: Address::Solana(mint), asset, decimals }
}

fn settings(url: &str) -> config::Solana {
    config::Solana {
        rpc_url: url.parse().unwrap(),
        program: Pubkey::new_from_array([1; 32]),
        poster: None,
        authority: None,
        commitment: connect(url).commitment(),
        compute_margin_percent: 10,
        priority_fee: 0,
        parallel_sends: 8,
    }
}

fn held(told: &ChainHoldings) -> BTreeMap<(String, String), u128> {
    told.holdings.iter().map(|holding| ((holding.account.clone(), holding.token.clone()), holding.balance)).collect()
}

async fn ask(rpc: &RpcClient, method: &'static str, parameters: Value) {
    let _: Value = rpc.send(RpcRequest::Custom { method }, parameters).await.unwrap();
}

/// The block that a holding is said to be of is the chain's.
async fn check_block(rpc: &RpcClient, told: &ChainHoldings) {
    let block = block(rpc, told.height).await.unwrap();
    assert_eq!(
        (&told.chain[..], &told.hash, told.time as i64),
        ("solana", &block.blockhash, block.block_time.unwrap())
    );
}

async fn block(rpc: &RpcClient, slot: u64) -> Result<UiConfirmedBlock, ClientError> {
    let config = RpcBlockConfig { commitment: Some(rpc.commitment()), ..Default::default() };
    rpc.get_block_with_config(slot, config).await
}

/// A node, once it can tell the block of its confirmed slot.
async fn start() -> (SolanaNode, RpcClient) {
    let node = SolanaNode::start().unwrap();
    let rpc = connect(&node.url);
    for _ in 0..200 {
        if block(&rpc, rpc.get_slot().await.unwrap()).await.is_ok() {
            return (node, rpc);
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    panic!("the node has no confirmed block");
}

#[tokio::test(flavor = "multi_thread")]
async fn only_what_a_wallet_can_move_counts() {
    let (node, rpc) = start().await;
    let [payer, mint, foreign_mint, other, nonce] = std::array::from_fn(|_| Keypair::new());
    ask(&rpc, "requestAirdrop", json!([payer.pubkey().to_string(), LAMPORTS])).await;
    let [first, frozen, stranger, retired] = std::array::from_fn(|_| Pubkey::new_unique());
    for address in [first, retired] {
        ask(&rpc, "requestAirdrop", json!([address.to_string(), 7_000_000])).await;
    }
    let rent = |length| rpc.get_minimum_balance_for_rent_exemption(length);
    let (mint_rent, account_rent) = (rent(Mint::LEN).await.unwrap(), rent(TokenAccount::LEN).await.unwrap());
    let from = payer.pubkey();
    let make_mint = |mint: &Keypair| -> Vec<Instruction> {
        vec![
            create_account(&from, &mint.pubkey(), mint_rent, Mint::LEN as u64, &TOKEN_PROGRAM),
            initialize_mint2(&TOKEN_PROGRAM, &mint.pubkey(), &from, Some(&from), 6).unwrap(),
        ]
    };
    send(&rpc, &[make_mint(&mint), make_mint(&foreign_mint)].concat(), &[&payer, &mint, &foreign_mint], "mints")
        .await
        .unwrap();
    let grant = |mint: &Pubkey, owner: &Pubkey, amount: u64| -> [Instruction; 2] {
        [
            create_associated_token_account_idempotent(&from, owner, mint, &TOKEN_PROGRAM),
            mint_to(&TOKEN_PROGRAM, mint, &get_associated_token_address(owner, mint), &from, &[], amount).unwrap(),
        ]
    };
    let usdc = mint.pubkey();
    // A second account of the same wallet, at an address of its own.
    let second = [
        create_account(&from, &other.pubkey(), account_rent, TokenAccount::LEN as u64, &TOKEN_PROGRAM),
        initialize_account3(&TOKEN_PROGRAM, &other.pubkey(), &usdc, &first).unwrap(),
        mint_to(&TOKEN_PROGRAM, &usdc, &other.pubkey(), &from, &[], 5).unwrap(),
    ];
    let grants = [grant(&usdc, &first, 3), grant(&usdc, &frozen, 11)].concat();
    send(&rpc, &[grants, second.to_vec()].concat(), &[&payer, &other], "grants").await.unwrap();
    let more = [grant(&usdc, &stranger, 13), grant(&foreign_mint.pubkey(), &first, 17), grant(&usdc, &retired, 19)];
    send(&rpc, &more.concat(), &[&payer], "other grants").await.unwrap();
    let frozen_account = get_associated_token_address(&frozen, &usdc);
    let freeze = freeze_account(&TOKEN_PROGRAM, &frozen_account, &usdc, &from, &[]).unwrap();
    // Its lamports may be someone else's, as those of a nonce account are.
    let with_data = create_account(&from, &nonce.pubkey(), account_rent, 80, &Pubkey::default());
    send(&rpc, &[freeze, with_data], &[&payer, &nonce], "freeze").await.unwrap();

    let mut wallets: Vec<Wallet> = [first, frozen, nonce.pubkey(), retired].map(wallet).to_vec();
    wallets[3].retired = true;
    let closed = Pubkey::new_unique();
    let tokens = [token(usdc, 2, 6), token(Pubkey::default(), 3, 9), token(closed, 2, 6)];
    let told = read_solana(&settings(&node.url), &wallets, &tokens).await.unwrap();
    let place = |account: Pubkey, token: Pubkey| (account.to_string(), token.to_string());
    let expected = BTreeMap::from([
        (place(get_associated_token_address(&first, &usdc), usdc), 3),
        (place(other.pubkey(), usdc), 5),
        (place(first, Pubkey::default()), 7_000_000),
    ]);
    assert_eq!(held(&told), expected);
    assert!(told.holdings.iter().all(|holding| holding.wallet == first.to_string()));
    let [uncounted] = &told.uncounted[..] else { panic!("{:?}", told.uncounted) };
    assert_eq!((&uncounted.account, &uncounted.reason[..]), (&frozen_account.to_string(), "the account is frozen"));
    check_block(&rpc, &told).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn more_accounts_than_one_request_holds_are_read_at_one_slot() {
    let (node, rpc) = start().await;
    let wallets: Vec<Wallet> = (0..230).map(|_| wallet(Pubkey::new_unique())).collect();
    for (number, wallet) in wallets.iter().enumerate() {
        let update = json!({ "lamports": 1_000_000 + number, "owner": Pubkey::default().to_string() });
        ask(&rpc, "surfnet_setAccount", json!([wallet.address.to_string(), update])).await;
    }
    let told = read_solana(&settings(&node.url), &wallets, &[token(Pubkey::default(), 1, 9)]).await.unwrap();
    assert_eq!(told.holdings.len(), wallets.len());
    let held = held(&told);
    for (number, wallet) in wallets.iter().enumerate() {
        let place = (wallet.address.to_string(), Pubkey::default().to_string());
        assert_eq!(held[&place], 1_000_000 + number as u128);
    }
    check_block(&rpc, &told).await;

    let nothing = read_solana(&settings(&node.url), &[], &[]).await.unwrap();
    assert!(nothing.holdings.is_empty() && nothing.height >= told.height);
    check_block(&rpc, &nothing).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_node_that_does_not_answer_is_no_empty_wallet() {
    let settings = settings("http://user:SECRET@127.0.0.1:9/SECRET?key=SECRET");
    let lamports = token(Pubkey::default(), 1, 9);
    let error = read_solana(&settings, &[wallet(Pubkey::new_unique())], &[lamports]).await.unwrap_err();
    assert!(matches!(error, ChainError::Unreachable { .. }), "{error}");
    assert!(!error.to_string().contains("SECRET"), "{error}");
}
