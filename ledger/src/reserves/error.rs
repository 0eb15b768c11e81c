//! Why reserves, or the report of them, are refused. A report is public, so what was found in it
//! may be said.

use ballast_core::{Digest, escaped::Escaped, hexadecimal};

use super::{
    RESERVES_WINDOW, SOURCES_MAX,
    ownership::{MAIN_NETWORK, OwnershipError},
    report::REPORT_MAX,
};
use crate::{amount::AmountError, toml_file::TomlError};

/// Why reserves are refused.
#[derive(Debug, thiserror::Error)]
#[error("{}{}{reason}", prefix(.file), prefix(.asset))]
pub struct ReservesError {
    pub file: Option<String>,
    pub asset: Option<String>,
    pub reason: Reason,
}

fn prefix(known: &Option<String>) -> String {
    known.as_ref().map(|known| format!("{}: ", Escaped(known))).unwrap_or_default()
}

#[derive(Debug, thiserror::Error)]
pub enum Reason {
    #[error("{0}")]
    Toml(#[from] TomlError),
    #[error("expected a note on sources of 1 to {SOURCES_MAX} bytes, found {found}")]
    SourcesInvalid { found: usize },
    #[error("the asset is not declared")]
    AssetUndeclared,
    #[error("the asset is not declared: it looks like {declared:?}, which is, but has other characters")]
    AssetLookalike { declared: String },
    #[error("the asset has no amount: expected one for every declared asset, \"0\" where nothing is stated")]
    AmountMissing,
    #[error("{0}")]
    Amount(#[from] AmountError),
    #[error("expected a reserve of 0 or more, found a negative one")]
    Negative,
    #[error("{0}")]
    Report(Box<ReportError>),
}

impl Reason {
    pub(super) fn of(self, asset: &str) -> ReservesError {
        ReservesError { file: None, asset: Some(asset.into()), reason: self }
    }
}

impl From<Reason> for ReservesError {
    fn from(reason: Reason) -> Self {
        Self { file: None, asset: None, reason }
    }
}

impl From<ReportError> for ReservesError {
    fn from(error: ReportError) -> Self {
        Reason::Report(Box::new(error)).into()
    }
}

/// Why a report is not the one of an epoch. `place` is a holding's chain, token and account, a
/// message's address, or an asset.
#[derive(Debug, thiserror::Error)]
pub enum ReportError {
    #[error("expected a reserves report of at most {REPORT_MAX} bytes, found {found}")]
    TooLong { found: usize },
    #[error("the reserves report: {}", Escaped(&.0.to_string()))]
    Json(#[from] serde_json::Error),
    #[error("expected a reserves report of version 1 or 2, found {found}")]
    VersionUnknown { found: u64 },
    #[error("the reserves report is not in its canonical form, from byte {offset} on")]
    NotCanonical { offset: usize },
    #[error(
        "expected a reserves report with digest {}, found {}",
        hexadecimal::encode(expected),
        hexadecimal::encode(found)
    )]
    DigestMismatch { expected: Digest, found: Digest },
    #[error("expected a reserves report as of {expected}, found {found}")]
    AsOfMismatch { expected: u64, found: u64 },
    #[error("expected a note on sources of 1 to {SOURCES_MAX} bytes, found {found}")]
    SourcesInvalid { found: usize },
    #[error("expected reserves of {expected} assets, found {found}")]
    AssetCountMismatch { expected: usize, found: usize },
    #[error("asset {number}: expected {expected}, found {}", Escaped(.found))]
    AssetMismatch { number: usize, expected: String, found: String },
    #[error("{}: {symbol:?} is not declared", Escaped(.place))]
    AssetUndeclared { place: String, symbol: String },
    #[error("{place}: {error}")]
    Amount { place: String, error: AmountError },
    #[error("{place}: expected the amount as {expected}, found {found}")]
    AmountForm { place: String, expected: String, found: String },
    #[error("{place}: expected a token of at most 36 decimals, found {found}")]
    TokenDecimalsInvalid { place: String, found: u8 },
    #[error("{place}: expected the balance to count for {expected}, found {found}")]
    HoldingMismatch { place: String, expected: String, found: String },
    #[error("{place} is counted twice")]
    HoldingTwice { place: String },
    #[error("{chain}: token {token} is said to count for two assets, or to have two numbers of decimals")]
    TokenContradicted { chain: String, token: String },
    #[error("{symbol}, {what}: expected {expected}, found {found}")]
    SumMismatch { symbol: String, what: &'static str, expected: String, found: String },
    #[error("{symbol}: expected sums below 2^112 of committed units, found more")]
    TooLarge { symbol: String },
    #[error("expected the chain solana or evm:<chain id>, found {found:?}")]
    ChainUnknown { found: String },
    #[error("{chain}: expected an address, found {found:?}")]
    AddressInvalid { chain: String, found: String },
    #[error("{chain}: expected the hash of a block, found {found:?}")]
    BlockInvalid { chain: String, found: String },
    #[error(
        "{chain}: expected its block within {RESERVES_WINDOW} seconds of the report's as-of time, {as_of}, found one at {found} (Unix seconds)"
    )]
    BlockTime { chain: String, as_of: u64, found: u64 },
    #[error("{chain}: expected one block, found two")]
    BlockTwice { chain: String },
    #[error("{chain}: expected the block at which its holdings were read, found none")]
    BlockMissing { chain: String },
    #[error("{place}: expected the balance to lie at the wallet, {expected}, found it at {found}")]
    AccountMismatch { place: String, expected: String, found: String },
    #[error("address {address} is counted twice")]
    AddressTwice { address: String },
    /// Coins of a test network are worth nothing.
    #[error("address {}: expected the network {MAIN_NETWORK}, found {found:?}", Escaped(.address))]
    NetworkWorthless { address: String, found: String },
    #[error("address {}: {}", Escaped(.address), Escaped(&.error.to_string()))]
    Ownership { address: String, error: OwnershipError },
    #[error("lending: {symbol} is there twice")]
    LendingTwice { symbol: String },
    #[error("lending of {symbol}: expected at most the {lent_and_borrowed} borrowed to have left, found {left}")]
    LeftTooLarge { symbol: String, lent_and_borrowed: String, left: String },
}
