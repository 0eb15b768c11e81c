//! The relayer killed at every point of a run, and at any moment: nothing is posted twice, and no chain is left behind.

use std::{process::Stdio, time::Duration};

use alloy::{providers::Provider, rpc::types::Filter, sol_types::SolEvent};
use anchor_lang::Discriminator;
use ballast_core::exchange::exchange_id;
use ballast_e2e::{
    ballast::Ballast,
    network::{ExchangeKeys, Network, owner, program_keypair, wallet},
    small_exchange,
};
use ballast_migrations::transaction::connect;
use ballast_relayer::crash::{CLEANING_POINTS, GOVERN_POINTS, RUN_POINTS, VARIABLE};
use ballast_sdk::{evm::bindings::Reserves, solana::bindings::accounts::Buffer};
use solana_sdk::signer::Signer;
use tempfile::TempDir;

struct Exchange {
    network: Network,
    keys: ExchangeKeys,
    ballast: Ballast,
    folder: TempDir,
    id: [u8; 32],
}

impl Exchange {
    async fn new() -> Self {
        let network = Network::deployed().await.unwrap();
        let folder = TempDir::new().unwrap();
        let source = small_exchange::source(folder.path()).unwrap();
        let (keys, ballast) = network.exchange(folder.path().into(), "Killed", &source).await.unwrap();
        ballast.run(&["secret", "new"]).unwrap();
        let solana = keys.solana_authority.pubkey().to_bytes();
        let id = exchange_id(&solana, &keys.evm_authority.address().into_array(), "Killed").unwrap();
        Self { network, keys, ballast, folder, id }
    }

    /// The snapshot of `epoch`, which the next run is to post.
    fn date(&self, epoch: u64) {
        small_exchange::date(self.folder.path(), epoch).unwrap();
    }

    /// After a run that ended well: exactly `epochs` epochs on both chains, each posted once, the same on both, and no
    /// rent left behind.
    async fn assert_whole(&self, epochs: u64, after: &str) {
        let [solana, evm] = self.network.clients().await.unwrap();
        let agreement = solana.compare_history(&evm, &self.id).await.unwrap();
        assert!(agreement.behind.is_none(), "{after}: a chain is behind");
        for client in [&solana, &evm] {
            let latest = client.latest(&self.id).await.unwrap();
            assert_eq!(latest.record.epoch, epochs, "{after}: {}", client.chain());
            assert_eq!(latest.record.as_of, small_exchange::as_of(epochs), "{after}: {}", client.chain());
        }
        assert_eq!(self.posts_on_evm().await, epochs, "{after}: transactions of the poster on the EVM");
        assert_eq!(self.open_buffers().await, 0, "{after}: buffers left open");
    }

    /// Posts, successful or not: every transaction of the poster is one.
    async fn posts_on_evm(&self) -> u64 {
        let provider = wallet(&self.network.evm, owner(&self.network.evm)).unwrap();
        let nonce = provider.get_transaction_count(self.keys.evm_poster.address()).await.unwrap();
        let filter = Filter::new().from_block(0).event_signature(Reserves::ShardPosted::SIGNATURE_HASH);
        assert_eq!(provider.get_logs(&filter).await.unwrap().len() as u64, nonce);
        nonce
    }

    async fn open_buffers(&self) -> usize {
        let rpc = connect(&self.network.solana.url);
        let accounts = rpc.get_program_accounts(&program_keypair().unwrap().pubkey()).await.unwrap();
        accounts.iter().filter(|(_, account)| account.data.starts_with(Buffer::DISCRIMINATOR)).count()
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_run_killed_at_any_point_is_finished_by_the_next() {
    let exchange = Exchange::new().await;
    for command in ["register", "set-assets", "set-posters"] {
        exchange.ballast.run(&["exchange", command]).unwrap();
    }
    for (epoch, point) in (1..).zip(RUN_POINTS) {
        exchange.date(epoch);
        let killed = exchange.ballast.command(&["run", "--once"]).env(VARIABLE, point).output().unwrap();
        assert_eq!(killed.status.code(), None, "{point} was not reached: {}", String::from_utf8_lossy(&killed.stderr));
        // A run that was killed after its last step has nothing left to do.
        let finished = exchange.ballast.output(&["run", "--once"]).unwrap();
        let expected = if *point == "epoch-completed" { 2 } else { 0 };
        assert_eq!(finished.status.code(), Some(expected), "{point}: {}", String::from_utf8_lossy(&finished.stderr));
        exchange.assert_whole(epoch, point).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_dropped_epoch_left_behind_is_closed_by_the_next() {
    let exchange = Exchange::new().await;
    for command in ["register", "set-assets", "set-posters"] {
        exchange.ballast.run(&["exchange", command]).unwrap();
    }
    for (epoch, point) in (1..).zip(CLEANING_POINTS) {
        // An epoch is begun, killed with its buffer open, and dropped; the next one is another, of the same number.
        exchange.date(epoch + 100);
        let begun =
            exchange.ballast.command(&["run", "--once"]).env(VARIABLE, "solana-write-buffer-confirmed").output();
        assert_eq!(begun.unwrap().status.code(), None, "{point}");
        assert_eq!(exchange.open_buffers().await, 1, "{point}");
        exchange.ballast.run(&["prove", "--discard"]).unwrap();
        exchange.date(epoch);
        let killed = exchange.ballast.command(&["run", "--once"]).env(VARIABLE, point).output().unwrap();
        assert_eq!(killed.status.code(), None, "{point} was not reached: {}", String::from_utf8_lossy(&killed.stderr));
        exchange.ballast.run(&["run", "--once"]).unwrap();
        exchange.assert_whole(epoch, point).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_store_lost_between_the_chains_is_made_up_for_by_the_public_files() {
    let exchange = Exchange::new().await;
    for command in ["register", "set-assets", "set-posters"] {
        exchange.ballast.run(&["exchange", command]).unwrap();
    }
    exchange.date(1);
    let killed = exchange.ballast.command(&["run", "--once"]).env(VARIABLE, "solana-epoch-posted").output().unwrap();
    assert_eq!(killed.status.code(), None);
    let code = |arguments: &[&str]| exchange.ballast.output(arguments).unwrap().status.code();
    assert_eq!(code(&["verify"]), Some(3), "a chain is behind");
    assert_eq!(code(&["prove", "--discard"]), Some(2), "a chain holds it");
    for name in ["relayer.sqlite", "relayer.sqlite-wal", "relayer.sqlite-shm"] {
        let _ = std::fs::remove_file(exchange.folder.path().join(name));
    }
    let parted = exchange.ballast.output(&["run", "--once"]).unwrap();
    assert_eq!(parted.status.code(), Some(3));
    assert!(String::from_utf8_lossy(&parted.stderr).contains("different histories"));
    assert_eq!(code(&["restore", "2"]), Some(2), "there is no such epoch");
    exchange.ballast.run(&["restore", "1"]).unwrap();
    exchange.ballast.run(&["post"]).unwrap();
    exchange.assert_whole(1, "restore").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_registration_killed_at_any_point_is_finished_by_the_next() {
    let exchange = Exchange::new().await;
    let commands = ["register", "set-assets", "set-posters"].iter().cycle();
    let mut reached = 0;
    for (point, command) in GOVERN_POINTS.iter().zip(commands) {
        let killed = exchange.ballast.command(&["exchange", command]).env(VARIABLE, point).output().unwrap();
        reached += usize::from(killed.status.code().is_none());
        exchange.ballast.run(&["exchange", command]).unwrap();
        // Asked again it changes nothing.
        exchange.ballast.run(&["exchange", command]).unwrap();
    }
    assert!(reached >= 3, "only {reached} points were reached");
    exchange.date(1);
    exchange.ballast.run(&["run", "--once"]).unwrap();
    exchange.assert_whole(1, "registration").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_run_killed_at_any_moment_is_finished_by_the_next() {
    let exchange = Exchange::new().await;
    for command in ["register", "set-assets", "set-posters"] {
        exchange.ballast.run(&["exchange", command]).unwrap();
    }
    for epoch in 1..=6 {
        exchange.date(epoch);
        // Killed twice on the way, at moments that have nothing to do with what it does.
        for moment in [700 * epoch, 1_900 + 300 * epoch] {
            let mut command = exchange.ballast.command(&["run", "--once"]);
            let mut process = command.stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
            tokio::time::sleep(Duration::from_millis(moment)).await;
            process.kill().unwrap();
            process.wait().unwrap();
        }
        let finished = exchange.ballast.output(&["run", "--once"]).unwrap();
        let errors = String::from_utf8_lossy(&finished.stderr);
        // 2 when a run was over before it was killed: the snapshot is posted already.
        assert!(matches!(finished.status.code(), Some(0 | 2)), "{errors}");
        exchange.assert_whole(epoch, "a kill").await;
    }
}
