//! Files that only their owner may read.

use std::{
    fs::File,
    io::{self, Read},
    path::{Path, PathBuf},
};

use crate::failure::{Classified, FailureKind};

/// A secret is short; a longer file is none.
const LENGTH_MAX: u64 = 64 * 1024;

/// Why a key or secret is not used. Says where it lies, never what is in it.
#[derive(Debug, thiserror::Error)]
pub enum KeyError {
    #[error("no {setting} is set: a file with a key is needed")]
    NotSet { setting: &'static str },
    #[error("{}: {source}", path.display())]
    Unreadable { path: PathBuf, source: io::Error },
    #[error("{} can be read by others (mode {mode:03o}): chmod 600 it, and think of it as known", path.display())]
    ReadableByOthers { path: PathBuf, mode: u32 },
    #[error("{}: expected {expected}", path.display())]
    Malformed { path: PathBuf, expected: &'static str },
    #[error("{}: the keystore is encrypted, set {setting}", path.display())]
    PasswordMissing { path: PathBuf, setting: &'static str },
    #[error("{}: the password does not open the keystore, or it is none", path.display())]
    PasswordWrong { path: PathBuf },
}

impl Classified for KeyError {
    fn failure_kind(&self) -> FailureKind {
        FailureKind::BadInput
    }
}

/// The text of a secret file.
///
/// # Errors
/// [`KeyError`] when others can read it.
pub fn read(path: &Path) -> Result<String, KeyError> {
    let unreadable = |source| KeyError::Unreadable { path: path.into(), source };
    let file = File::open(path).map_err(unreadable)?;
    let metadata = file.metadata().map_err(unreadable)?;
    refuse_readable_by_others(path, &metadata)?;
    let mut text = String::new();
    file.take(LENGTH_MAX).read_to_string(&mut text).map_err(unreadable)?;
    Ok(text)
}

#[cfg(unix)]
fn refuse_readable_by_others(path: &Path, metadata: &std::fs::Metadata) -> Result<(), KeyError> {
    use std::os::unix::fs::PermissionsExt;
    let mode = metadata.permissions().mode() & 0o777;
    if mode & 0o077 != 0 {
        return Err(KeyError::ReadableByOthers { path: path.into(), mode });
    }
    Ok(())
}

#[cfg(not(unix))]
fn refuse_readable_by_others(_path: &Path, _metadata: &std::fs::Metadata) -> Result<(), KeyError> {
    Ok(())
}
