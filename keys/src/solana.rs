//! Keys that sign on Solana.

use std::path::Path;

use solana_keypair::Keypair;
use zeroize::Zeroizing;

use crate::{error::KeyError, secret_file};

const EXPECTED: &str = "a solana-keygen file: a JSON list of 64 bytes, a private key and its public key";

/// Reads a key in the format of solana-keygen: a JSON list of 64 bytes.
///
/// # Errors
/// [`KeyError`]; `setting` is what names the file.
pub fn read_solana(path: Option<&Path>, setting: &'static str) -> Result<Keypair, KeyError> {
    let path = path.ok_or(KeyError::NotSet { setting })?;
    let malformed = || KeyError::Malformed { path: path.into(), expected: EXPECTED };
    let text = secret_file::read(path)?;
    let bytes = Zeroizing::new(serde_json::from_str::<Vec<u8>>(&text).map_err(|_| malformed())?);
    Keypair::try_from(bytes.as_slice()).map_err(|_| malformed())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::secret_file::tests::secret;
    use solana_keypair::Signer;
    use std::{fs, os::unix::fs::PermissionsExt};

    fn text(key: &Keypair) -> String {
        serde_json::to_string(&key.to_bytes().to_vec()).unwrap()
    }

    #[test]
    fn a_solana_key_is_read_and_others_must_not_read_it() {
        let directory = tempfile::tempdir().unwrap();
        let key = Keypair::new();
        let path = secret(&directory, "key.json", &text(&key));
        assert_eq!(read_solana(Some(&path), "solana.poster").unwrap().pubkey(), key.pubkey());
        fs::set_permissions(&path, fs::Permissions::from_mode(0o644)).unwrap();
        assert!(matches!(read_solana(Some(&path), "solana.poster"), Err(KeyError::OpenToOthers { .. })));
        let unset = read_solana(None, "solana.poster").unwrap_err().to_string();
        assert!(unset.contains("solana.poster"), "{unset}");
    }

    #[test]
    fn a_key_after_a_byte_order_mark_is_read() {
        let directory = tempfile::tempdir().unwrap();
        let key = Keypair::new();
        let path = secret(&directory, "key.json", &format!("\u{feff}{}\n", text(&key)));
        assert_eq!(read_solana(Some(&path), "solana.poster").unwrap().pubkey(), key.pubkey());
    }

    #[test]
    fn other_lists_are_no_key_and_are_not_shown() {
        let directory = tempfile::tempdir().unwrap();
        let mut of_another = Keypair::new().to_bytes().to_vec();
        of_another[32..].copy_from_slice(&Keypair::new().pubkey().to_bytes());
        let of_another = serde_json::to_string(&of_another).unwrap();
        for bad in ["[201,202,203]", "[201", "\"201\"", &of_another] {
            let path = secret(&directory, "bad.json", bad);
            let refused = read_solana(Some(&path), "solana.poster").unwrap_err();
            assert!(matches!(refused, KeyError::Malformed { .. }) && !refused.to_string().contains("201"), "{refused}");
        }
    }
}
