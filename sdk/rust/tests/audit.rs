//! An epoch is held against the exchange's log, and whatever differs is told.

mod sample;

use std::path::Path;

use ballast_core::{Element, circuit::Class, digest::sha256, leaf::MasterSecret, statement::LedgerPosition};
use ballast_ledger::{
    leaves::{EpochSalts, Leaves},
    log::{Writer, WriterOptions},
    replay::{Options, ReplayError, replay},
    reserves::{Occasion, ReadHoldings, Reserves, Stated},
    simulate::Simulation,
};
use ballast_sdk::{
    audit::{AuditError, Audited, Evidence, audit},
    epoch::Epoch,
};
use sample::*;
use tempfile::TempDir;

const SEQUENCES: [u64; 3] = [400, 900, 1_500];
/// After the last transaction of every log.
const AS_OF: u64 = 1_900_000_000;
const MASTER: MasterSecret = MasterSecret::new([7; 32]);

fn write(directory: &Path, exchange: [u8; 32], seed: u64, transactions: u64) {
    let simulation = Simulation { accounts: 12, transactions, seed, exchange };
    let mut writer = Writer::create(directory, &simulation.genesis().unwrap(), WriterOptions::default()).unwrap();
    simulation.run(|batch| writer.append(batch).map(drop)).unwrap();
}

/// A log, and three epochs that are what it gives.
struct Case {
    log: TempDir,
    epochs: Vec<Epoch>,
    /// Of the last epoch.
    report: Vec<u8>,
}

impl Case {
    fn new() -> Self {
        let log = tempfile::tempdir().unwrap();
        write(log.path(), id(), 1, 2_000);
        let mut report = Vec::new();
        let mut epochs = punctual(EVM, SEQUENCES.len() as u64);
        for (epoch, sequence) in epochs.iter_mut().zip(SEQUENCES) {
            let state = replay(log.path(), &Options { at: Some(sequence), ..Options::default() }).unwrap().state;
            let record = &mut epoch.record;
            record.as_of = AS_OF + record.epoch;
            let snapshot = state.snapshot(record.as_of).unwrap();
            let salts = EpochSalts { master: &MASTER, exchange: id(), epoch: record.epoch };
            let leaves = Leaves::new(&snapshot, Class::SMALLEST, salts).unwrap();
            record.roots = leaves.shards().map(|shard| shard.tree(Class::SMALLEST).unwrap().root()).collect();
            record.ledger = snapshot.ledger;
            record.liabilities = snapshot.totals.clone();
            let amounts: String =
                snapshot.assets.as_slice().iter().map(|asset| format!("{} = \"9\"\n", asset.symbol())).collect();
            let stated =
                Stated::parse(&format!("sources = \"A test\"\n[amounts]\n{amounts}"), &snapshot.assets).unwrap();
            let occasion = Occasion { exchange: &record.exchange, as_of: record.as_of, assets: &snapshot.assets };
            let reserves = Reserves::new(&occasion, &stated, &ReadHoldings::default(), None).unwrap();
            record.reserves = reserves.amounts;
            record.sources = sha256(&[&reserves.report]);
            report = reserves.report;
            record.assets = snapshot.assets;
        }
        reseal(&mut epochs, 0);
        Self { log, epochs, report }
    }

    fn audit(&self, change: impl Fn(&mut Vec<Epoch>)) -> Result<Audited, AuditError> {
        let mut epochs = self.epochs.clone();
        change(&mut epochs);
        let evidence = Evidence { log: self.log.path(), report: Some(&self.report), master: Some(&MASTER) };
        audit(&epochs, &evidence)
    }

    /// With another last epoch.
    fn refused(&self, change: impl Fn(&mut Epoch)) -> AuditError {
        self.audit(|epochs| change(epochs.last_mut().unwrap())).unwrap_err()
    }
}

#[test]
fn an_epoch_is_what_its_log_gives() {
    let case = Case::new();
    let audited = case.audit(|_| {}).unwrap();
    assert_eq!((audited.epoch, audited.ledger_sequence, audited.transactions), (3, 1_500, 1_500));
    assert!(audited.signatures >= 1_500 && audited.root && audited.reserves);
    let bare = audit(&case.epochs, &Evidence { log: case.log.path(), report: None, master: None }).unwrap();
    assert!(!bare.root && !bare.reserves, "what was not compared is not called compared");
}

#[test]
fn what_differs_is_named() {
    let case = Case::new();
    let total = case.refused(|epoch| epoch.record.liabilities[1] += 1);
    assert!(matches!(&total, AuditError::TotalDiffers { epoch: 3, symbol, .. } if symbol == "ETH"), "{total}");
    let root = case.refused(|epoch| epoch.record.roots[0] = Element::from(1u64));
    assert!(matches!(root, AuditError::RootDiffers { epoch: 3, shard: 0, .. }), "{root}");
    let shards = case.refused(|epoch| epoch.record.roots.push(Element::from(1u64)));
    assert!(matches!(shards, AuditError::ShardsDiffer { expected: 2, found: 1, .. }), "{shards}");
    let reserves = case.refused(|epoch| epoch.record.reserves[0] += 1);
    assert!(matches!(reserves, AuditError::Report(_)), "{reserves}");
    let sources = case.refused(|epoch| epoch.record.sources[0] ^= 1);
    assert!(matches!(sources, AuditError::Report(_)), "{sources}");
    let assets = case.refused(|epoch| epoch.record.assets = sample::assets());
    assert!(matches!(assets, AuditError::OtherAssets), "{assets}");
    let none = case.refused(|epoch| epoch.record.ledger = LedgerPosition::default());
    assert!(matches!(none, AuditError::NoLedger { epoch: 3 }), "{none}");
    let nothing = case.audit(Vec::clear).unwrap_err();
    assert!(matches!(nothing, AuditError::NoLedger { .. }), "{nothing}");
}

#[test]
fn other_salts_make_another_root() {
    let case = Case::new();
    let master = MasterSecret::new([8; 32]);
    let evidence = Evidence { log: case.log.path(), report: None, master: Some(&master) };
    assert!(matches!(audit(&case.epochs, &evidence), Err(AuditError::RootDiffers { .. })));
}

#[test]
fn log_and_chain_part_between_two_epochs() {
    let case = Case::new();
    for (index, after, by) in [(0, 0, 400), (1, 400, 900), (2, 900, 1_500)] {
        let parted = case.audit(|epochs| epochs[index].record.ledger.head[0] ^= 1).unwrap_err();
        let epoch = index as u64 + 1;
        let named = matches!(&parted, AuditError::Parted { epoch: at, after: a, by: b, .. } if (*at, *a, *b) == (epoch, after, by));
        assert!(named, "{parted}");
    }
}

#[test]
fn another_exchanges_or_a_shorter_log_is_none() {
    let case = Case::new();
    let evidence = |log| Evidence { log, report: None, master: None };
    let other = tempfile::tempdir().unwrap();
    write(other.path(), [9; 32], 1, 2_000);
    let refused = audit(&case.epochs, &evidence(other.path())).unwrap_err();
    assert!(matches!(refused, AuditError::OtherExchange { found, .. } if found == [9; 32]), "{refused}");
    let short = tempfile::tempdir().unwrap();
    write(short.path(), id(), 1, 1_000);
    let refused = audit(&case.epochs, &evidence(short.path())).unwrap_err();
    let ended = matches!(refused, AuditError::Replay(ReplayError::Ended { expected: 1_500, found: 1_000 }));
    assert!(ended, "{refused}");
}

#[test]
fn balances_are_not_dated_before_the_ledger() {
    let early = Case::new().refused(|epoch| epoch.record.as_of = 1_000_000_000);
    assert!(matches!(early, AuditError::Snapshot(_)), "{early}");
}
