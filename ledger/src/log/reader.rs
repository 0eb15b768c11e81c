//! Reading a log from one end to the other, one record in memory at a time.

use ballast_core::statement::LedgerPosition;
use ballast_durable::open_plain;
use std::{
    collections::VecDeque,
    fs::File,
    io::{self, BufRead, BufReader, Read},
    path::{Path, PathBuf},
};

use super::{
    Fault, LogError, TornTail,
    format::{
        HEADER_LENGTH, RECORD_PREFIX, RECORD_SUFFIX, read_body, read_genesis, read_header, read_length, segments,
    },
};
use crate::transaction::{Genesis, SignedTransaction, head_after};

/// A transaction of the log, and where it lies.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    pub sequence: u64,
    pub signed: SignedTransaction,
    /// Offset of its record in [`LogReader::file`].
    pub offset: u64,
}

/// Reads the records of a log in order. Checked are checksums, that sequences are without gaps and
/// that heads are those of the bytes before; not what transactions say, nor their signatures.
#[derive(Debug)]
pub struct LogReader {
    genesis: Genesis,
    later: VecDeque<(u64, PathBuf)>,
    file: PathBuf,
    input: Option<BufReader<File>>,
    /// In `file`, of the next record.
    offset: u64,
    /// After the last record read.
    position: LedgerPosition,
    torn: Option<TornTail>,
    /// Something was wrong: nothing after it is read.
    failed: bool,
}

impl LogReader {
    /// Opens the log in `directory` at its beginning.
    ///
    /// # Errors
    /// No log, a genesis that is not whole, or a first segment that does not follow it.
    pub fn open(directory: &Path) -> Result<Self, LogError> {
        let mut reader = Self::with_segments(directory, 0)?;
        if let Some((found, file)) = reader.later.front().filter(|(first, _)| *first != 1) {
            return Err(LogError::new(file, 0, Fault::Beginning { found: *found }));
        }
        reader.next_segment()?;
        Ok(reader)
    }

    /// Opens the log in `directory` after `position`; earlier segments are not looked at.
    ///
    /// # Errors
    /// See [`LogReader::open`]; also a log that does not reach this position, or has another head
    /// there.
    pub fn open_after(directory: &Path, position: &LedgerPosition) -> Result<Self, LogError> {
        let mut reader = Self::with_segments(directory, position.sequence)?;
        if let Some((first, file)) = reader.later.front() {
            // The position before the segment is taken from its header here, and checked at the
            // position asked for.
            let (first, file) = (*first, file.clone());
            if first > position.sequence.saturating_add(1) {
                return Err(LogError::new(&file, 0, Fault::Beginning { found: first }));
            }
            let (_, before) = open_segment(&file)?;
            if first > 1 {
                reader.position = before;
            }
        }
        reader.next_segment()?;
        while reader.position.sequence < position.sequence {
            if reader.read()?.is_none() {
                let fault = Fault::Ended { expected: position.sequence, found: reader.position.sequence };
                return Err(LogError::new(&reader.file, reader.offset, fault));
            }
        }
        if reader.position != *position {
            let fault = Fault::Head { sequence: position.sequence.saturating_add(1) };
            return Err(LogError::new(&reader.file, reader.offset, fault));
        }
        Ok(reader)
    }

    /// A reader before the segment that holds the transaction after `sequence`.
    fn with_segments(directory: &Path, sequence: u64) -> Result<Self, LogError> {
        let genesis = read_genesis(directory)?;
        let mut later = VecDeque::from(segments(directory)?);
        while later.get(1).is_some_and(|(first, _)| *first <= sequence) {
            later.pop_front();
        }
        let position = LedgerPosition { sequence: 0, head: genesis.head() };
        let file = directory.to_owned();
        Ok(Self { genesis, later, file, input: None, offset: 0, position, torn: None, failed: false })
    }

    pub fn genesis(&self) -> &Genesis {
        &self.genesis
    }

    /// Sequence of the last transaction read, and the head after it.
    pub fn position(&self) -> LedgerPosition {
        self.position
    }

    /// The segment that the last record read lies in.
    pub fn file(&self) -> &Path {
        &self.file
    }

    /// In [`LogReader::file`], of the next record.
    pub fn offset(&self) -> u64 {
        self.offset
    }

    /// What was being written when the writer stopped; known at the end of the log.
    pub fn torn(&self) -> Option<&TornTail> {
        self.torn.as_ref()
    }

    /// Whether there is another segment, which is then open.
    fn next_segment(&mut self) -> Result<bool, LogError> {
        let Some((named, file)) = self.later.pop_front() else { return Ok(false) };
        let (input, before) = open_segment(&file)?;
        let expected = self.position.sequence.saturating_add(1);
        for found in [named, before.sequence.saturating_add(1)] {
            if found != expected {
                return Err(LogError::new(&file, 0, Fault::FirstSequence { expected, found }));
            }
        }
        if before.head != self.position.head {
            return Err(LogError::new(&file, 0, Fault::Head { sequence: expected }));
        }
        (self.file, self.input, self.offset) = (file, Some(input), HEADER_LENGTH as u64);
        Ok(true)
    }

    /// The next record, or none at the end.
    ///
    /// # Errors
    /// The first thing wrong, with file and offset, and [`Fault::Poisoned`] ever after. A record
    /// that is cut short at the end of the last segment is no error but [`LogReader::torn`].
    pub fn read(&mut self) -> Result<Option<Entry>, LogError> {
        if self.failed {
            return Err(self.fail(Fault::Poisoned));
        }
        let found = self.next_record();
        self.failed = found.is_err();
        found
    }

    fn next_record(&mut self) -> Result<Option<Entry>, LogError> {
        loop {
            if self.torn.is_some() {
                return Ok(None);
            }
            let sequence = self.position.sequence.saturating_add(1);
            match self.record(sequence) {
                Ok(Found::Whole(signed)) => return self.take(sequence, signed).map(Some),
                Ok(Found::End) if !self.next_segment()? => return Ok(None),
                Ok(Found::End) => {}
                Ok(Found::Cut { found, zeros }) if self.later.is_empty() => {
                    self.torn = Some(TornTail { file: self.file.clone(), offset: self.offset, found, zeros });
                }
                Ok(Found::Cut { found, .. }) => return Err(self.fail(Fault::CutShort { sequence, found })),
                Err(fault) => return Err(self.fail(fault)),
            }
        }
    }

    fn fail(&self, fault: Fault) -> LogError {
        LogError::new(&self.file, self.offset, fault)
    }

    fn record(&mut self, sequence: u64) -> Result<Found, Fault> {
        let Some(input) = self.input.as_mut() else { return Ok(Found::End) };
        let mut prefix = [0; RECORD_PREFIX];
        match fill(input, &mut prefix)? {
            0 => return Ok(Found::End),
            RECORD_PREFIX => {}
            found => {
                let zeros = prefix.iter().all(|byte| *byte == 0);
                return Ok(Found::Cut { found: found as u64, zeros });
            }
        }
        if prefix == [0; RECORD_PREFIX]
            && self.later.is_empty()
            && let Some(more) = zeros_to_end(input)?
        {
            return Ok(Found::Cut { found: RECORD_PREFIX as u64 + more, zeros: true });
        }
        let length = read_length(&prefix, sequence)?;
        let mut body = vec![0; length + RECORD_SUFFIX];
        let found = fill(input, &mut body)?;
        if found < body.len() {
            return Ok(Found::Cut { found: (RECORD_PREFIX + found) as u64, zeros: false });
        }
        read_body(body, length, sequence).map(Found::Whole)
    }

    /// Checks the place that a record's bytes claim, and moves on.
    fn take(&mut self, sequence: u64, signed: SignedTransaction) -> Result<Entry, LogError> {
        let place = place(&signed.bytes);
        if place.sequence != sequence {
            return Err(self.fail(Fault::Sequence { expected: sequence, found: place.sequence }));
        }
        if place.head != self.position.head {
            return Err(self.fail(Fault::Head { sequence }));
        }
        let offset = self.offset;
        self.offset += (RECORD_PREFIX + signed.bytes.len() + RECORD_SUFFIX) as u64;
        self.position = LedgerPosition { sequence, head: head_after(&self.position.head, &signed.bytes) };
        Ok(Entry { sequence, signed, offset })
    }
}

/// What lies at an offset.
enum Found {
    Whole(SignedTransaction),
    End,
    /// So many bytes of a record, all zero or not, then the end of the file.
    Cut {
        found: u64,
        zeros: bool,
    },
}

/// The sequence and head before that transaction bytes begin with; zeros for what is missing.
pub(super) fn place(bytes: &[u8]) -> LedgerPosition {
    let (mut sequence, mut head) = ([0; 8], [0; 32]);
    if let (Some(first), Some(second)) = (bytes.get(1..9), bytes.get(9..41)) {
        sequence.copy_from_slice(first);
        head.copy_from_slice(second);
    }
    LedgerPosition { sequence: u64::from_be_bytes(sequence), head }
}

fn open_segment(file: &Path) -> Result<(BufReader<File>, LedgerPosition), LogError> {
    let fail = |fault| LogError::new(file, 0, fault);
    let mut input = BufReader::with_capacity(1 << 18, open_plain(file).map_err(|error| fail(error.into()))?);
    let mut header = [0; HEADER_LENGTH];
    let found = fill(&mut input, &mut header).map_err(|error| fail(error.into()))?;
    if found < HEADER_LENGTH {
        return Err(fail(Fault::HeaderShort { expected: HEADER_LENGTH, found: found as u64 }));
    }
    Ok((input, read_header(&header).map_err(fail)?))
}

/// How many zeros there are until the file ends; none when anything else is there.
fn zeros_to_end(input: &mut impl BufRead) -> io::Result<Option<u64>> {
    let mut zeros = 0;
    loop {
        let bytes = match input.fill_buf() {
            Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
            bytes => bytes?,
        };
        if bytes.is_empty() {
            return Ok(Some(zeros));
        }
        if bytes.iter().any(|byte| *byte != 0) {
            return Ok(None);
        }
        let count = bytes.len();
        zeros += count as u64;
        input.consume(count);
    }
}

/// Reads until the buffer is full or the file ends.
fn fill(input: &mut impl Read, buffer: &mut [u8]) -> io::Result<usize> {
    let mut filled = 0;
    while let Some(rest) = buffer.get_mut(filled..).filter(|rest| !rest.is_empty()) {
        match input.read(rest) {
            Ok(0) => break,
            Ok(count) => filled += count,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
    Ok(filled)
}
