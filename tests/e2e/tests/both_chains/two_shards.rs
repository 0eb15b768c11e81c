//! An epoch of two shards, short of one asset by one unit, whose relayer is killed at any moment.

use ballast_core::solvency::Standing;
use ballast_e2e::generated;
use ballast_sdk::epoch::Status;
use tempfile::TempDir;

use crate::{
    epochs::{assert_totals_on_both_chains, exit_code},
    kill::Exchange,
};

const YEAR: &str = "31536000";

/// More leaves than a shard holds, and one unit too little of one asset.
#[tokio::test(flavor = "multi_thread")]
async fn an_insolvent_epoch_of_two_shards_is_stored_as_insolvent_whenever_the_relayer_is_killed() {
    let folder = TempDir::new().unwrap();
    let many = generated::two_shards(folder.path()).unwrap();
    let exchange = Exchange::new("Many", folder, &many.source).await;
    let ballast = &exchange.ballast;
    ballast.register().unwrap();
    let surprised = ballast.output(&["run", "--once"]).unwrap();
    let told = String::from_utf8_lossy(&surprised.stderr);
    assert!(exit_code(&surprised) == 2 && told.contains(generated::SHORT) && told.contains("--accept"), "{told}");
    // With the first shard proved, and the second not: what is done is not done again.
    let run = ["run", "--once", "--accept"];
    exchange.kill(&run, "shard-proved");
    exchange.kill_at_any_moment(&["prove", "--accept"], &run).await;
    exchange.assert_posted(1, 2, "kills at any moment").await;
    let id = &exchange.id;
    let expected = many.totals.iter().map(|(symbol, total)| (symbol.clone(), total.to_string())).collect();
    assert_totals_on_both_chains(&exchange.network, id, &expected).await;
    for client in exchange.network.clients().await.unwrap() {
        let chain = client.chain();
        let epoch = client.latest(id).await.unwrap();
        assert_eq!((epoch.status(), epoch.record.roots.len()), (Status::Insolvent, 2), "{chain}");
        let figures = epoch.figures().into_iter();
        let short: Vec<String> =
            figures.filter(|asset| asset.status == Status::Insolvent).map(|asset| asset.symbol).collect();
        assert_eq!(short, [generated::SHORT], "{chain}");
        let standing = |symbol| client.solvency(id, symbol, 31_536_000);
        assert_eq!(standing(generated::SHORT).await.unwrap().standing, Standing::Insolvent, "{chain}");
        assert_eq!(standing("A0").await.unwrap().standing, Standing::Development, "{chain}");
        assert_eq!(client.history(id, ..).await.unwrap().epochs().count(), 1, "{chain}");
    }
    let answer = ballast.output(&["solvency", generated::SHORT, "--max-age", YEAR]).unwrap();
    assert_eq!(exit_code(&answer), 3);
    let file = exchange.folder.path().join("inclusion.json");
    let (path, account) = (file.to_string_lossy(), &many.account);
    let made = ballast.json(&["inclusion", "make", "1", account, "--out", &path]).unwrap();
    assert_eq!(made["leaves"], 2, "of more than nine balances");
    ballast.run(&["inclusion", "verify", &path, "--account", account]).unwrap();
}
