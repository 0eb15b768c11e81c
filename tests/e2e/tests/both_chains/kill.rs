//! The relayer killed at every point of what it does: nothing is posted twice, and no chain is left
//! behind. `two_shards` kills it at any moment.
//!
//! A proof takes long, and what was proved before a kill is not proved again. So few epochs go
//! through many kills: each run is killed at its point, and the next one, which goes on where that
//! one stopped, at a later one.

use std::{collections::BTreeSet, process::Stdio, sync::Arc, time::Duration};

use alloy::{primitives::B256, providers::Provider, rpc::types::Filter, sol_types::SolEvent};
use anchor_lang::{AccountDeserialize, Discriminator};
use ballast_durable::crash_point::VARIABLE;
use ballast_e2e::{
    ballast::Ballast,
    network::{ExchangeKeys, Network, Source, owner, program, wallet},
    small_exchange,
};
use ballast_migrations::transaction::{connect, send};
use ballast_relayer::crash::{CLEANING_POINTS, GOVERN_POINTS, RUN_POINTS};
use ballast_sdk::{
    evm::bindings::Reserves,
    solana::{bindings::accounts::Buffer, instruction::Program},
};
use solana_sdk::signer::Signer;
use tempfile::TempDir;

/// An exchange whose relayer is killed.
pub struct Exchange {
    pub network: Arc<Network>,
    keys: ExchangeKeys,
    pub ballast: Ballast,
    pub folder: TempDir,
    pub id: [u8; 32],
}

impl Exchange {
    /// In `folder`, not registered yet.
    pub async fn new(name: &str, folder: TempDir, source: &Source) -> Self {
        let network = Network::shared().await.unwrap();
        let (keys, ballast) = network.exchange(folder.path().into(), name, source).await.unwrap();
        let id = keys.id(name).unwrap();
        Self { network, keys, ballast, folder, id }
    }

    /// Runs `arguments`, which is killed at `point`.
    pub fn kill(&self, arguments: &[&str], point: &str) {
        let killed = self.ballast.command(arguments).env(VARIABLE, point).output().unwrap();
        let errors = String::from_utf8_lossy(&killed.stderr);
        assert_eq!(killed.status.code(), None, "{arguments:?} did not reach {point}: {errors}");
    }

    fn code(&self, arguments: &[&str]) -> Option<i32> {
        self.ballast.output(arguments).unwrap().status.code()
    }

    /// A buffer such as a post of the poster's would leave behind.
    async fn leave_a_buffer(&self, number: u32) {
        let poster = &self.keys.solana_poster;
        let open = Program::default().open_buffer(&poster.pubkey(), number, 5_000);
        send(&connect(&self.network.solana.url), &[open], &[poster], "open a buffer").await.unwrap();
    }

    /// The snapshot of `epoch`, which the next run is to post.
    fn date(&self, epoch: u64) {
        small_exchange::date(self.folder.path(), epoch).unwrap();
    }

    /// Kills `run` at moments in the middle of the proof and, once `prove` has made it, of posting,
    /// and lets the last one finish.
    pub async fn kill_at_any_moment(&self, prove: &[&str], run: &[&str]) {
        let moments = [1_000, 4_000].into_iter().map(Some).chain([None]);
        for moment in moments.chain((1..=8).map(|number| Some(450 * number + 37))) {
            let Some(moment) = moment else {
                self.ballast.run(prove).unwrap();
                continue;
            };
            let mut process = self.ballast.command(run).stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
            tokio::time::sleep(Duration::from_millis(moment)).await;
            process.kill().unwrap();
            process.wait().unwrap();
        }
        let finished = self.ballast.output(run).unwrap();
        let errors = String::from_utf8_lossy(&finished.stderr);
        // 2 when a run was over before it was killed: the snapshot is posted already.
        assert!(matches!(finished.status.code(), Some(0 | 2)), "{errors}");
    }

    /// After a run that ended well: exactly `epochs` epochs on both chains, the last of the
    /// snapshot of that number, each posted once.
    async fn assert_whole(&self, epochs: u64, after: &str) {
        self.assert_posted(epochs, epochs, after).await;
        for client in self.network.clients().await.unwrap() {
            let latest = client.latest(&self.id).await.unwrap();
            assert_eq!(latest.record.as_of, small_exchange::as_of(epochs), "{after}: {}", client.chain());
        }
    }

    /// Exactly `epochs` epochs on both chains, of `shards` shards together, each posted once, the
    /// same on both, and no rent left behind.
    pub async fn assert_posted(&self, epochs: u64, shards: u64, after: &str) {
        let [solana, evm] = self.network.clients().await.unwrap();
        let agreement = solana.compare_history(&evm, &self.id).await.unwrap();
        assert!(agreement.behind.is_none(), "{after}: a chain is behind");
        for client in [&solana, &evm] {
            let latest = client.latest(&self.id).await.unwrap();
            assert_eq!(latest.record.epoch, epochs, "{after}: {}", client.chain());
        }
        assert_eq!(self.posts_on_evm().await, shards, "{after}: transactions of the poster on the EVM");
        assert_eq!(self.open_buffers().await, 0, "{after}: buffers left open");
    }

    /// Posts, successful or not: every transaction of the poster is one.
    async fn posts_on_evm(&self) -> u64 {
        let provider = wallet(&self.network.evm, owner(&self.network.evm)).unwrap();
        let nonce = provider.get_transaction_count(self.keys.evm_poster.address()).await.unwrap();
        let filter = Filter::new().from_block(0).event_signature(Reserves::ShardPosted::SIGNATURE_HASH);
        let filter = filter.topic1(B256::from(self.id));
        assert_eq!(provider.get_logs(&filter).await.unwrap().len() as u64, nonce);
        nonce
    }

    async fn open_buffers(&self) -> usize {
        let rpc = connect(&self.network.solana.url);
        let accounts = rpc.get_program_accounts(&program()).await.unwrap();
        let buffers = accounts.iter().filter(|(_, account)| account.data.starts_with(Buffer::DISCRIMINATOR));
        let owners = buffers.map(|(_, account)| Buffer::try_deserialize(&mut &account.data[..]).unwrap().owner);
        owners.filter(|owner| *owner == self.keys.solana_poster.pubkey()).count()
    }
}

/// Points of the first epoch: each of them is passed by a run that goes on after a kill at the one
/// before.
const FIRST: &[&str] = &[
    "statement-persisted",
    "shard-proved",
    "artifacts-written",
    "preflight-passed",
    "solana-open-buffer-stored",
    "solana-write-buffer-stored",
    "solana-post-shard-stored",
    "solana-epoch-posted",
    "evm-post-shard-stored",
    "evm-epoch-posted",
    "epoch-verified",
    "epoch-witnessed",
    "epoch-completed",
];
/// Points of the second epoch, up to where the store is lost.
const SECOND: &[&str] =
    &["proofs-persisted", "solana-open-buffer-sent", "solana-write-buffer-sent", "solana-post-shard-sent"];
/// Points of the third.
const THIRD: &[&str] = &[
    "solana-open-buffer-confirmed",
    "solana-write-buffer-confirmed",
    "solana-post-shard-confirmed",
    "evm-post-shard-confirmed",
];

#[test]
fn no_point_is_left_out() {
    let killed: BTreeSet<&str> = [FIRST, SECOND, &["evm-post-shard-sent"], THIRD].concat().into_iter().collect();
    assert_eq!(killed, RUN_POINTS.iter().copied().collect());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_killed_relayer_is_finished_by_the_next() {
    let folder = TempDir::new().unwrap();
    let source = small_exchange::source(folder.path()).unwrap();
    let exchange = Exchange::new("Killed", folder, &source).await;
    exchange.ballast.run(&["secret", "new"]).unwrap();
    killed_while_governing(&exchange);
    killed_at_every_step(&exchange).await;
    killed_and_robbed_of_its_store(&exchange).await;
    killed_and_its_epoch_dropped(&exchange).await;
}

fn killed_while_governing(exchange: &Exchange) {
    let commands = ["register", "add-assets", "set-posters"].iter().cycle();
    let mut reached = 0;
    for (point, command) in GOVERN_POINTS.iter().zip(commands) {
        let killed = exchange.ballast.command(&["exchange", command]).env(VARIABLE, point).output().unwrap();
        reached += usize::from(killed.status.code().is_none());
        exchange.ballast.run(&["exchange", command]).unwrap();
        // Asked again it changes nothing.
        exchange.ballast.run(&["exchange", command]).unwrap();
    }
    assert!(reached >= 3, "only {reached} points were reached");
}

async fn killed_at_every_step(exchange: &Exchange) {
    exchange.date(1);
    for point in FIRST {
        exchange.kill(&["run", "--once"], point);
    }
    // A run that was killed after its last step has nothing left to do.
    assert_eq!(exchange.code(&["run", "--once"]), Some(2));
    exchange.assert_whole(1, "kills at every step").await;
}

/// The store is lost between the two chains: the public files make up for it.
async fn killed_and_robbed_of_its_store(exchange: &Exchange) {
    exchange.date(2);
    for point in SECOND {
        exchange.kill(&["run", "--once"], point);
    }
    exchange.kill(&["post"], "solana-epoch-posted");
    assert_eq!(exchange.code(&["verify"]), Some(3), "a chain is behind");
    assert_eq!(exchange.code(&["prove", "--discard"]), Some(2), "a chain holds it");
    for name in ["relayer.sqlite", "relayer.sqlite-wal", "relayer.sqlite-shm"] {
        let _ = std::fs::remove_file(exchange.folder.path().join(name));
    }
    let parted = exchange.ballast.output(&["run", "--once"]).unwrap();
    assert_eq!(parted.status.code(), Some(3));
    assert!(String::from_utf8_lossy(&parted.stderr).contains("different histories"));
    assert_eq!(exchange.code(&["restore", "3"]), Some(2), "there is no such epoch");
    exchange.ballast.run(&["restore", "2"]).unwrap();
    exchange.kill(&["post"], "evm-post-shard-sent");
    exchange.ballast.run(&["post"]).unwrap();
    exchange.assert_whole(2, "a lost store").await;
}

/// What a dropped epoch left behind is closed by the next one, killed while it does so.
async fn killed_and_its_epoch_dropped(exchange: &Exchange) {
    exchange.date(100);
    exchange.kill(&["run", "--once"], "solana-write-buffer-confirmed");
    assert_eq!(exchange.open_buffers().await, 1);
    exchange.ballast.run(&["prove", "--discard"]).unwrap();
    exchange.date(3);
    for (number, point) in (1..).zip(CLEANING_POINTS) {
        exchange.kill(&["run", "--once"], point);
        exchange.leave_a_buffer(number).await;
    }
    for point in THIRD {
        exchange.kill(&["run", "--once"], point);
    }
    exchange.ballast.run(&["run", "--once"]).unwrap();
    exchange.assert_whole(3, "a dropped epoch").await;
}
