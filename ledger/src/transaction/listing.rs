//! Assets that a transaction adds to the ledger's list.

use ballast_core::assets::{ASSETS_MAX, Asset};

use super::{DecodeError, Fields};

/// Bytes of an entry: symbol and decimals.
const ENTRY_LENGTH: usize = 17;

/// Entries of an asset list, 1 to 128 of them. Whether they may stand behind a list's own is for
/// the state to say.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Listing(Vec<Asset>);

impl Listing {
    /// The listing of these assets.
    ///
    /// # Errors
    /// No asset, or more than 128.
    pub fn new(assets: Vec<Asset>) -> Result<Self, DecodeError> {
        let found = assets.len();
        if (1..=ASSETS_MAX).contains(&found) { Ok(Self(assets)) } else { Err(DecodeError::Listing { found }) }
    }

    pub fn assets(&self) -> &[Asset] {
        &self.0
    }

    pub(super) fn encode(&self, bytes: &mut Vec<u8>) {
        encode_entries(&self.0, bytes);
    }

    pub(super) fn read(fields: &mut Fields<'_>) -> Result<Self, DecodeError> {
        Self::new(read_entries(fields)?)
    }
}

/// Writes `n (u16) || n times: symbol (16) || decimals (u8)`.
pub(crate) fn encode_entries(assets: &[Asset], bytes: &mut Vec<u8>) {
    bytes.reserve(2 + ENTRY_LENGTH * assets.len());
    bytes.extend_from_slice(&(assets.len() as u16).to_be_bytes());
    for asset in assets {
        bytes.extend_from_slice(&asset.symbol);
        bytes.push(asset.decimals);
    }
}

/// Reads what [`encode_entries`] writes, whatever it says.
///
/// # Errors
/// Too few bytes.
pub(crate) fn read_entries(fields: &mut Fields<'_>) -> Result<Vec<Asset>, DecodeError> {
    let count = usize::from(fields.u16()?);
    let mut assets = Vec::with_capacity(count.min(ASSETS_MAX));
    for _ in 0..count {
        assets.push(Asset { symbol: fields.array()?, decimals: fields.u8()? });
    }
    Ok(assets)
}
