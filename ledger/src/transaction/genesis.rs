//! The genesis, with which a ledger begins.

use ballast_core::{
    assets::AssetList,
    digest::{Digest, Preimage},
};

use super::{DecodeError, Fields, VERSION, encode_entries, read_entries};

/// The genesis of a ledger, at sequence 0: the exchange, its first assets, and the key that signs
/// for the matching engine.
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
        encode_entries(self.assets.as_slice(), &mut bytes);
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
        let assets = AssetList::new(read_entries(fields)?).map_err(DecodeError::AssetList)?;
        Ok(Self { exchange, assets, engine_key: fields.array()? })
    }

    /// The head of the log before transaction 1.
    pub fn head(&self) -> Digest {
        Preimage::with_capacity("ballast/ledger/v1", 4096).bytes(&self.encode()).sha256()
    }
}
