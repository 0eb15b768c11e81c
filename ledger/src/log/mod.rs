//! The log on disk: a directory with the genesis and segments of signed transactions
//! (`docs/ledger.md`).
//!
//! Every byte is under a checksum, lengths under one of their own. So a record that was being
//! written when the power failed (its length is whole, its bytes end early) is told from a length
//! that was changed: the first is cut off, with a report of what was, and everything else stops the
//! reader with file and offset. So are zeros from where a record would begin to the end of the last
//! file: a file system may have given room for what was never written.
//!
//! **A log is private**: every segment's first line says so, and only its owner can read what a
//! writer makes.

mod crash_points;
mod error;
mod format;
mod reader;
mod writer;

pub use crash_points::CRASH_POINTS;
pub use error::{Fault, LogError, TornTail};
pub(crate) use format::read_genesis;
pub use format::{HEADER_LENGTH, MAGIC, RECORD_OVERHEAD, segment_name};
pub use reader::{Entry, LogReader};
pub use writer::{Writer, WriterOptions};

/// File with the genesis.
pub const GENESIS_FILE: &str = "genesis";
/// File that the one writer holds a lock on.
pub const LOCK_FILE: &str = "lock";
