//! Memory of a replay grows with accounts and open orders, not with transactions, under an
//! allocator that measures the peak.

use ballast_core::assets::{Asset, AssetList};
use ballast_ledger::{
    log::{Writer, WriterOptions},
    replay::{Options, replay},
    signature::{SigningKey, public_key, sign},
    simulate::signing_key,
    transaction::{Genesis, Kind, Movement, Transaction, head_after},
};
use peak_alloc::PeakAlloc;
use std::path::Path;

#[global_allocator]
static ALLOCATOR: PeakAlloc = PeakAlloc;

const MEGABYTE: usize = 1_000_000;

/// A log of deposits to the exchange's own account.
fn write(directory: &Path, transactions: u64) {
    let engine: SigningKey = signing_key(1, None, 0);
    let assets = AssetList::new(vec![Asset::new("BTC", 8).unwrap()]).unwrap();
    let genesis = Genesis { exchange: [1; 32], assets, engine_key: public_key(&engine) };
    let mut writer = Writer::create(directory, &genesis, WriterOptions::default()).unwrap();
    let mut position = writer.position();
    while position.sequence < transactions {
        let mut batch = Vec::new();
        for _ in 0..10_000 {
            let sequence = position.sequence + 1;
            let kind = Kind::Deposit { to: Movement { account: 0, asset: 1, amount: sequence }, reference: [0; 32] };
            let signed = sign(&engine, &Transaction { sequence, head_before: position.head, time: sequence, kind });
            position.sequence = sequence;
            position.head = head_after(&position.head, &signed.bytes);
            batch.push(signed);
        }
        writer.append(&batch).unwrap();
    }
}

/// How far memory rises while so many transactions are replayed.
fn risen(transactions: u64) -> usize {
    let directory = tempfile::tempdir().unwrap();
    write(directory.path(), transactions);
    let before = ALLOCATOR.current_usage();
    ALLOCATOR.reset_peak_usage();
    let replayed = replay(directory.path(), &Options { threads: 2, ..Options::default() }).unwrap();
    assert_eq!((replayed.transactions, replayed.signatures), (transactions, transactions));
    ALLOCATOR.peak_usage().saturating_sub(before)
}

// One test: the allocator counts for the whole process.
#[test]
fn memory_does_not_grow_with_transactions() {
    let (few, many) = (risen(20_000), risen(200_000));
    // 180,000 more claims or transactions would be above 30 megabytes.
    assert!(many < few + 4 * MEGABYTE, "20,000 transactions took {few} bytes, 200,000 took {many}");
}
