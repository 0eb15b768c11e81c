//! Damaged logs: every flipped byte is named, and only what was never acknowledged is cut off.

use super::exchange::*;
use ballast_ledger::{
    log::{GENESIS_FILE, Reader, Writer, WriterOptions},
    replay::{Options, replay},
};
use std::{
    fs,
    path::{Path, PathBuf},
};

fn segments(directory: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(directory).unwrap().map(|entry| entry.unwrap().path());
    let mut segments: Vec<_> = entries.filter(|path| path.extension().is_some_and(|e| e == "segment")).collect();
    segments.sort();
    segments
}

fn without_signatures() -> Options {
    Options { signatures: false, threads: 1, ..Options::default() }
}

#[test]
fn every_flipped_byte_is_named() {
    let directory = tempfile::tempdir().unwrap();
    write_log(directory.path(), &simulation(3, 4, 110), 4000);
    let files = segments(directory.path());
    assert!(files.len() >= 2, "{files:?}");
    let mut flips = 0;
    for file in files.into_iter().chain([directory.path().join(GENESIS_FILE)]) {
        let whole = fs::read(&file).unwrap();
        for offset in 0..whole.len() {
            // One bit, and all of them.
            for mask in [1 << (offset % 8), 0xff] {
                let mut flipped = whole.clone();
                flipped[offset] ^= mask;
                fs::write(&file, &flipped).unwrap();
                // The error names the file and where the record begins.
                let error = replay(directory.path(), &without_signatures()).expect_err("undetected").to_string();
                assert!(error.contains(file.file_name().unwrap().to_str().unwrap()), "{offset}: {error}");
                assert!(error.contains(", offset "), "{error}");
                if offset % 97 == 0 {
                    assert!(Writer::open(directory.path(), WriterOptions::default()).is_err());
                }
                flips += 1;
            }
        }
        fs::write(&file, &whole).unwrap();
    }
    assert!(flips > 20_000, "{flips}");
    assert!(replay(directory.path(), &without_signatures()).is_ok());
}

#[test]
fn torn_tail_of_every_length_is_cut_off() {
    let directory = tempfile::tempdir().unwrap();
    let state = write_log(directory.path(), &simulation(4, 4, 60), 1 << 20);
    let file = segments(directory.path()).pop().unwrap();
    let whole = fs::read(&file).unwrap();
    let mut reader = Reader::open(directory.path()).unwrap();
    let mut last = None;
    while let Some(entry) = reader.read().unwrap() {
        last = Some(entry.offset as usize);
    }
    let last = last.unwrap();
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
