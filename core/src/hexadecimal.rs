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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bytes_survive_their_text_and_other_texts_are_none() {
        let bytes = core::array::from_fn(|index| index as u8 * 8);
        let text = encode(bytes);
        assert!(text.starts_with("0x0008") && text.ends_with("f0f8"), "{text}");
        assert_eq!(decode(&text), Some(bytes));
        let digits = &text[2..];
        for other in [digits, &text[..64], &format!("{text}00"), &format!("0X{digits}"), &text.replace('f', "g")] {
            assert_eq!(decode(other), None, "{other}");
        }
    }
}
