//! Bytes as arguments.

/// Bytes of an argument.
#[derive(Clone, Debug)]
pub struct Bytes(pub Vec<u8>);

/// Parses hexadecimal digits, with or without 0x.
pub fn hexadecimal(text: &str) -> Result<Bytes, String> {
    hex::decode(text.trim_start_matches("0x")).map(Bytes).map_err(|error| error.to_string())
}
