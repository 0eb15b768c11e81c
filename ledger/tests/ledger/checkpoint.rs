//! Checkpoints that a replay may not begin from.

use super::exchange::*;
use ballast_core::digest::sha256;
use ballast_ledger::{
    checkpoint::{self, CheckpointReason, MAGIC},
    log::{Fault, LogError, segment_name},
    replay::{Options, ReplayError, replay},
    signature::public_key,
    simulate::Simulation,
};
use std::{
    fs,
    path::{Path, PathBuf},
};
use tempfile::TempDir;

const AT: u64 = 70;

/// A simulated log, and its checkpoint after [`AT`] transactions.
fn log(simulation: &Simulation) -> (TempDir, PathBuf) {
    let directory = tempfile::tempdir().unwrap();
    write_log(directory.path(), simulation, 8000);
    let path = directory.path().join("checkpoint");
    let options = Options { at: Some(AT), threads: 1, ..Options::default() };
    checkpoint::write(&path, &replay(directory.path(), &options).unwrap().state).unwrap();
    (directory, path)
}

fn from(log: &Path, checkpoint: &Path) -> Result<u64, ReplayError> {
    let options = Options { threads: 1, checkpoint: Some(checkpoint.to_owned()), ..Options::default() };
    replay(log, &options).map(|replayed| replayed.state.position().sequence)
}

/// Writes a checkpoint with a valid digest over whatever `change` made of its bytes.
fn rewritten(path: &Path, change: impl FnOnce(&mut Vec<u8>)) {
    let mut bytes = fs::read(path).unwrap();
    bytes.truncate(bytes.len() - 32);
    change(&mut bytes);
    let digest = sha256(&[&bytes]);
    bytes.extend_from_slice(&digest);
    fs::write(path, bytes).unwrap();
}

#[test]
fn checkpoint_of_another_exchange_is_refused() {
    let (log_of_twelve, own) = log(&simulation(12, 20, 300));
    let (_directory, other) = log(&simulation(13, 20, 300));
    assert_eq!(from(log_of_twelve.path(), &own).unwrap(), 300);
    let error = from(log_of_twelve.path(), &other).unwrap_err();
    let ReplayError::CheckpointOfAnother { file, what: "exchange", expected, found } = &error else {
        panic!("{error}")
    };
    assert_eq!((file, expected, found), (&other, &"0c".repeat(32), &"0d".repeat(32)));
}

#[test]
fn checkpoint_of_another_engine_key_or_asset_is_refused() {
    let simulation = simulation(12, 20, 300);
    let (log_of_twelve, path) = log(&simulation);
    let genesis = simulation.genesis().unwrap();
    let whole = fs::read(&path).unwrap();
    // The place in the log stays what it was, and so does the exchange.
    let key_at = MAGIC.len() + genesis.encode().len() - 32;
    let another = public_key(&key(5));
    rewritten(&path, |bytes| bytes[key_at..key_at + 32].copy_from_slice(&another));
    let error = from(log_of_twelve.path(), &path).unwrap_err();
    let ReplayError::CheckpointOfAnother { what: "engine key", found, .. } = &error else { panic!("{error}") };
    assert_eq!(*found, another.iter().map(|byte| format!("{byte:02x}")).collect::<String>());
    fs::write(&path, &whole).unwrap();
    let decimals_at = MAGIC.len() + 1 + 32 + 2 + 16;
    rewritten(&path, |bytes| bytes[decimals_at] = 7);
    let error = from(log_of_twelve.path(), &path).unwrap_err();
    let ReplayError::CheckpointOfAnother { what: "assets", expected, found, .. } = &error else { panic!("{error}") };
    assert_eq!((expected.as_str(), found.as_str()), ("BTC/8 ETH/9 SOL/9 USD/6", "BTC/7 ETH/9 SOL/9 USD/6"));
}

#[test]
fn checkpoint_of_another_history_is_refused() {
    let (log_of_twelve, path) = log(&simulation(12, 20, 300));
    let genesis = simulation(12, 20, 300).genesis().unwrap();
    let head_at = MAGIC.len() + genesis.encode().len() + 2 + 8;
    rewritten(&path, |bytes| bytes[head_at] ^= 1);
    let error = from(log_of_twelve.path(), &path).unwrap_err();
    assert!(
        matches!(&error, ReplayError::Log(LogError { fault: Fault::Head { sequence }, .. }) if *sequence == AT + 1),
        "{error}"
    );
}

#[test]
fn checkpoint_after_the_end_asked_for_is_refused() {
    let (directory, path) = log(&simulation(12, 20, 300));
    let options = Options { at: Some(AT - 1), threads: 1, checkpoint: Some(path), ..Options::default() };
    let error = replay(directory.path(), &options).unwrap_err();
    let late = matches!(error, ReplayError::CheckpointTooLate { expected, found: AT } if expected == AT - 1);
    assert!(late, "{error}");
}

#[test]
fn bytes_that_are_no_checkpoint_are_named() {
    let (_directory, path) = log(&simulation(12, 20, 300));
    let whole = fs::read(&path).unwrap();
    let reason = |bytes: &[u8]| {
        fs::write(&path, bytes).unwrap();
        let error = checkpoint::read(&path).unwrap_err();
        assert_eq!(error.file, path);
        error.reason
    };
    for length in [0, 1, 31, 32, 63] {
        let reason = reason(&whole[..length]);
        assert!(matches!(reason, CheckpointReason::Short { found } if found == length), "{reason}");
    }
    let mut other = whole.clone();
    other[MAGIC.len() - 1] = 2;
    assert!(matches!(reason(&other), CheckpointReason::Magic));
    for at in [MAGIC.len(), whole.len() / 2, whole.len() - 1] {
        let mut flipped = whole.clone();
        flipped[at] ^= 1;
        assert!(matches!(reason(&flipped), CheckpointReason::Digest), "byte {at}");
    }
}

#[test]
fn segments_before_a_checkpoint_are_not_looked_at() {
    let (directory, path) = log(&simulation(12, 20, 300));
    let first = directory.path().join(segment_name(1));
    assert!(fs::read_dir(directory.path()).unwrap().count() > 5);
    let mut flipped = fs::read(&first).unwrap();
    flipped[200] ^= 1;
    fs::write(&first, flipped).unwrap();
    assert_eq!(from(directory.path(), &path).unwrap(), 300);
    fs::remove_file(&first).unwrap();
    assert_eq!(from(directory.path(), &path).unwrap(), 300);
    // The genesis is, and a log that begins after the checkpoint does not do.
    let early = directory.path().join("early");
    let (_other, from_the_beginning) = log(&simulation(12, 20, 300));
    fs::copy(from_the_beginning, &early).unwrap();
    let mut names: Vec<_> = fs::read_dir(directory.path()).unwrap().map(|entry| entry.unwrap().path()).collect();
    names.retain(|path| path.extension().is_some_and(|extension| extension == "segment"));
    names.sort();
    while names.len() > 1 {
        fs::remove_file(names.remove(0)).unwrap();
    }
    let error = from(directory.path(), &early).unwrap_err();
    assert!(matches!(&error, ReplayError::Log(LogError { fault: Fault::Beginning { .. }, .. })), "{error}");
}
