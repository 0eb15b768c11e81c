//! Damaged logs: every flipped byte is named, and only what was never acknowledged is cut off.

use super::exchange::*;
use ballast_ledger::{
    log::{Fault, GENESIS_FILE, LogError, LogReader, MAGIC, TornTail, Writer, WriterOptions},
    replay::{Options, ReplayError, replay},
    state::State,
};
use std::{
    fs,
    io::{Seek, SeekFrom, Write},
    path::{Path, PathBuf},
};
use tempfile::TempDir;

fn segments(directory: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(directory).unwrap().map(|entry| entry.unwrap().path());
    let mut segments: Vec<_> = entries.filter(|path| path.extension().is_some_and(|e| e == "segment")).collect();
    segments.sort();
    segments
}

fn without_signatures() -> Options {
    Options { signatures: false, threads: 1, ..Options::default() }
}

/// Reads a log to its end.
fn read(directory: &Path) -> Result<LogReader, LogError> {
    let mut reader = LogReader::open(directory)?;
    while reader.read()?.is_some() {}
    Ok(reader)
}

/// Where the records of a log begin, by file.
fn records(directory: &Path) -> Vec<(PathBuf, u64)> {
    let mut reader = LogReader::open(directory).unwrap();
    let mut records = Vec::new();
    while let Some(entry) = reader.read().unwrap() {
        records.push((reader.file().to_owned(), entry.offset));
    }
    records
}

/// A log of 60 transactions in one segment.
struct OneSegment {
    directory: TempDir,
    state: State,
    file: PathBuf,
    /// The bytes of the segment.
    whole: Vec<u8>,
}

impl OneSegment {
    fn new() -> Self {
        let directory = tempfile::tempdir().unwrap();
        let state = write_log(directory.path(), &simulation(4, 4, 60), 1 << 20);
        let file = segments(directory.path()).pop().unwrap();
        let whole = fs::read(&file).unwrap();
        Self { directory, state, file, whole }
    }
}

#[test]
fn every_flipped_byte_is_named() {
    let directory = tempfile::tempdir().unwrap();
    write_log(directory.path(), &simulation(3, 4, 110), 4000);
    let files = segments(directory.path());
    assert!(files.len() >= 2, "{files:?}");
    let records = records(directory.path());
    let mut flips = 0;
    for file in files.into_iter().chain([directory.path().join(GENESIS_FILE)]) {
        let whole = fs::read(&file).unwrap();
        // In place: file systems flush a file that was truncated first.
        let mut opened = fs::OpenOptions::new().write(true).open(&file).unwrap();
        let mut put = |offset: usize, byte: u8| {
            opened.seek(SeekFrom::Start(offset as u64)).unwrap();
            opened.write_all(&[byte]).unwrap();
        };
        for (offset, byte) in whole.iter().enumerate() {
            // The record that holds the byte; 0 for the header and the genesis.
            let begins = records.iter().filter(|(of, begins)| *of == file && *begins <= offset as u64);
            let expected = (file.clone(), begins.map(|(_, begins)| *begins).max().unwrap_or(0));
            // One bit, and all of them.
            for mask in [1 << (offset % 8), 0xff] {
                put(offset, byte ^ mask);
                let error = read(directory.path()).expect_err("undetected");
                assert_eq!((error.file, error.offset), expected, "byte {offset}: {}", error.fault);
                if offset % 97 == 0 {
                    let refused = Writer::open(directory.path(), WriterOptions::default()).unwrap_err();
                    assert_eq!((refused.file, refused.offset), expected);
                    let refused = replay(directory.path(), &without_signatures()).expect_err("undetected");
                    let ReplayError::Log(refused) = refused else { panic!("{refused}") };
                    assert_eq!((refused.file, refused.offset), expected);
                }
                flips += 1;
            }
            put(offset, *byte);
        }
    }
    assert!(flips > 20_000, "{flips}");
    assert!(replay(directory.path(), &without_signatures()).is_ok());
}

#[test]
fn zeros_at_the_end_of_the_last_segment_are_cut_off() {
    let OneSegment { directory, state, file, whole } = OneSegment::new();
    let end = whole.len() as u64;
    let extended = |zeros: usize, last: &[u8]| fs::write(&file, [&whole, &vec![0; zeros][..], last].concat()).unwrap();
    for zeros in 1..=8192usize {
        // All lengths up to a record's, then some.
        if zeros > 300 && zeros % 263 != 0 && !zeros.is_power_of_two() {
            continue;
        }
        extended(zeros, &[]);
        let expected = TornTail { file: file.clone(), offset: end, found: zeros as u64, zeros: true };
        assert_eq!(read(directory.path()).unwrap().torn(), Some(&expected));
        let (writer, torn) = Writer::open(directory.path(), WriterOptions::default()).unwrap();
        assert_eq!((writer.position(), torn), (state.position(), Some(expected)));
        assert_eq!(fs::metadata(&file).unwrap().len(), end);
    }
    // Anything beside zeros is damage.
    let sequence = state.position().sequence + 1;
    for zeros in [12, 13, 100, 4096, 300_000] {
        extended(zeros, &[1]);
        let error = read(directory.path()).unwrap_err();
        assert!(matches!(error.fault, Fault::LengthChecksum { sequence: found } if found == sequence), "{error}");
        assert_eq!((error.file.as_path(), error.offset), (file.as_path(), end));
        assert!(Writer::open(directory.path(), WriterOptions::default()).is_err());
        assert_eq!(fs::metadata(&file).unwrap().len(), end + zeros as u64 + 1);
    }
    // So are zeros within a record of which the beginning is there.
    fs::write(&file, &whole).unwrap();
    let (_, last) = records(directory.path()).pop().unwrap();
    let mut zeroed = whole.clone();
    zeroed[last as usize + 60..].fill(0);
    fs::write(&file, &zeroed).unwrap();
    let error = read(directory.path()).unwrap_err();
    assert!(matches!(error.fault, Fault::Checksum { .. }) && error.offset == last, "{error}");
    // And a record of zeros where the log goes on.
    zeroed[last as usize..].fill(0);
    fs::write(&file, &zeroed).unwrap();
    assert_eq!(read(directory.path()).unwrap().torn().unwrap().offset, last);
}

#[test]
fn zeros_before_another_segment_are_damage() {
    let directory = tempfile::tempdir().unwrap();
    write_log(directory.path(), &simulation(3, 4, 300), 4000);
    let files = segments(directory.path());
    let whole = fs::read(&files[1]).unwrap();
    for zeros in [1, 12, 500] {
        fs::write(&files[1], [&whole, &vec![0; zeros][..]].concat()).unwrap();
        let error = read(directory.path()).unwrap_err();
        assert_eq!((&error.file, error.offset), (&files[1], whole.len() as u64));
        let expected = if zeros < 12 { "another segment follows" } else { "the checksum of its length" };
        assert!(error.to_string().contains(expected), "{error}");
    }
}

#[test]
fn reader_that_failed_reads_nothing_more() {
    let directory = tempfile::tempdir().unwrap();
    write_log(directory.path(), &simulation(3, 4, 300), 4000);
    let files = segments(directory.path());
    // Damage within a segment, and a segment that cannot be gone on with.
    for (file, offset) in [(&files[1], 300), (files.last().unwrap(), 3)] {
        let whole = fs::read(file).unwrap();
        let mut flipped = whole.clone();
        flipped[offset] ^= 1;
        fs::write(file, flipped).unwrap();
        let mut reader = LogReader::open(directory.path()).unwrap();
        let first = loop {
            match reader.read() {
                Ok(found) => assert!(found.is_some(), "undetected"),
                Err(error) => break error,
            }
        };
        assert_eq!(&first.file, file);
        for _ in 0..3 {
            assert!(matches!(reader.read().unwrap_err().fault, Fault::Poisoned));
        }
        fs::write(file, &whole).unwrap();
    }
}

#[cfg(unix)]
#[test]
fn log_says_that_it_is_private_and_is_its_owners() {
    use std::os::unix::fs::PermissionsExt;
    let directory = tempfile::tempdir().unwrap();
    let log = directory.path().join("exchange/log");
    write_log(&log, &simulation(3, 4, 110), 4000);
    let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
    assert_eq!(mode(&log), 0o700);
    let files: Vec<_> = fs::read_dir(&log).unwrap().map(|entry| entry.unwrap().path()).collect();
    assert!(files.len() >= 4, "{files:?}");
    for file in &files {
        assert_eq!(mode(file), 0o600, "{}", file.display());
    }
    for file in segments(&log) {
        let bytes = fs::read(file).unwrap();
        assert!(bytes.starts_with(b"PRIVATE ledger of an exchange: every customer's transactions\n\x01"));
        assert!(bytes.starts_with(MAGIC));
    }
}

#[test]
fn torn_tail_of_every_length_is_cut_off() {
    let OneSegment { directory, state, file, whole } = OneSegment::new();
    let last = records(directory.path()).pop().unwrap().1 as usize;
    for length in last + 1..whole.len() {
        fs::write(&file, &whole[..length]).unwrap();
        let replayed = replay(directory.path(), &without_signatures()).unwrap();
        assert_eq!(replayed.state.position().sequence, 59);
        assert_eq!(replayed.torn.unwrap().found as usize, length - last);
        let (writer, torn) = Writer::open(directory.path(), WriterOptions::default()).unwrap();
        let torn = torn.unwrap();
        assert_eq!(
            (torn.file.as_path(), torn.offset, torn.found),
            (file.as_path(), last as u64, (length - last) as u64)
        );
        assert_eq!(writer.position().sequence, 59);
        assert_eq!(fs::metadata(&file).unwrap().len(), last as u64);
    }
    // Whole again, and it goes on.
    fs::write(&file, &whole).unwrap();
    let (writer, torn) = Writer::open(directory.path(), WriterOptions::default()).unwrap();
    assert_eq!((writer.position(), torn), (state.position(), None));
}

#[test]
fn cut_in_an_earlier_segment_and_lost_segments_are_damage() {
    let directory = tempfile::tempdir().unwrap();
    write_log(directory.path(), &simulation(3, 4, 300), 4000);
    let files = segments(directory.path());
    assert!(files.len() >= 4);
    let whole = fs::read(&files[1]).unwrap();
    for cut in [1, 50, 120] {
        fs::write(&files[1], &whole[..whole.len() - cut]).unwrap();
        let error = Writer::open(directory.path(), WriterOptions::default()).unwrap_err();
        assert_eq!(error.file, files[1], "{error}");
    }
    fs::remove_file(&files[1]).unwrap();
    assert_eq!(Writer::open(directory.path(), WriterOptions::default()).unwrap_err().file, files[2]);
    fs::write(&files[1], &whole).unwrap();
    assert!(Writer::open(directory.path(), WriterOptions::default()).is_ok());
    fs::remove_file(&files[0]).unwrap();
    assert!(Writer::open(directory.path(), WriterOptions::default()).is_err());
}

#[test]
fn a_genesis_or_a_segment_that_is_no_file_of_its_size_is_refused_at_once() {
    let directory = tempfile::tempdir().unwrap();
    write_log(directory.path(), &simulation(6, 4, 20), 1 << 20);
    for path in [directory.path().join(GENESIS_FILE), segments(directory.path()).pop().unwrap()] {
        let whole = fs::read(&path).unwrap();
        fs::remove_file(&path).unwrap();
        assert!(std::process::Command::new("mkfifo").arg(&path).status().unwrap().success());
        let error = read(directory.path()).unwrap_err();
        assert!(error.file == path && error.to_string().contains("plain file"), "{error}");
        fs::remove_file(&path).unwrap();
        fs::write(&path, whole).unwrap();
    }
    let genesis = directory.path().join(GENESIS_FILE);
    fs::OpenOptions::new().write(true).open(&genesis).unwrap().set_len(3 << 30).unwrap();
    let error = read(directory.path()).unwrap_err();
    assert!(matches!(&error.fault, Fault::Io(error) if error.kind() == std::io::ErrorKind::FileTooLarge), "{error}");
}
