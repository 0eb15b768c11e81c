//! What a CSV snapshot does not say itself: its assets, its time and its ledger position.

use ballast_core::{
    assets::{ASSETS_MAX, Asset, AssetList},
    statement::LedgerPosition,
};
use serde::Deserialize;
use std::path::Path;

use super::{AS_OF_MAX, Options, Place, Reason, SnapshotError};
use crate::toml_file;

/// The TOML file beside a CSV snapshot:
///
/// ```toml
/// as_of = 1795389392            # Unix seconds; may be left to the caller
///
/// [ledger]                      # left out by an exchange that publishes no ledger
/// sequence = 812
/// head = "0x and 64 hexadecimal digits"
///
/// [[assets]]                    # asset numbers are the order of these
/// symbol = "BTC"
/// decimals = 8                  # the committed unit is 10^-8 BTC
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Declaration {
    pub as_of: Option<u64>,
    pub ledger: Option<LedgerPosition>,
    pub assets: AssetList,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Fields {
    as_of: Option<u64>,
    ledger: Option<LedgerPosition>,
    #[serde(default)]
    assets: Vec<AssetFields>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct AssetFields {
    symbol: String,
    decimals: u8,
}

impl Declaration {
    /// Reads the file at `path`.
    ///
    /// # Errors
    /// What is wrong with it, naming the file.
    pub fn read(path: &Path) -> Result<Self, SnapshotError> {
        let text = toml_file::read(path).map_err(|error| SnapshotError::from(Reason::from(error)).in_file(path))?;
        Self::parse(&text).map_err(|error| error.in_file(path))
    }

    /// # Errors
    /// What is wrong with `text`, naming line or asset.
    pub fn parse(text: &str) -> Result<Self, SnapshotError> {
        let fields: Fields = toml_file::parse(text).map_err(Reason::from)?;
        let mut assets = DeclaredAssets::default();
        for asset in fields.assets {
            let declared = assets.declare(&asset.symbol, asset.decimals);
            declared.map_err(|reason| Place { asset: Some(asset.symbol), ..Place::default() }.refuse(reason))?;
        }
        Ok(Self { as_of: fields.as_of, ledger: fields.ledger, assets: assets.finish()? })
    }

    /// The as-of time and the ledger position of a snapshot with this declaration.
    ///
    /// # Errors
    /// A time that is missing, out of range or not the caller's, or a position that is half zero or
    /// not the caller's.
    pub(super) fn moment(&self, options: &Options) -> Result<(u64, LedgerPosition), SnapshotError> {
        let at = |field| move |reason: Reason| Place { field: Some(field), ..Place::default() }.refuse(reason);
        let as_of = as_of(self.as_of, options).map_err(at("as_of"))?;
        Ok((as_of, ledger(self.ledger, options).map_err(at("ledger"))?))
    }
}

/// Assets as they are declared, one by one, so that a refusal can name the asset.
#[derive(Default)]
pub(super) struct DeclaredAssets(Vec<Asset>);

impl DeclaredAssets {
    pub fn declare(&mut self, symbol: &str, decimals: u8) -> Result<(), Reason> {
        let asset = Asset::new(symbol, decimals).map_err(|_| Reason::AssetInvalid { decimals })?;
        if self.0.iter().any(|earlier| earlier.symbol == asset.symbol) {
            return Err(Reason::AssetDeclaredTwice);
        }
        if self.0.len() == ASSETS_MAX {
            return Err(Reason::TooManyAssets { found: ASSETS_MAX + 1 });
        }
        self.0.push(asset);
        Ok(())
    }

    pub fn finish(self) -> Result<AssetList, Reason> {
        AssetList::new(self.0).map_err(|_| Reason::NoAsset)
    }
}

/// The as-of time, when file and caller do not disagree about it.
pub(super) fn as_of(file: Option<u64>, options: &Options) -> Result<u64, Reason> {
    let found = match (file, options.as_of) {
        (Some(file), Some(caller)) if file != caller => return Err(Reason::AsOfConflict { file, caller }),
        (file, caller) => file.or(caller).ok_or(Reason::AsOfMissing)?,
    };
    if (1..=AS_OF_MAX).contains(&found) { Ok(found) } else { Err(Reason::AsOfOutOfRange { found }) }
}

/// The ledger position, when file and caller do not disagree about it; zero when neither has one.
pub(super) fn ledger(file: Option<LedgerPosition>, options: &Options) -> Result<LedgerPosition, Reason> {
    let found = match (file, options.ledger) {
        (Some(file), Some(caller)) if file != caller => return Err(Reason::LedgerConflict),
        (file, caller) => file.or(caller).unwrap_or_default(),
    };
    if (found.sequence == 0) == (found.head == [0; 32]) { Ok(found) } else { Err(Reason::LedgerHalfZero) }
}
