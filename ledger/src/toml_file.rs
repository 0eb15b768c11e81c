//! Small TOML files, read whole.

use ballast_core::escaped::Escaped;
use ballast_durable::read_text_bounded;
use serde::de::DeserializeOwned;
use std::{io::ErrorKind, path::Path};

/// The longest file read, in bytes: far more than 128 assets need.
const LENGTH_MAX: u64 = 1 << 20;

/// Why a file is not the TOML that it should be.
#[derive(Debug, thiserror::Error)]
pub enum TomlError {
    #[error("cannot be read: {0}")]
    Io(#[from] std::io::Error),
    #[error("longer than {LENGTH_MAX} bytes")]
    TooLong,
    /// The message may repeat what the file says.
    #[error("line {line}: {}", Escaped(.message))]
    Malformed { line: usize, message: String },
}

/// The text of a plain file. Refuses one of more than a mebibyte, and one that is not UTF-8.
pub fn read(path: &Path) -> Result<String, TomlError> {
    read_text_bounded(path, LENGTH_MAX).map_err(|error| match error.kind() {
        ErrorKind::FileTooLarge => TomlError::TooLong,
        _ => error.into(),
    })
}

pub fn parse<T: DeserializeOwned>(text: &str) -> Result<T, TomlError> {
    toml::from_str(text).map_err(|error| {
        let end = error.span().map_or(0, |span| span.start.min(text.len()));
        let line = 1 + text.bytes().take(end).filter(|byte| *byte == b'\n').count();
        TomlError::Malformed { line, message: error.message().trim().to_owned() }
    })
}
