//! Why a snapshot is refused, and where.

use std::{fmt, path::Path};

use ballast_core::{
    assets::{ASSETS_MAX, DECIMALS_MAX, SYMBOL_MAX},
    escaped::Escaped,
};

use super::{ACCOUNT_ID_MAX, AS_OF_MAX, csv, json, text_limits::LimitExceeded};
use crate::{amount::AmountError, lookalike::shown, toml_file::TomlError};

/// A refused snapshot. Its text names file, line, account, asset and field as far as they are
/// known, and never an amount.
#[derive(Debug, thiserror::Error)]
#[error("{place}{reason}")]
pub struct SnapshotError {
    pub place: Box<Place>,
    pub reason: Reason,
}

/// Where in a snapshot something is wrong.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Place {
    pub file: Option<String>,
    /// From 1.
    pub line: Option<u64>,
    /// From 1; only in JSON, which may have a single line.
    pub column: Option<u64>,
    pub account: Option<String>,
    pub asset: Option<String>,
    /// Column of a CSV file or member of a JSON object.
    pub field: Option<&'static str>,
}

impl Place {
    pub(super) fn refuse(self, reason: Reason) -> SnapshotError {
        SnapshotError { place: Box::new(self), reason }
    }
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let parts = [
            self.file.as_ref().map(|file| Escaped(file).to_string()),
            self.line.map(|line| format!("line {line}")),
            self.column.map(|column| format!("column {column}")),
            self.account.as_ref().map(|account| format!("account {account:?}")),
            self.asset.as_ref().map(|asset| format!("asset \"{}\"", shown(asset))),
            self.field.map(str::to_owned),
        ];
        let known: Vec<String> = parts.into_iter().flatten().collect();
        if known.is_empty() { Ok(()) } else { write!(f, "{}: ", known.join(", ")) }
    }
}

/// What is wrong.
#[derive(Debug, thiserror::Error)]
pub enum Reason {
    #[error("cannot be read: {0}")]
    Io(#[from] std::io::Error),
    #[error("expected a file called *.csv or *.json")]
    FormatUnknown,
    #[error("expected a TOML declaration of its assets beside a CSV file, found none")]
    DeclarationMissing,
    #[error("expected no TOML declaration: a JSON snapshot declares its own assets")]
    DeclarationTwice,
    #[error("{0}")]
    Toml(#[from] TomlError),
    #[error("{0}")]
    Limit(#[from] LimitExceeded),
    #[error("the file is empty")]
    Empty,
    #[error("not UTF-8 text")]
    NotText,
    #[error("expected the header {:?}, but column {column} is not {expected:?}", csv::HEADER.join(","))]
    HeaderMismatch { column: usize, expected: &'static str },
    #[error("expected {expected} columns, found {found}")]
    ColumnCount { expected: usize, found: usize },
    #[error("expected plain fields, found a quotation mark")]
    Quoted,
    #[error("{}", Escaped(.0))]
    Json(String),
    #[error("expected the account's balances as an object by symbol")]
    BalancesNotAnObject,
    #[error("the text ends early: the file is empty or cut short")]
    CutShort,
    #[error("unknown member {0:?}")]
    MemberUnknown(String),
    #[error("member {0:?} twice")]
    MemberRepeated(&'static str),
    #[error("member {0:?} is missing")]
    MemberMissing(&'static str),
    #[error("expected \"assets\" before \"accounts\": without them no amount can be read in one pass")]
    AssetsAfterAccounts,
    #[error("expected at least one asset, found none")]
    NoAsset,
    #[error("expected at most {ASSETS_MAX} assets, found {found}")]
    TooManyAssets { found: usize },
    #[error(
        "expected a symbol of 1 to {SYMBOL_MAX} characters of A-Z a-z 0-9 . _ - and at most {DECIMALS_MAX} decimals, \
         found {decimals} decimals"
    )]
    AssetInvalid { decimals: u8 },
    #[error("the asset is declared twice")]
    AssetDeclaredTwice,
    #[error("the asset is not declared")]
    AssetUndeclared,
    #[error("the asset is not declared: it looks like {declared:?}, which is, but has other characters")]
    AssetLookalike { declared: String },
    #[error("expected at least one account, found none")]
    NoAccount,
    #[error("a limit of 0 accounts commits nothing")]
    LimitZero,
    #[error("expected an account id of 1 to {ACCOUNT_ID_MAX} bytes of printable text, found {found} bytes")]
    AccountIdInvalid { found: usize },
    #[error("the account was there before: an account's balances come in one piece, once")]
    AccountRepeated,
    #[error("the account has this asset twice")]
    AssetRepeated,
    #[error("{0}")]
    Amount(#[from] AmountError),
    #[error("a negative amount is a borrow: expected 0 or more, or that borrows are counted gross")]
    Borrow,
    #[error("the sum of the account's amounts is too large: expected one that fits in 64 bits, found more")]
    SumTooLarge,
    #[error("the total over all accounts is too large: expected one below 2^112")]
    TotalTooLarge,
    #[error("expected an as-of time in Unix seconds, found none")]
    AsOfMissing,
    #[error("expected an as-of time from 1 to {AS_OF_MAX} Unix seconds, found {found}{}", milliseconds(.found))]
    AsOfOutOfRange { found: u64 },
    #[error(
        "expected a timestamp in milliseconds since 1970 from {min} on, found {found}: a time in seconds?",
        min = json::TIMESTAMP_MIN
    )]
    TimestampOutOfRange { found: u64 },
    #[error("the file says as-of time {file}, the caller {caller}")]
    AsOfConflict { file: u64, caller: u64 },
    #[error("the file says another ledger position than the caller")]
    LedgerConflict,
    #[error("expected a ledger sequence and head that are both zero or both not")]
    LedgerHalfZero,
}

/// What a time beyond the range most likely is.
fn milliseconds(found: &u64) -> &'static str {
    if *found > AS_OF_MAX { ": a time in milliseconds?" } else { "" }
}

impl SnapshotError {
    /// The same error, naming the file unless it names one already.
    #[must_use]
    pub fn in_file(mut self, path: &Path) -> Self {
        self.place.file.get_or_insert_with(|| path.display().to_string());
        self
    }
}

impl From<Reason> for SnapshotError {
    fn from(reason: Reason) -> Self {
        Place::default().refuse(reason)
    }
}
