//! The file with the master secret.

use std::{io, path::Path};

use ballast_core::leaf::MasterSecret;
use ballast_durable::{Access, create_new};
use rand::{RngCore, rngs::OsRng};
use zeroize::Zeroizing;

use crate::{error::KeyError, secret_file};

const NOTICE: &str =
    "PRIVATE: master secret of an exchange's salts. Whoever has it can test guesses of any balance. Keep a copy.";
const EXPECTED: &str = "a notice that begins with PRIVATE and a line of 64 hexadecimal digits";

/// Writes a new secret from the operating system's randomness, for its owner alone, whole or not at
/// all.
///
/// # Errors
/// [`KeyError::Exists`] when anything has the name: no file is overwritten.
/// [`KeyError::Unwritable`] of the file system.
pub fn create(path: &Path) -> Result<(), KeyError> {
    let mut secret = Zeroizing::new([0; 32]);
    OsRng.fill_bytes(secret.as_mut_slice());
    let digits = Zeroizing::new(hex::encode(*secret));
    let text = Zeroizing::new(format!("{NOTICE}\n{}\n", *digits));
    create_new(path, Access::Owner, text.as_bytes()).map_err(|source| match source.kind() {
        io::ErrorKind::AlreadyExists => KeyError::Exists { path: path.into() },
        _ => KeyError::Unwritable { path: path.into(), source },
    })
}

/// Reads a secret that [`create`] wrote.
///
/// # Errors
/// [`KeyError`].
pub fn read(path: &Path) -> Result<MasterSecret, KeyError> {
    let text = secret_file::read(path)?;
    let malformed = || KeyError::Malformed { path: path.into(), expected: EXPECTED };
    let (notice, digits) = text.split_once('\n').ok_or_else(malformed)?;
    let mut secret = Zeroizing::new([0; 32]);
    hex::decode_to_slice(digits.trim_end(), secret.as_mut_slice()).map_err(|_| malformed())?;
    if !notice.starts_with("PRIVATE") || *secret == [0; 32] {
        return Err(malformed());
    }
    Ok(MasterSecret::new(*secret))
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::{fs, os::unix::fs::PermissionsExt};

    #[test]
    fn a_new_secret_is_private_readable_and_never_overwritten() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("master.secret");
        create(&path).unwrap();
        assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
        let text = fs::read_to_string(&path).unwrap();
        assert!(text.starts_with("PRIVATE"));
        assert!(read(&path).is_ok());
        assert!(matches!(create(&path), Err(KeyError::Exists { .. })));
        assert!(matches!(create(&directory.path().join("no/such/place")), Err(KeyError::Unwritable { .. })));
        assert_eq!(fs::read_to_string(&path).unwrap(), text);
        let other = directory.path().join("other.secret");
        create(&other).unwrap();
        assert_ne!(fs::read_to_string(&other).unwrap(), text);
    }

    #[test]
    fn a_secret_that_others_can_read_is_refused() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("master.secret");
        create(&path).unwrap();
        for mode in [0o604, 0o602, 0o601, 0o644, 0o640, 0o620, 0o610] {
            fs::set_permissions(&path, fs::Permissions::from_mode(mode)).unwrap();
            assert!(matches!(read(&path), Err(KeyError::OpenToOthers { .. })), "{mode:o}");
        }
        for mode in [0o600, 0o400] {
            fs::set_permissions(&path, fs::Permissions::from_mode(mode)).unwrap();
            assert!(read(&path).is_ok(), "{mode:o}");
        }
    }

    #[test]
    fn other_files_are_no_secret_and_are_not_shown() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("master.secret");
        create(&path).unwrap();
        let digits = "0123456789abcdef".repeat(4);
        for text in [
            String::new(),
            digits.clone(),
            format!("PRIVATE\n{}", &digits[1..]),
            format!("PRIVATE\n{digits}\n{digits}"),
            format!("public\n{digits}"),
            format!("PRIVATE\n{}", "0".repeat(64)),
        ] {
            fs::write(&path, &text).unwrap();
            let message = read(&path).unwrap_err().to_string();
            assert!(message.contains("expected") && !message.contains("abcdef"), "{message}");
        }
    }
}
