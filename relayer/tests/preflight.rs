//! An epoch of the golden history, with its real proofs, held against what chains would say of it.

use std::sync::LazyLock;

use ballast_core::{
    Element, Refusal,
    assets::AssetList,
    circuit::{Class, SetupKind},
    circuit_file::CircuitFile,
    inclusion::AssetName,
    post::ShardPost,
    rules::Unfinished,
};
use ballast_relayer::{
    chains::{ChainName, ChainState},
    failure::{Classified, FailureKind, Problems},
    jobs::preflight::{check_agreement, check_plan, check_proofs},
    plan::{Plan, ProvedEpoch, VERSION},
};
use ballast_sdk::{
    chain::{Address, Chain},
    circuit::Circuit,
    exchange::Exchange,
};
use serde_json::Value;

const POSTER: Address = Address::Evm(alloy::primitives::Address::repeat_byte(2));
/// What the history's reserves digest is made from.
const REPORT: &str = "vector reserves report";

static HISTORY: LazyLock<Value> =
    LazyLock::new(|| serde_json::from_str(include_str!("../../tests/vectors/history.json")).unwrap());

/// The second epoch: two shards.
static EPOCH: LazyLock<&Value> = LazyLock::new(|| &HISTORY["epochs"][1]);

fn bytes(value: &Value) -> Vec<u8> {
    hex::decode(value.as_str().unwrap().trim_start_matches("0x")).unwrap()
}

fn posts() -> Vec<ShardPost> {
    let shards = EPOCH["shards"].as_array().unwrap();
    shards.iter().map(|shard| ShardPost::decode(&bytes(&shard["encoded"])).unwrap()).collect()
}

fn circuit() -> CircuitFile {
    CircuitFile::parse(include_str!("../../circuits/depth-7-development.json")).unwrap().0
}

fn plan() -> Plan {
    let (exchange, post) = (&HISTORY["exchange"], &posts()[0]);
    let list = |name: &str| exchange[name].as_array().unwrap().clone().into_iter();
    let name = |(symbol, decimals): (Value, Value)| AssetName {
        symbol: symbol.as_str().unwrap().into(),
        decimals: decimals.as_u64().unwrap() as u8,
    };
    let reserves = EPOCH["reserves"].as_array().unwrap();
    Plan {
        version: VERSION,
        exchange: bytes(&exchange["id"]).try_into().unwrap(),
        epoch: post.epoch,
        as_of: post.as_of,
        assets: list("symbols").zip(list("decimals")).map(name).collect(),
        circuit: circuit(),
        shard_count: post.shard.count,
        ledger: post.ledger,
        reserves: reserves.iter().map(|reserve| reserve.as_str().unwrap().parse().unwrap()).collect(),
        reserves_report: REPORT.into(),
        head_before: bytes(&EPOCH["head_before"]).try_into().unwrap(),
    }
}

static PROVED: LazyLock<ProvedEpoch> = LazyLock::new(|| ProvedEpoch::new(plan(), posts()).unwrap());

/// A chain that waits for the plan's epoch.
fn state() -> ChainState {
    let plan = plan();
    let mut ledger = plan.ledger;
    ledger.sequence -= 1;
    ledger.head = [8; 32];
    let circuit = circuit();
    ChainState {
        chain: ChainName::Evm,
        clock: plan.as_of + 10,
        exchange: Some(Exchange {
            chain: Chain::Evm(1),
            id: plan.exchange,
            name: "Example".into(),
            authority: POSTER,
            pending_authority: None,
            posters: vec![POSTER],
            assets: Some(plan.asset_list().unwrap()),
            generation: 0,
            cadence: 4,
            registered_at: 1,
            paused: false,
            next_epoch: plan.epoch,
            latest_as_of: plan.as_of - 1,
            ledger,
            head: plan.head_before,
        }),
        unfinished: None,
        circuit: Some(Circuit {
            chain: Chain::Evm(1),
            id: circuit.id,
            class: circuit.class,
            setup: circuit.setup,
            registered_as: circuit.setup,
            transcript: circuit.transcript,
            key: circuit.check().unwrap(),
            active_from: 1,
            retired: false,
        }),
    }
}

fn problems(change: impl FnOnce(&mut ChainState)) -> Problems {
    let mut state = state();
    change(&mut state);
    let mut problems = Problems::default();
    check_plan(&state, &plan(), &POSTER, &mut problems);
    problems
}

fn exchange(state: &mut ChainState) -> &mut Exchange {
    state.exchange.as_mut().unwrap()
}

/// The only problem is this one, of this kind.
fn assert_refused(change: impl FnOnce(&mut ChainState), expected: &str, kind: FailureKind) {
    let found = problems(change);
    let messages: Vec<&str> = found.messages().collect();
    assert!(messages.len() == 1 && messages[0].contains(expected), "expected {expected}, found {messages:?}");
    assert!(messages[0].starts_with("evm: "), "{messages:?}");
    assert_eq!(found.failure_kind(), kind, "{messages:?}");
}

#[test]
fn a_chain_that_waits_for_the_epoch_has_no_problem() {
    assert!(problems(|_| {}).is_empty());
    let first = plan().statement(0).unwrap().context();
    assert!(problems(|state| state.unfinished = Some(Unfinished { first, shards_done: 1 })).is_empty());
    let another = Unfinished { first: [9; 32], shards_done: 1 };
    assert!(problems(|state| state.unfinished = Some(another)).is_empty(), "shard 0 begins the epoch again");
}

#[test]
fn what_a_chain_would_refuse_is_told_before() {
    use FailureKind::{BadInput, Refused};
    assert_refused(|s| s.exchange = None, "not registered", BadInput);
    assert_refused(|s| exchange(s).posters.clear(), "NotPoster", Refused);
    assert_refused(|s| exchange(s).paused = true, "ExchangePaused", Refused);
    assert_refused(|s| s.circuit = None, "CircuitUnknown", Refused);
    assert_refused(|s| s.circuit.as_mut().unwrap().retired = true, "CircuitRetired", Refused);
    assert_refused(|s| s.circuit.as_mut().unwrap().active_from = u64::MAX, "CircuitNotActive", Refused);
    assert_refused(|s| s.circuit.as_mut().unwrap().setup = SetupKind::Ceremony, "another key", Refused);
    assert_refused(|s| s.clock = plan().as_of - 1, "AsOfInFuture", Refused);
    assert_refused(|s| exchange(s).latest_as_of = plan().as_of, "posted already", BadInput);
    assert_refused(|s| exchange(s).ledger.sequence = plan().ledger.sequence + 1, "LedgerSequenceBackwards", BadInput);
    assert_refused(|s| exchange(s).ledger.sequence = plan().ledger.sequence, "LedgerHeadChanged", BadInput);
    assert_refused(|s| exchange(s).next_epoch = 3, "EpochNotNext", Refused);
    let swapped = AssetList::new(plan().asset_list().unwrap().as_slice().iter().rev().copied().collect()).unwrap();
    assert_refused(|s| exchange(s).assets = Some(swapped), "asset list", BadInput);
}

#[test]
fn several_problems_are_told_at_once() {
    let found = problems(|state| {
        exchange(state).posters.clear();
        exchange(state).paused = true;
        state.circuit = None;
    });
    let text = found.to_string();
    assert!(
        ["3 problems", "NotPoster", "ExchangePaused", "CircuitUnknown"].iter().all(|part| text.contains(part)),
        "{text}"
    );
    let missing = problems(|state| exchange(state).assets = None).to_string();
    assert!(missing.contains("AssetListMissing") && missing.contains("add-assets"), "{missing}");
}

#[test]
fn a_circuit_that_is_not_registered_is_named_with_its_depth() {
    let found = problems(|state| state.circuit = None).to_string();
    assert!(found.contains("depth 7") && found.contains(&hex::encode(circuit().id)), "{found}");
    assert!(found.contains("INSECURE") && found.contains("migrate circuit"), "{found}");
}

#[test]
fn a_plan_whose_circuit_is_not_what_its_id_says_is_bad_input() {
    let mut problems = Problems::default();
    let mut changed = plan();
    changed.circuit.class = Class::new(8);
    check_plan(&state(), &changed, &POSTER, &mut problems);
    assert!(problems.to_string().contains("the id of its content is"), "{problems}");
    assert_eq!(problems.failure_kind(), FailureKind::BadInput);
}

#[test]
fn chains_that_part_are_told_apart() {
    let judge = |change: fn(&mut Exchange)| {
        let mut other = state();
        change(exchange(&mut other));
        let mut problems = Problems::default();
        check_agreement(&[state(), other], &mut problems);
        problems
    };
    assert!(judge(|_| {}).is_empty());
    for change in
        [|exchange: &mut Exchange| exchange.head = [6; 32], |exchange: &mut Exchange| exchange.next_epoch += 1]
    {
        let problems = judge(change);
        assert!(problems.to_string().contains("different histories"), "{problems}");
        assert_eq!(problems.failure_kind(), FailureKind::Refused);
    }
}

#[test]
fn proofs_are_verified_before_anyone_pays_for_it() {
    let verify = |change: &dyn Fn(&mut ProvedEpoch)| {
        let mut epoch = PROVED.clone();
        change(&mut epoch);
        let mut problems = Problems::default();
        check_proofs(&epoch, &mut problems);
        problems
    };
    assert!(verify(&|_| {}).is_empty());
    let swapped = verify(&|epoch| epoch.posts[0].proof = epoch.posts[1].proof);
    assert!(swapped.to_string().contains("shard 0: the proof is refused"), "{swapped}");
    assert_eq!(swapped.failure_kind(), FailureKind::Refused);
    let garbled = verify(&|epoch| epoch.posts[1].proof[0] ^= 1);
    assert!(garbled.to_string().contains("shard 1: the proof is refused"), "{garbled}");
    let digest = verify(&|epoch| epoch.posts[1].digest = Element::from(7u64).to_bytes());
    assert!(digest.to_string().contains("digest"), "{digest}");
    let both = verify(&|epoch| epoch.posts.iter_mut().for_each(|post| post.proof[70] ^= 1));
    assert!(both.to_string().contains("2 problems"), "{both}");
}

#[test]
fn a_post_with_another_total_is_no_post_of_its_plan_or_refused() {
    let mut posts = PROVED.posts.clone();
    posts[0].totals[0] = Element::from(11u64).to_bytes();
    let epoch = ProvedEpoch::new(plan(), posts).unwrap();
    let mut problems = Problems::default();
    check_proofs(&epoch, &mut problems);
    assert!(!problems.is_empty(), "a changed total passes");
    let mut posts = PROVED.posts.clone();
    posts[0].totals[0] = Element::from(1u128 << 112).to_bytes();
    let refused = ProvedEpoch::new(plan(), posts).unwrap_err().to_string();
    assert!(refused.contains(Refusal::AmountOutOfRange { asset: 1 }.name()), "{refused}");
}
