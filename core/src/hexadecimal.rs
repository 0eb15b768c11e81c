//! Byte strings in JSON and TOML: hexadecimal with 0x, as block explorers show them. For `#[serde(with = "..")]`.

use alloc::{format, string::String};
use serde::{Deserialize, Deserializer, Serializer, de::Error};

pub fn serialize<S: Serializer>(bytes: &[u8; 32], serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(&format!("0x{}", hex::encode(bytes)))
}

/// Refuses a string without 0x, of another length, or with another character than a hexadecimal digit.
pub fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<[u8; 32], D::Error> {
    let text = String::deserialize(deserializer)?;
    let mut bytes = [0; 32];
    text.strip_prefix("0x")
        .and_then(|digits| hex::decode_to_slice(digits, &mut bytes).ok())
        .map(|()| bytes)
        // Never the text itself: it may be a salt.
        .ok_or_else(|| D::Error::custom("expected 0x and 64 hexadecimal digits"))
}
