//! An epoch with real proofs held against what chains would say of it.

use std::{path::Path, sync::LazyLock};

use ballast_core::{
    Element, Refusal,
    assets::{Asset, AssetList},
    inclusion::AssetName,
    leaf::{AccountId, Leaf, MasterSecret, Owner, Salt, Slot},
    rules::Unfinished,
    statement::LedgerPosition,
};
use ballast_prover::{ProvingKey, Shard, setup};
use ballast_relayer::{
    chains::{ChainName, Standing},
    failure::{Classified, Exit, Problems},
    jobs::preflight::{check_agreement, check_plan, check_proofs},
    plan::{Plan, ProvedEpoch, VERSION},
};
use ballast_sdk::{
    chain::{Address, Chain},
    circuit::Circuit,
    exchange::Exchange,
};

static KEY: LazyLock<ProvingKey> =
    LazyLock::new(|| setup::development(&Path::new(env!("CARGO_TARGET_TMPDIR")).join("setup")).unwrap());

const POSTER: Address = Address::Evm(alloy::primitives::Address::repeat_byte(2));

fn assets() -> AssetList {
    AssetList::new(vec![Asset::new("BTC", 8).unwrap(), Asset::new("USDC", 6).unwrap()]).unwrap()
}

fn plan() -> Plan {
    let names = assets()
        .as_slice()
        .iter()
        .map(|asset| AssetName { symbol: asset.symbol(), decimals: asset.decimals })
        .collect();
    Plan {
        version: VERSION,
        exchange: [1; 32],
        epoch: 3,
        as_of: 1_700_000_000,
        assets: names,
        circuit: KEY.circuit_id(),
        class: KEY.class(),
        setup: KEY.setup(),
        shard_count: 2,
        ledger: LedgerPosition { sequence: 9, head: [9; 32] },
        reserves: vec![100, 200],
        reserves_report: "{}\n".into(),
        head_before: [5; 32],
    }
}

/// Two shards of one leaf each, proved.
static PROVED: LazyLock<ProvedEpoch> = LazyLock::new(|| {
    let plan = plan();
    let master = MasterSecret::new([3; 32]);
    let posts = (0..plan.shard_count).map(|shard| {
        let account = AccountId::from_public_id(&format!("customer {shard}"));
        let salt = Salt::derive(&master, &plan.exchange, plan.epoch, account, 0);
        let mut leaf = Leaf { owner: Some(Owner { account, salt }), ..Default::default() };
        leaf.slots[0] = Slot { asset: 1, balance: 10 + u64::from(shard) };
        let statement = plan.statement(shard).unwrap();
        let (vector, proof) =
            ballast_prover::prove(&KEY, &Shard { statement, assets: assets(), leaves: vec![leaf] }).unwrap();
        plan.post(shard, &vector, &proof).unwrap()
    });
    let posts = posts.collect();
    ProvedEpoch::new(plan, posts).unwrap()
});

/// A chain that waits for the plan's epoch.
fn standing() -> Standing {
    let plan = plan();
    Standing {
        chain: ChainName::Evm,
        clock: plan.as_of + 10,
        exchange: Some(Exchange {
            chain: Chain::Evm(1),
            id: plan.exchange,
            name: "Example".into(),
            authority: POSTER,
            pending_authority: None,
            posters: vec![POSTER],
            assets: Some(assets()),
            cadence: 60,
            registered_at: 1,
            paused: false,
            next_epoch: plan.epoch,
            latest_as_of: plan.as_of - 1,
            ledger: LedgerPosition { sequence: 8, head: [8; 32] },
            head: plan.head_before,
        }),
        unfinished: None,
        circuit: Some(Circuit {
            chain: Chain::Evm(1),
            id: KEY.circuit_id(),
            class: KEY.class(),
            setup: KEY.setup(),
            transcript: KEY.transcript(),
            key: KEY.verifying_key().clone(),
            active_from: 1,
            retired: false,
        }),
    }
}

fn problems(change: impl FnOnce(&mut Standing)) -> Problems {
    let mut standing = standing();
    change(&mut standing);
    let mut problems = Problems::default();
    check_plan(&standing, &plan(), &POSTER, &KEY, &mut problems);
    problems
}

fn exchange(standing: &mut Standing) -> &mut Exchange {
    standing.exchange.as_mut().unwrap()
}

/// The only problem is this one, with this exit code.
fn assert_refused(change: impl FnOnce(&mut Standing), expected: &str, exit: Exit) {
    let found = problems(change);
    let messages: Vec<&str> = found.messages().collect();
    assert!(messages.len() == 1 && messages[0].contains(expected), "expected {expected}, found {messages:?}");
    assert!(messages[0].starts_with("evm: "), "{messages:?}");
    assert_eq!(found.exit(), exit, "{messages:?}");
}

#[test]
fn a_chain_that_waits_for_the_epoch_has_no_problem() {
    assert!(problems(|_| {}).is_empty());
    let first = plan().statement(0).unwrap().context();
    assert!(problems(|standing| standing.unfinished = Some(Unfinished { first, shards_done: 1 })).is_empty());
    let another = Unfinished { first: [9; 32], shards_done: 1 };
    assert!(problems(|standing| standing.unfinished = Some(another)).is_empty(), "shard 0 begins the epoch again");
}

#[test]
fn what_a_chain_would_refuse_is_told_before() {
    use Exit::{BadInput, Refused};
    assert_refused(|s| s.exchange = None, "not registered", BadInput);
    assert_refused(|s| exchange(s).posters.clear(), "NotPoster", Refused);
    assert_refused(|s| exchange(s).paused = true, "ExchangePaused", Refused);
    assert_refused(|s| s.circuit = None, "CircuitUnknown", Refused);
    assert_refused(|s| s.circuit.as_mut().unwrap().retired = true, "CircuitRetired", Refused);
    assert_refused(|s| s.circuit.as_mut().unwrap().active_from = u64::MAX, "CircuitNotActive", Refused);
    let ceremony = ballast_core::circuit::SetupKind::Ceremony;
    assert_refused(|s| s.circuit.as_mut().unwrap().setup = ceremony, "another key", Refused);
    assert_refused(|s| s.clock = plan().as_of - 1, "AsOfInFuture", Refused);
    assert_refused(|s| exchange(s).latest_as_of = plan().as_of, "posted already", BadInput);
    assert_refused(|s| exchange(s).ledger.sequence = 10, "LedgerSequenceBackwards", BadInput);
    assert_refused(|s| exchange(s).ledger.sequence = 9, "LedgerHeadChanged", BadInput);
    assert_refused(|s| exchange(s).next_epoch = 4, "EpochNotNext", Refused);
    let swapped = AssetList::new(assets().as_slice().iter().rev().copied().collect()).unwrap();
    assert_refused(|s| exchange(s).assets = Some(swapped), "asset list", BadInput);
}

#[test]
fn several_problems_are_told_at_once() {
    let found = problems(|standing| {
        exchange(standing).posters.clear();
        exchange(standing).paused = true;
        standing.circuit = None;
    });
    let text = found.to_string();
    assert!(
        ["3 problems", "NotPoster", "ExchangePaused", "CircuitUnknown"].iter().all(|part| text.contains(part)),
        "{text}"
    );
    let missing = problems(|standing| exchange(standing).assets = None).to_string();
    assert!(missing.contains("AssetListMissing") && missing.contains("set-assets"), "{missing}");
}

#[test]
fn another_key_than_the_epoch_was_begun_with_is_refused() {
    let mut problems = Problems::default();
    let other = Plan { circuit: [4; 32], ..plan() };
    check_plan(&standing(), &other, &POSTER, &KEY, &mut problems);
    assert!(problems.to_string().contains("begun with circuit"), "{problems}");
}

#[test]
fn chains_that_part_are_told_apart() {
    let judge = |change: fn(&mut Exchange)| {
        let mut other = standing();
        change(exchange(&mut other));
        let mut problems = Problems::default();
        check_agreement(&[standing(), other], &mut problems);
        problems
    };
    assert!(judge(|_| {}).is_empty());
    for change in
        [|exchange: &mut Exchange| exchange.head = [6; 32], |exchange: &mut Exchange| exchange.next_epoch += 1]
    {
        let problems = judge(change);
        assert!(problems.to_string().contains("different histories"), "{problems}");
        assert_eq!(problems.exit(), Exit::Refused);
    }
}

#[test]
fn proofs_are_verified_before_anyone_pays_for_it() {
    let verify = |change: &dyn Fn(&mut ProvedEpoch)| {
        let mut epoch = PROVED.clone();
        change(&mut epoch);
        let mut problems = Problems::default();
        check_proofs(&epoch, KEY.verifying_key(), &mut problems);
        problems
    };
    assert!(verify(&|_| {}).is_empty());
    let swapped = verify(&|epoch| epoch.posts[0].proof = epoch.posts[1].proof);
    assert!(swapped.to_string().contains("shard 0: the proof is refused"), "{swapped}");
    assert_eq!(swapped.exit(), Exit::Refused);
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
    check_proofs(&epoch, KEY.verifying_key(), &mut problems);
    assert!(!problems.is_empty(), "a changed total passes");
    let mut posts = PROVED.posts.clone();
    posts[0].totals[0] = Element::from(1u128 << 112).to_bytes();
    let refused = ProvedEpoch::new(plan(), posts).unwrap_err().to_string();
    assert!(refused.contains(Refusal::AmountOutOfRange { asset: 1 }.name()), "{refused}");
}
