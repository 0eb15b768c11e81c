//! Snapshots: what every account holds at one moment, read from an exchange's own export.
//!
//! Two formats are read, both from one end to the other, so that memory grows with the accounts
//! kept and not with the text:
//!
//! - [`csv`]: rows `account,asset,available,in_orders,lent_unborrowed` of decimal amounts, and a
//!   TOML [declaration](Declaration) of assets, time and ledger position;
//! - [`json`]: `{timestamp, assets, accounts}` with integers in committed units.
//!
//! A file is refused whole, with the line, account and asset of the first thing wrong. A negative
//! amount is a borrow: it is refused unless [`Borrows::Gross`] is asked for, which counts it as 0
//! towards what is owed and reports it apart. What one customer owes never lowers what another is
//! owed.

mod collector;
pub mod csv;
mod declaration;
mod error;
pub mod json;
mod text_limits;

pub use ballast_core::leaf::Slot;
pub use declaration::Declaration;
pub use error::{Place, Reason, SnapshotError};
pub use text_limits::LimitExceeded;

use ballast_core::{assets::AssetList, statement::LedgerPosition};
use ballast_durable::open_plain;
use serde::Deserialize;
use std::{fmt, path::Path};

/// Bytes of the longest account id.
pub const ACCOUNT_ID_MAX: usize = 128;
/// The latest as-of time, 9999-12-31T23:59:59Z: a time in milliseconds is beyond it.
pub const AS_OF_MAX: u64 = 253_402_300_799;

/// What is done with a negative amount.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Borrows {
    /// The snapshot is refused, naming account and asset.
    #[default]
    Refuse,
    /// It counts 0 towards what is owed, never less, and is reported as a gross borrow of its
    /// asset.
    Gross,
}

/// What a caller may say about a snapshot beside its file.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Options {
    pub borrows: Borrows,
    /// Commits only the first so many accounts of the file, for a demonstration. The others are
    /// read and checked as well, but a borrow among them is not refused: nothing of them is
    /// committed.
    pub limit: Option<usize>,
    /// Unix seconds; refused when the file says another time.
    pub as_of: Option<u64>,
    /// Refused when the file says another position; without either there is no ledger.
    pub ledger: Option<LedgerPosition>,
}

/// One account's balances.
#[derive(Clone, PartialEq, Eq)]
pub struct Account {
    /// The exchange's public id of the user: 1 to 128 bytes of printable text.
    pub id: String,
    /// In order of asset number, each asset at most once, none of them zero.
    pub balances: Vec<Slot>,
}

/// Says nothing of balances: what is printed for debugging ends in logs.
impl fmt::Debug for Account {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Account({:?}, {} balances)", self.id, self.balances.len())
    }
}

/// A snapshot that can be committed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Snapshot {
    /// Unix seconds, 1 to [`AS_OF_MAX`].
    pub as_of: u64,
    pub ledger: LedgerPosition,
    /// In the order of the file that declares them.
    pub assets: AssetList,
    /// At least one, with distinct ids, in order of the file.
    pub accounts: Vec<Account>,
    /// What is owed, by asset, in committed units; each below 2^112.
    pub totals: Vec<u128>,
    /// What is borrowed, by asset, in committed units. Not part of the totals; zero unless
    /// [`Borrows::Gross`].
    pub gross_borrows: Vec<u128>,
    /// Accounts of the file that are not in `accounts` because of [`Options::limit`].
    pub left_out: usize,
}

/// Reads the snapshot at `path`: a `.csv` with the declaration at `declaration`, or a `.json`
/// without one.
///
/// # Errors
/// A [`SnapshotError`] that names the file and the first thing wrong with it.
pub fn read(path: &Path, declaration: Option<&Path>, options: &Options) -> Result<Snapshot, SnapshotError> {
    let fail = |reason| SnapshotError::from(reason).in_file(path);
    let extension = path.extension().map(|extension| extension.to_ascii_lowercase());
    let read = match (extension.as_ref().and_then(|extension| extension.to_str()), declaration) {
        (Some("csv"), Some(declaration)) => {
            let file = declaration;
            let declaration = Declaration::read(file)?;
            // Here, too, so that the file that has a wrong time is named, and not that of the rows.
            declaration.moment(options).map_err(|error| error.in_file(file))?;
            let rows = open_plain(path).map_err(|error| fail(error.into()))?;
            csv::read(&declaration, rows, options)
        }
        (Some("json"), None) => json::read(open_plain(path).map_err(|error| fail(error.into()))?, options),
        (Some("csv"), None) => return Err(fail(Reason::DeclarationMissing)),
        (Some("json"), Some(_)) => return Err(fail(Reason::DeclarationTwice)),
        _ => return Err(fail(Reason::FormatUnknown)),
    };
    read.map_err(|error| error.in_file(path))
}
