//! The master secret's file.

use std::{fs::OpenOptions, io::Write, path::Path};

use ballast_core::leaf::MasterSecret;
use rand::{RngCore, rngs::OsRng};

use super::file::{self, KeyError};

const NOTICE: &str =
    "PRIVATE: master secret of an exchange's salts. Whoever has it can test guesses of any balance. Keep a copy.";
const EXPECTED: &str = "a notice that begins with PRIVATE and a line of 64 hexadecimal digits";

/// Writes a new secret from the operating system's randomness, readable by its owner only. Never overwrites a file.
///
/// # Errors
/// [`KeyError::Unreadable`] when the file exists or cannot be written.
pub fn create(path: &Path) -> Result<(), KeyError> {
    let unwritable = |source| KeyError::Unreadable { path: path.into(), source };
    let mut secret = [0; 32];
    OsRng.fill_bytes(&mut secret);
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut file = options.open(path).map_err(unwritable)?;
    writeln!(file, "{NOTICE}\n{}", hex::encode(secret)).map_err(unwritable)?;
    file.sync_all().map_err(unwritable)
}

/// Reads a secret that [`create`] wrote.
///
/// # Errors
/// [`KeyError`].
pub fn read(path: &Path) -> Result<MasterSecret, KeyError> {
    let text = file::read(path)?;
    let malformed = || KeyError::Malformed { path: path.into(), expected: EXPECTED };
    let (notice, digits) = text.split_once('\n').ok_or_else(malformed)?;
    let mut secret = [0; 32];
    hex::decode_to_slice(digits.trim_end(), &mut secret).map_err(|_| malformed())?;
    if !notice.starts_with("PRIVATE") || secret == [0; 32] {
        return Err(malformed());
    }
    Ok(MasterSecret::new(secret))
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
        assert!(matches!(create(&path), Err(KeyError::Unreadable { .. })));
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
            assert!(matches!(read(&path), Err(KeyError::ReadableByOthers { .. })), "{mode:o}");
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
