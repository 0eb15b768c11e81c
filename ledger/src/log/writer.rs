//! Appending to a log.

use ballast_core::statement::LedgerPosition;
use ballast_durable::{Access, Lock, create_directory};
use std::{
    fs::{File, OpenOptions},
    path::{Path, PathBuf},
};

use super::{
    Fault, GENESIS_FILE, LOCK_FILE, LogError, LogReader, TornTail,
    crash_points::{BATCH_FLUSHED, BATCH_PART_WRITTEN, BATCH_WRITTEN, CRASH_POINTS, SEGMENT_BEGUN},
    format::{HEADER_LENGTH, RECORD_OVERHEAD, header, segment_name, write_genesis, write_record},
    reader::place,
};
use crate::transaction::{Genesis, PREFIX_LENGTH, SignedTransaction, TRANSACTION_MAX, head_after};

/// How a log is written.
#[derive(Clone, Copy, Debug)]
pub struct WriterOptions {
    /// A segment with as many bytes gets no further batch.
    pub segment_bytes: u64,
    /// A batch whose records have more bytes is refused: all of them are in memory at once.
    pub batch_bytes: usize,
}

impl Default for WriterOptions {
    fn default() -> Self {
        Self { segment_bytes: 1 << 28, batch_bytes: (1 << 31) - RECORD_OVERHEAD }
    }
}

/// The one writer of a log. Another process that opens the log meanwhile is refused.
///
/// The writer knows heads, not balances: a transaction belongs in a log once a
/// [`crate::state::State`] has taken it.
#[derive(Debug)]
pub struct Writer {
    directory: PathBuf,
    options: WriterOptions,
    path: PathBuf,
    segment: File,
    length: u64,
    position: LedgerPosition,
    /// A write failed: what is on disk is unknown until the log is opened again.
    poisoned: bool,
    /// Held until the writer is dropped or its process ends.
    _lock: Lock,
}

impl Writer {
    /// Begins a log in `directory`, which is made if it is not there, for its owner alone.
    ///
    /// # Errors
    /// A log that is there already, another writer, or the file system's.
    pub fn create(directory: &Path, genesis: &Genesis, options: WriterOptions) -> Result<Self, LogError> {
        create_directory(directory, Access::Owner).map_err(|error| LogError::new(directory, 0, error))?;
        let held = lock(directory)?;
        let path = directory.join(GENESIS_FILE);
        if path.exists() {
            return Err(LogError::new(&path, 0, Fault::Exists));
        }
        write_genesis(directory, genesis)?;
        Self::at_end(directory, options, held).map(|(writer, _)| writer)
    }

    /// Opens the log in `directory`, all of which is read and checked as [`LogReader`] does. A last
    /// record that was never finished is cut off, and returned.
    ///
    /// # Errors
    /// Anything else that is wrong with the log, with file and offset; another writer.
    pub fn open(directory: &Path, options: WriterOptions) -> Result<(Self, Option<TornTail>), LogError> {
        let held = lock(directory)?;
        Self::at_end(directory, options, held)
    }

    fn at_end(directory: &Path, options: WriterOptions, held: Lock) -> Result<(Self, Option<TornTail>), LogError> {
        let mut reader = LogReader::open(directory)?;
        while reader.read()?.is_some() {}
        let position = reader.position();
        let torn = reader.torn().cloned();
        let path = if reader.offset() == 0 {
            let path = directory.join(segment_name(1));
            begin_segment(&path, &position)?;
            path
        } else {
            reader.file().to_owned()
        };
        let length = reader.offset().max(HEADER_LENGTH as u64);
        let fail = |error| LogError::new(&path, length, Fault::Io(error));
        let segment = OpenOptions::new().append(true).open(&path).map_err(fail)?;
        if torn.is_some() {
            segment.set_len(length).map_err(fail)?;
        }
        // What a writer before wrote and did not flush was read as part of the log: it must not
        // vanish later.
        segment.sync_all().map_err(fail)?;
        let directory = directory.to_owned();
        Ok((Self { directory, options, path, segment, length, position, poisoned: false, _lock: held }, torn))
    }

    /// Sequence of the last transaction of the log, and the head after it.
    pub fn position(&self) -> LedgerPosition {
        self.position
    }

    /// Appends transactions and flushes them to the disk, all at once: when this returns, none of
    /// them can be lost, and until then nobody may be told of any. When the process dies meanwhile,
    /// the log has the first so many of them.
    ///
    /// # Errors
    /// Transactions that do not follow the log's last one, which leave the log as it was; or the
    /// file system's, after which the log must be opened again.
    pub fn append(&mut self, batch: &[SignedTransaction]) -> Result<LedgerPosition, LogError> {
        if self.poisoned {
            return Err(self.fail(Fault::Poisoned));
        }
        let mut bytes = Vec::new();
        let mut position = self.position;
        for signed in batch {
            let sequence = position.sequence.saturating_add(1);
            let claimed = place(&signed.bytes);
            let wrong = |what| self.fail(Fault::Append { sequence, what });
            if !(PREFIX_LENGTH..=TRANSACTION_MAX).contains(&signed.bytes.len()) {
                return Err(wrong("its length is that of no transaction"));
            }
            if claimed.sequence != sequence {
                return Err(wrong("its bytes say another sequence"));
            }
            if claimed.head != position.head {
                return Err(wrong("its head before is not the log's head"));
            }
            write_record(&mut bytes, sequence, signed);
            position = LedgerPosition { sequence, head: head_after(&position.head, &signed.bytes) };
        }
        let (expected, found) = (self.options.batch_bytes, bytes.len());
        if found > expected {
            return Err(self.fail(Fault::BatchTooLarge { expected, found }));
        }
        if batch.is_empty() {
            return Ok(position);
        }
        self.poisoned = true;
        if self.length >= self.options.segment_bytes && self.length > HEADER_LENGTH as u64 {
            self.roll()?;
        }
        CRASH_POINTS
            .write_in_pieces(BATCH_PART_WRITTEN, &mut self.segment, &bytes)
            .map_err(|error| self.fail(error))?;
        CRASH_POINTS.pass(BATCH_WRITTEN);
        self.segment.sync_data().map_err(|error| self.fail(error))?;
        CRASH_POINTS.pass(BATCH_FLUSHED);
        self.poisoned = false;
        self.length += bytes.len() as u64;
        self.position = position;
        Ok(position)
    }

    /// Goes on in a new segment. The present one is whole and flushed.
    fn roll(&mut self) -> Result<(), LogError> {
        let path = self.directory.join(segment_name(self.position.sequence.saturating_add(1)));
        let fail = |error| LogError::new(&path, 0, Fault::Io(error));
        begin_segment(&path, &self.position)?;
        self.segment = OpenOptions::new().append(true).open(&path).map_err(fail)?;
        self.length = HEADER_LENGTH as u64;
        self.path = path;
        CRASH_POINTS.pass(SEGMENT_BEGUN);
        Ok(())
    }

    fn fail(&self, fault: impl Into<Fault>) -> LogError {
        LogError::new(&self.path, self.length, fault)
    }
}

fn begin_segment(path: &Path, before: &LedgerPosition) -> Result<(), LogError> {
    ballast_durable::write(path, Access::Owner, &header(before)).map_err(|error| LogError::new(path, 0, error))
}

fn lock(directory: &Path) -> Result<Lock, LogError> {
    let path = directory.join(LOCK_FILE);
    Lock::take(&path).map_err(|error| LogError::new(&path, 0, error))
}
