//! Proofs that come back from whoever makes them: in any order, twice, or of something else.

use std::{
    path::Path,
    sync::{
        Arc, Mutex,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use async_trait::async_trait;
use ballast_core::{
    Digest, Element,
    assets::{Asset, AssetList},
    circuit::{Class, SetupKind, VerifyingKey},
    field::BASE_ORDER,
    inclusion::AssetName,
    leaf::MasterSecret,
    public_vector::PublicVector,
    statement::LedgerPosition,
};
use ballast_ledger::{
    leaves::Leaves,
    snapshot::{Account, Slot, Snapshot},
};
use ballast_prover::{Proof, VerifyError};
use ballast_relayer::{
    config::Circuit,
    events::{Event, Events, Stage},
    failure::{Failure, FailureKind},
    jobs::prove::unfinished,
    plan::{Plan, VERSION},
    proving::{
        Accepted, EpochProver, ExpectedShard, InProcess, ProvedShards, ProvingBackend, ProvingKeys, ProvingResult,
        ProvingTask, ResultRefused, circuit_file,
    },
    store::Store,
};
use tempfile::TempDir;
use tokio::sync::OnceCell;
use tokio_util::sync::CancellationToken;

const CLASS: Class = Class::SMALLEST;
/// One leaf each: a shard full of them, and some more.
const ACCOUNTS: usize = 16_400;
const EPOCH: u64 = 2;
const EXCHANGE: Digest = [1; 32];
static MASTER: MasterSecret = MasterSecret::new([9; 32]);

/// An epoch of two shards and their honest proofs, made once by this process's own backend.
struct Honest {
    plan: Plan,
    snapshot: Arc<Snapshot>,
    leaves: Arc<Leaves<Arc<Snapshot>>>,
    key: VerifyingKey,
    results: [ProvingResult; 2],
}

async fn honest() -> &'static Honest {
    static HONEST: OnceCell<Honest> = OnceCell::const_new();
    HONEST.get_or_init(Honest::prove).await
}

impl Honest {
    async fn prove() -> Self {
        let keys = Path::new(env!("CARGO_TARGET_TMPDIR")).to_owned();
        let settings = Circuit { setup: SetupKind::Development, classes: vec![CLASS], keys };
        let keys = ProvingKeys::new(&settings, Events::default());
        let key = keys.of(CLASS).await.unwrap();
        let snapshot = Arc::new(snapshot(|_| {}));
        let asset = |symbol: &str, decimals| AssetName { symbol: symbol.into(), decimals };
        let plan = Plan {
            version: VERSION,
            exchange: EXCHANGE,
            epoch: EPOCH,
            as_of: snapshot.as_of,
            assets: vec![asset("BTC", 8), asset("USDC", 6)],
            circuit: circuit_file(&key),
            shard_count: 2,
            ledger: snapshot.ledger,
            reserves: vec![1 << 40, 1 << 40],
            reserves_report: "{}\n".into(),
            head_before: [5; 32],
        };
        let (backend, store) = (InProcess { keys: &keys }, Shelf::new());
        let leaves = leaves(&snapshot, EPOCH);
        let prover = store.prover(&plan, &leaves, &backend);
        let mut results = Vec::new();
        for shard in [0, 1] {
            let (_, task) = prover.task(shard).await.unwrap();
            // As it would travel to another machine.
            let task: ProvingTask = serde_json::from_slice(&serde_json::to_vec(&task).unwrap()).unwrap();
            results.push(backend.prove(task, &CancellationToken::new()).await.unwrap());
        }
        let (key, results) = (key.verifying_key().clone(), results.try_into().unwrap());
        Self { plan, snapshot, leaves, key, results }
    }
}

/// Each account has its number and one more of the first asset, and every third something of the
/// second.
fn snapshot(change: impl FnOnce(&mut Vec<Account>)) -> Snapshot {
    let account = |number: usize| {
        let slot = |asset, balance| Slot { asset, balance };
        let second = number.is_multiple_of(3).then(|| slot(2, 7));
        let balances = [slot(1, number as u64 + 1)].into_iter().chain(second).collect();
        Account { id: format!("customer-{number}"), balances }
    };
    let mut accounts: Vec<Account> = (0..ACCOUNTS).map(account).collect();
    change(&mut accounts);
    let sum = |asset| {
        let slots = accounts.iter().flat_map(|account| &account.balances).filter(|slot| slot.asset == asset);
        slots.map(|slot| u128::from(slot.balance)).sum()
    };
    Snapshot {
        as_of: 1_700_000_000,
        ledger: LedgerPosition::default(),
        assets: AssetList::new(vec![Asset::new("BTC", 8).unwrap(), Asset::new("USDC", 6).unwrap()]).unwrap(),
        totals: vec![sum(1), sum(2)],
        gross_borrows: vec![0, 0],
        accounts,
        left_out: 0,
    }
}

/// The leaves of a snapshot in an epoch of [`EXCHANGE`].
fn leaves(snapshot: &Arc<Snapshot>, epoch: u64) -> Arc<Leaves<Arc<Snapshot>>> {
    Arc::new(Leaves::new(snapshot.clone(), CLASS, MASTER.epoch_key(&EXCHANGE, epoch)).unwrap())
}

/// A store in a folder of its own.
struct Shelf {
    store: Store,
    events: Events,
    _folder: TempDir,
}

impl Shelf {
    fn new() -> Self {
        let folder = TempDir::new().unwrap();
        let store = Store::open(&folder.path().join("relayer.sqlite")).unwrap();
        Self { store, events: Events::default(), _folder: folder }
    }

    /// With the honest plan begun.
    async fn begun() -> Self {
        let shelf = Self::new();
        shelf.store.begin_epoch(EPOCH, &honest().await.plan.text().unwrap(), &[0; 32]).unwrap();
        shelf
    }

    fn prover<'a>(
        &'a self,
        plan: &'a Plan,
        leaves: &'a Arc<Leaves<Arc<Snapshot>>>,
        backend: &'a dyn ProvingBackend,
    ) -> EpochProver<'a> {
        EpochProver { plan, leaves, backend, store: &self.store, events: &self.events }
    }

    /// What becomes of a result for a shard of the honest epoch.
    async fn accept(&self, shard: u16, result: &ProvingResult) -> Result<Accepted, Failure> {
        let honest = honest().await;
        self.accept_as(&honest.plan, &honest.snapshot, shard, result).await
    }

    async fn accept_as(
        &self,
        plan: &Plan,
        snapshot: &Arc<Snapshot>,
        shard: u16,
        result: &ProvingResult,
    ) -> Result<Accepted, Failure> {
        let leaves = leaves(snapshot, plan.epoch);
        let prover = self.prover(plan, &leaves, &Nobody);
        let expected: ExpectedShard = prover.task(shard).await.unwrap().0;
        prover.accept(&honest().await.key, expected, result.clone()).await
    }

    /// What refuses a result, for which nothing is stored.
    async fn refusal(&self, shard: u16, result: &ProvingResult) -> ResultRefused {
        refusal(self.accept(shard, result).await, self)
    }

    fn shards(&self) -> Vec<u16> {
        self.store.posts(EPOCH).unwrap().into_iter().map(|(shard, _)| shard).collect()
    }
}

fn refusal(outcome: Result<Accepted, Failure>, shelf: &Shelf) -> ResultRefused {
    let failure = outcome.unwrap_err();
    assert_eq!(failure.kind, FailureKind::Refused, "{failure}");
    assert_eq!(shelf.shards(), [0u16; 0], "it was stored");
    failure.error.downcast_ref::<ResultRefused>().unwrap().clone()
}

/// Whom nothing is asked of.
struct Nobody;

#[async_trait]
impl ProvingBackend for Nobody {
    fn at_once(&self) -> usize {
        1
    }

    async fn prove(&self, task: ProvingTask, _: &CancellationToken) -> Result<ProvingResult, Failure> {
        panic!("{task:?} was to be proved")
    }
}

/// Returns the honest results, that of shard 0 only once the store has that of shard 1.
struct Backwards<'a> {
    store: &'a Store,
    asked: Mutex<Vec<u16>>,
}

#[async_trait]
impl ProvingBackend for Backwards<'_> {
    fn at_once(&self) -> usize {
        2
    }

    async fn prove(&self, task: ProvingTask, _: &CancellationToken) -> Result<ProvingResult, Failure> {
        let shard = task.statement.shard.index;
        self.asked.lock().unwrap().push(shard);
        while shard == 0 && self.store.posts(EPOCH)?.is_empty() {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
        Ok(honest().await.results[usize::from(shard)].clone())
    }
}

#[tokio::test]
async fn results_in_reversed_order_make_the_epoch_and_are_told_as_they_come() {
    let (honest, shelf) = (honest().await, Shelf::begun().await);
    let backend = Backwards { store: &shelf.store, asked: Mutex::default() };
    let mut listener = shelf.events.subscribe();
    let proved = shelf.prover(&honest.plan, &honest.leaves, &backend).prove(ProvedShards::new()).await.unwrap();
    assert_eq!(proved.liabilities(), honest.snapshot.totals);
    assert_eq!(proved.roots(), honest.results.each_ref().map(|result| result.vector.root()));
    assert_eq!(shelf.shards(), [0, 1]);
    let heard: Vec<Event> = std::iter::from_fn(|| listener.try_recv().ok()).collect();
    let (stage, steps) = (Stage::ProveEpoch { epoch: EPOCH }, Some(2));
    let advanced = |done| Event::StageAdvanced { stage: stage.clone(), done, steps };
    let expected = [
        Event::StageBegun { stage: stage.clone(), steps },
        advanced(1),
        advanced(2),
        Event::StageEnded { stage: stage.clone(), done: 2, steps },
    ];
    assert_eq!(heard, expected);
}

#[tokio::test]
async fn an_epoch_whose_first_shard_is_missing_goes_on_with_that_shard_alone() {
    let (honest, shelf) = (honest().await, Shelf::begun().await);
    assert!(matches!(shelf.accept(1, &honest.results[1]).await.unwrap(), Accepted::Stored(_)));
    let (_, plan, proved) = unfinished(&shelf.store).unwrap().unwrap();
    assert_eq!(proved.keys().copied().collect::<Vec<_>>(), [1]);
    let backend = Backwards { store: &shelf.store, asked: Mutex::default() };
    let epoch = shelf.prover(&plan, &honest.leaves, &backend).prove(proved).await.unwrap();
    assert_eq!(*backend.asked.lock().unwrap(), [0]);
    assert_eq!(epoch.liabilities(), honest.snapshot.totals);
}

#[tokio::test]
async fn a_shard_that_the_plan_does_not_have_is_not_taken_from_the_store() {
    let (honest, shelf) = (honest().await, Shelf::begun().await);
    let Accepted::Stored(post) = shelf.accept(1, &honest.results[1]).await.unwrap() else { panic!("not stored") };
    shelf.store.add_post(EPOCH, 2, &post.encode()).unwrap();
    let corrupt = unfinished(&shelf.store).unwrap_err().to_string();
    assert!(corrupt.contains("shard 2") && corrupt.contains("2 shards"), "{corrupt}");
}

#[tokio::test]
async fn balances_that_were_swapped_between_customers_are_refused_though_the_totals_are_the_same() {
    let (honest, shelf) = (honest().await, Shelf::begun().await);
    // The proof is of the honest snapshot; the one that this process has is the one with the swap.
    let swapped = Arc::new(snapshot(|accounts| {
        let first = accounts[0].balances[0].balance;
        accounts[0].balances[0].balance = accounts[1].balances[0].balance;
        accounts[1].balances[0].balance = first;
    }));
    assert_eq!(swapped.totals, honest.snapshot.totals);
    let outcome = shelf.accept_as(&honest.plan, &swapped, 0, &honest.results[0]).await;
    let refused = refusal(outcome, &shelf);
    assert!(matches!(refused, ResultRefused::Root { epoch: EPOCH, shard: 0, .. }), "{refused}");
}

#[tokio::test]
async fn a_proof_of_an_old_epoch_or_of_another_shard_is_refused() {
    let (honest, shelf) = (honest().await, Shelf::begun().await);
    let plan = Plan { epoch: EPOCH + 1, ..honest.plan.clone() };
    let outcome = shelf.accept_as(&plan, &honest.snapshot, 0, &honest.results[0]).await;
    let refused = refusal(outcome, &shelf);
    assert!(matches!(refused, ResultRefused::Statement { epoch: 3, shard: 0, .. }), "{refused}");
    for (shard, other) in [(0, 1), (1, 0)] {
        let refused = shelf.refusal(shard, &honest.results[other]).await;
        let ResultRefused::Statement { expected, found, .. } = refused else { panic!("{refused}") };
        assert_eq!(expected, honest.plan.statement(shard).unwrap().context());
        assert_eq!(found, honest.plan.statement(other as u16).unwrap().context());
    }
}

#[tokio::test]
async fn another_total_is_refused_on_the_asset_list_and_beyond_it() {
    let (honest, shelf) = (honest().await, Shelf::begun().await);
    for asset in [1, 2, 3, 64] {
        let result = &honest.results[0];
        let mut totals = result.vector.totals().to_vec();
        totals[asset - 1] = Element::from(1u64);
        let context = honest.plan.statement(0).unwrap().context();
        let (root, opening) = (result.vector.root(), result.vector.opening());
        let vector = PublicVector::new(CLASS, &context, root, &totals, &opening).unwrap();
        let refused = shelf.refusal(0, &ProvingResult { vector, proof: result.proof }).await;
        assert!(matches!(refused, ResultRefused::Total { asset: found, .. } if found == asset), "{refused}");
    }
}

#[tokio::test]
async fn a_proof_that_does_not_hold_is_refused() {
    let (honest, shelf) = (honest().await, Shelf::begun().await);
    let result = ProvingResult { proof: honest.results[1].proof, ..honest.results[0].clone() };
    let refused = shelf.refusal(0, &result).await;
    assert!(matches!(refused, ResultRefused::Proof { shard: 0, .. }), "{refused}");
    let (result, context) = (&honest.results[0], honest.plan.statement(0).unwrap().context());
    let (vector, deeper) = (&result.vector, Class::new(CLASS.depth + 1));
    let vector = PublicVector::new(deeper, &context, vector.root(), vector.totals(), &vector.opening()).unwrap();
    let refused = shelf.refusal(0, &ProvingResult { vector, proof: result.proof }).await;
    assert!(matches!(refused, ResultRefused::Proof { error: VerifyError::VectorClass { .. }, .. }), "{refused}");
}

#[tokio::test]
async fn a_second_result_is_not_needed_when_it_holds_and_refused_when_it_does_not() {
    let (honest, shelf) = (honest().await, Shelf::begun().await);
    let first = &honest.results[0];
    let Accepted::Stored(stored) = shelf.accept(0, first).await.unwrap() else { panic!("not stored") };
    let other = ProvingResult { proof: negated(&first.proof), ..first.clone() };
    assert_ne!(other.proof, first.proof);
    for again in [first, &other] {
        assert_eq!(shelf.accept(0, again).await.unwrap(), Accepted::NotNeeded(stored.clone()));
    }
    let wrong = ProvingResult { proof: honest.results[1].proof, ..first.clone() };
    let failure = shelf.accept(0, &wrong).await.unwrap_err();
    assert!(matches!(failure.error.downcast_ref(), Some(ResultRefused::Proof { .. })), "{failure}");
    assert_eq!(shelf.store.posts(EPOCH).unwrap(), [(0, stored.encode())], "the first proof stays");
}

/// Another proof of the same: with A and B both negated, their pairing is the same.
fn negated(proof: &Proof) -> Proof {
    let mut negated = *proof;
    for coordinate in [32, 128, 160] {
        let bytes = &mut negated[coordinate..coordinate + 32];
        let mut borrow = 0i16;
        for (byte, order) in bytes.iter_mut().zip(BASE_ORDER).rev() {
            let difference = i16::from(order) - i16::from(*byte) - borrow;
            borrow = i16::from(difference < 0);
            *byte = difference.rem_euclid(256) as u8;
        }
    }
    negated
}

/// Proves nothing until it is told to stop.
struct Waits<'a> {
    begun: &'a AtomicBool,
    token: Mutex<Option<CancellationToken>>,
}

#[async_trait]
impl ProvingBackend for Waits<'_> {
    fn at_once(&self) -> usize {
        1
    }

    async fn prove(&self, _: ProvingTask, cancellation: &CancellationToken) -> Result<ProvingResult, Failure> {
        *self.token.lock().unwrap() = Some(cancellation.clone());
        self.begun.store(true, Ordering::SeqCst);
        std::future::pending().await
    }
}

#[tokio::test]
async fn whoever_proves_is_told_when_the_epoch_is_given_up() {
    let (honest, shelf) = (honest().await, Shelf::begun().await);
    let begun = AtomicBool::new(false);
    let backend = Waits { begun: &begun, token: Mutex::default() };
    let prover = shelf.prover(&honest.plan, &honest.leaves, &backend);
    tokio::select! {
        proved = prover.prove(ProvedShards::new()) => panic!("{proved:?}"),
        () = async {
            while !begun.load(Ordering::SeqCst) {
                tokio::time::sleep(Duration::from_millis(5)).await;
            }
        } => {}
    }
    assert!(backend.token.lock().unwrap().as_ref().unwrap().is_cancelled());
}
