//! Whether an epoch is what the exchange's log gives (section 11 of the specification).
//!
//! The log is replayed up to the epoch's position, every signature, rule and invariant checked; what it makes of the accounts
//! is compared with what the chain holds. Where log and chain part, the failure says between which transactions.
//!
//! # Soundness
//! Without the exchange's master secret nobody can make the salts of the leaves, so the root is compared only when it is
//! given; [`Audited::root`] says whether it was. Everything else needs the log alone.

use std::path::Path;

use ballast_core::{
    Digest, Element, Refusal, circuit::Class, leaf::MasterSecret, statement::LedgerPosition, tree::TreeError,
};
use ballast_ledger::{
    leaves::{EpochSalts, LayoutError, Leaves},
    log::{LogError, Reader},
    replay::{Options, ReplayError, replay},
    reserves::{Recorded, ReportError, ReservesReport},
    snapshot::Snapshot,
    state::SnapshotRefused,
};
use serde::Serialize;

use crate::epoch::{Epoch, Record};

/// What is held against an epoch.
#[derive(Clone, Copy)]
pub struct Evidence<'a> {
    /// Directory of the log.
    pub log: &'a Path,
    /// The published reserves report.
    pub report: Option<&'a [u8]>,
    /// For the root: of the exchange.
    pub master: Option<&'a MasterSecret>,
}

/// An epoch that is what the log gives.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Audited {
    pub epoch: u64,
    pub ledger_sequence: u64,
    pub accounts: usize,
    /// Transactions replayed.
    pub transactions: u64,
    /// Signatures verified.
    pub signatures: u64,
    /// Whole transactions per second, as text.
    pub per_second: String,
    /// Whether the leaves were hashed and the root compared: without the master secret it is not.
    pub root: bool,
    /// Whether the reserves report was compared.
    pub reserves: bool,
}

/// Why an epoch is not what the log gives, or why that cannot be said.
#[derive(Debug, thiserror::Error)]
pub enum AuditError {
    #[error("epoch {epoch} is bound to no ledger")]
    NoLedger { epoch: u64 },
    #[error("expected the log of exchange 0x{}, found that of 0x{}", hex::encode(expected), hex::encode(found))]
    OtherExchange { expected: Digest, found: Digest },
    #[error("expected the epoch's asset list in the log's genesis, found another")]
    OtherAssets,
    #[error(
        "epoch {epoch}: log and chain part between transactions {after} and {by}: expected head 0x{} after {by}, the log has 0x{}",
        hex::encode(expected),
        hex::encode(found)
    )]
    Parted { epoch: u64, after: u64, by: u64, expected: Digest, found: Digest },
    #[error(transparent)]
    Log(#[from] LogError),
    /// Names the first transaction that is wrong.
    #[error(transparent)]
    Replay(#[from] ReplayError),
    #[error(transparent)]
    Snapshot(#[from] SnapshotRefused),
    #[error(
        "epoch {epoch}, asset {symbol}: expected a liability of {expected} units as on chain, the log gives {found}"
    )]
    TotalDiffers { epoch: u64, symbol: String, expected: u128, found: u128 },
    #[error("epoch {epoch}: expected {expected} shards as on chain, the log gives {found}")]
    ShardsDiffer { epoch: u64, expected: usize, found: u16 },
    #[error("epoch {epoch}, shard {shard}: expected root {expected} as on chain, the log gives {found}")]
    RootDiffers { epoch: u64, shard: u16, expected: Box<Element>, found: Box<Element> },
    #[error(transparent)]
    Layout(#[from] LayoutError),
    #[error(transparent)]
    Class(#[from] Refusal),
    #[error("tree: {0:?}")]
    Tree(TreeError),
    #[error("reserves report: {0}")]
    Report(#[from] ReportError),
}

/// Audits the last of `epochs`. The others, which come before it, say where a log that is
/// not the chain's parts from it.
///
/// # Errors
/// The first thing in which log and chain differ, or that keeps them from being compared.
pub fn audit(epochs: &[Epoch], evidence: &Evidence<'_>) -> Result<Audited, AuditError> {
    let Some(epoch) = epochs.last() else { return Err(AuditError::NoLedger { epoch: 0 }) };
    let record = &epoch.record;
    if record.ledger.sequence == 0 {
        return Err(AuditError::NoLedger { epoch: record.epoch });
    }
    check_heads(epochs.iter().map(|epoch| &epoch.record), evidence.log)?;
    let options = Options { at: Some(record.ledger.sequence), ..Options::default() };
    let replayed = replay(evidence.log, &options)?;
    let snapshot = replayed.state.snapshot(record.as_of)?;
    check_totals(record, &snapshot)?;
    if let Some(master) = evidence.master {
        check_roots(record, epoch.class, &snapshot, master)?;
    }
    if let Some(report) = evidence.report {
        ReservesReport::parse(report)?.check(&Recorded {
            exchange: &record.exchange,
            as_of: record.as_of,
            assets: &record.assets,
            amounts: &record.reserves,
            sources: &record.sources,
        })?;
    }
    Ok(Audited {
        epoch: record.epoch,
        ledger_sequence: record.ledger.sequence,
        accounts: snapshot.accounts.len(),
        transactions: replayed.transactions,
        signatures: replayed.signatures,
        per_second: replayed.per_second().to_string(),
        root: evidence.master.is_some(),
        reserves: evidence.report.is_some(),
    })
}

/// The log passes through every position that the chain bound, in order.
fn check_heads<'a>(records: impl Iterator<Item = &'a Record>, log: &Path) -> Result<(), AuditError> {
    let mut reader = Reader::open(log)?;
    let mut agreed = reader.position();
    for record in records.filter(|record| record.ledger.sequence > 0) {
        let genesis = reader.genesis();
        if genesis.exchange != record.exchange {
            return Err(AuditError::OtherExchange { expected: record.exchange, found: genesis.exchange });
        }
        if genesis.assets != record.assets {
            return Err(AuditError::OtherAssets);
        }
        let LedgerPosition { sequence, head } = record.ledger;
        while reader.position().sequence < sequence {
            if reader.read()?.is_none() {
                let found = reader.position().sequence;
                return Err(ReplayError::Ended { expected: sequence, found }.into());
            }
        }
        let found = reader.position();
        if found.head != head {
            let after = agreed.sequence;
            return Err(AuditError::Parted {
                epoch: record.epoch,
                after,
                by: sequence,
                expected: head,
                found: found.head,
            });
        }
        agreed = found;
    }
    Ok(())
}

fn check_totals(record: &Record, snapshot: &Snapshot) -> Result<(), AuditError> {
    let figures = record.assets.as_slice().iter().zip(&record.liabilities).zip(&snapshot.totals);
    for ((asset, expected), found) in figures {
        if expected != found {
            let (expected, found) = (*expected, *found);
            return Err(AuditError::TotalDiffers { epoch: record.epoch, symbol: asset.symbol(), expected, found });
        }
    }
    Ok(())
}

fn check_roots(record: &Record, class: Class, snapshot: &Snapshot, master: &MasterSecret) -> Result<(), AuditError> {
    let salts = EpochSalts { master, exchange: record.exchange, epoch: record.epoch };
    let leaves = Leaves::new(snapshot, class, salts)?;
    let (expected, found) = (record.roots.len(), leaves.layout().shard_count());
    if expected != usize::from(found) {
        return Err(AuditError::ShardsDiffer { epoch: record.epoch, expected, found });
    }
    for ((number, shard), expected) in (0..).zip(leaves.shards()).zip(&record.roots) {
        let found = shard.tree(class).map_err(AuditError::Tree)?.root();
        if found != *expected {
            let (expected, found) = (Box::new(*expected), Box::new(found));
            return Err(AuditError::RootDiffers { epoch: record.epoch, shard: number, expected, found });
        }
    }
    Ok(())
}
