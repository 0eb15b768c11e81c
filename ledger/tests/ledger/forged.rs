//! Segments with valid checksums that are not what they should be.

use super::exchange::*;
use ballast_core::digest::{Preimage, sha256};
use ballast_ledger::{
    log::{Fault, HEADER_LENGTH, LogError, LogReader, MAGIC, Writer, WriterOptions, segment_name},
    transaction::{PREFIX_LENGTH, SignedTransaction, TRANSACTION_MAX},
};
use std::{fs, path::PathBuf};
use tempfile::TempDir;

fn checksum(digest: [u8; 32]) -> [u8; 8] {
    digest[..8].try_into().unwrap()
}

fn header(magic: &[u8], first: u64, head: [u8; 32]) -> Vec<u8> {
    let mut bytes = [magic, &first.to_be_bytes(), &head].concat();
    bytes.extend_from_slice(&checksum(sha256(&[&bytes])));
    bytes
}

/// A record that says so many bytes, at a place.
fn record(sequence: u64, length: u32, signed: &SignedTransaction) -> Vec<u8> {
    let sum = checksum(Preimage::new("ballast/record-length/v1").u64(sequence).u32(length).sha256());
    let whole = checksum(sha256(&[&signed.bytes, &signed.signature]));
    [&length.to_be_bytes()[..], &sum, &signed.bytes, &signed.signature, &whole].concat()
}

fn honest(sequence: u64, signed: &SignedTransaction) -> Vec<u8> {
    record(sequence, signed.bytes.len() as u32, signed)
}

/// A log of which the first segment has these bytes.
fn log(bytes: &[u8]) -> (TempDir, PathBuf) {
    let directory = tempfile::tempdir().unwrap();
    drop(Writer::create(directory.path(), &genesis(1), WriterOptions::default()).unwrap());
    let file = directory.path().join(segment_name(1));
    fs::write(&file, bytes).unwrap();
    (directory, file)
}

/// The first thing wrong with a log.
fn wrong(directory: &TempDir) -> LogError {
    let open = LogReader::open(directory.path());
    open.and_then(|mut reader| {
        while reader.read()?.is_some() {}
        Ok(())
    })
    .expect_err("nothing is wrong")
}

/// What is wrong with a first segment, and where in it.
fn fault(bytes: &[u8]) -> (u64, Fault) {
    let (directory, file) = log(bytes);
    let error = wrong(&directory);
    assert_eq!(error.file, file);
    (error.offset, error.fault)
}

fn head() -> [u8; 32] {
    genesis(1).head()
}

#[test]
fn what_is_forged_here_can_be_honest() {
    let exchange = Exchange::new(1);
    let mut bytes = header(MAGIC, 1, head());
    for (sequence, signed) in (1..).zip(&exchange.log) {
        bytes.extend_from_slice(&honest(sequence, signed));
    }
    let (directory, _) = log(&bytes);
    let (writer, torn) = Writer::open(directory.path(), WriterOptions::default()).unwrap();
    assert_eq!((writer.position(), torn), (exchange.state.position(), None));
}

#[test]
fn header_of_another_format_place_or_history_is_refused() {
    for version in [0, 2] {
        let mut magic = *MAGIC;
        magic[MAGIC.len() - 1] = version;
        assert!(matches!(fault(&header(&magic, 1, head())), (0, Fault::Magic)), "version {version}");
    }
    let (offset, found) = fault(&header(MAGIC, 0, head()));
    assert!(matches!(found, Fault::FirstSequence { expected: 1, found: 0 }) && offset == 0, "{found}");
    let (_, found) = fault(&header(MAGIC, 2, head()));
    assert!(matches!(found, Fault::FirstSequence { expected: 1, found: 2 }), "{found}");
    let (_, found) = fault(&header(MAGIC, 1, [7; 32]));
    assert!(matches!(found, Fault::Head { sequence: 1 }), "{found}");
    let whole = header(MAGIC, 1, head());
    for length in [0, 1, HEADER_LENGTH - 1] {
        let (_, found) = fault(&whole[..length]);
        let short = matches!(found, Fault::HeaderShort { expected: HEADER_LENGTH, found } if found == length as u64);
        assert!(short, "{found}");
    }
}

#[test]
fn record_of_another_place_or_history_is_refused() {
    let exchange = Exchange::new(1);
    let begin = header(MAGIC, 1, head());
    let at = |bytes: Vec<u8>| fault(&[begin.clone(), bytes].concat());
    let (offset, found) = at(honest(1, &exchange.log[1]));
    assert!(matches!(found, Fault::Sequence { expected: 1, found: 2 }) && offset == HEADER_LENGTH as u64, "{found}");
    let (_, found) = at(honest(1, &Exchange::new(2).log[0]));
    assert!(matches!(found, Fault::Head { sequence: 1 }), "{found}");
    // A record of another place has another checksum of its length.
    let (_, found) = at(honest(2, &exchange.log[0]));
    assert!(matches!(found, Fault::LengthChecksum { sequence: 1 }), "{found}");
    for length in [0, PREFIX_LENGTH - 1, TRANSACTION_MAX + 1, u32::MAX as usize] {
        let (_, found) = at(record(1, length as u32, &exchange.log[0]));
        assert!(matches!(found, Fault::Length { sequence: 1, found } if found == length as u32), "{found}");
    }
}

#[test]
fn renamed_segment_is_refused() {
    let directory = tempfile::tempdir().unwrap();
    write_log(directory.path(), &simulation(3, 4, 300), 4000);
    let names = || {
        let entries = fs::read_dir(directory.path()).unwrap().map(|entry| entry.unwrap().path());
        let mut names: Vec<_> = entries.filter(|path| path.extension().is_some_and(|e| e == "segment")).collect();
        names.sort();
        names
    };
    let second = names()[1].clone();
    let first: u64 = second.file_stem().unwrap().to_str().unwrap().parse().unwrap();
    let rename = |name: String| {
        let renamed = directory.path().join(name);
        fs::rename(&second, &renamed).unwrap();
        let error = wrong(&directory);
        fs::rename(&renamed, &second).unwrap();
        assert_eq!(error.file, renamed);
        error.fault
    };
    let fault = rename(segment_name(first + 1));
    let named = matches!(fault, Fault::FirstSequence { expected, found } if (expected, found) == (first, first + 1));
    assert!(named, "{fault}");
    for name in [format!("{first}.segment"), "x.segment".into(), format!("{first:021}.segment")] {
        assert!(matches!(rename(name.clone()), Fault::Name), "{name}");
    }
    assert!(LogReader::open(directory.path()).is_ok());
    // The next segment of another history, at the same place.
    let other = tempfile::tempdir().unwrap();
    write_log(other.path(), &simulation(5, 4, 300), 4000);
    let mut forged = fs::read(&second).unwrap();
    forged.splice(..HEADER_LENGTH, header(MAGIC, first, [7; 32]));
    fs::write(&second, forged).unwrap();
    let error = wrong(&directory);
    assert!(matches!(error.fault, Fault::Head { sequence } if sequence == first) && error.file == second, "{error}");
}
