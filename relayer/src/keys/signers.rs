//! Keys that sign transactions.

use std::path::Path;

use alloy::{primitives::B256, signers::local::PrivateKeySigner};
use solana_sdk::signature::Keypair;

use super::file::{self, KeyError};

/// A key in the format of solana-keygen: a JSON list of 64 bytes.
///
/// # Errors
/// [`KeyError`]; `setting` is what names the file.
pub fn read_solana(path: Option<&Path>, setting: &'static str) -> Result<Keypair, KeyError> {
    let path = path.ok_or(KeyError::NotSet { setting })?;
    let malformed = || KeyError::Malformed { path: path.into(), expected: "a solana-keygen file: a list of 64 bytes" };
    let bytes: Vec<u8> = serde_json::from_str(&file::read(path)?).map_err(|_| malformed())?;
    Keypair::try_from(bytes.as_slice()).map_err(|_| malformed())
}

/// A key as 64 hexadecimal digits, or in an encrypted keystore that the password in another file opens.
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
    let text = file::read(path)?;
    if text.trim_start().starts_with('{') {
        let password = password.ok_or(KeyError::PasswordMissing { path: path.into(), setting: password_setting })?;
        let password = file::read(password)?;
        return PrivateKeySigner::decrypt_keystore(path, password.trim_end_matches(['\r', '\n']))
            .map_err(|_| KeyError::PasswordWrong { path: path.into() });
    }
    let malformed = || KeyError::Malformed { path: path.into(), expected: "64 hexadecimal digits, or a keystore" };
    let digits = text.trim();
    let mut key = B256::ZERO;
    hex::decode_to_slice(digits.strip_prefix("0x").unwrap_or(digits), key.as_mut_slice()).map_err(|_| malformed())?;
    PrivateKeySigner::from_bytes(&key).map_err(|_| malformed())
}

#[cfg(test)]
mod tests {
    use super::*;
    use solana_sdk::signature::Signer;
    use std::{fs, os::unix::fs::PermissionsExt, path::PathBuf};

    fn secret(directory: &tempfile::TempDir, name: &str, text: &str) -> PathBuf {
        let path = directory.path().join(name);
        fs::write(&path, text).unwrap();
        fs::set_permissions(&path, fs::Permissions::from_mode(0o600)).unwrap();
        path
    }

    fn evm(path: &Path, password: Option<&Path>) -> Result<PrivateKeySigner, KeyError> {
        read_evm(Some(path), password, "evm.poster", "evm.poster_password")
    }

    #[test]
    fn a_solana_key_is_read_and_others_must_not_read_it() {
        let directory = tempfile::tempdir().unwrap();
        let key = Keypair::new();
        let path = secret(&directory, "key.json", &serde_json::to_string(&key.to_bytes().to_vec()).unwrap());
        assert_eq!(read_solana(Some(&path), "solana.poster").unwrap().pubkey(), key.pubkey());
        fs::set_permissions(&path, fs::Permissions::from_mode(0o644)).unwrap();
        assert!(matches!(read_solana(Some(&path), "solana.poster"), Err(KeyError::ReadableByOthers { .. })));
        let short = secret(&directory, "short.json", "[1,2,3]");
        assert!(matches!(read_solana(Some(&short), "solana.poster"), Err(KeyError::Malformed { .. })));
        let unset = read_solana(None, "solana.poster").unwrap_err().to_string();
        assert!(unset.contains("solana.poster"), "{unset}");
    }

    #[test]
    fn an_evm_key_is_hexadecimal_or_an_encrypted_keystore() {
        let directory = tempfile::tempdir().unwrap();
        let digits = "59c6995e998f97a5a0044966f0945389dc9e86dae88c7a8412f4603b6b78690d";
        let plain = secret(&directory, "plain.key", &format!("0x{digits}\n"));
        let address = evm(&plain, None).unwrap().address();
        let bytes = hex::decode(digits).unwrap();
        let (_, name) =
            PrivateKeySigner::encrypt_keystore(directory.path(), &mut rand::thread_rng(), bytes, "open", None).unwrap();
        let keystore = directory.path().join(name);
        fs::set_permissions(&keystore, fs::Permissions::from_mode(0o600)).unwrap();
        let right = secret(&directory, "right", "open\n");
        let wrong = secret(&directory, "wrong", "shut\n");
        assert_eq!(evm(&keystore, Some(&right)).unwrap().address(), address);
        assert!(matches!(evm(&keystore, Some(&wrong)), Err(KeyError::PasswordWrong { .. })));
        assert!(matches!(evm(&keystore, None), Err(KeyError::PasswordMissing { .. })));
        for bad in ["", "0x", &digits[1..], &"0".repeat(64), &"f".repeat(64)] {
            let path = secret(&directory, "bad.key", bad);
            assert!(matches!(evm(&path, None), Err(KeyError::Malformed { .. })), "{bad}");
        }
    }
}
