//! Why a key is not used.

use std::{io, path::PathBuf};

/// Why a key or secret is not used. An error names the file and never what is in it.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum KeyError {
    #[error("{setting} is not set: it names the file with a key, which is needed here")]
    NotSet { setting: &'static str },
    #[error("{}: {source}", path.display())]
    Unreadable { path: PathBuf, source: io::Error },
    #[error("{}: the file cannot be written: {source}", path.display())]
    Unwritable { path: PathBuf, source: io::Error },
    #[error("{} exists, and a master secret is never overwritten: name another file", path.display())]
    Exists { path: PathBuf },
    #[error(
        "{} can be read or written by other users (mode {mode:03o}): chmod 600 it, and treat the key as known to them",
        path.display()
    )]
    OpenToOthers { path: PathBuf, mode: u32 },
    #[error(
        "{} belongs to user {owner}, expected user {user}, who runs this program, or root: chown it, and treat the \
         key as known to user {owner}",
        path.display()
    )]
    OtherOwner { path: PathBuf, owner: u32, user: u32 },
    #[error("{}: expected at most {max} bytes, found more", path.display())]
    TooLong { path: PathBuf, max: u64 },
    #[error("{}: expected {expected}", path.display())]
    Malformed { path: PathBuf, expected: &'static str },
    #[error("{}: the keystore is encrypted: set {setting} to the file with its password", path.display())]
    PasswordMissing { path: PathBuf, setting: &'static str },
    #[error("{}: the password does not open the keystore", path.display())]
    PasswordWrong { path: PathBuf },
}
