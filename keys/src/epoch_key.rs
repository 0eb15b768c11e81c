//! The file with which an exchange gives an auditor one epoch.

use std::{io, path::Path};

use ballast_core::{Digest, hexadecimal, leaf::EpochKey};
use ballast_durable::{Access, create_new};
use zeroize::Zeroizing;

use crate::{error::KeyError, secret_file};

const NOTICE: &str =
    "PRIVATE: key of one epoch of an exchange. Whoever has it can test guesses of that epoch's balances.";
const EXPECTED: &str =
    "a notice that begins with PRIVATE, then lines `version 1`, `exchange 0x..`, `epoch N` and `key 0x..`";
const VERSION: &str = "version 1";

/// The key of one epoch of one exchange.
#[derive(Clone, Debug)]
pub struct GivenEpoch {
    pub exchange: Digest,
    pub epoch: u64,
    pub key: EpochKey,
}

impl GivenEpoch {
    /// Writes the key for its owner alone, whole or not at all.
    ///
    /// # Errors
    /// [`KeyError::Exists`] when anything has the name: no file is overwritten.
    /// [`KeyError::Unwritable`] of the file system.
    pub fn create(&self, path: &Path) -> Result<(), KeyError> {
        let text = Zeroizing::new(format!("{NOTICE}\n{}", *self.lines()));
        create_new(path, Access::Owner, text.as_bytes()).map_err(|source| match source.kind() {
            io::ErrorKind::AlreadyExists => KeyError::Exists { path: path.into() },
            _ => KeyError::Unwritable { path: path.into(), source },
        })
    }

    /// What stands behind the notice.
    fn lines(&self) -> Zeroizing<String> {
        let exchange = hexadecimal::encode(self.exchange);
        let key = Zeroizing::new(hexadecimal::encode(self.key.expose()));
        Zeroizing::new(format!("{VERSION}\nexchange {exchange}\nepoch {}\nkey {}\n", self.epoch, *key))
    }

    /// Reads a file that [`Self::create`] wrote.
    ///
    /// # Errors
    /// [`KeyError`]. It shows nothing of what the file holds.
    pub fn read(path: &Path) -> Result<Self, KeyError> {
        let text = secret_file::read(path)?;
        let malformed = || KeyError::Malformed { path: path.into(), expected: EXPECTED };
        Self::parse(&text).ok_or_else(malformed)
    }

    fn parse(text: &str) -> Option<Self> {
        let mut lines = text.strip_suffix('\n')?.split('\n');
        lines.next().filter(|notice| notice.starts_with("PRIVATE"))?;
        lines.next().filter(|version| *version == VERSION)?;
        let exchange = hexadecimal::decode(lines.next()?.strip_prefix("exchange ")?)?;
        let number = lines.next()?.strip_prefix("epoch ")?;
        let epoch: u64 = number.parse().ok().filter(|epoch: &u64| *epoch > 0 && epoch.to_string() == number)?;
        let key = Zeroizing::new(hexadecimal::decode(lines.next()?.strip_prefix("key ")?)?);
        let given = Self { exchange, epoch, key: EpochKey::new(*key) };
        let (_, after_notice) = text.split_once('\n')?;
        // Digits are small letters, as they are written: a key has one text.
        (lines.next().is_none() && *key != [0; 32] && given.lines().as_str() == after_notice).then_some(given)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use ballast_core::leaf::MasterSecret;
    use std::{fs, os::unix::fs::PermissionsExt};

    fn given() -> GivenEpoch {
        let exchange = [7; 32];
        GivenEpoch { exchange, epoch: 3, key: MasterSecret::new([9; 32]).epoch_key(&exchange, 3) }
    }

    #[test]
    fn a_key_is_private_read_back_and_never_overwritten() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("epoch-3.key");
        given().create(&path).unwrap();
        assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
        assert!(fs::read_to_string(&path).unwrap().starts_with("PRIVATE"));
        let read = GivenEpoch::read(&path).unwrap();
        assert_eq!((read.exchange, read.epoch), ([7; 32], 3));
        assert!(read.key == given().key);
        assert!(!format!("{read:?}").contains(&hex::encode(read.key.expose())), "a key is never shown");
        assert!(matches!(given().create(&path), Err(KeyError::Exists { .. })));
        fs::set_permissions(&path, fs::Permissions::from_mode(0o640)).unwrap();
        assert!(matches!(GivenEpoch::read(&path), Err(KeyError::OpenToOthers { .. })));
    }

    #[test]
    fn other_files_are_no_key_and_are_not_shown() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("epoch-3.key");
        given().create(&path).unwrap();
        let good = fs::read_to_string(&path).unwrap();
        let changes: [fn(&str) -> String; 12] = [
            |good| good.replacen("exchange 0x07", "exchange 0X07", 1),
            |good| good.replace("version 1", "version 2"),
            |good| good.replace("version 1\n", ""),
            |_| String::new(),
            |good| good.replace("PRIVATE", "public"),
            |good| good.replace("epoch 3", "epoch 03"),
            |good| good.replace("epoch 3", "epoch 0"),
            |good| good.replace("exchange 0x07", "exchange 0x"),
            |good| good.replace("key 0x", "key "),
            |good| good.trim_end().into(),
            |good| format!("{good}\n"),
            |good| good.replace(good.split("key 0x").nth(1).unwrap().trim_end(), &"0".repeat(64)),
        ];
        for (case, change) in changes.into_iter().enumerate() {
            fs::write(&path, change(&good)).unwrap();
            let message = GivenEpoch::read(&path).unwrap_err().to_string();
            let digits = hex::encode(given().key.expose());
            assert!(message.contains("expected") && !message.contains(&digits[..16]), "case {case}: {message}");
        }
    }
}
