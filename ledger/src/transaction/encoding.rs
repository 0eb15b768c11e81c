//! A strict reader of big-endian fields in a fixed layout.

use ballast_core::{Refusal, assets::ASSETS_MAX};

use super::{VERSION, kind::SettlementError};

/// Why bytes cannot be decoded. Offsets count from the first byte read.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum DecodeError {
    #[error("cut short at offset {offset}: expected {expected} more bytes, found {found}")]
    CutShort { offset: usize, expected: usize, found: usize },
    #[error("trailing bytes at offset {offset}: expected the end, found {found} more bytes")]
    Trailing { offset: usize, found: usize },
    #[error("unknown version: expected {VERSION}, found {found}")]
    Version { found: u8 },
    #[error("unknown kind: expected 1 to 18, found {found}")]
    Kind { found: u8 },
    #[error("public id: expected 1 to 64 printable ASCII characters without outer blanks, found other {found} bytes")]
    PublicId { found: usize },
    #[error("unknown sign of a settlement's amount: expected 0 (received) or 1 (paid), found {found}")]
    Sign { found: u8 },
    #[error("listing: expected 1 to {ASSETS_MAX} assets, found {found}")]
    Listing { found: usize },
    #[error(transparent)]
    Settlement(#[from] SettlementError),
    #[error("asset list: {0}")]
    AssetList(Refusal),
    #[error("{what} out of order or not canonical at offset {offset}")]
    NotCanonical { what: &'static str, offset: usize },
}

/// A cursor over bytes.
#[derive(Debug)]
pub struct Fields<'a> {
    bytes: &'a [u8],
    offset: usize,
}

impl<'a> Fields<'a> {
    pub fn new(bytes: &'a [u8]) -> Self {
        Self { bytes, offset: 0 }
    }

    /// Bytes read so far.
    pub fn offset(&self) -> usize {
        self.offset
    }

    /// # Errors
    /// Fewer than `length` bytes left. The same holds for every field below.
    pub fn take(&mut self, length: usize) -> Result<&'a [u8], DecodeError> {
        let Some((taken, rest)) = self.bytes.split_at_checked(length) else {
            return Err(DecodeError::CutShort { offset: self.offset, expected: length, found: self.bytes.len() });
        };
        self.bytes = rest;
        self.offset += length;
        Ok(taken)
    }

    pub fn array<const N: usize>(&mut self) -> Result<[u8; N], DecodeError> {
        let mut array = [0; N];
        array.copy_from_slice(self.take(N)?);
        Ok(array)
    }

    pub fn u8(&mut self) -> Result<u8, DecodeError> {
        self.array().map(u8::from_be_bytes)
    }

    pub fn u16(&mut self) -> Result<u16, DecodeError> {
        self.array().map(u16::from_be_bytes)
    }

    pub fn u32(&mut self) -> Result<u32, DecodeError> {
        self.array().map(u32::from_be_bytes)
    }

    pub fn u64(&mut self) -> Result<u64, DecodeError> {
        self.array().map(u64::from_be_bytes)
    }

    pub fn u128(&mut self) -> Result<u128, DecodeError> {
        self.array().map(u128::from_be_bytes)
    }

    /// # Errors
    /// Another version than [`VERSION`].
    pub fn version(&mut self) -> Result<(), DecodeError> {
        match self.u8()? {
            VERSION => Ok(()),
            found => Err(DecodeError::Version { found }),
        }
    }

    /// # Errors
    /// Bytes that nothing has read.
    pub fn end(&self) -> Result<(), DecodeError> {
        if self.bytes.is_empty() {
            Ok(())
        } else {
            Err(DecodeError::Trailing { offset: self.offset, found: self.bytes.len() })
        }
    }
}
