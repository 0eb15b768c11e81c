//! The asset list of a log, found without a replay: only transactions that list assets are looked
//! into, and the engine's signature of each is verified.

use std::path::Path;

use ballast_core::{Refusal, assets::AssetList};

use crate::{
    log::{Entry, LogError, LogReader},
    signature::{Claim, Signatory, SignatureInvalid},
    transaction::{DecodeError, Genesis, Kind, Signer, Transaction, is_listing, signed_message},
};

/// Why a log has no asset list.
#[derive(Debug, thiserror::Error)]
pub enum ListedError {
    #[error(transparent)]
    Log(#[from] LogError),
    #[error("transaction {sequence}: {error}")]
    Transaction { sequence: u64, error: DecodeError },
    #[error(transparent)]
    Signature(#[from] SignatureInvalid),
    #[error("transaction {sequence}: assets that the list cannot take: {refusal}")]
    Refused { sequence: u64, refusal: Refusal },
    #[error("given up after transaction {sequence}")]
    Stopped { sequence: u64 },
}

/// The asset list after the transactions that were taken so far.
#[derive(Clone, Debug)]
pub struct ListedAssets {
    list: AssetList,
    engine_key: [u8; 32],
}

impl ListedAssets {
    /// The list of the genesis.
    pub fn new(genesis: &Genesis) -> Self {
        Self { list: genesis.assets.clone(), engine_key: genesis.engine_key }
    }

    pub fn list(&self) -> &AssetList {
        &self.list
    }

    /// Takes the next transaction of the log, whatever its kind.
    ///
    /// # Errors
    /// A listing that is no transaction, that the engine did not sign, or whose assets cannot stand
    /// behind those of the list.
    pub fn take(&mut self, entry: &Entry) -> Result<(), ListedError> {
        let (sequence, bytes) = (entry.sequence, &entry.signed.bytes);
        if !is_listing(bytes) {
            return Ok(());
        }
        let decoded = Transaction::decode(bytes).map_err(|error| ListedError::Transaction { sequence, error })?;
        let Kind::ListAssets(listing) = decoded.kind else { return Ok(()) };
        let (by, message) = (Signatory::Signer(Signer::Engine), signed_message(bytes));
        Claim { sequence, by, key: self.engine_key, message, signature: entry.signed.signature }.verify()?;
        let grown = self.list.with(listing.assets());
        self.list = grown.map_err(|refusal| ListedError::Refused { sequence, refusal })?;
        Ok(())
    }
}

/// The asset list at the end of the log in `directory`. The work is given up once `stop` says so.
///
/// # Errors
/// [`ListedError`].
pub fn listed_assets(directory: &Path, stop: &dyn Fn() -> bool) -> Result<AssetList, ListedError> {
    let mut reader = LogReader::open(directory)?;
    let mut listed = ListedAssets::new(reader.genesis());
    while let Some(entry) = reader.read()? {
        listed.take(&entry)?;
        if entry.sequence % 4096 == 0 && stop() {
            return Err(ListedError::Stopped { sequence: entry.sequence });
        }
    }
    Ok(listed.list)
}
