//! Whether an epoch is what the exchange's log gives (`docs/ledger.md`).
//!
//! The log is replayed up to the epoch's position, every signature, rule and invariant checked;
//! the balances that result are compared with what the chain holds. Where log and chain differ, the
//! failure says between which transactions: those at the positions of two epochs. It cannot be said
//! more closely, since a chain binds the heads at epochs and none in between.
//!
//! # Soundness
//! What the log holds after the position does not belong to the epoch. The first record there shows
//! that the epoch was not stale: it must be later than the as-of time, or reserves could hold
//! deposits of which the liabilities do not know. A log that ends at the position shows nothing of
//! the kind; whoever is given one asks for the log again at the next epoch.
//!
//! Without the epoch's key nobody can make the salts and the order of the leaves, so the root is
//! compared only when it is given; [`Audited::root`] says whether it was. Everything else needs the
//! log alone.

use std::path::Path;

use ballast_core::{
    Digest, Element, Refusal, assets::AssetList, circuit::Class, hexadecimal, leaf::EpochKey,
    statement::LedgerPosition, tree::TreeError,
};
use ballast_ledger::{
    leaves::{LayoutError, Leaves},
    lending::LendingReport,
    listed::{ListedAssets, ListedError},
    log::{LogError, LogReader},
    replay::{Options, ReplayError, replay_until},
    reserves::{LendingLine, ReportError},
    snapshot::Snapshot,
    state::SnapshotRefused,
    transaction::{DecodeError, Genesis, Transaction},
};
use serde::Serialize;

use crate::{
    epoch::{Epoch, Record},
    reserves,
};

/// The evidence that an epoch is compared with.
#[derive(Clone, Copy)]
pub struct Evidence<'a> {
    /// The directory of the log.
    pub log: &'a Path,
    /// The published reserves report.
    pub report: Option<&'a [u8]>,
    /// The key of the epoch that is audited, with which its roots are compared. It says nothing of
    /// other epochs.
    pub key: Option<&'a EpochKey>,
}

/// An epoch that is what the log gives.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Audited {
    pub epoch: u64,
    pub ledger_sequence: u64,
    pub accounts: usize,
    /// The number of transactions replayed.
    pub transactions: u64,
    /// The number of signatures verified.
    pub signatures: u64,
    /// Whole transactions per second, as text.
    pub per_second: String,
    /// Whether the leaves were hashed and the root compared: without the epoch's key it is not.
    pub root: bool,
    /// Whether the reserves report was compared: with the record, and what it says of lending with
    /// the log.
    pub reserves: bool,
}

/// Why an epoch is not what the log gives, or why the two cannot be compared.
#[derive(Debug, thiserror::Error)]
pub enum AuditError {
    #[error(transparent)]
    Listed(#[from] ListedError),
    #[error("there is no epoch to audit: expected at least one")]
    NoEpochs,
    #[error("epoch {epoch} is not bound to a ledger, so there is no log to audit it with")]
    NoLedger { epoch: u64 },
    #[error(
        "expected the log of exchange {}, found that of {}",
        hexadecimal::encode(expected),
        hexadecimal::encode(found)
    )]
    OtherExchange { expected: Digest, found: Digest },
    /// Lists as symbols with their decimals, in order.
    #[error("epoch {epoch}: expected the assets {expected} in the log, found {found}")]
    OtherAssets { epoch: u64, expected: String, found: String },
    /// `after` is where they last agreed, the position of an epoch before or 0.
    #[error(
        "epoch {epoch}: log and chain differ between transactions {after} and {by}: expected head {} after {by}, the log has {}",
        hexadecimal::encode(expected),
        hexadecimal::encode(found)
    )]
    Parted { epoch: u64, after: u64, by: u64, expected: Digest, found: Digest },
    /// The epoch's balances are older than its as-of time says. `time` in Unix milliseconds,
    /// `as_of` in Unix seconds.
    #[error(
        "transaction {sequence}, the next of the log, is of {time} (Unix milliseconds): expected it to be later than the epoch's as-of time, {as_of} (Unix seconds)"
    )]
    LaterTransaction { sequence: u64, time: u64, as_of: u64 },
    #[error("transaction {sequence}: {error}")]
    Transaction { sequence: u64, error: DecodeError },
    #[error(transparent)]
    Log(#[from] LogError),
    /// The replay failed; the error names the first transaction that is wrong.
    #[error(transparent)]
    Replay(#[from] ReplayError),
    #[error(transparent)]
    Snapshot(#[from] SnapshotRefused),
    #[error("epoch {epoch}, transaction {sequence}: expected liabilities of {expected} assets, found {found}")]
    TotalCountDiffers { epoch: u64, sequence: u64, expected: usize, found: usize },
    #[error(
        "epoch {epoch}, asset {symbol}: expected a liability of {expected} units as on chain, the log gives {found} after transaction {sequence}"
    )]
    TotalDiffers { epoch: u64, sequence: u64, symbol: String, expected: u128, found: u128 },
    #[error(
        "epoch {epoch}: expected {expected} shards as on chain, the log gives {found} after transaction {sequence}"
    )]
    ShardsDiffer { epoch: u64, sequence: u64, expected: usize, found: u16 },
    #[error(
        "epoch {epoch}, shard {shard}: expected root {expected} as on chain, the log gives {found} after transaction {sequence}"
    )]
    RootDiffers { epoch: u64, sequence: u64, shard: u16, expected: Box<Element>, found: Box<Element> },
    #[error(transparent)]
    Layout(#[from] LayoutError),
    #[error(transparent)]
    Class(#[from] Refusal),
    #[error("epoch {epoch}, shard {shard}: {error}")]
    Tree { epoch: u64, shard: u16, error: TreeError },
    #[error("reserves report: {0}")]
    Report(Box<ReportError>),
    /// Lines as the report writes them.
    #[error("reserves report, lending of {symbol}: expected {expected} as the log gives it, found {found}")]
    LendingDiffers { symbol: String, expected: String, found: String },
}

impl From<ReportError> for AuditError {
    fn from(error: ReportError) -> Self {
        Self::Report(Box::new(error))
    }
}

/// Audits epochs of several chains against the same evidence.
///
/// A record is the same on every chain. What the log gives for the records of one chain it gives
/// for the same records of another, so it is replayed once for all chains that agree.
pub struct Auditor<'a> {
    evidence: Evidence<'a>,
    stop: &'a (dyn Fn() -> bool + Sync),
    last: Option<(Vec<(Record, Class)>, Audited)>,
}

impl<'a> Auditor<'a> {
    pub fn new(evidence: Evidence<'a>) -> Self {
        Self { evidence, stop: &|| false, last: None }
    }

    /// Gives an audit up once `stop` says so, with [`ReplayError::Stopped`]. It is asked after some
    /// thousands of transactions, and before each shard whose root is compared.
    #[must_use]
    pub fn until(self, stop: &'a (dyn Fn() -> bool + Sync)) -> Self {
        Self { stop, ..self }
    }

    /// Audits the last of `epochs` as [`audit`] does, or repeats what it found for the same
    /// records.
    ///
    /// # Errors
    /// The same as [`audit`].
    pub fn audit(&mut self, epochs: &[Epoch]) -> Result<Audited, AuditError> {
        let records = || epochs.iter().map(|epoch| (&epoch.record, epoch.class));
        if let Some((known, audited)) = &self.last
            && known.iter().map(|(record, class)| (record, *class)).eq(records())
        {
            return Ok(audited.clone());
        }
        let audited = audit_until(epochs, &self.evidence, self.stop)?;
        self.last = Some((records().map(|(record, class)| (record.clone(), class)).collect(), audited.clone()));
        Ok(audited)
    }
}

/// Audits the last of `epochs`. The others, which come before it, say where a log that is
/// not the chain's parts from it.
///
/// # Errors
/// The first difference between log and chain, or what keeps them from being compared.
pub fn audit(epochs: &[Epoch], evidence: &Evidence<'_>) -> Result<Audited, AuditError> {
    audit_until(epochs, evidence, &|| false)
}

fn audit_until(
    epochs: &[Epoch],
    evidence: &Evidence<'_>,
    stop: &(dyn Fn() -> bool + Sync),
) -> Result<Audited, AuditError> {
    let Some((epoch, earlier)) = epochs.split_last() else { return Err(AuditError::NoEpochs) };
    let record = &epoch.record;
    if record.ledger.sequence == 0 {
        return Err(AuditError::NoLedger { epoch: record.epoch });
    }
    let mut reader = LogReader::open(evidence.log)?;
    check_genesis(record, reader.genesis())?;
    let agreed = check_heads(earlier.iter().map(|epoch| &epoch.record), &mut reader, stop)?;
    let options = Options { at: Some(record.ledger.sequence), ..Options::default() };
    let replayed = replay_until(evidence.log, &options, stop)?;
    check_head(record, agreed, replayed.state.position().head)?;
    check_assets(record, replayed.state.assets())?;
    check_next(record, LogReader::open_after(evidence.log, &record.ledger)?)?;
    let snapshot = replayed.state.snapshot(record.as_of)?;
    check_totals(record, &snapshot)?;
    if let Some(key) = evidence.key {
        check_roots(record, epoch.class, &snapshot, key, stop)?;
    }
    if let Some(report) = evidence.report {
        let report = reserves::verify(record, report)?;
        let lines = LendingReport::new(&replayed.state).lines();
        check_lending(&lines, report.lending.as_deref().unwrap_or_default())?;
    }
    Ok(Audited {
        epoch: record.epoch,
        ledger_sequence: record.ledger.sequence,
        accounts: snapshot.accounts.len(),
        transactions: replayed.transactions,
        signatures: replayed.signatures,
        per_second: replayed.per_second().to_string(),
        root: evidence.key.is_some(),
        reserves: evidence.report.is_some(),
    })
}

/// Refuses a log of another exchange than the record's, or that begins with other assets.
fn check_genesis(record: &Record, genesis: &Genesis) -> Result<(), AuditError> {
    if genesis.exchange != record.exchange {
        return Err(AuditError::OtherExchange { expected: record.exchange, found: genesis.exchange });
    }
    let first = record.assets.first(genesis.assets.len());
    if first.as_ref() == Some(&genesis.assets) { Ok(()) } else { check_assets(record, &genesis.assets) }
}

/// Refuses a log whose assets at the record's position are not the record's.
fn check_assets(record: &Record, found: &AssetList) -> Result<(), AuditError> {
    if *found != record.assets {
        let [expected, found] = [&record.assets, found].map(listed);
        return Err(AuditError::OtherAssets { epoch: record.epoch, expected, found });
    }
    Ok(())
}

/// Refuses a log that does not pass through every position that the chain bound, in order, with the
/// assets that the chain had then. Returns the last sequence.
fn check_heads<'a>(
    records: impl Iterator<Item = &'a Record>,
    reader: &mut LogReader,
    stop: &dyn Fn() -> bool,
) -> Result<u64, AuditError> {
    let mut agreed = 0;
    let mut assets = ListedAssets::new(reader.genesis());
    for record in records.filter(|record| record.ledger.sequence > 0) {
        check_genesis(record, reader.genesis())?;
        let sequence = record.ledger.sequence;
        while reader.position().sequence < sequence {
            go_on(stop, reader.position().sequence)?;
            let Some(entry) = reader.read()? else {
                let found = reader.position().sequence;
                return Err(ReplayError::Ended { expected: sequence, found }.into());
            };
            assets.take(&entry)?;
        }
        check_head(record, agreed, reader.position().head)?;
        check_assets(record, assets.list())?;
        agreed = sequence;
    }
    Ok(agreed)
}

/// `found` is the log's head at the record's position, `after` the position at which log and chain
/// agreed last.
fn check_head(record: &Record, after: u64, found: Digest) -> Result<(), AuditError> {
    let LedgerPosition { sequence: by, head: expected } = record.ledger;
    if found == expected {
        return Ok(());
    }
    Err(AuditError::Parted { epoch: record.epoch, after, by, expected, found })
}

/// Symbols with their decimals, for a message.
fn listed(assets: &AssetList) -> String {
    let each = assets.as_slice().iter().map(|asset| format!("{} ({})", asset.symbol(), asset.decimals));
    each.collect::<Vec<_>>().join(", ")
}

/// Refuses a log whose next transaction, where there is one, is not later than the epoch.
fn check_next(record: &Record, mut after: LogReader) -> Result<(), AuditError> {
    let Some(next) = after.read()? else { return Ok(()) };
    let (sequence, as_of) = (next.sequence, record.as_of);
    let decoded = Transaction::decode(&next.signed.bytes);
    let time = decoded.map_err(|error| AuditError::Transaction { sequence, error })?.time;
    if u128::from(time) <= u128::from(as_of) * 1_000 {
        return Err(AuditError::LaterTransaction { sequence, time, as_of });
    }
    Ok(())
}

fn check_totals(record: &Record, snapshot: &Snapshot) -> Result<(), AuditError> {
    let (epoch, sequence) = (record.epoch, record.ledger.sequence);
    let (expected, found) = (snapshot.totals.len(), record.liabilities.len());
    if expected != found {
        return Err(AuditError::TotalCountDiffers { epoch, sequence, expected, found });
    }
    let figures = record.assets.as_slice().iter().zip(&record.liabilities).zip(&snapshot.totals);
    for ((asset, expected), found) in figures {
        if expected != found {
            let (symbol, expected, found) = (asset.symbol(), *expected, *found);
            return Err(AuditError::TotalDiffers { epoch, sequence, symbol, expected, found });
        }
    }
    Ok(())
}

/// Compares lines of lending. Both lists name an asset at most once, in order of asset number.
fn check_lending(expected: &[LendingLine], found: &[LendingLine]) -> Result<(), AuditError> {
    let by_symbol = |lines: &[LendingLine], symbol: &str| {
        let line = lines.iter().find(|line| line.symbol == symbol);
        line.map_or_else(|| "nothing".into(), shown)
    };
    for line in expected.iter().chain(found) {
        let [expected, found] = [expected, found].map(|lines| by_symbol(lines, &line.symbol));
        if expected != found {
            return Err(AuditError::LendingDiffers { symbol: line.symbol.clone(), expected, found });
        }
    }
    Ok(())
}

fn shown(line: &LendingLine) -> String {
    let backing = line.backing.iter().map(|backing| format!("{} {}", backing.amount, backing.symbol));
    let backing = backing.collect::<Vec<_>>().join(", ");
    format!("{} lent and borrowed, {} left, backed by {{{backing}}}", line.lent_and_borrowed, line.left)
}

fn go_on(stop: &dyn Fn() -> bool, sequence: u64) -> Result<(), ReplayError> {
    if stop() { Err(ReplayError::Stopped { sequence }) } else { Ok(()) }
}

fn check_roots(
    record: &Record,
    class: Class,
    snapshot: &Snapshot,
    key: &EpochKey,
    stop: &dyn Fn() -> bool,
) -> Result<(), AuditError> {
    let (epoch, sequence) = (record.epoch, record.ledger.sequence);
    let leaves = Leaves::new(snapshot, class, key.clone())?;
    let (expected, found) = (record.roots.len(), leaves.layout().shard_count());
    if expected != usize::from(found) {
        return Err(AuditError::ShardsDiffer { epoch, sequence, expected, found });
    }
    for ((number, shard), expected) in (0..).zip(leaves.shards()).zip(&record.roots) {
        go_on(stop, sequence)?;
        let tree = shard.tree(class).map_err(|error| AuditError::Tree { epoch, shard: number, error })?;
        let found = tree.root();
        if found != *expected {
            let (expected, found) = (Box::new(*expected), Box::new(found));
            return Err(AuditError::RootDiffers { epoch, sequence, shard: number, expected, found });
        }
    }
    Ok(())
}
