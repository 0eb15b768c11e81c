//! Wallets, tokens and what the contract saw, as the reader tells it.

use std::marker::PhantomData;

use alloy::{
    primitives::{Address, B256, Bytes, U256, aliases::U112},
    providers::Provider,
    sol_types::{SolCall, SolValue},
};
use ballast_core::{
    observation::{WINDOW, to_units},
    solvency::Standing,
};
use ballast_ledger::reserves::{BlockLine, Holding, Occasion, ReadHoldings, Reserves, ReservesReport, Stated};
use ballast_sdk::{
    Client, Error, ErrorKind,
    chain::Address as AnyAddress,
    epoch::Record,
    evm::{
        EvmOptions, EvmReader,
        bindings::{Reserves as ReservesContract, Witnesses},
    },
    exchange::Exchange,
    reader::{ChainReader, ObservationReader},
    reread::{ComparedHoldings, Finding, Tally},
    reserves::{CompareError, HoldingError},
    solvency::Known,
};
use serde_json::{Value, json};

use crate::{
    deployment::Deployment,
    named,
    proxy::{self, Conduct},
};

async fn reader(deployment: &Deployment, witnesses: Option<Address>) -> Result<EvmReader, Error> {
    let options = EvmOptions { witnesses, ..EvmOptions::default() };
    EvmReader::connect(&deployment.node.endpoint(), deployment.reserves, options).await
}

/// Until when the wallets' signatures may be used, Unix seconds.
const DEADLINE: u64 = 4_000_000_000;

/// Signed by the node, which has the key of `wallet`, as any wallet signs typed data.
async fn agreement(deployment: &Deployment, exchange: B256, wallet: Address) -> Bytes {
    let field = |name: &str, kind: &str| json!({ "name": name, "type": kind });
    let domain = [
        field("name", "string"),
        field("version", "string"),
        field("chainId", "uint256"),
        field("verifyingContract", "address"),
    ];
    let message = [field("exchangeId", "bytes32"), field("wallet", "address"), field("deadline", "uint256")];
    let typed = json!({
        "types": { "EIP712Domain": domain, "RegisterWallet": message },
        "primaryType": "RegisterWallet",
        "domain": { "name": "Ballast", "version": "1", "chainId": 31_337, "verifyingContract": deployment.witnesses },
        "message": { "exchangeId": exchange, "wallet": wallet, "deadline": DEADLINE },
    });
    deployment.provider.raw_request("eth_signTypedData_v4".into(), (wallet, typed)).await.unwrap()
}

/// Epoch 1 is posted, a wallet is registered, native coin declared, and looked at. Returns the
/// wallet.
pub async fn witnessed(deployment: &Deployment) -> Address {
    deployment.post(&deployment.history["epochs"][0]["shards"][0]).await;
    let wallet = deployment.node.addresses()[0];
    let id = B256::from(deployment.exchange());
    let contract = Witnesses::new(deployment.witnesses, &deployment.provider);
    let signature = agreement(deployment, id, wallet).await;
    deployment.send(contract.registerWallet(id, wallet, DEADLINE, signature).into_transaction_request()).await;
    deployment.send(contract.declareToken(id, Address::ZERO, 1).into_transaction_request()).await;
    let holdings = vec![Witnesses::Holding { token: Address::ZERO, wallet }];
    deployment.send(contract.witness(id, 1, true, true, holdings).into_transaction_request()).await;
    wallet
}

async fn balance_units(deployment: &Deployment, wallet: Address, exchange: &Exchange) -> u128 {
    let balance: U256 = deployment.provider.get_balance(wallet).await.unwrap();
    let asset = &exchange.assets.as_ref().unwrap().as_slice()[0];
    to_units(balance.to(), 18, asset.decimals).unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_witnessed_is_read_and_judged() {
    let deployment = Deployment::new().await;
    let reader = reader(&deployment, Some(deployment.witnesses)).await.unwrap();
    let exchange = reader.exchange(&deployment.exchange()).await.unwrap();
    let symbol = exchange.assets.as_ref().unwrap().as_slice()[0].symbol();
    assert!(reader.wallets(&exchange).await.unwrap().is_empty());
    assert!(reader.tokens(&exchange).await.unwrap().is_empty());
    deployment.post(&deployment.history["epochs"][0]["shards"][0]).await;

    let wallet = deployment.node.addresses()[0];
    let (id, contract) = (B256::from(exchange.id), Witnesses::new(deployment.witnesses, &deployment.provider));
    let signature = agreement(&deployment, id, wallet).await;
    deployment.send(contract.registerWallet(id, wallet, DEADLINE, signature).into_transaction_request()).await;
    deployment.send(contract.declareToken(id, Address::ZERO, 1).into_transaction_request()).await;
    assert_eq!(reader.observation(&exchange, 1).await.unwrap(), None);
    let missing = reader.witnessed_solvency(&exchange, &symbol, u64::MAX, 600).await.unwrap();
    assert_eq!((missing.standing, missing.known), (Standing::Missing, Known::Witnessed { max_span: 600 }));

    let holdings = vec![Witnesses::Holding { token: Address::ZERO, wallet }];
    deployment.send(contract.witness(id, 1, true, true, holdings).into_transaction_request()).await;
    let held = balance_units(&deployment, wallet, &exchange).await;
    assert!(held > 0);
    let witness = reader.observation(&exchange, 1).await.unwrap().unwrap();
    assert!(witness.closed && witness.began == witness.last_look);
    let block = deployment.provider.get_block_number().await.unwrap();
    assert_eq!((witness.began_height, witness.last_look_height), (block, block));
    assert_eq!((witness.holdings, witness.amounts[0]), (1, Some(held)));
    assert!(witness.amounts[1..].iter().all(Option::is_none));
    let answer = reader.witnessed_solvency(&exchange, &symbol, u64::MAX, 600).await.unwrap();
    assert_eq!((answer.known, answer.epoch, answer.reserve), (Known::Witnessed { max_span: 600 }, 1, held));
    assert_eq!(answer.liability, reader.solvency(&exchange, &symbol, u64::MAX).await.unwrap().liability);

    let tokens = reader.tokens(&exchange).await.unwrap();
    assert_eq!(tokens.len(), 1);
    assert_eq!((tokens[0].address, tokens[0].asset, tokens[0].decimals), (AnyAddress::Evm(Address::ZERO), 1, 18));
    deployment.send(contract.retireWallet(wallet).into_transaction_request()).await;
    let wallets = reader.wallets(&exchange).await.unwrap();
    assert_eq!(wallets.len(), 1);
    assert_eq!((wallets[0].address, wallets[0].retired), (AnyAddress::Evm(wallet), true));
    assert!(wallets[0].registered_at > 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_missing_or_foreign_contract_is_named() {
    let deployment = Deployment::new().await;
    let without = reader(&deployment, None).await.unwrap();
    let exchange = without.exchange(&deployment.exchange()).await.unwrap();
    let error = without.wallets(&exchange).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::BadInput);
    assert!(error.to_string().contains("address of contract Witnesses"), "{error}");
    let error = reader(&deployment, Some(Address::repeat_byte(7))).await.err().unwrap();
    assert!(matches!(error, Error::NotDeployed { contract: "contract Witnesses", .. }), "{error}");
    let error = reader(&deployment, Some(deployment.reserves)).await.err().unwrap();
    assert_eq!(error.kind(), ErrorKind::BadData, "a contract, but another one: {error}");
}

/// Through a node that answers a call of the contract with another answer.
async fn deceived<C: SolCall + Clone + 'static>(
    deployment: &Deployment,
    lie: impl Fn(C::Return) -> Vec<u8> + Clone + Send + Sync + 'static,
) -> Result<EvmReader, Error> {
    let url = proxy::start(deployment.node.endpoint(), Answering::<C, _> { lie, call: PhantomData }).await;
    let options = EvmOptions { witnesses: Some(deployment.witnesses), ..EvmOptions::default() };
    EvmReader::connect(&url, deployment.reserves, options).await
}

/// A node that changes what one call returns.
#[derive(Clone)]
struct Answering<C, F> {
    lie: F,
    call: PhantomData<fn() -> C>,
}

impl<C, F> Conduct for Answering<C, F>
where
    C: SolCall + Clone + 'static,
    F: Fn(C::Return) -> Vec<u8> + Clone + Send + Sync + 'static,
{
    fn change(&self, request: &Value, result: &mut Value) {
        let selector = format!("0x{}", hex::encode(C::SELECTOR));
        let input = request["params"][0]["input"].as_str();
        // Contracts of other addresses have functions of the same name.
        if request["method"] == "eth_call" && input.is_some_and(|input| input.starts_with(&selector)) {
            let honest = hex::decode(&result.as_str().unwrap()[2..]).unwrap();
            let lie = (self.lie)(C::abi_decode_returns(&honest).unwrap());
            *result = format!("0x{}", hex::encode(lie)).into();
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_node_that_lies_about_what_was_witnessed_is_found_out() {
    let deployment = Deployment::new().await;
    witnessed(&deployment).await;
    let exchange = reader(&deployment, Some(deployment.witnesses)).await.unwrap();
    let exchange = exchange.exchange(&deployment.exchange()).await.unwrap();
    let assets = exchange.assets.as_ref().unwrap().len() as u16;

    let of_others = |_| Address::repeat_byte(7).abi_encode();
    assert_eq!(named(deceived::<Witnesses::reservesCall>(&deployment, of_others).await), "reserves");

    let renamed = |mut exchange: ReservesContract::Exchange| {
        exchange.name.push_str("\x1b[2J");
        ReservesContract::exchangeCall::abi_encode_returns(&exchange)
    };
    let liar = deceived::<ReservesContract::exchangeCall>(&deployment, renamed).await.unwrap();
    assert_eq!(named(liar.exchange(&deployment.exchange()).await), "name");

    let other_exchange = |mut wallet: Witnesses::Wallet| {
        wallet.exchangeId.0[0] ^= 1;
        Witnesses::walletCall::abi_encode_returns(&wallet)
    };
    let liar = deceived::<Witnesses::walletCall>(&deployment, other_exchange).await.unwrap();
    assert_eq!(named(liar.wallets(&exchange).await), "exchange");

    type Change<T> = fn(&mut T, u16);
    let tokens: [(&str, Change<Witnesses::Token>); 4] = [
        ("asset", |token, _| token.asset = 0),
        ("asset", |token, assets| token.asset = assets + 1),
        ("decimals", |token, _| token.decimals = 17),
        ("decimals", |token, _| (token.token, token.decimals) = (Address::repeat_byte(7), 37)),
    ];
    for (field, change) in tokens {
        let lie = move |mut tokens: Vec<Witnesses::Token>| {
            change(&mut tokens[0], assets);
            Witnesses::tokensCall::abi_encode_returns(&tokens)
        };
        let liar = deceived::<Witnesses::tokensCall>(&deployment, lie).await.unwrap();
        assert_eq!(named(liar.tokens(&exchange).await), field);
    }

    let witnesses: [(&str, Change<Witnesses::Witness>); 6] = [
        ("witness.amounts", |witness, _| witness.amounts.clear()),
        ("witness.amounts[0]", |witness, _| witness.looked = 0),
        ("witness.amounts[1]", |witness, _| witness.amounts[1] = U112::ONE),
        ("witness.last_look", |witness, _| witness.lastLook = witness.began - 1),
        ("witness.last_look", |witness, _| witness.lastLook = witness.began + WINDOW + 1),
        ("witness.last_look_height", |witness, _| witness.lastLookInBlock = witness.beganInBlock - 1),
    ];
    for (field, change) in witnesses {
        let lie = move |mut witness: Witnesses::Witness| {
            change(&mut witness, assets);
            Witnesses::witnessOfCall::abi_encode_returns(&witness)
        };
        let liar = deceived::<Witnesses::witnessOfCall>(&deployment, lie).await.unwrap();
        assert_eq!(named(liar.observation(&exchange, 1).await), field);
    }
}

/// A report whose one holding is `wallet`'s native coin, `balance` of it in `block`.
fn reported(record: &Record, block: BlockLine, wallet: Address, balance: u128) -> ReservesReport {
    let (wallet, token, chain) = (wallet.to_string(), Address::ZERO.to_string(), block.chain.clone());
    let holding = Holding { chain, account: wallet.clone(), wallet, token, decimals: 18, asset: 1, balance };
    let read = ReadHoldings { blocks: vec![block], holdings: vec![holding] };
    let nothing = vec![0; record.assets.len()];
    let stated = Stated { sources: "A test".into(), amounts: nothing, messages: vec![] };
    let occasion = Occasion { exchange: &record.exchange, as_of: record.as_of, assets: &record.assets };
    ReservesReport::parse(&Reserves::new(&occasion, &stated, &read, None).unwrap().report).unwrap()
}

/// The block of this number, as a report names it.
async fn line(deployment: &Deployment, chain: &str, number: u64) -> BlockLine {
    let block = deployment.provider.get_block_by_number(number.into()).await.unwrap().unwrap();
    let (chain, hash) = (chain.to_owned(), block.header.hash.to_string());
    BlockLine { chain, height: number, hash, time: block.header.timestamp }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_reports_holdings_are_compared_with_the_chain() {
    let deployment = Deployment::new().await;
    let wallet = witnessed(&deployment).await;
    let client = Client::new(reader(&deployment, Some(deployment.witnesses)).await.unwrap());
    let record = client.epoch(&deployment.exchange(), 1).await.unwrap().record;
    let chain = client.chain().to_string();
    let number = deployment.provider.get_block_number().await.unwrap();
    let block = line(&deployment, &chain, number).await;
    let balance: u128 = deployment.provider.get_balance(wallet).await.unwrap().to();
    let honest = || reported(&record, block.clone(), wallet, balance);
    let compared = client.check_holdings(&record, &honest()).await.unwrap();
    assert_eq!((compared.holdings, compared.blocks.checked, compared.balances.checked), (1, 1, 1));
    assert_eq!((compared.balances.not_checked, &compared.owners), (0, &Tally::default()));

    let stranger = reported(&record, block.clone(), deployment.node.addresses()[1], balance);
    let stranger = client.check_holdings(&record, &stranger).await.unwrap_err();
    assert!(matches!(stranger, CompareError::Holding(HoldingError::WalletUnknown { .. })), "{stranger}");
    // What it had before or has now is not what it had then.
    deployment.mine(1).await;
    let emptied = (wallet, U256::from(3));
    let () = deployment.provider.raw_request("anvil_setBalance".into(), emptied).await.unwrap();
    deployment.mine(1).await;
    assert_eq!(client.check_holdings(&record, &honest()).await.unwrap(), compared);
    let time = block.time;
    for (what, block, balance) in [
        ("the balance", block.clone(), balance + 1),
        ("the balance", line(&deployment, &chain, number + 2).await, balance),
        ("the block", BlockLine { hash: B256::ZERO.to_string(), ..block.clone() }, balance),
        ("the block", BlockLine { time: time + 1, ..block.clone() }, balance),
        ("the block", BlockLine { height: number - 1, ..block.clone() }, balance),
    ] {
        let other = reported(&record, block, wallet, balance);
        let error = client.check_holdings(&record, &other).await.unwrap_err();
        let named =
            matches!(&error, CompareError::Holding(HoldingError::NotAsRead { what: found, .. }) if *found == what);
        assert!(named, "{what}: {error}");
    }

    // A node that has not the block, or not its state any more.
    let later = reported(&record, BlockLine { height: number + 9, ..block.clone() }, wallet, balance);
    let unknown = client.check_holdings(&record, &later).await.unwrap();
    assert_eq!((unknown.blocks.not_checked, unknown.balances.not_checked, unknown.balances.checked), (1, 1, 0));
    // Nor is a block read that is younger than the one that everything is read at.
    let held = reader(&deployment, Some(deployment.witnesses)).await.unwrap().at_one_block().await.unwrap();
    deployment.mine(1).await;
    let younger = deployment.provider.get_block_number().await.unwrap();
    let younger = line(&deployment, &chain, younger).await;
    let reread = held.reread(&younger, &[&honest().holdings[0]]).await.unwrap();
    assert!(matches!(reread.block, Finding::NotChecked(_)), "{reread:?}");
    assert!(matches!(reread.balances[..], [Finding::NotChecked(_)]), "{reread:?}");
    let url = proxy::start(deployment.node.endpoint(), Pruned).await;
    let options = EvmOptions { witnesses: Some(deployment.witnesses), ..EvmOptions::default() };
    let pruned = Client::evm(&url, deployment.reserves, options).await.unwrap();
    let compared = pruned.check_holdings(&record, &honest()).await.unwrap();
    assert_eq!((compared.blocks.checked, compared.balances.checked, compared.balances.not_checked), (1, 0, 1));
    assert_eq!(compared.balances.reason.as_deref(), Some("missing trie node"));

    let contract = Witnesses::new(deployment.witnesses, &deployment.provider);
    deployment.send(contract.retireWallet(wallet).into_transaction_request()).await;
    let retired = client.check_holdings(&record, &honest()).await.unwrap_err();
    assert!(matches!(retired, CompareError::Holding(HoldingError::WalletRetired { .. })), "{retired}");
    // Of another chain's holdings it is not asked, so that it needs no address of the contract.
    let without = Client::new(reader(&deployment, None).await.unwrap());
    let elsewhere = reported(&record, BlockLine { chain: "evm:1".into(), ..block.clone() }, wallet, balance);
    assert_eq!(without.check_holdings(&record, &elsewhere).await.unwrap(), ComparedHoldings::default());
    let asked = without.check_holdings(&record, &honest()).await.unwrap_err();
    assert!(matches!(asked, CompareError::Chain(Error::BadInput { .. })), "{asked}");
}

/// A node that keeps no balances.
#[derive(Clone)]
struct Pruned;

impl Conduct for Pruned {
    fn refuse(&self, request: &Value) -> Option<Value> {
        (request["method"] == "eth_getBalance").then(|| json!({ "code": -32_000, "message": "missing trie node" }))
    }
}
