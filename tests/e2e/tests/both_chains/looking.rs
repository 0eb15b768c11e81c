//! The program's looks at reserve wallets, more of them than one transaction shows.

use ballast_e2e::network::{Network, Source, fund, write_key};
use ballast_migrations::transaction::connect;
use ballast_relayer::{
    chains::{Destination, LookOutcome, ReadableChain, solana::Solana},
    config::{Config, layered},
    events::Events,
    store::Store,
};
use ballast_sdk::solana::instruction::HOLDINGS_AT_ONCE;
use solana_sdk::{pubkey::Pubkey, signature::Keypair, signer::Signer};
use tempfile::TempDir;

const NAME: &str = "Looking";
/// The exchange's next epoch, which the program looks for as well as for its latest.
const EPOCH: u64 = 1;

#[tokio::test(flavor = "multi_thread")]
async fn a_dry_run_lists_and_sends_nothing_and_a_look_is_made_once() {
    let network = Network::shared().await.unwrap();
    let folder = TempDir::new().unwrap();
    let (log, reserves) = (folder.path().join("log"), folder.path().join("reserves.toml"));
    let source = Source::new(log.clone(), None, reserves, 7);
    let (keys, ballast) = network.exchange(folder.path().join("exchange"), NAME, &source).await.unwrap();
    ballast.run(&["ledger", "simulate", "--accounts", "2", "--transactions", "9", "--seed", "1"]).unwrap();
    for command in ["register", "add-assets", "set-posters"] {
        ballast.run(&["exchange", command, "--chain", "solana"]).unwrap();
    }
    let id = keys.id(NAME).unwrap();
    let figment = layered(Some(&ballast.config), [].into_iter(), vec![]).unwrap();
    let config = Config::read(figment, &[]).unwrap();
    let solana = Solana::connect(config.solana().unwrap(), &Events::default()).await.unwrap();
    let store = Store::open(&folder.path().join("looks.sqlite")).unwrap();
    let rpc = connect(&network.solana.url);

    assert_eq!(solana.witness(Some(&store), &id, EPOCH).await.unwrap(), LookOutcome::NothingToLookAt);
    ballast.run(&["wallet", "declare", "native", "--asset", "SOL", "--chain", "solana"]).unwrap();
    let mut wallets: Vec<Keypair> = (0..=HOLDINGS_AT_ONCE).map(|_| Keypair::new()).collect();
    wallets.sort_unstable_by_key(Keypair::pubkey);
    for wallet in &wallets {
        fund(&rpc, wallet).await.unwrap();
        let key = serde_json::to_string(&wallet.to_bytes().to_vec()).unwrap();
        write_key(&keys.folder, "keys/wallet.json", &key).unwrap();
        let file = keys.folder.join("keys/wallet.json");
        ballast.run(&["wallet", "register", "--chain", "solana", "--signer", file.to_str().unwrap()]).unwrap();
    }

    let poster = keys.solana_poster.pubkey();
    let before = rpc.get_balance(&poster).await.unwrap();
    let LookOutcome::WouldLook { shown } = solana.witness(None, &id, EPOCH).await.unwrap() else {
        panic!("no dry run")
    };
    let listed: Vec<&str> = shown.iter().map(|holding| &holding.account[..]).collect();
    let expected: Vec<String> = wallets.iter().map(|wallet| wallet.pubkey().to_string()).collect();
    assert_eq!(listed, expected);
    assert!(shown.iter().all(|holding| holding.token == Pubkey::default().to_string()));
    assert_eq!(rpc.get_balance(&poster).await.unwrap(), before, "a dry run pays for nothing");
    assert!(solana.client().observation(&id, EPOCH).await.unwrap().is_none());
    assert_eq!(store.transaction(1).unwrap(), None);

    let holdings = HOLDINGS_AT_ONCE + 1;
    assert_eq!(solana.witness(Some(&store), &id, EPOCH).await.unwrap(), LookOutcome::Looked { holdings });
    let witness = solana.client().observation(&id, EPOCH).await.unwrap().unwrap();
    assert!(witness.closed && witness.holdings as usize == holdings, "{witness:?}");
    assert!(store.transaction(2).unwrap().is_some() && store.transaction(3).unwrap().is_none(), "in two parts");
    let looked = LookOutcome::LookedBefore { holdings: witness.holdings, began: witness.began };
    for store in [None, Some(&store)] {
        assert_eq!(solana.witness(store, &id, EPOCH).await.unwrap(), looked);
    }
    assert!(store.transaction(3).unwrap().is_none());
}
