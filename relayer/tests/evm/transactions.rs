//! Transactions from their signature to their end.

use std::time::Duration;

use crate::events::heard;
use alloy::{
    network::{EthereumWallet, TransactionBuilder},
    primitives::U256,
    providers::{Provider, ProviderBuilder},
    rpc::types::TransactionRequest,
};
use ballast_anvil::{Chain, nobody, register};
use ballast_core::assets::{Asset, AssetList};
use ballast_relayer::{
    chains::{
        Action, ChainError, ChainName, Destination,
        action::{Held, Need},
        evm::Evm,
    },
    events::{Event, Events},
    failure::{Classified, FailureKind},
    store::{State, Store},
};
use ballast_sdk::chain::Address;
use serde_json::json;

async fn need(evm: &Evm, chain: &Chain, action: &Action) -> Need {
    let state = evm.state(&chain.exchange, &[0; 32]).await.unwrap();
    action.need(Held { exchange: state.exchange.as_ref(), wallets: &[], tokens: &[] })
}

/// A registration that was signed and sent, and that no block takes.
pub async fn waiting(chain: &Chain, store: &Store) -> String {
    chain.cheat("evm_setAutomine", json!([false])).await;
    let hasty = chain.evm(|settings| settings.timeout = Duration::from_secs(1)).await;
    let error = hasty.govern(store, &chain.exchange, &register()).await.unwrap_err();
    assert!(matches!(error, ChainError::Unsettled { .. }), "{error}");
    assert_eq!(error.failure_kind(), FailureKind::Unreachable);
    let in_flight = store.in_flight(ChainName::Evm).unwrap();
    assert_eq!(in_flight.len(), 1);
    in_flight[0].transaction.identifier.clone()
}

#[tokio::test(flavor = "multi_thread")]
async fn an_authority_governs_and_nothing_is_done_twice() {
    let chain = Chain::new().await;
    let (evm, store) = (chain.evm(|_| {}).await, chain.store());
    let assets = AssetList::new(vec![Asset::new("BTC", 8).unwrap(), Asset::new("USDC", 6).unwrap()]).unwrap();
    let poster = evm.poster().unwrap();
    let actions = [
        register(),
        Action::ListAssets { assets: assets.first(1).unwrap(), listed: 0 },
        Action::ClearAssets,
        Action::ListAssets { assets: assets.first(1).unwrap(), listed: 0 },
        Action::ListAssets { assets: assets.clone(), listed: 1 },
        Action::SetCadence(7),
        Action::SetPosters(vec![poster]),
        Action::SetPaused(true),
        Action::SetPaused(false),
        Action::ProposeAuthority(Some(Address::Evm(nobody()))),
        Action::ProposeAuthority(None),
        Action::ProposeAuthority(Some(evm.authority().unwrap())),
        Action::AcceptAuthority { proposed: evm.authority().unwrap() },
    ];
    for action in &actions {
        let expected = if matches!(action, Action::AcceptAuthority { .. }) { Need::Done } else { Need::Needed };
        assert_eq!(need(&evm, &chain, action).await, expected, "{action:?}");
        evm.rehearse(&chain.exchange, action).await.unwrap();
        assert_eq!(evm.govern(&store, &chain.exchange, action).await.unwrap(), 1, "{action:?}");
        assert_eq!(need(&evm, &chain, action).await, Need::Done, "{action:?}");
    }
    assert_eq!(chain.mined().await, actions.len() as u64);
    assert!(store.in_flight(ChainName::Evm).unwrap().is_empty());
    let first = store.transaction(1).unwrap().unwrap().settlement;
    assert_eq!(first.state, State::Confirmed);
    assert!(first.units > Some(21_000) && first.fee > Some(0) && first.block.is_some());
    let exchange = evm.state(&chain.exchange, &[0; 32]).await.unwrap().exchange.unwrap();
    assert_eq!((exchange.assets, exchange.posters, exchange.paused), (Some(assets), vec![poster], false));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_refusal_has_its_name_and_costs_nothing() {
    let chain = Chain::new().await;
    let store = chain.store();
    chain.evm(|_| {}).await.govern(&store, &chain.exchange, &register()).await.unwrap();
    let stranger = chain.evm(|settings| settings.authority = Some(chain.other_key(5))).await;
    let before = store.transaction(2).unwrap();
    for refused in [
        stranger.rehearse(&chain.exchange, &Action::SetPaused(true)).await.unwrap_err(),
        stranger.govern(&store, &chain.exchange, &Action::SetPaused(true)).await.unwrap_err(),
    ] {
        assert_eq!(refused.failure_kind(), FailureKind::Refused);
        assert!(refused.to_string().contains("NotAuthority"), "{refused}");
    }
    let many = Action::SetPosters((1..=9).map(|byte| Address::Evm([byte; 20].into())).collect());
    let refused = chain.evm(|_| {}).await.govern(&store, &chain.exchange, &many).await.unwrap_err();
    assert!(refused.to_string().contains("PostersInvalid"), "{refused}");
    assert_eq!((before, store.transaction(2).unwrap()), (None, None), "nothing was signed");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_signed_is_sent_as_it_was_after_a_restart() {
    let chain = Chain::new().await;
    let hash = waiting(&chain, &chain.store()).await;
    // The node forgets it, as nodes do.
    chain.cheat("anvil_dropAllTransactions", json!([])).await;
    chain.cheat("evm_setAutomine", json!([true])).await;
    let (evm, store) = (chain.evm(|_| {}).await, chain.store());
    evm.settle(&store).await.unwrap();
    evm.settle(&store).await.unwrap();
    let ended = store.transaction(1).unwrap().unwrap();
    assert_eq!((ended.transaction.identifier, ended.settlement.state), (hash, State::Confirmed));
    assert_eq!(need(&evm, &chain, &register()).await, Need::Done);
    assert_eq!((chain.mined().await, store.transaction(2).unwrap()), (1, None));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_nonce_that_another_used_ends_the_transaction() {
    let chain = Chain::new().await;
    let store = chain.store();
    waiting(&chain, &store).await;
    chain.cheat("anvil_dropAllTransactions", json!([])).await;
    chain.cheat("evm_setAutomine", json!([true])).await;
    let wallet = EthereumWallet::from(chain.authority.clone());
    let provider = ProviderBuilder::new().wallet(wallet).connect_http(chain.anvil.endpoint_url());
    let other = TransactionRequest::default().with_to(nobody()).with_value(U256::from(1)).with_nonce(0);
    provider.send_transaction(other).await.unwrap().get_receipt().await.unwrap();
    let evm = chain.evm(|_| {}).await;
    let mut listener = chain.events.subscribe();
    evm.settle(&store).await.unwrap();
    let stored = store.transaction(1).unwrap().unwrap();
    assert_eq!(stored.settlement.state, State::Expired);
    let expired = Event::TransactionExpired { transaction: stored.transaction.told() };
    assert_eq!(heard(&mut listener).last(), Some(&expired));
    assert_eq!(need(&evm, &chain, &register()).await, Need::Needed);
    evm.govern(&store, &chain.exchange, &register()).await.unwrap();
    assert_eq!(need(&evm, &chain, &register()).await, Need::Done);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_price_left_behind_is_outbid_with_the_same_nonce() {
    let chain = Chain::new().await;
    let store = chain.store();
    waiting(&chain, &store).await;
    // The base fee rises far above what was offered.
    chain.cheat("anvil_setNextBlockBaseFeePerGas", json!(["0x174876e800"])).await;
    chain.cheat("evm_mine", json!([])).await;
    assert_eq!(chain.mined().await, 0);
    chain.cheat("evm_setAutomine", json!([true])).await;
    let bounded = chain.evm(|settings| settings.max_fee_per_gas = Some(1_000_000_000)).await;
    let refused = bounded.settle(&store).await.unwrap_err();
    assert!(refused.to_string().contains("evm.max_fee_per_gas"), "{refused}");
    assert!(matches!(refused, ChainError::FeeCap { base_fee: 1_000_000_001.., cap: 1_000_000_000, .. }), "{refused}");
    assert_eq!(refused.failure_kind(), FailureKind::FeeCap);
    assert_eq!(store.in_flight(ChainName::Evm).unwrap().len(), 1, "nothing more was signed");
    let evm = chain.evm(|_| {}).await;
    evm.settle(&store).await.unwrap();
    let [old, new] = [1, 2].map(|number| store.transaction(number).unwrap().unwrap());
    assert_eq!((old.settlement.state, new.settlement.state), (State::Expired, State::Confirmed));
    assert_eq!(old.transaction.validity, new.transaction.validity, "the same nonce");
    assert_eq!(new.transaction.purpose, "govern");
    assert_eq!(need(&evm, &chain, &register()).await, Need::Done);
    assert_eq!(chain.mined().await, 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn confirmations_are_waited_for() {
    let chain = Chain::new().await;
    let store = chain.store();
    let careful = |seconds| {
        chain.evm(move |settings| {
            (settings.confirmations, settings.timeout) = (3, Duration::from_secs(seconds));
        })
    };
    let unsettled = careful(2).await.govern(&store, &chain.exchange, &register()).await.unwrap_err();
    assert!(matches!(unsettled, ChainError::Unsettled { .. }), "{unsettled}");
    assert_eq!(chain.mined().await, 1);
    assert_eq!(store.in_flight(ChainName::Evm).unwrap().len(), 1, "mined, and not settled");
    let block = chain.provider.get_block_number().await.unwrap();
    chain.cheat("evm_mine", json!([])).await;
    chain.cheat("evm_mine", json!([])).await;
    careful(20).await.settle(&store).await.unwrap();
    let ended = store.transaction(1).unwrap().unwrap().settlement;
    assert_eq!((ended.state, ended.block), (State::Confirmed, Some(block)));
}

#[tokio::test(flavor = "multi_thread")]
async fn what_reverts_in_its_block_is_told_and_remembered() {
    let chain = Chain::new().await;
    let (evm, store) = (chain.evm(|_| {}).await, chain.store());
    chain.cheat("evm_setAutomine", json!([false])).await;
    // Between simulation and block the contract becomes one that refuses everything.
    let meanwhile = async {
        for _ in 0..600 {
            if !store.in_flight(ChainName::Evm).unwrap().is_empty() {
                break;
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        chain.cheat("anvil_setCode", json!([chain.settings.contract.to_string(), "0x60006000fd"])).await;
        chain.cheat("evm_mine", json!([])).await;
    };
    let register = register();
    let (outcome, ()) = tokio::join!(evm.govern(&store, &chain.exchange, &register), meanwhile);
    let refused = outcome.unwrap_err();
    assert_eq!(refused.failure_kind(), FailureKind::Refused, "{refused}");
    assert!(refused.to_string().contains("reverted"), "{refused}");
    let ended = store.transaction(1).unwrap().unwrap().settlement;
    assert_eq!((ended.state, ended.error.as_deref()), (State::Failed, Some("reverted")));
    assert!(ended.fee > Some(0), "a failure costs its gas");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_node_that_is_gone_is_unreachable_and_its_address_stays_hidden() {
    let chain = Chain::new().await;
    let mut settings = chain.settings.clone();
    let evm = chain.evm(|_| {}).await;
    drop(chain);
    let gone = evm.identity().await.unwrap_err();
    assert_eq!(gone.failure_kind(), FailureKind::Unreachable, "{gone}");
    settings.rpc_url.set_path("v2/SECRET");
    settings.rpc_url.set_query(Some("key=TOKEN"));
    let Err(gone) = Evm::connect(&settings, &Events::default()).await else { panic!("connected to nothing") };
    assert_eq!(gone.failure_kind(), FailureKind::Unreachable, "{gone}");
    assert!(!gone.to_string().contains("SECRET") && !gone.to_string().contains("TOKEN"), "{gone}");
}
