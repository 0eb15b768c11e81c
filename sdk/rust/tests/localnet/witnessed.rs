//! Wallets, tokens and what the program saw, read from a real node.

use ballast_core::solvency::Standing;
use ballast_sdk::{
    chain::{Address, Chain},
    reader::{ChainReader, ObservationReader},
    solana::{SolanaOptions, SolanaReader, bindings::types::WitnessReservesArgs, instruction::Holding},
    solvency::Known,
};
use solana_sdk::{pubkey::Pubkey, signer::Signer};

use crate::{deployment::Deployment, golden::amounts};

/// Number of SOL on the list of the golden history.
const SOL: u16 = 3;

#[tokio::test(flavor = "multi_thread")]
async fn what_was_seen_is_read_as_it_was_seen() {
    let deployment = Deployment::new().await;
    let (id, program, key) = (deployment.exchange(), deployment.program, deployment.authority.pubkey());
    let reader = SolanaReader::connect(&deployment.url, program.0, SolanaOptions::default()).await.unwrap();
    let exchange = reader.exchange(&id).await.unwrap();
    assert_eq!(reader.wallets(&exchange).await.unwrap(), []);
    assert_eq!(reader.tokens(&exchange).await.unwrap(), []);
    assert_eq!(reader.observation(&exchange, 1).await.unwrap(), None);
    let asked = async |max_age| {
        let exchange = reader.exchange(&id).await.unwrap();
        reader.witnessed_solvency(&exchange, "SOL", max_age, 600).await.unwrap()
    };
    assert_eq!(asked(u64::MAX).await.standing, Standing::Missing);

    let lamports = Pubkey::default();
    deployment.send(&[program.register_wallet(&key, &key, &id, &key)]).await;
    deployment.send(&[program.declare_token(&key, &key, &id, &lamports, SOL)]).await;
    let [wallet] = &reader.wallets(&exchange).await.unwrap()[..] else { panic!() };
    assert_eq!((wallet.chain, wallet.address, wallet.exchange), (Chain::Solana, Address::Solana(key), id));
    assert!(!wallet.retired && wallet.registered_at > 0);
    let [token] = &reader.tokens(&exchange).await.unwrap()[..] else { panic!() };
    assert_eq!((token.address, token.asset, token.decimals), (Address::Solana(lamports), SOL, 9));

    let history = deployment.history["epochs"].as_array().unwrap();
    for shard in history.iter().flat_map(|epoch| epoch["shards"].as_array().unwrap()) {
        deployment.post(shard).await;
    }
    let holding = Holding { account: key, wallet: key, mint: lamports };
    let look = WitnessReservesArgs { epoch: 3, first: true, last: false };
    deployment.send(&[program.witness_reserves(&key, &id, look, &[holding])]).await;
    let exchange = reader.exchange(&id).await.unwrap();
    let open = reader.observation(&exchange, 3).await.unwrap().unwrap();
    assert_eq!((open.epoch, open.holdings, open.closed), (3, 1, false));
    assert_eq!(asked(u64::MAX).await.standing, Standing::Missing, "not closed");
    deployment
        .send(&[program.witness_reserves(&key, &id, WitnessReservesArgs { last: true, ..look }, &[holding])])
        .await;
    let closed = reader.observation(&exchange, 3).await.unwrap().unwrap();
    assert_eq!((closed.closed, closed.amounts[0], closed.amounts[1]), (true, None, None));

    // The vectors' epochs are of a time long before this look, so that it says nothing of them.
    let answer = asked(u64::MAX).await;
    assert_eq!((answer.standing, answer.known), (Standing::Missing, Known::Witnessed { max_span: 600 }));
    assert!(closed.amounts[2].is_some());
    let reported = reader.solvency(&exchange, "SOL", u64::MAX).await.unwrap();
    assert_eq!((reported.standing, reported.known), (Standing::Development, Known::Reported));
    assert_eq!(reported.liability, amounts(&history[2]["liabilities"])[2]);

    deployment.send(&[program.retire_wallet(&key, &id, &key)]).await;
    assert!(reader.wallets(&exchange).await.unwrap()[0].retired);
}
