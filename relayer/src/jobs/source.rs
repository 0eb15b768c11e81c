//! The snapshot and the reserves that an epoch is made from.

use std::{fs::File, io, path::Path};

use ballast_core::Digest;
use ballast_ledger::{
    reserves::{Reserves, ReservesError},
    snapshot::{self, Borrows, Options, Snapshot, SnapshotError},
};
use sha2::{Digest as _, Sha256};

use crate::{
    config,
    failure::{Classified, Exit, Failure},
};

impl Classified for SnapshotError {
    fn exit(&self) -> Exit {
        Exit::BadInput
    }
}

impl Classified for ReservesError {
    fn exit(&self) -> Exit {
        Exit::BadInput
    }
}

/// A snapshot as it was read.
#[derive(Debug)]
pub struct Source {
    pub snapshot: Snapshot,
    pub reserves: Reserves,
    /// Of the file and of what the settings make of it: the same digest, the same accounts.
    pub digest: Digest,
}

/// Reads the snapshot that the settings name.
///
/// # Errors
/// Bad input, naming file, line and account.
pub fn read_snapshot(settings: &config::Snapshot) -> Result<Snapshot, Failure> {
    let options = Options { borrows: settings.borrows, limit: settings.accounts, as_of: settings.as_of, ledger: None };
    Ok(snapshot::read(&settings.path, settings.assets.as_deref(), &options)?)
}

/// Reads snapshot and reserves.
///
/// # Errors
/// Bad input, naming what is wrong and where.
pub fn read(settings: &config::Snapshot) -> Result<Source, Failure> {
    let snapshot = read_snapshot(settings)?;
    let reserves = Reserves::read(&settings.reserves, &snapshot.assets, snapshot.as_of)?;
    Ok(Source { snapshot, reserves, digest: digest(settings)? })
}

/// Digest of the snapshot's files and of what the settings make of them.
///
/// # Errors
/// Bad input when a file cannot be read.
pub fn digest(settings: &config::Snapshot) -> Result<Digest, Failure> {
    let mut hasher = Sha256::new();
    for path in [Some(&settings.path), settings.assets.as_ref()].into_iter().flatten() {
        hasher.update(file_digest(path).map_err(|error| Failure::bad_input(format!("{}: {error}", path.display())))?);
    }
    let accounts = settings.accounts.map_or(u64::MAX, |accounts| accounts as u64);
    hasher.update([u8::from(settings.borrows == Borrows::Gross)]);
    hasher.update(accounts.to_be_bytes());
    hasher.update(settings.as_of.unwrap_or_default().to_be_bytes());
    Ok(hasher.finalize().into())
}

fn file_digest(path: &Path) -> io::Result<Digest> {
    let mut hasher = Sha256::new();
    io::copy(&mut File::open(path)?, &mut hasher)?;
    Ok(hasher.finalize().into())
}
