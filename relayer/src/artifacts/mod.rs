//! The files of an epoch.
//!
//! ```text
//! public/epoch-000001/   statement.json  assets.json  reserves.json  circuit.json
//!                        shard-000.post  shard-000.proof  ..  index.json
//! private/epoch-000001/  accounts.jsonl
//! ```
//!
//! What is public can be given to anyone: it holds no balance and no salt. `index.json` has length
//! and SHA-256 of every other file and is written last, so a directory with an index is whole. The
//! private directory has what inclusion files are made from; its file says PRIVATE first.

mod private;
mod public;

use std::{
    io,
    path::{Path, PathBuf},
};

use ballast_durable::{Access, read_bounded};
use ballast_ledger::reserves::report::REPORT_MAX;

use crate::{
    config,
    failure::{Classified, FailureKind},
};
pub use public::{Index, IndexedFile, StatementFile};

/// Why files were not written or are not what they should be.
#[derive(Debug, thiserror::Error)]
pub enum ArtifactError {
    #[error("{}: {source}", path.display())]
    File { path: PathBuf, source: io::Error },
    #[error("{}: {what}", path.display())]
    Invalid { path: PathBuf, what: String },
}

impl Classified for ArtifactError {
    fn failure_kind(&self) -> FailureKind {
        match self {
            // An epoch that is not there was asked for.
            Self::File { source, .. } if source.kind() == io::ErrorKind::NotFound => FailureKind::BadInput,
            Self::File { .. } => FailureKind::Other,
            Self::Invalid { .. } => FailureKind::BadInput,
        }
    }
}

/// Where an exchange's epochs lie.
#[derive(Clone, Debug)]
pub struct Artifacts {
    public: PathBuf,
    private: PathBuf,
}

impl Artifacts {
    pub fn new(settings: &config::Artifacts) -> Self {
        Self { public: settings.public.clone(), private: settings.private.clone() }
    }

    /// The directory of an epoch's public files.
    pub fn public(&self, epoch: u64) -> PathBuf {
        self.public.join(epoch_name(epoch))
    }

    /// The directory of an epoch's private file.
    pub fn private(&self, epoch: u64) -> PathBuf {
        self.private.join(epoch_name(epoch))
    }
}

fn epoch_name(epoch: u64) -> String {
    format!("epoch-{epoch:06}")
}

fn write(path: &Path, access: Access, bytes: &[u8]) -> Result<(), ArtifactError> {
    ballast_durable::write(path, access, bytes).map_err(|source| ArtifactError::File { path: path.into(), source })
}

fn create_directory(path: &Path, access: Access) -> Result<(), ArtifactError> {
    ballast_durable::create_directory(path, access).map_err(|source| ArtifactError::File { path: path.into(), source })
}

fn read(path: &Path) -> Result<Vec<u8>, ArtifactError> {
    // None is longer than the report.
    read_bounded(path, REPORT_MAX as u64).map_err(|source| ArtifactError::File { path: path.into(), source })
}

/// Writes a file that only its owner may read, whole or not at all, in a directory that exists.
///
/// # Errors
/// [`ArtifactError::File`].
pub fn write_private(path: &Path, bytes: &[u8]) -> Result<(), ArtifactError> {
    write(path, Access::Owner, bytes)
}
