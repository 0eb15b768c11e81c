//! A state on disk, so that a replay need not begin at the genesis.
//!
//! **A checkpoint is private**: it holds every customer's balances, and its first bytes say so. Its
//! digest shows that it is whole, not that it is true: whoever begins from a checkpoint trusts
//! whoever wrote it. Only the log from its genesis on shows what customers signed, so nothing that
//! verifies for others may read a checkpoint.

use ballast_core::digest::sha256;
use ballast_durable::{Access, read_bounded};
use std::{
    io,
    path::{Path, PathBuf},
};

use crate::state::{State, StateError, invariant::check_state};

/// The first bytes of a checkpoint; the last of them is its version.
pub const MAGIC: &[u8; 32] = b"PRIVATE customers' balances\nBCK\x01";

/// Why a file is not a checkpoint.
#[derive(Debug, thiserror::Error)]
#[error("checkpoint {}: {reason}", file.display())]
pub struct CheckpointError {
    pub file: PathBuf,
    pub reason: CheckpointReason,
}

#[derive(Debug, thiserror::Error)]
pub enum CheckpointReason {
    #[error(transparent)]
    Io(#[from] io::Error),
    #[error("expected at least 64 bytes, found {found}")]
    Short { found: usize },
    #[error("the first bytes are not those of a checkpoint of this version")]
    Magic,
    #[error("the digest at the end does not match the bytes before it: the file is damaged")]
    Digest,
    #[error(transparent)]
    State(#[from] StateError),
}

/// Writes a checkpoint, whole or not at all, for its owner's eyes only.
///
/// # Errors
/// An error of the file system, and a state that breaks an invariant.
pub fn write(path: &Path, state: &State) -> Result<(), CheckpointError> {
    let fail = |reason| CheckpointError { file: path.to_owned(), reason };
    check_state(state).map_err(|broken| fail(StateError::from(broken).into()))?;
    let mut bytes = MAGIC.to_vec();
    bytes.extend_from_slice(&state.encode());
    let digest = sha256(&[&bytes]);
    bytes.extend_from_slice(&digest);
    ballast_durable::write(path, Access::Owner, &bytes).map_err(|error| fail(error.into()))
}

/// Reads a checkpoint and checks every invariant of its state.
///
/// # Errors
/// A file that is not whole or breaks an invariant.
pub fn read(path: &Path) -> Result<State, CheckpointError> {
    let fail = |reason| CheckpointError { file: path.to_owned(), reason };
    // As long as customers and orders make it, but a file.
    let bytes = read_bounded(path, u64::MAX).map_err(|error| fail(error.into()))?;
    let found = bytes.len();
    let short = || fail(CheckpointReason::Short { found });
    let (kept, digest) = bytes.split_at_checked(found.saturating_sub(32)).ok_or_else(short)?;
    let (magic, encoded) = kept.split_at_checked(MAGIC.len()).ok_or_else(short)?;
    if magic != MAGIC {
        return Err(fail(CheckpointReason::Magic));
    }
    if sha256(&[kept]) != digest {
        return Err(fail(CheckpointReason::Digest));
    }
    State::decode(encoded).map_err(|error| fail(error.into()))
}
