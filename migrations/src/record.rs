//! What was deployed where: `contracts/deployments/<chain id>.json` and
//! `programs/reserves/deployments/<genesis hash>.json`.

use std::{io::ErrorKind, path::Path};

use anyhow::{Context, Result, ensure};
use ballast_durable::{Access, create_directory, read_text_bounded};
use serde::{Deserialize, Serialize, de::DeserializeOwned};

pub const VERSION: u8 = 1;
/// Bytes of the longest record read: one has about 500.
const RECORD_MAX: u64 = 1 << 16;

/// The program on one cluster.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SolanaDeployment {
    pub version: u8,
    pub genesis_hash: String,
    pub program: String,
    /// SHA-256 of the deployed file.
    pub bytecode_sha256: String,
    pub governance: String,
    /// Seconds.
    pub circuit_delay: u32,
    /// Whether circuits with an INSECURE development setup may be registered.
    pub allow_development: bool,
}

/// The contracts on one chain.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct EvmDeployment {
    pub version: u8,
    pub chain_id: u64,
    pub circuit_registry: String,
    pub reserves: String,
    /// None in records from before there was this contract: deploying again adds it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub witnesses: Option<String>,
    /// The block before which there is nothing to read.
    pub from_block: u64,
    /// Seconds.
    pub circuit_delay: u32,
    /// Whether circuits with an INSECURE development setup may be registered.
    pub allow_development: bool,
}

/// Writes `record` as JSON, whole or not at all.
///
/// # Errors
/// With the file's path.
pub fn write<T: Serialize>(path: &Path, record: &T) -> Result<()> {
    if let Some(folder) = path.parent() {
        create_directory(folder, Access::Everyone).with_context(|| format!("create {}", folder.display()))?;
    }
    let text = serde_json::to_string_pretty(record)? + "\n";
    ballast_durable::write(path, Access::Everyone, text.as_bytes()).with_context(|| format!("write {}", path.display()))
}

/// Reads a record of this version; `None` when there is no file.
///
/// # Errors
/// With the file's path.
pub fn read<T: DeserializeOwned + Versioned>(path: &Path) -> Result<Option<T>> {
    let text = match read_text_bounded(path, RECORD_MAX) {
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(None),
        read => read.with_context(|| format!("read {}", path.display()))?,
    };
    let record: T = serde_json::from_str(&text).with_context(|| format!("{} is no record", path.display()))?;
    let found = record.version();
    ensure!(found == VERSION, "{}: expected version {VERSION}, found {found}", path.display());
    Ok(Some(record))
}

/// A record says its version.
pub trait Versioned {
    fn version(&self) -> u8;
}

impl Versioned for SolanaDeployment {
    fn version(&self) -> u8 {
        self.version
    }
}

impl Versioned for EvmDeployment {
    fn version(&self) -> u8 {
        self.version
    }
}
