//! Every decoder that faces strangers, called in one way: `fuzz/` runs each on inputs that a fuzzer
//! makes, and a test of this package runs each on its seeds, on changed seeds and on every input
//! that was ever found to break one.
//!
//! | module | decoders |
//! | --- | --- |
//! | [`epoch`] | what is published of an epoch, and what a customer or an auditor is handed |
//! | [`snapshot`] | what an exchange says of its balances and reserves |
//! | [`log`] | the ledger: segments, genesis, transactions, checkpoints |
//! | [`ceremony`] | files of a setup |
//!
//! A decoder may refuse whatever it likes; it must not panic, hang or take memory without bound.
//! Where what was read can be written again, what is written must be what was read.

pub mod ceremony;
pub mod epoch;
pub mod log;
pub mod snapshot;

use std::path::{Path, PathBuf};

use anyhow::{Context, Result};

/// One decoder.
#[derive(Clone, Copy)]
pub struct Decoder {
    /// That of the fuzz target, and of the folders with its seeds and with what was found.
    pub name: &'static str,
    /// Whether the bytes were accepted.
    pub accepts: fn(&[u8]) -> bool,
    /// Inputs to begin from.
    pub seeds: fn() -> Result<Vec<Seed>>,
}

/// An input to begin from.
#[derive(Clone, Debug)]
pub struct Seed {
    pub name: String,
    pub bytes: Vec<u8>,
    /// Whether the decoder accepts it.
    pub accepted: bool,
}

impl Seed {
    pub fn new(name: impl Into<String>, bytes: impl Into<Vec<u8>>, accepted: bool) -> Self {
        Self { name: name.into(), bytes: bytes.into(), accepted }
    }
}

/// All of them; each is a fuzz target.
pub const DECODERS: [Decoder; 17] = [
    Decoder { name: "post", accepts: epoch::post, seeds: epoch::post_seeds },
    Decoder { name: "answer", accepts: epoch::answer, seeds: epoch::answer_seeds },
    Decoder { name: "circuit_file", accepts: epoch::circuit_file, seeds: epoch::circuit_file_seeds },
    Decoder { name: "inclusion_file", accepts: epoch::inclusion_file, seeds: epoch::inclusion_file_seeds },
    Decoder { name: "epoch_key", accepts: epoch::epoch_key, seeds: epoch::epoch_key_seeds },
    Decoder { name: "reserves_report", accepts: epoch::reserves_report, seeds: epoch::reserves_report_seeds },
    Decoder { name: "snapshot_csv", accepts: snapshot::csv, seeds: snapshot::csv_seeds },
    Decoder { name: "snapshot_json", accepts: snapshot::json, seeds: snapshot::json_seeds },
    Decoder { name: "declaration", accepts: snapshot::declaration, seeds: snapshot::declaration_seeds },
    Decoder { name: "stated_reserves", accepts: snapshot::stated_reserves, seeds: snapshot::stated_reserves_seeds },
    Decoder { name: "log_segment", accepts: log::segment, seeds: log::segment_seeds },
    Decoder { name: "log_genesis", accepts: log::genesis, seeds: log::genesis_seeds },
    Decoder { name: "transactions", accepts: log::transactions, seeds: log::transactions_seeds },
    Decoder { name: "checkpoint", accepts: log::checkpoint, seeds: log::checkpoint_seeds },
    Decoder { name: "ptau", accepts: ceremony::ptau, seeds: ceremony::ptau_seeds },
    Decoder { name: "zkey", accepts: ceremony::zkey, seeds: ceremony::zkey_seeds },
    Decoder { name: "key_file", accepts: ceremony::key_file, seeds: ceremony::key_file_seeds },
];

/// The decoder called `name`.
pub fn decoder(name: &str) -> Option<&'static Decoder> {
    DECODERS.iter().find(|decoder| decoder.name == name)
}

/// A file of the repository.
fn repository(file: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..").join(file)
}

fn read(file: &str) -> Result<Vec<u8>> {
    let path = repository(file);
    std::fs::read(&path).with_context(|| path.display().to_string())
}

/// A file of `tests/vectors`.
fn vectors(file: &str) -> Result<serde_json::Value> {
    Ok(serde_json::from_slice(&read(&format!("tests/vectors/{file}"))?)?)
}

/// The bytes of a vector.
fn hexadecimal(value: &serde_json::Value) -> Result<Vec<u8>> {
    let text = value.as_str().context("expected hexadecimal digits")?;
    Ok(hex::decode(text.trim_start_matches("0x"))?)
}

/// The items of a vector's list.
fn items<'a>(vectors: &'a serde_json::Value, list: &str) -> Result<&'a Vec<serde_json::Value>> {
    vectors[list].as_array().with_context(|| format!("expected a list {list:?}"))
}

/// A folder in memory, where there is one: a fuzzer writes thousands of files a second.
fn folder() -> std::io::Result<tempfile::TempDir> {
    let memory = Path::new("/dev/shm");
    if memory.is_dir() { tempfile::tempdir_in(memory) } else { tempfile::tempdir() }
}

/// What was read. An error must have words, which show nothing that moves a terminal's cursor.
fn said<T, E: std::fmt::Display>(result: Result<T, E>) -> Option<T> {
    match result {
        Ok(read) => Some(read),
        Err(error) => {
            let text = error.to_string();
            assert!(!text.is_empty() && !text.chars().any(char::is_control), "{text:?}");
            None
        }
    }
}
