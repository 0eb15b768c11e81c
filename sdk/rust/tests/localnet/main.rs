//! Solana's reader on a real node, with the bytecode that is deployed and real proofs.

mod deployment;
mod examples;
#[path = "../golden/mod.rs"]
mod golden;
mod witnessed;

use ballast_core::{circuit::SetupKind, solvency::Standing};
use ballast_sdk::{Client, Error, chain::Chain, epoch::Status, history::Entry, solana::SolanaOptions};
use deployment::Deployment;
use golden::{amounts, bytes, check, check_new};
use solana_sdk::{pubkey::Pubkey, signer::Signer};

async fn client(deployment: &Deployment) -> Client {
    Client::solana(&deployment.url, deployment.program.0, SolanaOptions::default()).await.unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_history_is_read_as_it_was_posted() {
    let deployment = Deployment::new().await;
    let (id, history) = (deployment.exchange(), &deployment.history);
    let client = client(&deployment).await;
    assert_eq!(client.chain(), Chain::Solana);
    check_new(&client, history).await;

    let epochs = history["epochs"].as_array().unwrap();
    deployment.post(&epochs[0]["shards"][0]).await;
    assert_eq!(client.pending(&id).await.unwrap(), None);
    deployment.post(&history["other"]["shards"][0]).await;
    let other = client.pending(&id).await.unwrap().unwrap();
    assert_eq!((other.epoch, other.shards_done, other.shard_count), (2, 1, 2));
    let error = client.epoch(&id, 2).await.unwrap_err();
    assert!(matches!(error, Error::EpochUnfinished { epoch: 2, shards_done: 1, shard_count: 2, .. }), "{error}");
    deployment.post(&epochs[1]["shards"][0]).await;
    let begun = client.history(&id, ..).await.unwrap().pending.unwrap();
    assert_ne!(begun.liabilities, other.liabilities, "the sums are those of the epoch that was begun last");
    deployment.post(&epochs[1]["shards"][1]).await;
    let short = client.solvency(&id, "USDC", u64::MAX).await.unwrap();
    assert_eq!((short.standing, short.epoch), (Standing::Insolvent, 2));
    deployment.post(&epochs[2]["shards"][0]).await;

    for (number, expected) in (1..).zip(epochs) {
        check(&client.epoch(&id, number).await.unwrap(), expected);
    }
    let verified = client.verify_history(&id).await.unwrap();
    assert_eq!((verified.epochs.len(), verified.head), (3, bytes(&epochs[2]["head_after"])));
    let read = client.history(&id, ..).await.unwrap();
    let [Entry::Epoch(_), Entry::Epoch(second), Entry::Gap(gap), Entry::Epoch(third)] = &read.entries[..] else {
        panic!("{:?}", read.entries)
    };
    assert_eq!((gap.after, gap.missed, third.late_by), (2, 1, 600));
    assert_eq!(second.epoch.status(), Status::Insolvent, "an insolvent epoch is listed like the others");

    let fresh = client.solvency(&id, "USDC", u64::MAX).await.unwrap();
    assert_eq!((fresh.standing, fresh.epoch, fresh.decimals), (Standing::Development, 3, Some(6)));
    assert_eq!(fresh.liability, amounts(&epochs[2]["liabilities"])[1]);
    assert_eq!(fresh.setup, Some(SetupKind::Development));
    assert_eq!(fresh.circuit, golden::circuit(history));
    assert_eq!(client.solvency(&id, "ETH", u64::MAX).await.unwrap().standing, Standing::Missing);
    let overdue = read.overdue.unwrap();
    assert_eq!((overdue.epoch, overdue.due), (4, third.epoch.record.as_of + 600));

    // Whoever has lamports will do to ask with; whoever has none will not, and the answer is not
    // made up.
    let ask = async |fee_payer| {
        let options = SolanaOptions { fee_payer: Some(fee_payer), ..SolanaOptions::default() };
        let client = Client::solana(&deployment.url, deployment.program.0, options).await.unwrap();
        client.solvency(&id, "USDC", u64::MAX).await
    };
    assert_eq!(ask(deployment.authority.pubkey()).await.unwrap(), fresh);
    let error = ask(Pubkey::new_from_array([9; 32])).await.unwrap_err();
    assert!(matches!(error, Error::NodeRefused { .. }), "{error}");
}

#[tokio::test(flavor = "multi_thread")]
async fn unreachable_and_not_deployed_are_told_apart() {
    let deployment = Deployment::new().await;
    for address in [Pubkey::new_from_array([9; 32]), deployment.authority.pubkey()] {
        let error = Client::solana(&deployment.url, address, SolanaOptions::default()).await.err().unwrap();
        assert!(matches!(error, Error::NotDeployed { .. }), "{error}");
    }
    let closed = "http://user:SECRET@127.0.0.1:9/SECRET?key=SECRET";
    let error = Client::solana(closed, deployment.program.0, SolanaOptions::default()).await.err().unwrap();
    assert!(matches!(error, Error::Unreachable { .. }), "{error}");
    assert!(error.to_string().contains("http://127.0.0.1:9") && !error.to_string().contains("SECRET"), "{error}");
}
