//! What a writer takes and what it does not.

use super::exchange::*;
use ballast_durable::LockError;
use ballast_ledger::{
    log::{Fault, LogError, RECORD_OVERHEAD, Writer, WriterOptions},
    transaction::{PREFIX_LENGTH, SignedTransaction, TRANSACTION_MAX},
};
use tempfile::TempDir;

fn writer() -> (TempDir, Writer) {
    let directory = tempfile::tempdir().unwrap();
    let writer = Writer::create(directory.path(), &genesis(1), WriterOptions::default()).unwrap();
    (directory, writer)
}

/// What is wrong with a batch, and with which transaction of it.
fn refused(writer: &mut Writer, batch: &[SignedTransaction]) -> (u64, &'static str) {
    let before = writer.position();
    let error = writer.append(batch).unwrap_err();
    assert_eq!(writer.position(), before);
    match error.fault {
        Fault::Append { sequence, what } => (sequence, what),
        _ => panic!("{error}"),
    }
}

#[test]
fn log_takes_only_what_follows() {
    let (_directory, mut writer) = writer();
    let exchange = Exchange::new(1);
    let (another, elsewhere) = ("its bytes say another sequence", "its head before is not the log's head");
    assert_eq!(refused(&mut writer, &exchange.log[1..2]), (1, another));
    let reordered = [exchange.log[0].clone(), exchange.log[2].clone()];
    assert_eq!(refused(&mut writer, &reordered), (2, another));
    assert_eq!(refused(&mut writer, &Exchange::new(2).log[..1]), (1, elsewhere));
    assert_eq!(writer.append(&[]).unwrap().sequence, 0);
    // None of it makes the writer useless.
    assert_eq!(writer.append(&exchange.log).unwrap(), exchange.state.position());
    assert_eq!(refused(&mut writer, &exchange.log[..1]), (exchange.log.len() as u64 + 1, another));
}

#[test]
fn log_takes_only_lengths_of_transactions() {
    let (_directory, mut writer) = writer();
    let first = &Exchange::new(1).log[0];
    let of = |length: usize| {
        let mut bytes = first.bytes.clone();
        bytes.resize(length, 0);
        SignedTransaction { bytes, ..first.clone() }
    };
    for length in [0, PREFIX_LENGTH - 1, TRANSACTION_MAX + 1] {
        let none = (1, "its length is that of no transaction");
        assert_eq!(refused(&mut writer, &[of(length)]), none, "{length} bytes");
    }
    for length in [PREFIX_LENGTH, TRANSACTION_MAX] {
        let (_directory, mut writer) = self::writer();
        assert_eq!(writer.append(&[of(length)]).unwrap().sequence, 1);
    }
}

#[test]
fn batch_is_of_a_bounded_size() {
    let directory = tempfile::tempdir().unwrap();
    let exchange = Exchange::new(1);
    let size = |batch: &[SignedTransaction]| -> usize {
        batch.iter().map(|signed| signed.bytes.len() + RECORD_OVERHEAD).sum()
    };
    let found = size(&exchange.log);
    let options = WriterOptions { batch_bytes: found - 1, ..WriterOptions::default() };
    let mut writer = Writer::create(directory.path(), &genesis(1), options).unwrap();
    let error = writer.append(&exchange.log).unwrap_err();
    let too_large = Fault::BatchTooLarge { expected: found - 1, found };
    assert_eq!(error.fault.to_string(), too_large.to_string());
    assert_eq!(writer.position().sequence, 0);
    drop(writer);
    let options = WriterOptions { batch_bytes: found, ..WriterOptions::default() };
    let (mut writer, _) = Writer::open(directory.path(), options).unwrap();
    assert_eq!(writer.append(&exchange.log).unwrap(), exchange.state.position());
}

#[test]
fn log_has_one_writer_and_one_beginning() {
    let (directory, writer) = writer();
    let fault = |result: Result<Writer, LogError>| result.map(drop).unwrap_err().fault;
    let open = || Writer::open(directory.path(), WriterOptions::default()).map(|(writer, _)| writer);
    let create = || Writer::create(directory.path(), &genesis(1), WriterOptions::default());
    for fault in [fault(open()), fault(create())] {
        let Fault::Locked(LockError::Held { holder }) = fault else { panic!("{fault}") };
        assert_eq!(holder, Some(std::process::id()));
    }
    drop(writer);
    assert!(matches!(fault(create()), Fault::Exists));
    assert!(open().is_ok());
}

#[test]
fn writer_that_failed_writes_nothing_more() {
    let directory = tempfile::tempdir().unwrap();
    let exchange = Exchange::new(1);
    let options = WriterOptions { segment_bytes: 1, ..WriterOptions::default() };
    let mut writer = Writer::create(directory.path(), &genesis(1), options).unwrap();
    let position = writer.append(&exchange.log[..1]).unwrap();
    // Where the next segment would be, there is a directory that is not empty.
    let taken = directory.path().join(ballast_ledger::log::segment_name(2));
    std::fs::create_dir_all(taken.join("something")).unwrap();
    let error = writer.append(&exchange.log[1..2]).unwrap_err();
    assert!(matches!(error.fault, Fault::Io(_)) && error.file == taken, "{error}");
    std::fs::remove_dir_all(&taken).unwrap();
    for _ in 0..2 {
        assert!(matches!(writer.append(&exchange.log[1..2]).unwrap_err().fault, Fault::Poisoned));
    }
    drop(writer);
    let (mut writer, torn) = Writer::open(directory.path(), options).unwrap();
    assert_eq!((writer.position(), torn), (position, None));
    assert_eq!(writer.append(&exchange.log[1..]).unwrap(), exchange.state.position());
}
