//! What is wrong with a log, and where.

use std::{
    io,
    path::{Path, PathBuf},
};

use ballast_durable::LockError;

use crate::transaction::{DecodeError, TRANSACTION_MAX};

/// The end of the last segment, where a record was begun and not finished. Who wrote the log knows
/// that the record was never acknowledged; who was sent a copy cannot tell it from a copy that was
/// cut short.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "{}, offset {offset}: the last record {}: its writer was stopped before it was acknowledged, or this copy was cut short",
    file.display(),
    self.what()
)]
pub struct TornTail {
    pub file: PathBuf,
    /// Where the record begins.
    pub offset: u64,
    /// Bytes of it that are there.
    pub found: u64,
    /// Whether these are zeros alone: room that a file system gave before the power failed, and
    /// that nothing was written to.
    pub zeros: bool,
}

impl TornTail {
    fn what(&self) -> String {
        let found = self.found;
        if self.zeros { format!("is {found} zeros") } else { format!("ends after {found} bytes") }
    }
}

/// What is wrong with one file of a log.
#[derive(Debug, thiserror::Error)]
pub enum Fault {
    #[error(transparent)]
    Io(#[from] io::Error),
    #[error("genesis: {0}")]
    Genesis(#[from] DecodeError),
    #[error(
        "genesis: expected the head {} of its bytes at the end, found {}",
        hex::encode(expected),
        hex::encode(found)
    )]
    GenesisHead { expected: [u8; 32], found: Vec<u8> },
    #[error("header: expected {expected} bytes, found {found}")]
    HeaderShort { expected: usize, found: u64 },
    #[error("header: the checksum is not that of its bytes")]
    HeaderChecksum,
    #[error("header: another format or version")]
    Magic,
    #[error("first sequence: expected {expected}, found {found}")]
    FirstSequence { expected: u64, found: u64 },
    #[error("the head before transaction {sequence} is not the one after the transaction before")]
    Head { sequence: u64 },
    #[error("record of transaction {sequence}: the checksum of its length is not that of its bytes")]
    LengthChecksum { sequence: u64 },
    #[error("record of transaction {sequence}: expected 50 to {TRANSACTION_MAX} bytes, found {found}")]
    Length { sequence: u64, found: u32 },
    #[error("record of transaction {sequence}: the checksum is not that of its bytes")]
    Checksum { sequence: u64 },
    #[error("record of transaction {sequence} ends after {found} bytes and another segment follows")]
    CutShort { sequence: u64, found: u64 },
    #[error("the bytes of record {expected} say that they are transaction {found}")]
    Sequence { expected: u64, found: u64 },
    #[error("the log begins at transaction {found}, expected 1")]
    Beginning { found: u64 },
    #[error("not the name of a segment: expected 20 digits and .segment")]
    Name,
    #[error("a log has one writer at a time: {0}")]
    Locked(LockError),
    #[error("there is a log already")]
    Exists,
    #[error("expected transaction {expected} of the log, found its end after transaction {found}")]
    Ended { expected: u64, found: u64 },
    #[error("an earlier read or write failed: open the log again")]
    Poisoned,
    #[error("transaction {sequence} to append: {what}")]
    Append { sequence: u64, what: &'static str },
    #[error("a batch of records: expected at most {expected} bytes, found {found}")]
    BatchTooLarge { expected: usize, found: usize },
}

impl From<LockError> for Fault {
    fn from(error: LockError) -> Self {
        match error {
            LockError::Io(error) => Self::Io(error),
            error => Self::Locked(error),
        }
    }
}

/// The first thing wrong with a log.
#[derive(Debug, thiserror::Error)]
#[error("{}, offset {offset}: {fault}", file.display())]
pub struct LogError {
    pub file: PathBuf,
    /// Of the record, or of the part of the header, that is wrong.
    pub offset: u64,
    pub fault: Fault,
}

impl LogError {
    pub(super) fn new(file: &Path, offset: u64, fault: impl Into<Fault>) -> Self {
        Self { file: file.to_owned(), offset, fault: fault.into() }
    }
}
