//! Files that only their owner may read.

use std::{io::Read, os::unix::fs::MetadataExt, path::Path};

use ballast_durable::open_plain;
use zeroize::Zeroizing;

use crate::error::KeyError;

/// A secret is short. A longer file is something else.
const LENGTH_MAX: u64 = 64 * 1024;
/// What some editors write before UTF-8.
const BYTE_ORDER_MARK: char = '\u{feff}';

/// Reads the text of a secret file.
///
/// # Errors
/// [`KeyError`] when the file cannot be read, is no plain file, is too long, or is not its user's
/// alone.
pub(crate) fn read(path: &Path) -> Result<Zeroizing<String>, KeyError> {
    read_as(path, rustix::process::geteuid().as_raw())
}

/// Reads the text of a secret file for `user`.
fn read_as(path: &Path, user: u32) -> Result<Zeroizing<String>, KeyError> {
    let unreadable = |source| KeyError::Unreadable { path: path.into(), source };
    let file = open_plain(path).map_err(unreadable)?;
    let metadata = file.metadata().map_err(unreadable)?;
    let (owner, mode) = (metadata.uid(), metadata.mode() & 0o777);
    if owner != user && owner != 0 {
        return Err(KeyError::OtherOwner { path: path.into(), owner, user });
    }
    if mode & 0o077 != 0 {
        return Err(KeyError::OpenToOthers { path: path.into(), mode });
    }
    // Room for all that may be read: text that grows would leave copies behind.
    let mut text = Zeroizing::new(String::with_capacity(2 * LENGTH_MAX as usize));
    file.take(LENGTH_MAX + 1).read_to_string(&mut text).map_err(unreadable)?;
    if text.len() as u64 > LENGTH_MAX {
        return Err(KeyError::TooLong { path: path.into(), max: LENGTH_MAX });
    }
    if text.starts_with(BYTE_ORDER_MARK) {
        text.remove(0);
    }
    Ok(text)
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;
    use std::{
        fs,
        os::unix::fs::{PermissionsExt, chown},
        path::PathBuf,
    };

    /// Writes a file that only its owner may read.
    pub(crate) fn secret(directory: &tempfile::TempDir, name: &str, text: &str) -> PathBuf {
        let path = directory.path().join(name);
        fs::write(&path, text).unwrap();
        fs::set_permissions(&path, fs::Permissions::from_mode(0o600)).unwrap();
        path
    }

    #[test]
    fn a_file_of_another_user_is_refused() {
        let directory = tempfile::tempdir().unwrap();
        let path = secret(&directory, "key", "text");
        let me = rustix::process::geteuid().as_raw();
        assert_eq!(*read(&path).unwrap(), "text", "one's own");
        // Root's files are anyone's to use, so root's test needs a file of somebody else.
        let owner = if me == 0 {
            chown(&path, Some(12_345), None).unwrap();
            assert!(matches!(read(&path), Err(KeyError::OtherOwner { owner: 12_345, user: 0, .. })));
            12_345
        } else {
            me
        };
        let refused = read_as(&path, owner + 1).unwrap_err();
        assert!(matches!(refused, KeyError::OtherOwner { .. }), "{refused}");
        let text = refused.to_string();
        assert!(text.contains(&owner.to_string()) && text.contains(&(owner + 1).to_string()), "{text}");
        assert_eq!(*read_as(&path, owner).unwrap(), "text");
    }

    #[test]
    fn a_file_of_root_is_read_by_any_user_who_can() {
        if rustix::process::geteuid().is_root() {
            let directory = tempfile::tempdir().unwrap();
            assert_eq!(*read_as(&secret(&directory, "key", "text"), 12_345).unwrap(), "text");
        }
    }

    #[test]
    fn a_file_is_read_whole_or_refused() {
        let directory = tempfile::tempdir().unwrap();
        let longest = "x".repeat(LENGTH_MAX as usize);
        assert_eq!(*read(&secret(&directory, "longest", &longest)).unwrap(), longest);
        let refused = read(&secret(&directory, "longer", &(longest + "x"))).unwrap_err();
        assert!(matches!(refused, KeyError::TooLong { max: LENGTH_MAX, .. }), "{refused}");
        assert!(matches!(read(&directory.path().join("none")), Err(KeyError::Unreadable { .. })));
    }

    #[test]
    fn a_pipe_is_not_waited_for_and_a_folder_is_no_key() {
        let directory = tempfile::tempdir().unwrap();
        let pipe = directory.path().join("pipe");
        assert!(std::process::Command::new("mkfifo").args(["-m", "600"]).arg(&pipe).status().unwrap().success());
        for path in [&pipe, directory.path()] {
            let refused = read(path).unwrap_err();
            assert!(matches!(refused, KeyError::Unreadable { .. }), "{refused}");
            assert!(refused.to_string().contains("expected a plain file"), "{refused}");
        }
    }

    #[test]
    fn one_byte_order_mark_is_skipped() {
        let directory = tempfile::tempdir().unwrap();
        assert_eq!(*read(&secret(&directory, "once", "\u{feff}text")).unwrap(), "text");
        assert_eq!(*read(&secret(&directory, "twice", "\u{feff}\u{feff}text")).unwrap(), "\u{feff}text");
    }
}
