//! Small TOML files, read whole.

use serde::de::DeserializeOwned;
use std::{fs::File, io::Read, path::Path};

/// The longest file read, in bytes: far more than 128 assets need.
const LENGTH_MAX: u64 = 1 << 20;

/// Why a file is not the TOML that it should be.
#[derive(Debug, thiserror::Error)]
pub enum TomlError {
    #[error("cannot be read: {0}")]
    Io(#[from] std::io::Error),
    #[error("longer than {LENGTH_MAX} bytes")]
    TooLong,
    #[error("line {line}: {message}")]
    Malformed { line: usize, message: String },
}

/// The text of a file. Refuses one of more than a mebibyte, and one that is not UTF-8.
pub fn read(path: &Path) -> Result<String, TomlError> {
    let mut text = String::new();
    File::open(path)?.take(LENGTH_MAX + 1).read_to_string(&mut text)?;
    if text.len() as u64 > LENGTH_MAX { Err(TomlError::TooLong) } else { Ok(text) }
}

pub fn parse<T: DeserializeOwned>(text: &str) -> Result<T, TomlError> {
    toml::from_str(text).map_err(|error| {
        let end = error.span().map_or(0, |span| span.start.min(text.len()));
        let line = 1 + text.as_bytes()[..end].iter().filter(|byte| **byte == b'\n').count();
        TomlError::Malformed { line, message: error.message().trim().to_owned() }
    })
}
