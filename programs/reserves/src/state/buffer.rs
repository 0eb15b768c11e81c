use anchor_lang::prelude::*;
use ballast_core::Refusal;

use crate::errors::{ensure, keep};

/// Bytes on their way to an instruction that needs more of them than a transaction holds. They
/// follow this header in the account's data; the account's rent returns to its owner.
#[account]
#[derive(InitSpace)]
pub struct Buffer {
    pub version: u8,
    pub bump: u8,
    /// Who opened it, may write and may close it.
    pub owner: Pubkey,
    /// The owner's choice; makes the address.
    pub number: u32,
    /// Bytes behind this header.
    pub size: u32,
}

impl Buffer {
    pub const VERSION: u8 = 1;
    /// The number of bytes before the content.
    pub const HEADER: usize = Self::DISCRIMINATOR.len() + Self::INIT_SPACE;
    /// The largest account that an instruction can create.
    pub const SIZE_MAX: usize = 10 * 1024 - Self::HEADER;

    /// The size of the account of a buffer for `size` bytes.
    pub fn space(size: u32) -> Result<usize> {
        let fits = (1..=Self::SIZE_MAX).contains(&(size as usize));
        ensure(fits, Refusal::BufferRangeInvalid { size: Self::SIZE_MAX as u32, found: size })?;
        Ok(Self::HEADER + size as usize)
    }

    pub fn check_owner(&self, signer: &Pubkey) -> Result<()> {
        ensure(self.owner == *signer, Refusal::NotBufferOwner)
    }

    /// Refuses a write that would not be wholly inside.
    pub fn check_range(&self, offset: u32, length: usize) -> Result<()> {
        let end = u32::try_from(length).ok().and_then(|length| offset.checked_add(length)).unwrap_or(u32::MAX);
        ensure(end <= self.size, Refusal::BufferRangeInvalid { size: self.size, found: end })
    }

    pub fn invariant(&self) -> Result<()> {
        keep("Buffer", &[self.version == Self::VERSION])?;
        Self::space(self.size)?;
        Ok(())
    }
}
