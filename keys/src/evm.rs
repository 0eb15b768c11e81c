//! Keys that sign on an EVM chain.

use std::path::Path;

use alloy::{primitives::B256, signers::local::PrivateKeySigner};
use zeroize::Zeroizing;

use crate::{error::KeyError, keystore, secret_file};

const EXPECTED: &str = "64 hexadecimal digits of a private key, or an encrypted keystore";

/// Reads a key from 64 hexadecimal digits, or from an encrypted keystore, which the password in
/// another file opens. A line feed at the end of the password is not a part of it.
///
/// # Errors
/// [`KeyError`]; the settings are what name the files.
pub fn read_evm(
    path: Option<&Path>,
    password: Option<&Path>,
    setting: &'static str,
    password_setting: &'static str,
) -> Result<PrivateKeySigner, KeyError> {
    let path = path.ok_or(KeyError::NotSet { setting })?;
    let text = secret_file::read(path)?;
    let malformed = || KeyError::Malformed { path: path.into(), expected: EXPECTED };
    let mut key = Zeroizing::new([0; 32]);
    if text.trim_start().starts_with('{') {
        let password = password.ok_or(KeyError::PasswordMissing { path: path.into(), setting: password_setting })?;
        let password = secret_file::read(password)?;
        key = keystore::decrypt(path, &text, password.trim_end_matches(['\r', '\n']))?;
    } else {
        let digits = text.trim();
        hex::decode_to_slice(digits.strip_prefix("0x").unwrap_or(digits), key.as_mut_slice())
            .map_err(|_| malformed())?;
    }
    PrivateKeySigner::from_bytes(&B256::from(*key)).map_err(|_| malformed())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::secret_file::tests::secret;
    use std::{fs, os::unix::fs::PermissionsExt};

    fn evm(path: &Path, password: Option<&Path>) -> Result<PrivateKeySigner, KeyError> {
        read_evm(Some(path), password, "evm.poster", "evm.poster_password")
    }

    #[test]
    fn an_evm_key_is_hexadecimal_or_an_encrypted_keystore() {
        let directory = tempfile::tempdir().unwrap();
        let digits = "59c6995e998f97a5a0044966f0945389dc9e86dae88c7a8412f4603b6b78690d";
        let plain = secret(&directory, "plain.key", &format!("0x{digits}\n"));
        let address = evm(&plain, None).unwrap().address();
        let marked = secret(&directory, "marked.key", &format!("\u{feff}{digits}\r\n"));
        assert_eq!(evm(&marked, None).unwrap().address(), address);
        let bytes = hex::decode(digits).unwrap();
        let (_, name) =
            PrivateKeySigner::encrypt_keystore(directory.path(), &mut rand::thread_rng(), bytes, "open", None).unwrap();
        let keystore = directory.path().join(name);
        fs::set_permissions(&keystore, fs::Permissions::from_mode(0o600)).unwrap();
        let right = secret(&directory, "right", "open\n");
        let wrong = secret(&directory, "wrong", "shut\n");
        assert_eq!(evm(&keystore, Some(&right)).unwrap().address(), address);
        assert!(matches!(evm(&keystore, Some(&wrong)), Err(KeyError::PasswordWrong { .. })));
        let missing = evm(&keystore, None).unwrap_err();
        assert!(matches!(missing, KeyError::PasswordMissing { .. }), "{missing}");
        assert!(missing.to_string().contains("evm.poster_password"), "{missing}");
        fs::set_permissions(&right, fs::Permissions::from_mode(0o640)).unwrap();
        assert!(matches!(evm(&keystore, Some(&right)), Err(KeyError::OpenToOthers { path, .. }) if path == right));
        for bad in ["", "0x", &digits[1..], &"0".repeat(64), &"f".repeat(64)] {
            let path = secret(&directory, "bad.key", bad);
            assert!(matches!(evm(&path, None), Err(KeyError::Malformed { .. })), "{bad}");
        }
        let unset = read_evm(None, None, "evm.poster", "evm.poster_password").unwrap_err().to_string();
        assert!(unset.contains("evm.poster"), "{unset}");
    }
}
