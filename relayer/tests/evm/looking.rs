//! The contract's looks at reserve wallets, and what the relayer says of them.

use std::{fs, os::unix::fs::PermissionsExt};

use alloy::{primitives::Address, providers::Provider, signers::local::PrivateKeySigner};
use ballast_anvil::{Chain, register};
use ballast_core::assets::{Asset, AssetList};
use ballast_relayer::{
    chains::{Action, Agreement, ChainError, Destination, LookOutcome, ReadableChain, evm::Evm, looks::ShownHolding},
    store::Store,
};
use ballast_sdk::chain::Address as AnyAddress;
use serde_json::json;

/// The exchange's next epoch, which the contract looks for as well as for its latest.
const EPOCH: u64 = 1;
/// More than one transaction shows.
const WALLETS: u8 = 51;

/// A wallet that holds one unit, and agrees.
async fn open_wallet(chain: &Chain, evm: &Evm, store: &Store, number: u8) -> Address {
    let key = PrivateKeySigner::from_slice(&[number; 32]).unwrap();
    let file = chain.folder.path().join("wallet.key");
    fs::write(&file, alloy::hex::encode(key.to_bytes())).unwrap();
    fs::set_permissions(&file, fs::Permissions::from_mode(0o600)).unwrap();
    let agreement = Agreement::Key { file, password: None };
    let action = Action::RegisterWallet { wallet: AnyAddress::Evm(key.address()), agreement };
    evm.govern(store, &chain.exchange, &action).await.unwrap();
    chain.cheat("anvil_setBalance", json!([key.address(), "0x1"])).await;
    key.address()
}

async fn sent(chain: &Chain, evm: &Evm) -> u64 {
    let AnyAddress::Evm(poster) = evm.poster().unwrap() else { panic!("another chain's poster") };
    chain.provider.get_transaction_count(poster).await.unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_dry_run_lists_and_sends_nothing_and_a_look_is_made_once() {
    let chain = Chain::new().await;
    let (evm, store) = (chain.evm(|_| {}).await, chain.store());
    let assets = AssetList::new(vec![Asset::new("ETH", 18).unwrap()]).unwrap();
    let native = AnyAddress::Evm(Address::ZERO);
    let posters = Action::SetPosters(vec![evm.poster().unwrap()]);
    for action in [register(), Action::ListAssets { assets, listed: 0 }, posters] {
        evm.govern(&store, &chain.exchange, &action).await.unwrap();
    }
    let look = |store| evm.witness(store, &chain.exchange, EPOCH);
    assert_eq!(look(None).await.unwrap(), LookOutcome::NothingToLookAt);
    let token = Action::DeclareToken { token: native, asset: 1, symbol: "ETH".into() };
    evm.govern(&store, &chain.exchange, &token).await.unwrap();
    assert_eq!(look(Some(&store)).await.unwrap(), LookOutcome::NothingToLookAt);
    let mut wallets = Vec::new();
    for number in 1..=WALLETS {
        wallets.push(open_wallet(&chain, &evm, &store, number).await);
    }
    chain.cheat("anvil_mine", json!([])).await;
    wallets.sort_unstable();

    let LookOutcome::WouldLook { shown } = look(None).await.unwrap() else { panic!("no dry run") };
    let shown_of = |wallet: &Address| {
        let wallet = wallet.to_string();
        ShownHolding { account: wallet.clone(), wallet, token: Address::ZERO.to_string() }
    };
    assert_eq!(shown, wallets.iter().map(shown_of).collect::<Vec<_>>());
    assert_eq!(sent(&chain, &evm).await, 0, "a dry run sends nothing");

    assert_eq!(look(Some(&store)).await.unwrap(), LookOutcome::Looked { holdings: WALLETS.into() });
    assert_eq!(sent(&chain, &evm).await, 2);
    let witness = evm.client().observation(&chain.exchange, EPOCH).await.unwrap().unwrap();
    assert!(witness.closed, "{witness:?}");
    assert_eq!((witness.holdings, &witness.amounts[..]), (WALLETS.into(), &[Some(WALLETS.into())][..]));
    let before = LookOutcome::LookedBefore { holdings: WALLETS.into(), began: witness.began };
    assert_eq!(look(None).await.unwrap(), before);
    assert_eq!(look(Some(&store)).await.unwrap(), before);
    assert_eq!(sent(&chain, &evm).await, 2);

    let blind = chain.evm(|settings| settings.witnesses = None).await;
    assert_eq!(blind.witness(Some(&store), &chain.exchange, EPOCH).await.unwrap(), LookOutcome::NotConfigured);
    // No epoch but the latest and the next is looked for, and who is no poster finds out without
    // sending.
    for store in [None, Some(&store)] {
        let refused = evm.witness(store, &chain.exchange, EPOCH + 1).await.unwrap_err();
        assert!(matches!(&refused, ChainError::Refused { refusal, .. } if refusal.contains("Epoch")), "{refused}");
    }
    assert_eq!(sent(&chain, &evm).await, 2);
}
