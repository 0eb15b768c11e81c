//! How often a node is asked for a long history, and what a verification goes on from.

use std::sync::atomic::Ordering;

use ballast_sdk::{Client, Error, verification::VerifiedHead};

use crate::{client, deployment::Deployment, long::Long, proxy};

const WEEK: u64 = 7 * 144;
const DAY: u64 = 144;
const YEAR: u64 = 365 * 144;

/// Verifies `epochs`, and those of the next day from there. The questions of either, those for the
/// connection included, and the requests of either.
async fn verified(deployment: &Deployment, node: &Long, epochs: u64) -> [(u64, u64); 2] {
    let url = proxy::start(deployment.node.endpoint(), node.clone()).await;
    node.latest.store(epochs, Ordering::Relaxed);
    let id = deployment.exchange();
    node.asked.take();
    let first = client(&url, deployment).await.verify_history(&id).await.unwrap();
    let (questions, requests, _) = node.asked.take();
    assert_eq!((first.epochs.len() as u64, first.after), (epochs, None));
    node.latest.store(epochs + DAY, Ordering::Relaxed);
    let next = client(&url, deployment).await.verify_history_after(&id, &first.verified_head()).await.unwrap();
    let (later, later_requests, _) = node.asked.take();
    assert_eq!((next.epochs.len() as u64, next.after), (DAY + 1, Some(epochs)));
    assert_eq!(next.latest(), epochs + DAY);
    // The figures of docs/performance.md.
    println!("{epochs} epochs: {questions} questions in {requests} requests; a day later {later} in {later_requests}");
    [(questions, requests), (later, later_requests)]
}

#[tokio::test(flavor = "multi_thread")]
async fn a_history_is_read_with_few_questions_and_goes_on_with_fewer_than_twenty() {
    let deployment = Deployment::new().await;
    let told = Long::new(&deployment, WEEK + DAY, true);
    let [(first, _), (later, _)] = verified(&deployment, &told, WEEK).await;
    assert!(first < 30 && later < 20, "{first} {later}");
    // A node that does not tell the times of events is asked for each epoch once, many at a time.
    let untold = Long::new(&deployment, WEEK + DAY, false);
    let [(first, requests), (later, later_requests)] = verified(&deployment, &untold, WEEK).await;
    assert!(first < WEEK + 30 && requests < 40, "{first} {requests}");
    assert!(later < DAY + 20 && later_requests < 20, "{later} {later_requests}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_year_is_read_with_fewer_than_sixty_thousand_questions() {
    let deployment = Deployment::new().await;
    for times in [true, false] {
        let node = Long::new(&deployment, YEAR + DAY, times);
        let [(first, _), (_, later)] = verified(&deployment, &node, YEAR).await;
        assert!(first < 60_000 && later < 20, "{first} {later}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_node_allows_is_learned_once() {
    let deployment = Deployment::new().await;
    let id = deployment.exchange();
    let node = Long { range: 1_300, batch: 9, ..Long::new(&deployment, WEEK, false) };
    let url = proxy::start(deployment.node.endpoint(), node.clone()).await;
    let client = client(&url, &deployment).await;
    let whole = client.verify_history(&id).await.unwrap();
    let (_, _, refused) = node.asked.take();
    // 10,000 blocks, then halves of it down to 1,250.
    assert_eq!(refused, 3);
    assert_eq!(client.verify_history(&id).await.unwrap(), whole);
    let (questions, requests, refused) = node.asked.take();
    assert_eq!(refused, 0);
    assert!(requests > questions / 9 && requests < questions / 3, "{questions} {requests}");
    for batch in [9, 1] {
        let few = Long { batch, ..Long::new(&deployment, WEEK, false) };
        let url = proxy::start(deployment.node.endpoint(), few.clone()).await;
        assert_eq!(crate::client(&url, &deployment).await.verify_history(&id).await.unwrap(), whole);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_chain_that_is_not_as_it_was_verified_before_is_refused() {
    let deployment = Deployment::new().await;
    let (id, url) = (deployment.exchange(), deployment.node.endpoint());
    let client: Client = client(&url, &deployment).await;
    deployment.post(&deployment.history["epochs"][0]["shards"][0]).await;
    let first = client.verify_history(&id).await.unwrap().verified_head();
    assert_eq!(first.epoch, 1);
    let same = client.verify_history_after(&id, &first).await.unwrap();
    assert_eq!((same.verified_head(), same.epochs.len()), (first.clone(), 1), "nothing is new");
    deployment.post(&deployment.history["epochs"][1]["shards"][0]).await;
    deployment.post(&deployment.history["epochs"][1]["shards"][1]).await;
    let next = client.verify_history_after(&id, &first).await.unwrap();
    assert_eq!((next.after, next.latest(), next.epochs.len()), (Some(1), 2, 2));
    assert_eq!(next.verified_head(), client.verify_history(&id).await.unwrap().verified_head());
    let cases = [
        ("epochs", VerifiedHead { epoch: 3, ..first.clone() }),
        ("head", VerifiedHead { epoch: 2, ..first.clone() }),
        ("head", VerifiedHead { head: [9; 32], ..first.clone() }),
        ("block", VerifiedHead { block: format!("0x{}", "11".repeat(32)), ..first.clone() }),
    ];
    for (expected, head) in cases {
        let error = client.verify_history_after(&id, &head).await.unwrap_err();
        assert!(matches!(&error, Error::Unlike { field, .. } if *field == expected), "{expected}: {error}");
    }
}
