//! The process that is killed: it appends deposits, and says what it is about to do and what was
//! acknowledged.

use ballast_core::statement::LedgerPosition;
use ballast_durable::crash_point;
use ballast_ledger::{
    log::{CRASH_POINTS, Fault, Writer, WriterOptions},
    transaction::{Kind, Movement, SignedTransaction, Transaction, head_after},
};
use rand_chacha::{
    ChaCha20Rng,
    rand_core::{RngCore, SeedableRng},
};
use std::{
    io::{Write, stdout},
    path::Path,
};

/// Segments roll every few batches.
pub const SEGMENT_BYTES: u64 = 100_000;
/// Transactions of the largest batch, of some 200 bytes each.
const LARGEST: u64 = 5_000;

/// What follows `position`: valid deposits but for their signatures, which no log looks at.
pub fn deposits(mut position: LedgerPosition, count: u64) -> Vec<SignedTransaction> {
    let deposit = |_| {
        let sequence = position.sequence + 1;
        let to = Movement { account: 1 + (sequence % 2) as u32, asset: 1, amount: sequence };
        let kind = Kind::Deposit { to, reference: [0; 32] };
        let transaction = Transaction { sequence, head_before: position.head, time: u64::from(u32::MAX) << 10, kind };
        let bytes = transaction.encode();
        position = LedgerPosition { sequence, head: head_after(&position.head, &bytes) };
        SignedTransaction { bytes, signature: [0; 64] }
    };
    (0..count).map(deposit).collect()
}

fn say(line: &str) {
    let mut out = stdout().lock();
    writeln!(out, "{line}").and_then(|()| out.flush()).unwrap();
}

pub fn run(directory: &Path, seed: u64) {
    crash_point::arm(&[&CRASH_POINTS, &ballast_durable::CRASH_POINTS]).unwrap();
    let mut random = ChaCha20Rng::seed_from_u64(seed);
    let (mut writer, _) =
        Writer::open(directory, WriterOptions { segment_bytes: SEGMENT_BYTES, ..WriterOptions::default() }).unwrap();
    say(&format!("open {}", writer.position().sequence));
    loop {
        let count = match random.next_u64() % 3 {
            0 => LARGEST / 2 + random.next_u64() % (LARGEST / 2),
            _ => 1 + random.next_u64() % 40,
        };
        let batch = deposits(writer.position(), count);
        say(&format!("appending {count}"));
        match writer.append(&batch) {
            Ok(position) => say(&format!("acknowledged {}", position.sequence)),
            Err(error) => {
                say(&format!("failed {error}"));
                let again = writer.append(&batch).unwrap_err();
                let poisoned = matches!(again.fault, Fault::Poisoned);
                return say(if poisoned { "poisoned" } else { "not poisoned" });
            }
        }
    }
}
