//! Encrypted keystores: the Web3 Secret Storage Definition, version 3
//! (<https://ethereum.org/en/developers/docs/data-structures-and-encoding/web3-secret-storage/>).
//!
//! The key is encrypted by AES-128 in counter mode under a key that scrypt or PBKDF2 derives from
//! the password. alloy opens a keystore by its path alone, which would read the file a second time,
//! without a bound on the memory and time that the file may ask for.

use std::path::Path;

use aes::cipher::{KeyIvInit, StreamCipher};
use alloy::primitives::Keccak256;
use hmac::Hmac;
use serde::{Deserialize, Deserializer, de::Error};
use sha2::Sha256;
use zeroize::Zeroizing;

use crate::error::KeyError;

const EXPECTED: &str = "a keystore of version 3 with 32 bytes, encrypted by aes-128-ctr under 32 bytes from scrypt or pbkdf2 (hmac-sha256)";
const LIMITS: &str = "a keystore whose password takes at most 2^23 rounds of its derivation to check";
/// Rounds of PBKDF2, or n r p of scrypt, which takes 128 n r bytes of memory: 1 GiB at this bound.
/// Those of geth's keystores are 2^21, with 256 MiB.
const ROUNDS_MAX: u64 = 1 << 23;

#[derive(Deserialize)]
struct Keystore {
    version: u8,
    #[serde(alias = "Crypto")]
    crypto: Crypto,
}

#[derive(Deserialize)]
struct Crypto {
    cipher: String,
    cipherparams: CipherParameters,
    #[serde(deserialize_with = "bytes")]
    ciphertext: [u8; 32],
    #[serde(flatten)]
    derivation: Derivation,
    #[serde(deserialize_with = "bytes")]
    mac: [u8; 32],
}

#[derive(Deserialize)]
struct CipherParameters {
    #[serde(deserialize_with = "bytes")]
    iv: [u8; 16],
}

#[derive(Deserialize)]
#[serde(tag = "kdf", content = "kdfparams", rename_all = "lowercase")]
enum Derivation {
    Scrypt { dklen: u32, n: u32, r: u32, p: u32, salt: String },
    Pbkdf2 { dklen: u32, c: u32, prf: String, salt: String },
}

fn bytes<'de, const LENGTH: usize, D: Deserializer<'de>>(deserializer: D) -> Result<[u8; LENGTH], D::Error> {
    let mut bytes = [0; LENGTH];
    hex::decode_to_slice(String::deserialize(deserializer)?, &mut bytes).map_err(D::Error::custom)?;
    Ok(bytes)
}

/// Decrypts the key in the keystore `text`, which was read from `path`.
///
/// # Errors
/// [`KeyError::PasswordWrong`]; [`KeyError::Malformed`] for another format, or for one that asks
/// for more memory or time than any wallet's.
pub(crate) fn decrypt(path: &Path, text: &str, password: &str) -> Result<Zeroizing<[u8; 32]>, KeyError> {
    let refuse = |expected| KeyError::Malformed { path: path.into(), expected };
    let keystore: Keystore = serde_json::from_str(text).map_err(|_| refuse(EXPECTED))?;
    let crypto = keystore.crypto;
    if keystore.version != 3 || crypto.cipher != "aes-128-ctr" {
        return Err(refuse(EXPECTED));
    }
    let derived = crypto.derivation.derive(password).map_err(refuse)?;
    let (encryption_key, mac_key) = derived.split_at(16);
    let mut mac = Keccak256::new();
    mac.update(mac_key);
    mac.update(crypto.ciphertext);
    if mac.finalize() != crypto.mac {
        return Err(KeyError::PasswordWrong { path: path.into() });
    }
    let mut key = Zeroizing::new(crypto.ciphertext);
    ctr::Ctr128BE::<aes::Aes128>::new_from_slices(encryption_key, &crypto.cipherparams.iv)
        .map_err(|_| refuse(EXPECTED))?
        .apply_keystream(key.as_mut_slice());
    Ok(key)
}

impl Derivation {
    /// The key that a password stands for: 16 bytes that encrypt, 16 that authenticate. Otherwise
    /// what was expected.
    fn derive(&self, password: &str) -> Result<Zeroizing<[u8; 32]>, &'static str> {
        let mut derived = Zeroizing::new([0; 32]);
        let salt = |digits: &str| hex::decode(digits).map_err(|_| EXPECTED);
        match self {
            Self::Scrypt { dklen: 32, n, r, p, salt: digits } if n.is_power_of_two() => {
                let (n, r, p) = (*n, *r, *p);
                let rounds = u64::from(n).saturating_mul(r.into()).saturating_mul(p.into());
                if rounds > ROUNDS_MAX {
                    return Err(LIMITS);
                }
                let parameters = scrypt::Params::new(n.ilog2() as u8, r, p).map_err(|_| EXPECTED)?;
                scrypt::scrypt(password.as_bytes(), &salt(digits)?, &parameters, derived.as_mut_slice())
                    .map_err(|_| EXPECTED)?;
            }
            Self::Pbkdf2 { dklen: 32, c, prf, salt: digits } if *c > 0 && prf == "hmac-sha256" => {
                if u64::from(*c) > ROUNDS_MAX {
                    return Err(LIMITS);
                }
                pbkdf2::pbkdf2::<Hmac<Sha256>>(password.as_bytes(), &salt(digits)?, *c, derived.as_mut_slice());
            }
            _ => return Err(EXPECTED),
        }
        Ok(derived)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::{Value, json};

    const SECRET: &str = "7a28b5ba57c53603b0b07b56bba752f7784bf506fa95edc395f5cf6c7514fe9d";

    /// The definition's example of PBKDF2. Its example of scrypt breaks a bound of RFC 7914 (n <
    /// 2^16r).
    fn pbkdf2() -> Value {
        json!({
            "crypto": {
                "cipher": "aes-128-ctr",
                "cipherparams": { "iv": "6087dab2f9fdbbfaddc31a909735c1e6" },
                "ciphertext": "5318b4d5bcd28de64ee5559e671353e16f075ecae9f99c7a79a38af5f869aa46",
                "kdf": "pbkdf2",
                "kdfparams": {
                    "c": 262_144,
                    "dklen": 32,
                    "prf": "hmac-sha256",
                    "salt": "ae3cd4e7013836a3df6bd7241b12db061dbe2c6785853cce422d148a624ce0bd",
                },
                "mac": "517ead924a9d0dc3124507e3393d175ce3ff7c1e96529c6c555ce9e51205e9b2",
            },
            "id": "3198bc9c-6672-5ab3-d995-4942343ae5b6",
            "version": 3,
        })
    }

    /// The other derivation, for what is refused before it. A keystore that alloy made is opened in
    /// the tests of [`crate::read_evm`].
    fn scrypt() -> Value {
        let mut keystore = pbkdf2();
        keystore["crypto"]["kdf"] = "scrypt".into();
        keystore["crypto"]["kdfparams"] = json!({ "dklen": 32, "n": 1024, "p": 1, "r": 8, "salt": "ab0c" });
        keystore
    }

    fn open(keystore: &Value, password: &str) -> Result<String, KeyError> {
        decrypt(Path::new("key.json"), &keystore.to_string(), password).map(|key| hex::encode(*key))
    }

    #[test]
    fn the_definitions_example_opens_with_its_password_only() {
        assert_eq!(open(&pbkdf2(), "testpassword").unwrap(), SECRET);
        assert!(matches!(open(&pbkdf2(), "Testpassword"), Err(KeyError::PasswordWrong { .. })));
        assert!(matches!(open(&scrypt(), "testpassword"), Err(KeyError::PasswordWrong { .. })));
    }

    #[test]
    fn a_keystore_that_was_changed_does_not_open() {
        let mut keystore = pbkdf2();
        keystore["crypto"]["ciphertext"] = "5318b4d5bcd28de64ee5559e671353e16f075ecae9f99c7a79a38af5f869aa47".into();
        assert!(matches!(open(&keystore, "testpassword"), Err(KeyError::PasswordWrong { .. })));
    }

    #[test]
    fn other_keystores_are_refused_before_any_work() {
        let scrypt_change = |name: &str, value: Value| {
            let mut keystore = scrypt();
            keystore["crypto"]["kdfparams"][name] = value;
            keystore
        };
        let pbkdf2_change = |name: &str, value: Value| {
            let mut keystore = pbkdf2();
            keystore["crypto"]["kdfparams"][name] = value;
            keystore
        };
        let crypto_change = |name: &str, value: Value| {
            let mut keystore = pbkdf2();
            keystore["crypto"][name] = value;
            keystore
        };
        let mut version = pbkdf2();
        version["version"] = 4.into();
        let cases = [
            ("version", version, EXPECTED),
            ("no crypto", json!({ "version": 3 }), EXPECTED),
            ("cipher", crypto_change("cipher", "aes-128-cbc".into()), EXPECTED),
            ("derivation", crypto_change("kdf", "argon2".into()), EXPECTED),
            ("iv", crypto_change("cipherparams", json!({ "iv": "00" })), EXPECTED),
            ("ciphertext", crypto_change("ciphertext", "00".into()), EXPECTED),
            ("mac", crypto_change("mac", "zz".repeat(32).into()), EXPECTED),
            ("short key", pbkdf2_change("dklen", 16.into()), EXPECTED),
            ("no rounds", pbkdf2_change("c", 0.into()), EXPECTED),
            ("rounds", pbkdf2_change("c", u32::MAX.into()), LIMITS),
            ("hash", pbkdf2_change("prf", "hmac-sha1".into()), EXPECTED),
            ("salt", pbkdf2_change("salt", "0".into()), EXPECTED),
            ("short scrypt key", scrypt_change("dklen", 8.into()), EXPECTED),
            ("n not a power", scrypt_change("n", 1023.into()), EXPECTED),
            ("n zero", scrypt_change("n", 0.into()), EXPECTED),
            ("n", scrypt_change("n", (1u32 << 31).into()), LIMITS),
            ("twice the bound", scrypt_change("n", (1u32 << 21).into()), LIMITS),
            ("r zero", scrypt_change("r", 0.into()), EXPECTED),
            ("r", scrypt_change("r", u32::MAX.into()), LIMITS),
            ("p zero", scrypt_change("p", 0.into()), EXPECTED),
            ("p", scrypt_change("p", u32::MAX.into()), LIMITS),
            ("scrypt salt", scrypt_change("salt", "zz".into()), EXPECTED),
        ];
        for (name, keystore, expected) in cases {
            let refused = open(&keystore, "testpassword").unwrap_err().to_string();
            assert!(refused.ends_with(expected), "{name}: {refused}");
        }
    }
}
