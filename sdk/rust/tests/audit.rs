//! An epoch is held against the exchange's log, and whatever differs is told.

mod sample;

use std::{
    path::Path,
    sync::{
        LazyLock,
        atomic::{AtomicU64, Ordering},
    },
};

use ballast_core::{
    Digest, Element,
    assets::Asset,
    circuit::Class,
    leaf::{EpochKey, MasterSecret},
    statement::LedgerPosition,
};
use ballast_ledger::{
    leaves::Leaves,
    lending::LendingReport,
    log::{LogError, LogReader, Writer, WriterOptions},
    replay::{Options, ReplayError, replay},
    reserves::{LendingLine, Occasion, ReadHoldings, ReportError, Reserves, ReservesReport, Stated},
    signature::sign,
    simulate::{self, Simulation, signing_key},
    state::{SnapshotRefused, State},
    transaction::{Kind, Listing, Movement, Transaction},
};
use ballast_sdk::{
    audit::{AuditError, Audited, Auditor, Evidence, audit},
    epoch::{Epoch, Record},
};
use sample::*;
use tempfile::TempDir;

const MASTER: MasterSecret = MasterSecret::new([7; 32]);

/// The key of the epoch that is audited.
fn key() -> EpochKey {
    MASTER.epoch_key(&id(), 3)
}
const TRANSACTIONS: u64 = 2_300;
/// Seconds of the simulated log at which epochs end.
const SECONDS: [u64; 3] = [1, 2, 3];

fn simulation(exchange: Digest, seed: u64, transactions: u64) -> Simulation {
    Simulation { accounts: 12, transactions, seed, exchange }
}

fn write(directory: &Path, exchange: Digest, seed: u64, transactions: u64) {
    let simulation = simulation(exchange, seed, transactions);
    let mut writer = Writer::create(directory, &simulation.genesis().unwrap(), WriterOptions::default()).unwrap();
    simulation.run(|batch| writer.append(batch).map(drop)).unwrap();
}

/// The last transaction that is not later than `as_of`, and the time of the next in milliseconds.
fn last_by(log: &Path, as_of: u64) -> (u64, u64) {
    let mut reader = LogReader::open(log).unwrap();
    while let Some(entry) = reader.read().unwrap() {
        let time = Transaction::decode(&entry.signed.bytes).unwrap().time;
        if time > as_of * 1_000 {
            return (entry.sequence - 1, time);
        }
    }
    panic!("the log is too short");
}

fn replayed(log: &Path, sequence: u64) -> State {
    replay(log, &Options { at: Some(sequence), ..Options::default() }).unwrap().state
}

/// Binds the record to a report of 9 of each asset, which it returns.
fn publish(record: &mut Record, lending: Option<Vec<LendingLine>>) -> Vec<u8> {
    let assets = &record.assets;
    let amounts: String = assets.as_slice().iter().map(|asset| format!("{} = \"9\"\n", asset.symbol())).collect();
    let stated = Stated::parse(&format!("sources = \"A test\"\n[amounts]\n{amounts}"), assets).unwrap();
    let occasion = Occasion { exchange: &record.exchange, as_of: record.as_of, assets };
    let reserves = Reserves::new(&occasion, &stated, &ReadHoldings::default(), lending).unwrap();
    (record.reserves, record.sources) = (reserves.amounts, reserves.sources);
    reserves.report
}

/// A log, and three epochs that are what it gives. Made once.
static CASE: LazyLock<Case> = LazyLock::new(Case::new);

struct Case {
    log: TempDir,
    epochs: Vec<Epoch>,
    /// Of the last epoch.
    report: Vec<u8>,
}

impl Case {
    fn new() -> Self {
        let log = tempfile::tempdir().unwrap();
        write(log.path(), id(), 1, TRANSACTIONS);
        Self::bound(log)
    }

    /// The log, with epochs at its seconds.
    fn bound(log: TempDir) -> Self {
        let mut report = Vec::new();
        let mut epochs = punctual(EVM, SECONDS.len() as u64);
        for (epoch, second) in epochs.iter_mut().zip(SECONDS) {
            let record = &mut epoch.record;
            record.as_of = simulate::START / 1_000 + second;
            let state = replayed(log.path(), last_by(log.path(), record.as_of).0);
            let snapshot = state.snapshot(record.as_of).unwrap();
            let leaves = Leaves::new(&snapshot, Class::SMALLEST, MASTER.epoch_key(&id(), record.epoch)).unwrap();
            record.roots = leaves.shards().map(|shard| shard.tree(Class::SMALLEST).unwrap().root()).collect();
            record.ledger = snapshot.ledger;
            record.liabilities = snapshot.totals.clone();
            record.assets = snapshot.assets;
            let lending = LendingReport::new(&state).lines();
            report = publish(record, Some(lending));
        }
        reseal(&mut epochs, 0);
        Self { log, epochs, report }
    }

    /// Of the epoch with this index.
    fn sequence(&self, index: usize) -> u64 {
        self.epochs[index].record.ledger.sequence
    }

    fn audit(&self, change: impl Fn(&mut Vec<Epoch>)) -> Result<Audited, AuditError> {
        let mut epochs = self.epochs.clone();
        change(&mut epochs);
        let evidence = Evidence { log: self.log.path(), report: Some(&self.report), key: Some(&key()) };
        audit(&epochs, &evidence)
    }

    /// With another last epoch.
    fn refused(&self, change: impl Fn(&mut Epoch)) -> AuditError {
        self.audit(|epochs| change(epochs.last_mut().unwrap())).unwrap_err()
    }
}

#[test]
fn an_epoch_is_what_its_log_gives() {
    let case = &*CASE;
    let audited = case.audit(|_| {}).unwrap();
    let last = case.sequence(2);
    assert_eq!((audited.epoch, audited.ledger_sequence, audited.transactions), (3, last, last));
    assert!(audited.signatures >= last && audited.root && audited.reserves);
    let bare = audit(&case.epochs, &Evidence { log: case.log.path(), report: None, key: None }).unwrap();
    assert!(!bare.root && !bare.reserves, "what was not compared is not called compared");
}

#[test]
fn an_audit_is_given_up_wherever_it_is_told_to_stop() {
    let case = &*CASE;
    // How often it asks until it is told to stop, or ends.
    let asked = |epochs: &[Epoch], key: Option<&EpochKey>, last: u64| {
        let count = AtomicU64::new(0);
        let stop = || count.fetch_add(1, Ordering::SeqCst) == last;
        let evidence = Evidence { log: case.log.path(), report: None, key };
        let audited = Auditor::new(evidence).until(&stop).audit(epochs);
        let asked = count.load(Ordering::SeqCst);
        match audited {
            Ok(_) => assert!(asked <= last, "it was not given up"),
            Err(error) => {
                assert!(matches!(error, AuditError::Replay(ReplayError::Stopped { .. })), "{error}");
                assert_eq!(asked, last + 1, "it went on");
            }
        }
        asked
    };
    let [only, all] = [&case.epochs[2..], &case.epochs[..]];
    let (replay, whole) = (asked(only, None, u64::MAX), asked(all, Some(&key()), u64::MAX));
    let (earlier, shards) = (case.sequence(1), case.epochs[2].record.roots.len() as u64);
    assert!(replay > 1 && shards > 0);
    assert_eq!(whole, earlier + replay + shards, "before each transaction, in the replay, before each shard");
    for last in [0, earlier - 1, earlier, whole - shards, whole - 1] {
        assert_eq!(asked(all, Some(&key()), last), last + 1);
    }
}

#[test]
fn chains_that_agree_are_audited_by_one_replay_and_others_by_their_own() {
    let case = &*CASE;
    let key = key();
    let evidence = Evidence { log: case.log.path(), report: Some(&case.report), key: Some(&key) };
    let mut auditor = Auditor::new(evidence);
    let first = auditor.audit(&case.epochs).unwrap();
    let mut other_chain = case.epochs.clone();
    other_chain.iter_mut().for_each(|epoch| epoch.posted_at += 5);
    // To the speed of the replay: there was no other.
    assert_eq!(auditor.audit(&other_chain).unwrap(), first);

    let changes: [fn(&mut Vec<Epoch>); 4] = [
        |epochs| epochs[2].record.liabilities[1] += 1,
        |epochs| epochs[0].record.ledger.head[0] ^= 1,
        |epochs| epochs[2].class = Class::new(8),
        |epochs| epochs.clear(),
    ];
    for (number, change) in changes.into_iter().enumerate() {
        let mut changed = case.epochs.clone();
        change(&mut changed);
        assert!(auditor.audit(&changed).is_err(), "change {number}");
    }
    // Fewer records are another epoch's, which has another key.
    assert!(matches!(auditor.audit(&case.epochs[..2]), Err(AuditError::RootDiffers { .. })));
}

#[test]
fn what_differs_is_named() {
    let case = &*CASE;
    let last = case.sequence(2);
    let total = case.refused(|epoch| epoch.record.liabilities[1] += 1);
    assert!(
        matches!(&total, AuditError::TotalDiffers { epoch: 3, symbol, sequence, .. } if symbol == "ETH" && *sequence == last),
        "{total}"
    );
    let fewer = case.refused(|epoch| epoch.record.liabilities.clear());
    let counted = matches!(fewer, AuditError::TotalCountDiffers { epoch: 3, expected: 4, found: 0, sequence } if sequence == last);
    assert!(counted, "{fewer}");
    let root = case.refused(|epoch| epoch.record.roots[0] = Element::from(1u64));
    assert!(matches!(root, AuditError::RootDiffers { epoch: 3, shard: 0, sequence, .. } if sequence == last), "{root}");
    let shards = case.refused(|epoch| epoch.record.roots.push(Element::from(1u64)));
    assert!(
        matches!(shards, AuditError::ShardsDiffer { expected: 2, found: 1, sequence, .. } if sequence == last),
        "{shards}"
    );
    let reserves = case.refused(|epoch| epoch.record.reserves[0] += 1);
    assert!(
        matches!(reserves, AuditError::Report(ref error) if matches!(**error, ReportError::SumMismatch { .. })),
        "{reserves}"
    );
    let sources = case.refused(|epoch| epoch.record.sources[0] ^= 1);
    assert!(
        matches!(sources, AuditError::Report(ref error) if matches!(**error, ReportError::DigestMismatch { .. })),
        "{sources}"
    );
    let assets = case.refused(|epoch| epoch.record.assets = sample::assets());
    let AuditError::OtherAssets { epoch: 3, expected, found } = &assets else { panic!("{assets}") };
    assert_eq!((&expected[..], &found[..]), ("BTC (8), USDT (6)", "BTC (8), ETH (9), SOL (9), USD (6)"));
    let none = case.refused(|epoch| epoch.record.ledger = LedgerPosition::default());
    assert!(matches!(none, AuditError::NoLedger { epoch: 3 }), "{none}");
    let nothing = case.audit(Vec::clear).unwrap_err();
    assert!(matches!(nothing, AuditError::NoEpochs), "{nothing}");
}

/// A log with 100 transactions in each of its seconds, of which one lists a new asset where this
/// says so.
fn listing(log: &Path, lists: [&[(&str, u8)]; 4]) {
    let simulation = simulation(id(), 1, 100);
    let (mut all, engine) = (Vec::new(), signing_key(1, None, 0));
    let mut state = simulation
        .run(|batch| {
            all.extend_from_slice(batch);
            Ok::<_, LogError>(())
        })
        .unwrap();
    for (second, list) in (0..).zip(lists) {
        let time = simulate::START + 1_000 * second + 500;
        let assets: Vec<Asset> = list.iter().map(|(symbol, decimals)| Asset::new(symbol, *decimals).unwrap()).collect();
        let mut kinds: Vec<Kind> = Listing::new(assets).map(Kind::ListAssets).into_iter().collect();
        let asset = (state.assets().len() + list.len()) as u16;
        kinds.push(Kind::Deposit { to: Movement { account: 1, asset, amount: 5 }, reference: [1; 32] });
        for kind in kinds {
            let signed = sign(&engine, &state.next(time, kind));
            state.apply(&signed).unwrap();
            all.push(signed);
        }
    }
    let mut writer = Writer::create(log, &simulation.genesis().unwrap(), WriterOptions::default()).unwrap();
    writer.append(&all).unwrap();
}

#[test]
fn every_epoch_has_the_assets_of_its_position() {
    let log = tempfile::tempdir().unwrap();
    listing(log.path(), [&[], &[("EUR", 2)], &[("XRP", 6), ("ADA", 6)], &[("DOT", 9)]]);
    let case = Case::bound(log);
    let counts: Vec<usize> = case.epochs.iter().map(|epoch| epoch.record.assets.len()).collect();
    assert_eq!(counts, [4, 5, 7], "what is listed after the last epoch is no part of it");
    assert!(case.audit(|_| {}).unwrap().root);
    for (index, count) in [(0, 5), (1, 4), (1, 7), (2, 5)] {
        let refused = case.audit(|epochs| {
            let list = &case.epochs[2].record.assets;
            epochs[index].record.assets = list.first(count).unwrap();
        });
        let epoch = index as u64 + 1;
        assert!(matches!(refused, Err(AuditError::OtherAssets { epoch: e, .. }) if e == epoch), "{refused:?}");
    }
}

/// Under a fresh as-of time, deposits since would be in the reserves and not in the liabilities.
#[test]
fn a_stale_position_under_a_fresh_time_is_refused() {
    let case = &*CASE;
    let (as_of, last) = (case.epochs[2].record.as_of, case.sequence(2));
    let (_, next) = last_by(case.log.path(), as_of);
    // A whole second up to which the log has gone on.
    let stale = case.refused(|epoch| epoch.record.as_of = next.div_ceil(1_000));
    let AuditError::LaterTransaction { sequence, time, as_of: found } = stale else { panic!("{stale}") };
    assert_eq!((sequence, time, found), (last + 1, next, next.div_ceil(1_000)));
    let far = case.refused(|epoch| epoch.record.as_of = u64::MAX);
    assert!(matches!(far, AuditError::LaterTransaction { .. }), "{far}");
}

#[test]
fn an_epoch_may_be_at_the_end_of_the_log() {
    let case = &*CASE;
    let log = tempfile::tempdir().unwrap();
    write(log.path(), id(), 1, case.sequence(2));
    let evidence = Evidence { log: log.path(), report: None, key: None };
    let audited = audit(&case.epochs, &evidence).unwrap();
    assert_eq!(audited.ledger_sequence, case.sequence(2));
}

/// A well-formed report of the epoch that says something else of lending than the log.
#[test]
fn lending_is_what_the_log_gives() {
    let case = &*CASE;
    let honest = ReservesReport::parse(&case.report).unwrap().lending.unwrap();
    let refused = |lending: Option<Vec<LendingLine>>| {
        let mut epochs = case.epochs.clone();
        let report = publish(&mut epochs[2].record, lending);
        let evidence = Evidence { log: case.log.path(), report: Some(&report), key: None };
        match audit(&epochs, &evidence).unwrap_err() {
            AuditError::LendingDiffers { symbol, expected, found } => (symbol, expected, found),
            other => panic!("{other}"),
        }
    };
    assert!(honest.len() > 1, "{honest:?}");
    let first = &honest[0].symbol;
    for absent in [None, Some(vec![]), Some(honest[1..].to_vec())] {
        let (symbol, expected, found) = refused(absent);
        assert!(symbol == *first && expected.contains(&honest[0].left) && found == "nothing", "{symbol}: {expected}");
    }
    let index = honest.iter().position(|line| line.left.contains(|digit| digit > '0')).unwrap();
    let changed = |change: fn(&mut LendingLine)| {
        let mut lines = honest.clone();
        change(&mut lines[index]);
        let (symbol, _, found) = refused(Some(lines.clone()));
        assert!(symbol == lines[index].symbol && found.contains(&lines[index].left), "{symbol}: {found}");
    };
    changed(|line| {
        line.left = format!("0{}", line.left[line.left.find('.').unwrap()..].replace(|digit| digit > '0', "0"))
    });
    changed(|line| line.lent_and_borrowed.insert(0, '1'));
    changed(|line| drop(line.backing.pop().unwrap()));
    // Of a later position.
    let later = replayed(case.log.path(), case.sequence(2) + 100);
    refused(Some(LendingReport::new(&later).lines()));
    let mut epochs = case.epochs.clone();
    let report = publish(&mut epochs[2].record, Some(honest));
    audit(&epochs, &Evidence { log: case.log.path(), report: Some(&report), key: None }).unwrap();
}

#[test]
fn another_key_makes_another_root() {
    let case = &*CASE;
    for other in [MasterSecret::new([8; 32]).epoch_key(&id(), 3), MASTER.epoch_key(&id(), 2)] {
        let evidence = Evidence { log: case.log.path(), report: None, key: Some(&other) };
        assert!(matches!(audit(&case.epochs, &evidence), Err(AuditError::RootDiffers { .. })));
    }
}

#[test]
fn log_and_chain_part_between_two_epochs() {
    let case = &*CASE;
    let ends = [0, 1, 2].map(|index| case.sequence(index));
    for (index, after, by) in [(0, 0, ends[0]), (1, ends[0], ends[1]), (2, ends[1], ends[2])] {
        let parted = case.audit(|epochs| epochs[index].record.ledger.head[0] ^= 1).unwrap_err();
        let epoch = index as u64 + 1;
        let named = matches!(&parted, AuditError::Parted { epoch: at, after: a, by: b, .. } if (*at, *a, *b) == (epoch, after, by));
        assert!(named, "{parted}");
    }
}

/// The same transactions, signed by the same keys, up to `from`; another one there, and others
/// after it.
fn diverging(directory: &Path, from: u64) {
    let simulation = simulation(id(), 1, TRANSACTIONS);
    let mut state = State::new(simulation.genesis().unwrap()).unwrap();
    let mut all = Vec::new();
    simulation
        .run(|batch| {
            all.extend_from_slice(batch);
            Ok::<_, LogError>(())
        })
        .unwrap();
    let (same, other) = all.split_at_mut(from as usize - 1);
    same.iter().for_each(|signed| drop(state.apply_unverified(signed).unwrap()));
    let engine = signing_key(1, None, 0);
    for replaced in other {
        let time = Transaction::decode(&replaced.bytes).unwrap().time;
        let to = Movement { account: 1, asset: 1, amount: 1 };
        *replaced = sign(&engine, &state.next(time, Kind::Deposit { to, reference: [1; 32] }));
        state.apply_unverified(replaced).unwrap();
    }
    let mut writer = Writer::create(directory, &simulation.genesis().unwrap(), WriterOptions::default()).unwrap();
    writer.append(&all).unwrap();
}

#[test]
fn a_log_that_truly_diverges_is_found_between_the_epochs_around_it() {
    let case = &*CASE;
    let [first, second, last] = [0, 1, 2].map(|index| case.sequence(index));
    for (from, after, by) in [(first, 0, first), (first + 1, first, second), (second + 7, second, last)] {
        let log = tempfile::tempdir().unwrap();
        diverging(log.path(), from);
        let evidence = Evidence { log: log.path(), report: None, key: None };
        let parted = audit(&case.epochs, &evidence).unwrap_err();
        let AuditError::Parted { after: a, by: b, .. } = parted else { panic!("{parted}") };
        assert_eq!((a, b), (after, by));
        assert!(a < from && from <= b, "transaction {from} is the first that differs");
    }
    // After the last epoch's position it is no part of it.
    let log = tempfile::tempdir().unwrap();
    diverging(log.path(), last + 1);
    audit(&case.epochs, &Evidence { log: log.path(), report: None, key: None }).unwrap();
}

#[test]
fn another_exchanges_or_a_shorter_log_is_none() {
    let case = &*CASE;
    let evidence = |log| Evidence { log, report: None, key: None };
    let other = tempfile::tempdir().unwrap();
    write(other.path(), [9; 32], 1, 100);
    let refused = audit(&case.epochs, &evidence(other.path())).unwrap_err();
    assert!(matches!(refused, AuditError::OtherExchange { found, .. } if found == [9; 32]), "{refused}");
    let (short, last) = (tempfile::tempdir().unwrap(), case.sequence(2));
    write(short.path(), id(), 1, last - 1);
    let refused = audit(&case.epochs, &evidence(short.path())).unwrap_err();
    let ended = matches!(refused, AuditError::Replay(ReplayError::Ended { expected, found }) if (expected, found) == (last, last - 1));
    assert!(ended, "{refused}");
}

/// The bytes are those that the chain bound, but nobody signed one of them.
#[test]
fn a_signature_that_is_none_is_found() {
    let case = &*CASE;
    let (log, mut all) = (tempfile::tempdir().unwrap(), Vec::new());
    let simulation = simulation(id(), 1, TRANSACTIONS);
    simulation
        .run(|batch| {
            all.extend_from_slice(batch);
            Ok::<_, LogError>(())
        })
        .unwrap();
    all[99].signature[0] ^= 1;
    let mut writer = Writer::create(log.path(), &simulation.genesis().unwrap(), WriterOptions::default()).unwrap();
    writer.append(&all).unwrap();
    let refused = audit(&case.epochs, &Evidence { log: log.path(), report: None, key: None }).unwrap_err();
    assert!(matches!(refused, AuditError::Replay(ReplayError::Signature(_))), "{refused}");
}

#[test]
fn balances_are_not_dated_before_the_ledger() {
    let early = CASE.refused(|epoch| epoch.record.as_of = 1_000_000_000);
    assert!(matches!(early, AuditError::Snapshot(SnapshotRefused::BeforeTransaction { .. })), "{early}");
}
