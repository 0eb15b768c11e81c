//! Replays: one state whatever the threads, the checkpoint or the end.

use super::exchange::*;
use ballast_ledger::{
    checkpoint,
    log::{LogReader, Writer, WriterOptions},
    replay::{Options, ReplayError, replay, replay_until},
    signature::SignatureInvalid,
    simulate::SimulationError,
    state::Cause,
    transaction::{Kind, SignedTransaction, Transaction},
};
use std::{
    collections::BTreeSet,
    sync::atomic::{AtomicUsize, Ordering},
};

fn threads(threads: usize) -> Options {
    Options { threads, ..Options::default() }
}

#[test]
fn one_and_many_threads_make_the_same_state() {
    let directory = tempfile::tempdir().unwrap();
    let state = write_log(directory.path(), &simulation(11, 50, 20_000), 1 << 20);
    let digests: Vec<_> = [1, 2, 5].map(|n| replay(directory.path(), &threads(n)).unwrap().state.digest()).into();
    assert_eq!(digests, vec![state.digest(); 3]);
}

#[test]
fn simulation_is_of_every_kind_and_the_same_for_a_seed() {
    let mut kinds = BTreeSet::new();
    let mut all = Vec::new();
    simulation(1, 30, 5000)
        .run(|batch| {
            all.extend_from_slice(batch);
            kinds.extend(batch.iter().map(|signed| Transaction::decode(&signed.bytes).unwrap().kind.code()));
            Ok::<_, ()>(())
        })
        .unwrap();
    // It lists no assets: an exchange that is proved has those with which it was registered.
    assert_eq!(kinds, (1..=17).collect());
    let mut again = Vec::new();
    let run = simulation(1, 30, 5000).run(|batch| {
        again.extend_from_slice(batch);
        Ok::<_, ()>(())
    });
    assert!(run.is_ok());
    assert_eq!(all, again);
}

#[test]
fn checkpoint_goes_on_as_the_whole_log() {
    let directory = tempfile::tempdir().unwrap();
    let state = write_log(directory.path(), &simulation(12, 20, 3000), 50_000);
    for at in [1, 50, 51, 1234, 2999, 3000] {
        let path = directory.path().join("checkpoint");
        checkpoint::write(&path, &replay(directory.path(), &Options { at: Some(at), ..threads(2) }).unwrap().state)
            .unwrap();
        assert!(std::fs::read(&path).unwrap().starts_with(b"PRIVATE"));
        let rest = replay(directory.path(), &Options { checkpoint: Some(path.clone()), ..threads(2) }).unwrap();
        assert_eq!((rest.state.digest(), rest.transactions), (state.digest(), 3000 - at));
        let mut bytes = std::fs::read(&path).unwrap();
        let middle = bytes.len() / 2;
        bytes[middle] ^= 1;
        std::fs::write(&path, bytes).unwrap();
        assert!(checkpoint::read(&path).is_err());
    }
    let beyond = replay(directory.path(), &Options { at: Some(3001), ..threads(1) });
    assert!(matches!(beyond, Err(ReplayError::Ended { expected: 3001, found: 3000 })));
}

#[test]
fn a_replay_until_a_time_ends_before_the_first_later_transaction() {
    let directory = tempfile::tempdir().unwrap();
    write_log(directory.path(), &simulation(15, 20, 20_000), 50_000);
    let mut reader = LogReader::open(directory.path()).unwrap();
    let mut times = Vec::new();
    while let Some(entry) = reader.read().unwrap() {
        times.push(Transaction::decode(&entry.signed.bytes).unwrap().time);
    }
    let (first, middle, last) = (times[0], times[9_000], times[19_999]);
    assert!(first < middle && middle < last);
    for until in [0, first - 1] {
        let nothing = replay(directory.path(), &Options { until: Some(until), ..threads(2) });
        assert!(matches!(nothing, Err(ReplayError::Nothing { .. })), "{until}");
    }
    for until in [first, middle - 1, middle, middle + 1, last - 1, last, u64::MAX] {
        let expected = times.iter().filter(|time| **time <= until).count() as u64;
        let replayed = replay(directory.path(), &Options { until: Some(until), ..threads(2) }).unwrap();
        assert_eq!((replayed.transactions, replayed.state.position().sequence), (expected, expected), "{until}");
        let at = replay(directory.path(), &Options { at: Some(expected), ..threads(2) }).unwrap();
        assert_eq!(replayed.state, at.state, "{until}");
    }
}

#[test]
fn a_replay_is_given_up_after_some_thousands_of_transactions_when_it_is_told_to_stop() {
    let directory = tempfile::tempdir().unwrap();
    write_log(directory.path(), &simulation(15, 20, 20_000), 1 << 20);
    let stopped = |last: usize| {
        let asked = AtomicUsize::new(0);
        let stop = || asked.fetch_add(1, Ordering::SeqCst) == last;
        match replay_until(directory.path(), &threads(2), &stop) {
            Err(ReplayError::Stopped { sequence }) => Some(sequence),
            other => other.map(|_| None).unwrap(),
        }
    };
    assert_eq!([0, 1, 2, 3, 4].map(stopped), [Some(0), Some(8_192), Some(16_384), Some(20_000), None]);
}

#[test]
fn replay_of_nothing_is_refused() {
    let directory = tempfile::tempdir().unwrap();
    write_log(directory.path(), &simulation(12, 20, 30), 50_000);
    let nothing = |directory: &std::path::Path, at| {
        let refused = replay(directory, &Options { at, ..threads(1) });
        matches!(refused, Err(ReplayError::Nothing { directory: named }) if named == directory)
    };
    assert!(nothing(directory.path(), Some(0)));
    let empty = tempfile::tempdir().unwrap();
    drop(Writer::create(empty.path(), &genesis(1), WriterOptions::default()).unwrap());
    assert!(nothing(empty.path(), None));
}

#[test]
fn simulation_of_nothing_is_refused() {
    for (accounts, transactions) in [(0, 10), (1, 10), (2, 0)] {
        let refused = simulation(1, accounts, transactions).run(|_| Ok::<_, ()>(())).unwrap_err();
        assert!(matches!(refused, SimulationError::TooSmall { .. }), "{refused:?}");
    }
    let state = simulation(1, 2, 200).run(|_| Ok::<_, ()>(())).unwrap();
    assert_eq!(state.accounts().len(), 3);
}

#[cfg(unix)]
#[test]
fn checkpoint_is_its_owners() {
    use std::os::unix::fs::PermissionsExt;
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("checkpoint");
    checkpoint::write(&path, &Exchange::new(1).state).unwrap();
    assert_eq!(std::fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
}

/// A log whose signatures at `bad` are of another message, or whose transaction is refused at
/// `refused`.
fn damaged(bad: &[u64], refused: Option<u64>) -> ReplayError {
    let directory = tempfile::tempdir().unwrap();
    let simulation = simulation(21, 20, 20_000);
    let mut writer =
        Writer::create(directory.path(), &simulation.genesis().unwrap(), WriterOptions::default()).unwrap();
    let mut sequence = 0;
    let mut stopped = false;
    let run = simulation.run(|batch| {
        let mut batch = batch.to_vec();
        for signed in &mut batch {
            sequence += 1;
            if bad.contains(&sequence) {
                signed.signature[3] ^= 1;
            }
        }
        if let Some(at) = refused.filter(|at| *at <= sequence) {
            let first = sequence - batch.len() as u64 + 1;
            batch.truncate((at - first) as usize);
            writer.append(&batch).unwrap();
            let position = writer.position();
            let kind = Kind::Fee(movement(0, 1, 1));
            let transaction = Transaction { sequence: at, head_before: position.head, time: u64::MAX / 2, kind };
            writer.append(&[SignedTransaction { bytes: transaction.encode(), signature: [0; 64] }]).unwrap();
            stopped = true;
            return Err(());
        }
        writer.append(&batch).map(drop).map_err(drop)
    });
    assert_eq!(run.is_err(), stopped);
    let errors: Vec<_> = [1, 3].map(|n| replay(directory.path(), &threads(n)).expect_err("no state")).into();
    assert_eq!(errors[0].to_string(), errors[1].to_string());
    errors.into_iter().next().unwrap()
}

#[test]
fn first_bad_signature_is_named_and_no_state_returned() {
    for (bad, first) in [(vec![1], 1), (vec![20_000], 20_000), (vec![17_000, 300, 299], 299), (vec![8192, 8193], 8192)]
    {
        let error = damaged(&bad, None);
        assert!(
            matches!(error, ReplayError::Signature(SignatureInvalid { sequence, .. }) if sequence == first),
            "{error}"
        );
    }
}

#[test]
fn what_comes_first_is_named_whether_rule_or_signature() {
    let error = damaged(&[9001], Some(9002));
    assert!(matches!(error, ReplayError::Signature(SignatureInvalid { sequence: 9001, .. })), "{error}");
    let error = damaged(&[8000], Some(9002));
    assert!(matches!(error, ReplayError::Signature(SignatureInvalid { sequence: 8000, .. })), "{error}");
    let ReplayError::Refused { refused, offset, .. } = damaged(&[], Some(9002)) else { panic!("not refused") };
    assert_eq!(refused.sequence, 9002);
    assert!(offset > 1_000_000 && matches!(refused.cause, Cause::Time { .. }), "{offset}, {refused}");
}

#[test]
fn segments_roll_and_begin_where_their_name_says() {
    let directory = tempfile::tempdir().unwrap();
    write_log(directory.path(), &simulation(14, 20, 2000), 20_000);
    let names: Vec<u64> = std::fs::read_dir(directory.path())
        .unwrap()
        .filter_map(|entry| entry.unwrap().file_name().into_string().unwrap().strip_suffix(".segment")?.parse().ok())
        .collect();
    assert!(names.len() > 10);
    let mut reader = LogReader::open(directory.path()).unwrap();
    let mut sequence = 0;
    while let Some(entry) = reader.read().unwrap() {
        sequence += 1;
        assert_eq!(entry.sequence, sequence);
        let named = ballast_ledger::log::segment_name(sequence);
        assert_eq!(names.contains(&sequence), reader.file().ends_with(&named));
    }
    assert_eq!(sequence, 2000);
}
