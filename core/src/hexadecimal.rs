//! Byte strings as text: hexadecimal with 0x, as block explorers show them. For messages, and for
//! JSON and TOML by `#[serde(with = "..")]`.

use alloc::{format, string::String};
use serde::{Deserialize, Deserializer, Serializer, de::Error};

/// `bytes` as 0x and two lower-case digits a byte.
pub fn encode(bytes: impl AsRef<[u8]>) -> String {
    format!("0x{}", hex::encode(bytes))
}

/// The 32 bytes that [`encode`] wrote as `text`; none of a text without 0x, of another length, or
/// with a character that is not a hexadecimal digit.
pub fn decode(text: &str) -> Option<[u8; 32]> {
    let mut bytes = [0; 32];
    hex::decode_to_slice(text.strip_prefix("0x")?, &mut bytes).ok()?;
    Some(bytes)
}

/// Writes what [`encode`] makes.
///
/// # Errors
/// The serializer's own.
pub fn serialize<S: Serializer>(bytes: &[u8; 32], serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(&encode(bytes))
}

/// Reads what [`decode`] does.
///
/// # Errors
/// A string that [`decode`] has no bytes for.
pub fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<[u8; 32], D::Error> {
    // Never the text itself: it may be a salt.
    decode(&String::deserialize(deserializer)?).ok_or_else(|| D::Error::custom("expected 0x and 64 hexadecimal digits"))
}
