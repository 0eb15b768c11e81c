//! Memory grows with the accounts kept, not with the text: texts of hundreds of megabytes,
//! generated as they are read, under an allocator that measures the peak.

use ballast_ledger::snapshot::{self, Declaration, Options, Snapshot};
use peak_alloc::PeakAlloc;
use std::{
    fmt::Write,
    io::{self, Read},
};

#[global_allocator]
static ALLOCATOR: PeakAlloc = PeakAlloc;

const ASSETS: usize = 64;
const ACCOUNTS: usize = 12_000;
const MEGABYTE: usize = 1_000_000;

/// A text made piece by piece, none of it kept.
struct Generated<F> {
    piece: F,
    next: usize,
    pieces: usize,
    pending: String,
    passed: usize,
    length: usize,
}

impl<F: Fn(usize, &mut String)> Generated<F> {
    fn new(pieces: usize, piece: F) -> Self {
        Self { piece, next: 0, pieces, pending: String::new(), passed: 0, length: 0 }
    }
}

impl<F: Fn(usize, &mut String)> Read for Generated<F> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if self.passed == self.pending.len() && self.next < self.pieces {
            self.pending.clear();
            self.passed = 0;
            (self.piece)(self.next, &mut self.pending);
            self.next += 1;
        }
        let count = buffer.len().min(self.pending.len() - self.passed);
        buffer[..count].copy_from_slice(&self.pending.as_bytes()[self.passed..self.passed + count]);
        self.passed += count;
        self.length += count;
        Ok(count)
    }
}

/// What was read, the bytes of text it took, and how far memory rose meanwhile.
fn measure<F: Fn(usize, &mut String)>(
    mut text: Generated<F>,
    read: impl FnOnce(&mut Generated<F>) -> Snapshot,
) -> (Snapshot, usize, usize) {
    let before = ALLOCATOR.current_usage();
    ALLOCATOR.reset_peak_usage();
    let snapshot = read(&mut text);
    let risen = ALLOCATOR.peak_usage().saturating_sub(before);
    (snapshot, text.length, risen)
}

/// A CSV snapshot with so many decimals, all zero, in every amount.
fn csv(zeros: usize, limit: Option<usize>) -> (Snapshot, usize, usize) {
    let mut declaration = String::from("as_of = 1795392000\n");
    for asset in 0..ASSETS {
        write!(declaration, "[[assets]]\nsymbol = \"SIXTEEN-LETTER{asset:02}\"\ndecimals = 36\n").unwrap();
    }
    let declaration = Declaration::parse(&declaration).unwrap();
    let zero = if zeros == 0 { String::from("0") } else { format!("0.{}", "0".repeat(zeros)) };
    let text = Generated::new(ACCOUNTS + 1, move |piece, text| {
        if piece == 0 {
            return text.push_str(&(snapshot::csv::HEADER.join(",") + "\n"));
        }
        for asset in 0..ASSETS {
            writeln!(text, "{piece:0>128},SIXTEEN-LETTER{asset:02},{zero},{zero},{zero}").unwrap();
        }
    });
    let options = Options { limit, ..Options::default() };
    measure(text, |text| snapshot::csv::read(&declaration, text, &options).unwrap())
}

/// A JSON snapshot with so many blanks before every asset and amount.
fn json(blanks: usize, limit: Option<usize>) -> (Snapshot, usize, usize) {
    let blank = " ".repeat(blanks);
    let text = Generated::new(ACCOUNTS + 1, move |piece, text| {
        if piece == 0 {
            text.push_str("{\"timestamp\":1795389392939,\"assets\":{");
        }
        for asset in 0..ASSETS {
            let comma = if asset == 0 { "" } else { "," };
            if piece == 0 {
                write!(text, "{comma}\"SIXTEEN-LETTER{asset:02}\":").unwrap();
                text.push_str("{\"usdt_decimals\":0,\"balance_decimals\":6,\"price\":1}");
            } else {
                write!(text, "{comma}{blank}\"SIXTEEN-LETTER{asset:02}\":{blank}0").unwrap();
            }
        }
        // Open the next account, or close everything.
        let opening = if piece == 0 { "},\"accounts\":{" } else { "}," };
        if piece < ACCOUNTS {
            write!(text, "{opening}\"{:0>128}\":{{", piece + 1).unwrap();
        } else {
            text.push_str("}}}");
        }
    });
    let options = Options { limit, ..Options::default() };
    measure(text, |text| snapshot::json::read(text, &options).unwrap())
}

/// Reads the same accounts from a short and from a long text, in which everything has `long` more
/// characters.
fn check(read: impl Fn(usize, Option<usize>) -> (Snapshot, usize, usize), long: usize) {
    let (short_snapshot, short_text, short_risen) = read(0, None);
    let (long_snapshot, long_text, long_risen) = read(long, None);
    assert_eq!(short_snapshot, long_snapshot);
    assert_eq!(long_snapshot.accounts.len(), ACCOUNTS);
    assert!(long_text > 200 * MEGABYTE && long_text - short_text > 80 * MEGABYTE, "{short_text}, {long_text}");
    assert!(
        long_risen < short_risen + MEGABYTE,
        "{short_text} bytes took {short_risen}, {long_text} took {long_risen}"
    );
    // 128 bytes of id and as much again for each account.
    assert!(long_risen < ACCOUNTS * 512, "{ACCOUNTS} accounts took {long_risen}");
    let (limited, _, limited_risen) = read(long, Some(1));
    assert_eq!((limited.accounts.len(), limited.left_out), (1, ACCOUNTS - 1));
    assert!(limited_risen < 2 * MEGABYTE, "one account of {ACCOUNTS} took {limited_risen}");
}

// One test: the allocator counts for the whole process.
#[test]
fn memory_does_not_grow_with_the_text() {
    check(csv, 36);
    check(json, 150);
}
