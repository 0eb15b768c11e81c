//! The genesis, with which a ledger begins.

use ballast_core::{
    assets::{Asset, AssetList},
    digest::{Digest, Preimage},
};

use super::{DecodeError, Fields, VERSION};

/// The genesis of a ledger, at sequence 0: the exchange, its assets, and the key that signs for the
/// matching engine.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Genesis {
    /// The `exchange_id` of section 1.
    pub exchange: Digest,
    pub assets: AssetList,
    /// The Ed25519 public key of the matching engine, which is also the first key of the exchange's
    /// own account.
    pub engine_key: [u8; 32],
}

impl Genesis {
    /// The canonical bytes.
    pub fn encode(&self) -> Vec<u8> {
        let mut bytes = vec![VERSION];
        bytes.extend_from_slice(&self.exchange);
        bytes.extend_from_slice(&(self.assets.len() as u16).to_be_bytes());
        for asset in self.assets.as_slice() {
            bytes.extend_from_slice(&asset.symbol);
            bytes.push(asset.decimals);
        }
        bytes.extend_from_slice(&self.engine_key);
        bytes
    }

    /// The genesis with these canonical bytes.
    ///
    /// # Errors
    /// Bytes that [`Genesis::encode`] does not make.
    pub fn decode(bytes: &[u8]) -> Result<Self, DecodeError> {
        let mut fields = Fields::new(bytes);
        let genesis = Self::read(&mut fields)?;
        fields.end()?;
        Ok(genesis)
    }

    pub(crate) fn read(fields: &mut Fields<'_>) -> Result<Self, DecodeError> {
        fields.version()?;
        let exchange = fields.array()?;
        let count = fields.u16()?;
        let mut assets = Vec::new();
        for _ in 0..count {
            assets.push(Asset { symbol: fields.array()?, decimals: fields.u8()? });
        }
        let assets = AssetList::new(assets).map_err(DecodeError::AssetList)?;
        Ok(Self { exchange, assets, engine_key: fields.array()? })
    }

    /// The head of the log before transaction 1.
    pub fn head(&self) -> Digest {
        Preimage::with_capacity("ballast/ledger/v1", 4096).bytes(&self.encode()).sha256()
    }
}
