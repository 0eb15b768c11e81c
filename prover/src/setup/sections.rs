//! The container of circom's and snarkjs' binary files: four letters, a version, the number of
//! sections, then each section's number (u32), length (u64) and bytes. All integers are
//! little-endian.
//!
//! The table must fill the file exactly, and a section's length is compared with what the header
//! calls for before anything is allocated. Sections are read from front to end in blocks, each only
//! as far as it is needed.

use std::{
    fmt,
    fs::File,
    io::{self, BufReader, Read, Seek, SeekFrom},
    path::{Path, PathBuf},
};

use ark_ff::PrimeField;
use ballast_core::Digest;
use ballast_durable::open_plain;
use rayon::prelude::*;
use sha2::{Digest as _, Sha256};

use super::points::{ELEMENT_LENGTH, StoredPoint, integer};
use crate::encoding::PointError;

/// Points that are read and decoded at a time.
const BLOCK_POINTS: usize = 1 << 14;
const BUFFER: usize = 1 << 18;

/// A section by number and, for messages, by name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Section {
    pub number: u32,
    pub name: &'static str,
}

impl fmt::Display for Section {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "section {} ({})", self.number, self.name)
    }
}

/// Why a file of a setup is refused, or could not be written.
#[derive(Debug, thiserror::Error)]
pub struct FileError {
    pub path: PathBuf,
    /// None: the file as a whole.
    pub section: Option<Section>,
    pub reason: Reason,
}

impl fmt::Display for FileError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: ", self.path.display())?;
        if let Some(section) = self.section {
            write!(f, "{section}: ")?;
        }
        write!(f, "{}", self.reason)
    }
}

/// What is wrong.
#[derive(Debug, thiserror::Error)]
pub enum Reason {
    #[error("{0}")]
    Io(#[from] io::Error),
    #[error("{what}: expected {expected}, found {found}")]
    Mismatch { what: &'static str, expected: String, found: String },
    #[error("point {index}: {reason}")]
    Point { index: usize, reason: PointError },
    /// Points that are not of one secret, or not of the one that they should be of.
    #[error("{0}")]
    Inconsistent(&'static str),
}

impl Reason {
    pub(crate) fn mismatch(what: &'static str, expected: impl ToString, found: impl ToString) -> Self {
        Self::Mismatch { what, expected: expected.to_string(), found: found.to_string() }
    }
}

/// Refuses unless the two are equal.
pub(crate) fn expect<T: PartialEq + ToString>(what: &'static str, expected: T, found: T) -> Result<(), Reason> {
    if expected == found { Ok(()) } else { Err(Reason::mismatch(what, expected, found)) }
}

/// An open file whose table has been read.
#[derive(Debug)]
pub(crate) struct Sections {
    path: PathBuf,
    file: File,
    table: Vec<Entry>,
}

#[derive(Clone, Copy, Debug)]
struct Entry {
    number: u32,
    start: u64,
    length: u64,
}

impl Sections {
    /// Opens a file with these four letters and this version.
    pub(crate) fn open(path: &Path, letters: &[u8; 4], version: u32) -> Result<Self, FileError> {
        let refuse = |reason| FileError { path: path.to_owned(), section: None, reason };
        let file = open_plain(path).map_err(|error| refuse(error.into()))?;
        let table = SectionTable::read(&file, letters, version).map_err(refuse)?;
        Ok(Self { path: path.to_owned(), file, table })
    }

    pub(crate) fn error(&self, section: impl Into<Option<Section>>, reason: Reason) -> FileError {
        FileError { path: self.path.clone(), section: section.into(), reason }
    }

    fn entry(&self, section: Section) -> Result<Entry, FileError> {
        let mut entries = self.table.iter().filter(|entry| entry.number == section.number);
        let first = entries.next();
        let found = usize::from(first.is_some()) + entries.count();
        match first {
            Some(entry) if found == 1 => Ok(*entry),
            _ => Err(self.error(section, Reason::mismatch("number of sections with this number", 1, found))),
        }
    }

    /// Refuses a section that is missing or there twice.
    pub(crate) fn expect_section(&self, section: Section) -> Result<(), FileError> {
        self.entry(section).map(drop)
    }

    /// Refuses a section that is missing, there twice or of another length.
    pub(crate) fn expect_length(&self, section: Section, expected: u64) -> Result<(), FileError> {
        let found = self.entry(section)?.length;
        expect("length in bytes", expected, found).map_err(|reason| self.error(section, reason))
    }

    /// The section from its beginning.
    pub(crate) fn reader(&mut self, section: Section) -> Result<SectionReader<'_>, FileError> {
        let Entry { start, length, .. } = self.entry(section)?;
        if let Err(error) = self.file.seek(SeekFrom::Start(start)) {
            return Err(self.error(section, error.into()));
        }
        let input = BufReader::with_capacity(BUFFER, &self.file);
        Ok(SectionReader { path: &self.path, section, input, length, position: 0 })
    }

    /// SHA-256 of the file.
    pub(crate) fn digest(&mut self) -> Result<Digest, FileError> {
        let mut hasher = Sha256::new();
        match self.file.rewind().and_then(|()| io::copy(&mut self.file, &mut hasher)) {
            Ok(_) => Ok(hasher.finalize().into()),
            Err(error) => Err(self.error(None, error.into())),
        }
    }
}

/// Reads where each section of a file lies, from its beginning on.
struct SectionTable<'a> {
    input: BufReader<&'a File>,
    position: u64,
    length: u64,
}

impl<'a> SectionTable<'a> {
    fn read(file: &'a File, letters: &[u8; 4], version: u32) -> Result<Vec<Entry>, Reason> {
        let mut table = Self { input: BufReader::new(file), position: 0, length: file.metadata()?.len() };
        let quoted = |letters: &[u8; 4]| format!("{:?}", letters.escape_ascii().to_string());
        expect("first four letters", quoted(letters), quoted(&table.array()?))?;
        expect("version of the format", version, u32::from_le_bytes(table.array()?))?;
        let sections = u32::from_le_bytes(table.array()?);
        let mut entries = Vec::new();
        for _ in 0..sections {
            let number = u32::from_le_bytes(table.array()?);
            let length = u64::from_le_bytes(table.array()?);
            entries.push(Entry { number, start: table.position, length });
            table.advance(length)?;
            table.input.seek(SeekFrom::Start(table.position))?;
        }
        expect("length of the file in bytes", table.position, table.length)?;
        Ok(entries)
    }

    fn advance(&mut self, count: u64) -> Result<(), Reason> {
        let end = self.position.saturating_add(count);
        if end > self.length {
            let expected = format!("at least {end}");
            return Err(Reason::mismatch("length of the file in bytes", expected, self.length));
        }
        self.position = end;
        Ok(())
    }

    fn array<const N: usize>(&mut self) -> Result<[u8; N], Reason> {
        let mut bytes = [0; N];
        self.advance(N as u64)?;
        self.input.read_exact(&mut bytes)?;
        Ok(bytes)
    }
}

/// One section, read from front to end.
#[derive(Debug)]
pub(crate) struct SectionReader<'a> {
    path: &'a Path,
    section: Section,
    input: BufReader<&'a File>,
    length: u64,
    position: u64,
}

impl SectionReader<'_> {
    pub(crate) fn error(&self, reason: Reason) -> FileError {
        FileError { path: self.path.to_owned(), section: Some(self.section), reason }
    }

    /// Refuses unless the two are equal.
    pub(crate) fn expect<T: PartialEq + ToString>(
        &self,
        what: &'static str,
        expected: T,
        found: T,
    ) -> Result<(), FileError> {
        expect(what, expected, found).map_err(|reason| self.error(reason))
    }

    /// Where the reader is.
    pub(crate) fn position(&self) -> u64 {
        self.position
    }

    /// The position after `count` more bytes, which the section must have.
    fn after(&self, count: u64) -> Result<u64, FileError> {
        let end = self.position.saturating_add(count);
        if end <= self.length {
            return Ok(end);
        }
        Err(self.error(Reason::mismatch("length in bytes", format!("at least {end}"), self.length)))
    }

    pub(crate) fn fill(&mut self, bytes: &mut [u8]) -> Result<(), FileError> {
        let end = self.after(bytes.len() as u64)?;
        self.input.read_exact(bytes).map_err(|error| self.error(error.into()))?;
        self.position = end;
        Ok(())
    }

    pub(crate) fn array<const N: usize>(&mut self) -> Result<[u8; N], FileError> {
        let mut bytes = [0; N];
        self.fill(&mut bytes)?;
        Ok(bytes)
    }

    pub(crate) fn u8(&mut self) -> Result<u8, FileError> {
        self.array::<1>().map(|[byte]| byte)
    }

    pub(crate) fn u32(&mut self) -> Result<u32, FileError> {
        self.array().map(u32::from_le_bytes)
    }

    pub(crate) fn u64(&mut self) -> Result<u64, FileError> {
        self.array().map(u64::from_le_bytes)
    }

    /// The size and the order of field `F`, which says on which curve the file's points are.
    pub(crate) fn expect_field<F: PrimeField<BigInt = ark_ff::BigInt<4>>>(
        &mut self,
        what: &'static str,
    ) -> Result<(), FileError> {
        let size = self.u32()?;
        self.expect("bytes of a field element (32 on bn128)", ELEMENT_LENGTH as u32, size)?;
        let order = integer(&self.array()?);
        self.expect(what, F::MODULUS, order)
    }

    /// One point, possibly at infinity.
    pub(crate) fn point<P: StoredPoint>(&mut self) -> Result<P, FileError> {
        let mut bytes = vec![0; P::LENGTH];
        self.fill(&mut bytes)?;
        P::load(&bytes).map_err(|reason| self.error(Reason::Point { index: 0, reason }))
    }

    /// The next `count` points, some possibly at infinity.
    pub(crate) fn points<P: StoredPoint>(&mut self, count: usize) -> Result<Vec<P>, FileError> {
        self.after((P::LENGTH as u64).saturating_mul(count as u64))?;
        let mut points = Vec::with_capacity(count);
        let mut block = vec![0; P::LENGTH * BLOCK_POINTS.min(count)];
        while points.len() < count {
            let first = points.len();
            block.truncate(P::LENGTH * (count - first));
            self.fill(&mut block)?;
            let load = |(index, bytes)| P::load(bytes).map_err(|reason| Reason::Point { index: first + index, reason });
            let loaded: Result<Vec<P>, Reason> = block.par_chunks_exact(P::LENGTH).enumerate().map(load).collect();
            points.extend(loaded.map_err(|reason| self.error(reason))?);
        }
        Ok(points)
    }

    /// [`Self::points`] without infinity.
    pub(crate) fn finite_points<P: StoredPoint>(&mut self, count: usize) -> Result<Vec<P>, FileError> {
        let points = self.points::<P>(count)?;
        match points.par_iter().position_first(P::is_zero) {
            Some(index) => Err(self.error(Reason::Point { index, reason: PointError::Infinity })),
            None => Ok(points),
        }
    }

    /// Refuses bytes that are left over.
    pub(crate) fn end(self) -> Result<(), FileError> {
        self.expect("length in bytes", self.position, self.length)
    }
}
