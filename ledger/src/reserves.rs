//! What an exchange says it holds, and the report of it that is published.
//!
//! The figures come from a TOML file, amounts as decimal strings, one for every asset of the list:
//!
//! ```toml
//! sources = "Cold wallets at block 900000, custodian statement of 2026-11-23"
//!
//! [amounts]
//! BTC = "812.50000000"
//! USDC = "1900000.000001"
//! ```
//!
//! The published report is this JSON, without blanks between tokens, followed by one line feed, its members and assets in this order:
//!
//! ```text
//! {"version":1,"as_of":1795389392,"sources":"..","reserves":[{"symbol":"BTC","decimals":8,"amount":"812.50000000"},..]}
//! ```
//!
//! Amounts have all decimals of their asset. `sources` of `docs/spec.md`, section 3, is the SHA-256 of exactly these bytes.

use ballast_core::{Digest, assets::AssetList, digest::sha256, reserves::reserves_digest, solvency::AMOUNT_BITS};
use serde::{Deserialize, Serialize};
use std::{collections::BTreeMap, path::Path};

use crate::{
    amount::{self, AmountError},
    toml_file::{self, TomlError},
};

pub const VERSION: u8 = 1;
/// Bytes of the longest note on sources.
pub const SOURCES_MAX: usize = 1024;

/// Reserves by asset, and the report that is published of them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reserves {
    /// By asset number, in committed units; each below 2^112.
    pub amounts: Vec<u128>,
    /// The published report, byte for byte.
    pub report: Vec<u8>,
    /// SHA-256 of `report`.
    pub sources: Digest,
}

/// Why reserves are refused.
#[derive(Debug, thiserror::Error)]
#[error("{}{}{reason}", prefix(.file), prefix(.asset))]
pub struct ReservesError {
    pub file: Option<String>,
    pub asset: Option<String>,
    pub reason: Reason,
}

fn prefix(known: &Option<String>) -> String {
    known.as_ref().map(|known| format!("{known}: ")).unwrap_or_default()
}

#[derive(Debug, thiserror::Error)]
pub enum Reason {
    #[error("{0}")]
    Toml(#[from] TomlError),
    #[error("expected a note on sources of 1 to {SOURCES_MAX} bytes, found {found}")]
    SourcesInvalid { found: usize },
    #[error("the asset is not declared")]
    AssetUndeclared,
    #[error("the asset has no amount: expected one for every declared asset, \"0\" where nothing is held")]
    AmountMissing,
    #[error("{0}")]
    Amount(#[from] AmountError),
    #[error("expected a reserve of 0 or more, found a negative one")]
    Negative,
    #[error("the report cannot be written: {0}")]
    Report(#[from] serde_json::Error),
}

impl From<Reason> for ReservesError {
    fn from(reason: Reason) -> Self {
        Self { file: None, asset: None, reason }
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Fields {
    sources: String,
    amounts: BTreeMap<String, String>,
}

#[derive(Serialize)]
struct Report<'a> {
    version: u8,
    as_of: u64,
    sources: &'a str,
    reserves: Vec<ReportedReserve>,
}

#[derive(Serialize)]
struct ReportedReserve {
    symbol: String,
    decimals: u8,
    amount: String,
}

impl Reserves {
    /// Reads the file at `path`. `as_of`, in Unix seconds, is the snapshot's: the report says it.
    ///
    /// # Errors
    /// What is wrong, naming file and asset.
    pub fn read(path: &Path, assets: &AssetList, as_of: u64) -> Result<Self, ReservesError> {
        let read = toml_file::read(path).map_err(|error| ReservesError::from(Reason::from(error)));
        let reserves = read.and_then(|text| Self::parse(&text, assets, as_of));
        reserves.map_err(|error| ReservesError { file: Some(path.display().to_string()), ..error })
    }

    /// # Errors
    /// What is wrong with `text`, naming line or asset.
    pub fn parse(text: &str, assets: &AssetList, as_of: u64) -> Result<Self, ReservesError> {
        let Fields { sources, amounts } = toml_file::parse(text).map_err(Reason::from)?;
        if !(1..=SOURCES_MAX).contains(&sources.len()) {
            return Err(Reason::SourcesInvalid { found: sources.len() }.into());
        }
        if let Some(symbol) = amounts.keys().find(|symbol| assets.number(symbol).is_none()) {
            return Err(ReservesError { file: None, asset: Some(symbol.clone()), reason: Reason::AssetUndeclared });
        }
        let mut units = Vec::with_capacity(assets.len());
        let mut reserves = Vec::with_capacity(assets.len());
        for asset in assets.as_slice() {
            let (symbol, decimals) = (asset.symbol(), asset.decimals);
            let read = read_amount(amounts.get(&symbol), decimals);
            let reserve = read.map_err(|reason| ReservesError { file: None, asset: Some(symbol.clone()), reason })?;
            units.push(reserve);
            reserves.push(ReportedReserve { symbol, decimals, amount: amount::format(reserve, decimals) });
        }
        let report = Report { version: VERSION, as_of, sources: &sources, reserves };
        let mut report = serde_json::to_vec(&report).map_err(Reason::from)?;
        report.push(b'\n');
        let sources = sha256(&[&report]);
        Ok(Self { amounts: units, report, sources })
    }

    /// `reserves_digest` of `docs/spec.md`, section 3.
    pub fn digest(&self) -> Digest {
        reserves_digest(&self.amounts, &self.sources)
    }
}

fn read_amount(text: Option<&String>, decimals: u8) -> Result<u128, Reason> {
    let amount = amount::parse(text.ok_or(Reason::AmountMissing)?, decimals, AMOUNT_BITS)?;
    if amount.negative { Err(Reason::Negative) } else { Ok(amount.units) }
}
