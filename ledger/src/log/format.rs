//! Bytes of segments and of the genesis file.

use ballast_core::{
    assets::{ASSETS_MAX, SYMBOL_MAX},
    digest::{Digest, Preimage, sha256},
    statement::LedgerPosition,
};
use ballast_durable::{Access, read_bounded};
use std::{
    fs,
    path::{Path, PathBuf},
};

use super::{Fault, GENESIS_FILE, LogError};
use crate::transaction::{Genesis, PREFIX_LENGTH, SignedTransaction, TRANSACTION_MAX};

/// First bytes of a segment: whoever opens one sees at once what it is. The last byte is the
/// version.
pub const MAGIC: &[u8; 62] = b"PRIVATE ledger of an exchange: every customer's transactions\n\x01";
/// Bytes of the longest genesis file: version, exchange, assets, engine's key, head.
const GENESIS_MAX: u64 = (1 + 32 + 2 + ASSETS_MAX * (SYMBOL_MAX + 1) + 32 + 32) as u64;
/// Bytes of a checksum: the first of a SHA-256.
const CHECKSUM: usize = 8;
/// Bytes of a segment before its records: magic, first sequence, head before, checksum.
pub const HEADER_LENGTH: usize = MAGIC.len() + 8 + 32 + CHECKSUM;
/// Bytes of a record before its transaction: length and the checksum of the length.
pub(super) const RECORD_PREFIX: usize = 4 + CHECKSUM;
/// Bytes of a record after its transaction: signature and checksum.
pub(super) const RECORD_SUFFIX: usize = 64 + CHECKSUM;
/// Bytes of a record beside its transaction.
pub const RECORD_OVERHEAD: usize = RECORD_PREFIX + RECORD_SUFFIX;

type Checksum = [u8; CHECKSUM];

fn checksum(digest: Digest) -> Checksum {
    let mut first = [0; CHECKSUM];
    first.copy_from_slice(digest.split_at(CHECKSUM).0);
    first
}

/// File name of the segment whose first transaction is `first`.
pub fn segment_name(first: u64) -> String {
    format!("{first:020}.segment")
}

/// The first transaction of the segment with this file name.
fn first_of(name: &str) -> Option<u64> {
    let digits = name.strip_suffix(".segment")?;
    let first = digits.parse().ok()?;
    (segment_name(first) == name).then_some(first)
}

/// A segment's header, for the position before its first transaction.
pub(super) fn header(before: &LedgerPosition) -> Vec<u8> {
    let mut bytes = MAGIC.to_vec();
    bytes.extend_from_slice(&before.sequence.saturating_add(1).to_be_bytes());
    bytes.extend_from_slice(&before.head);
    let sum = checksum(sha256(&[&bytes]));
    bytes.extend_from_slice(&sum);
    bytes
}

/// The position before the first transaction of a segment with these first bytes.
pub(super) fn read_header(bytes: &[u8; HEADER_LENGTH]) -> Result<LedgerPosition, Fault> {
    let (fields, sum) = bytes.split_at(HEADER_LENGTH - CHECKSUM);
    if checksum(sha256(&[fields])) != sum {
        return Err(Fault::HeaderChecksum);
    }
    let (magic, fields) = fields.split_at(MAGIC.len());
    if magic != MAGIC {
        return Err(Fault::Magic);
    }
    let (first, before) = fields.split_at(8);
    let (mut sequence, mut head) = ([0; 8], [0; 32]);
    sequence.copy_from_slice(first);
    head.copy_from_slice(before);
    let first = u64::from_be_bytes(sequence);
    let sequence = first.checked_sub(1).ok_or(Fault::FirstSequence { expected: 1, found: 0 })?;
    Ok(LedgerPosition { sequence, head })
}

/// The checksum of a length stands for its place as well, so that no other bytes of the log pass
/// for a record's beginning.
fn length_checksum(sequence: u64, length: u32) -> Checksum {
    checksum(Preimage::new("ballast/record-length/v1").u64(sequence).u32(length).sha256())
}

pub(super) fn write_record(bytes: &mut Vec<u8>, sequence: u64, signed: &SignedTransaction) {
    let length = signed.bytes.len() as u32;
    bytes.extend_from_slice(&length.to_be_bytes());
    bytes.extend_from_slice(&length_checksum(sequence, length));
    bytes.extend_from_slice(&signed.bytes);
    bytes.extend_from_slice(&signed.signature);
    bytes.extend_from_slice(&checksum(sha256(&[&signed.bytes, &signed.signature])));
}

/// The length of the transaction in the record that begins so.
pub(super) fn read_length(prefix: &[u8; RECORD_PREFIX], sequence: u64) -> Result<usize, Fault> {
    let (length, sum) = prefix.split_at(4);
    let mut bytes = [0; 4];
    bytes.copy_from_slice(length);
    let found = u32::from_be_bytes(bytes);
    if length_checksum(sequence, found) != sum {
        return Err(Fault::LengthChecksum { sequence });
    }
    let length = found as usize;
    if (PREFIX_LENGTH..=TRANSACTION_MAX).contains(&length) {
        Ok(length)
    } else {
        Err(Fault::Length { sequence, found })
    }
}

/// The transaction and signature of the rest of a record.
pub(super) fn read_body(mut body: Vec<u8>, length: usize, sequence: u64) -> Result<SignedTransaction, Fault> {
    let wrong = Fault::Checksum { sequence };
    let Some((bytes, suffix)) = body.split_at_checked(length) else { return Err(wrong) };
    let Some((signed, sum)) = suffix.split_at_checked(64) else { return Err(wrong) };
    if checksum(sha256(&[bytes, signed])) != sum {
        return Err(wrong);
    }
    let mut signature = [0; 64];
    signature.copy_from_slice(signed);
    body.truncate(length);
    Ok(SignedTransaction { bytes: body, signature })
}

/// The segments of a log in order, each with its first sequence. Other files are none of ours.
pub(super) fn segments(directory: &Path) -> Result<Vec<(u64, PathBuf)>, LogError> {
    let fail = |error| LogError::new(directory, 0, Fault::Io(error));
    let mut found = Vec::new();
    for entry in fs::read_dir(directory).map_err(fail)? {
        let path = entry.map_err(fail)?.path();
        if path.extension().is_some_and(|extension| extension == "segment") {
            let first = path.file_name().and_then(|name| name.to_str()).and_then(first_of);
            found.push((first.ok_or_else(|| LogError::new(&path, 0, Fault::Name))?, path));
        }
    }
    found.sort();
    Ok(found)
}

pub(super) fn write_genesis(directory: &Path, genesis: &Genesis) -> Result<(), LogError> {
    let path = directory.join(GENESIS_FILE);
    let mut bytes = genesis.encode();
    bytes.extend_from_slice(&genesis.head());
    ballast_durable::write(&path, Access::Owner, &bytes).map_err(|error| LogError::new(&path, 0, error))
}

pub(crate) fn read_genesis(directory: &Path) -> Result<Genesis, LogError> {
    let path = directory.join(GENESIS_FILE);
    let fail = |fault| LogError::new(&path, 0, fault);
    let bytes = read_bounded(&path, GENESIS_MAX).map_err(|error| fail(error.into()))?;
    let (encoded, head) = bytes.split_at(bytes.len().saturating_sub(32));
    let genesis = Genesis::decode(encoded).map_err(|error| fail(error.into()))?;
    let expected = genesis.head();
    if expected == head { Ok(genesis) } else { Err(fail(Fault::GenesisHead { expected, found: head.to_vec() })) }
}
