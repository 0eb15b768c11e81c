//! What opening a session does, by its access.

use crate::transactions::waiting;
use ballast_anvil::Chain;
use ballast_relayer::{
    chains::ChainName,
    config::{Config, layered},
    failure::{Failure, FailureKind},
    session::{Access, Preparing, Sending, Session},
    store::State,
};
use serde_json::json;

const EVM: [ChainName; 1] = [ChainName::Evm];

/// Opens a session with the settings in the chain's folder, and another store if one is named.
async fn open<A: Access>(access: A, chain: &Chain, store: Option<&Chain>) -> Result<Session<A>, Failure> {
    let path = |chain: &Chain| chain.folder.path().join("relayer.sqlite").to_str().unwrap().to_owned();
    let flags = vec![("store.path".to_string(), path(store.unwrap_or(chain)))];
    let figment = layered(Some(&chain.folder.path().join("ballast.toml")), [].into_iter(), flags).unwrap();
    let config = Config::read(figment, &Session::<A>::sections(&EVM)).unwrap();
    Session::open(access, &config, &EVM, &chain.events).await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_session_that_sends_ends_what_is_in_flight_and_one_that_prepares_leaves_it() {
    let chain = Chain::new().await;
    chain.configure();
    let hash = waiting(&chain, &chain.store()).await;
    chain.cheat("anvil_dropAllTransactions", json!([])).await;
    chain.cheat("evm_setAutomine", json!([true])).await;

    let prepared = open(Preparing, &chain, None).await.unwrap();
    assert_eq!(prepared.store().in_flight(ChainName::Evm).unwrap().len(), 1);
    assert_eq!(chain.mined().await, 0);
    let locked = open(Sending, &chain, None).await.err().expect("two sessions have the store");
    assert!(locked.to_string().contains("is in use: process"), "{locked}");
    drop(prepared);

    let sending = open(Sending, &chain, None).await.unwrap();
    assert!(sending.store().in_flight(ChainName::Evm).unwrap().is_empty());
    let ended = sending.store().transaction(1).unwrap().unwrap();
    assert_eq!((ended.transaction.identifier, ended.settlement.state), (hash, State::Confirmed));
    assert_eq!(chain.mined().await, 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_store_that_one_session_bound_is_refused_to_a_session_of_another_deployment() {
    let (first, second) = (Chain::new().await, Chain::with_id(31_338).await);
    first.configure();
    second.configure();
    drop(open(Preparing, &first, None).await.unwrap());
    let refused = open(Preparing, &second, Some(&first)).await.err().expect("the store is another's");
    assert_eq!(refused.kind, FailureKind::BadInput);
    assert!(refused.to_string().contains("the store belongs to"), "{refused}");
    let refused = open(Sending, &second, Some(&first)).await.err().expect("the store is another's");
    assert_eq!(refused.kind, FailureKind::BadInput, "{refused}");
    drop(open(Sending, &first, None).await.unwrap());
}
