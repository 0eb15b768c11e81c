//! CSV snapshots: one row an account and asset.
//!
//! ```text
//! account,asset,available,in_orders,lent_unborrowed
//! alice,BTC,0.5,0.25,0
//! alice,USDC,1200.000001,0,300
//! bob,BTC,2,0,0
//! ```
//!
//! The header is exactly this one. Amounts are decimals of the asset, at most with the decimals
//! that the [`Declaration`] gives it, zeros at their end aside; what is owed is the sum of the
//! three, and each and the sum fit in 64 bits of committed units. The rows of an account follow one
//! another. Fields are plain: never quoted, never blank, never padded. Every line ends with a line
//! feed, the last one too, so that a file cut short within a line is not read as a whole one; a
//! carriage return stands before a line feed or nowhere. A byte order mark before the header is
//! skipped.

use ::csv::{ErrorKind, Reader, ReaderBuilder, StringRecord};
use std::io::{self, Read};

use super::{
    Declaration, Options, Place, Reason, Snapshot, SnapshotError,
    collector::Collector,
    text_limits::{LimitExceeded, LineLimit},
};
use crate::amount;

pub const HEADER: [&str; 5] = ["account", "asset", "available", "in_orders", "lent_unborrowed"];

/// Reads a whole CSV snapshot from `rows`.
///
/// # Errors
/// The first thing wrong, with its line, account and asset. Nothing of a refused file is returned.
pub fn read(declaration: &Declaration, rows: impl Read, options: &Options) -> Result<Snapshot, SnapshotError> {
    let (as_of, ledger) = declaration.moment(options)?;
    let mut collector = Collector::new(declaration.assets.clone(), options)?;
    let mut reader =
        ReaderBuilder::new().has_headers(false).quoting(false).flexible(true).from_reader(LineLimit::new(rows));
    let mut row = StringRecord::new();
    if !next(&mut reader, &mut row)? {
        return Err(Reason::Empty.into());
    }
    check_header(&row)?;
    while next(&mut reader, &mut row)? {
        collect(&mut collector, &row)?;
    }
    Ok(collector.finish(as_of, ledger)?)
}

/// Whether there was another row.
fn next(reader: &mut Reader<impl Read>, row: &mut StringRecord) -> Result<bool, SnapshotError> {
    reader.read_record(row).map_err(|error| {
        let line = error.position().map(|position| position.line());
        let reason = match error.into_kind() {
            ErrorKind::Io(error) => LimitExceeded::of(&error).map_or(Reason::Io(error), Reason::Limit),
            ErrorKind::Utf8 { .. } => Reason::NotText,
            other => Reason::Io(io::Error::other(format!("{other:?}"))),
        };
        Place { line, ..Place::default() }.refuse(reason)
    })
}

fn check_header(row: &StringRecord) -> Result<(), SnapshotError> {
    let differs = (1..).zip(HEADER).find(|(column, expected)| row.get(column - 1) != Some(expected));
    let reason = match differs {
        // What was found is not repeated: in a file without a header it is a customer's row.
        Some((column, expected)) => Reason::HeaderMismatch { column, expected },
        None if row.len() > HEADER.len() => Reason::ColumnCount { expected: HEADER.len(), found: row.len() },
        None => return Ok(()),
    };
    Err(at_line(row).refuse(reason))
}

fn at_line(row: &StringRecord) -> Place {
    Place { line: row.position().map(|position| position.line()), ..Place::default() }
}

fn collect(collector: &mut Collector, row: &StringRecord) -> Result<(), SnapshotError> {
    let mut place = at_line(row);
    read_row(collector, row, &mut place).map_err(|reason| place.refuse(reason))
}

/// Reads one row, keeping `place` at what is being read.
fn read_row(collector: &mut Collector, row: &StringRecord, place: &mut Place) -> Result<(), Reason> {
    if row.iter().any(|field| field.contains('"')) {
        return Err(Reason::Quoted);
    }
    let fields: Vec<&str> = row.iter().collect();
    let [account, asset, amounts @ ..] = fields.as_slice() else {
        return Err(Reason::ColumnCount { expected: HEADER.len(), found: fields.len() });
    };
    place.account = Some((*account).to_owned());
    place.asset = Some((*asset).to_owned());
    if fields.len() != HEADER.len() {
        return Err(Reason::ColumnCount { expected: HEADER.len(), found: fields.len() });
    }
    if collector.current() != Some(account) {
        collector.begin(account)?;
    }
    let declared = collector.asset(asset)?;
    let mut read = Vec::with_capacity(amounts.len());
    for (text, field) in amounts.iter().zip(&HEADER[2..]) {
        place.field = Some(field);
        let amount = amount::parse(text, declared.decimals, u64::BITS)?;
        read.push(amount);
    }
    place.field = None;
    collector.add(declared, &read)
}
