//! Transactions of the exchange's ledger, and their canonical bytes (`docs/ledger.md`).
//!
//! One transaction has exactly one encoding, and bytes that are not an encoding of any are refused:
//! what is hashed into the head, what is signed and what is stored are the same bytes.

mod encoding;
mod genesis;
mod kind;
mod listing;

pub use encoding::{DecodeError, Fields};
pub use genesis::Genesis;
pub(crate) use listing::{encode_entries, read_entries};

pub use kind::{Kind, LimitOrder, Movement, PublicId, SETTLEMENT_MAX, Settlement, SettlementError, Signer};
pub use listing::Listing;

use ballast_core::digest::{Digest, Preimage, sha256};

/// The one version of genesis and transaction bytes.
pub const VERSION: u8 = 1;
/// Bytes of a transaction before the fields of its kind: version, sequence, head before, time,
/// kind.
pub const PREFIX_LENGTH: usize = 1 + 8 + 32 + 8 + 1;
/// Bytes of the longest transaction: a settlement of [`SETTLEMENT_MAX`] accounts.
pub const TRANSACTION_MAX: usize = PREFIX_LENGTH + 2 + 2 + 13 * SETTLEMENT_MAX;

/// A transaction, bound to one place in the history of one exchange.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Transaction {
    /// The sequence number, from 1 without gaps.
    pub sequence: u64,
    /// The head of the log before this transaction.
    pub head_before: Digest,
    /// The time at which the sequencer took it, Unix milliseconds; never below that of the
    /// transaction before.
    pub time: u64,
    pub kind: Kind,
}

impl Transaction {
    /// The canonical bytes, at most [`TRANSACTION_MAX`].
    pub fn encode(&self) -> Vec<u8> {
        let mut bytes = Vec::with_capacity(PREFIX_LENGTH + 64);
        bytes.push(VERSION);
        bytes.extend_from_slice(&self.sequence.to_be_bytes());
        bytes.extend_from_slice(&self.head_before);
        bytes.extend_from_slice(&self.time.to_be_bytes());
        self.kind.encode(&mut bytes);
        bytes
    }

    /// The transaction with these canonical bytes.
    ///
    /// # Errors
    /// Bytes that [`Transaction::encode`] makes of no transaction: another version or kind, cut
    /// short, trailing bytes, an id or settlement outside its rules.
    pub fn decode(bytes: &[u8]) -> Result<Self, DecodeError> {
        let mut fields = Fields::new(bytes);
        fields.version()?;
        let (sequence, head_before, time) = (fields.u64()?, fields.array()?, fields.u64()?);
        let kind = Kind::decode(&mut fields)?;
        fields.end()?;
        Ok(Self { sequence, head_before, time, kind })
    }
}

/// Whether these bytes would be of a transaction that lists assets, going by their kind alone.
pub(crate) fn is_listing(bytes: &[u8]) -> bool {
    bytes.get(PREFIX_LENGTH - 1) == Some(&kind::LIST_ASSETS)
}

/// The head after a transaction of these bytes.
pub fn head_after(head: &Digest, bytes: &[u8]) -> Digest {
    sha256(&[head, bytes])
}

/// The message that the signature of a transaction of these bytes signs.
pub fn signed_message(bytes: &[u8]) -> Vec<u8> {
    Preimage::with_capacity("ballast/transaction/v1", 23 + bytes.len()).bytes(bytes).as_bytes().to_vec()
}

/// The message that the new key of a rotation signs, to show that its owner has it: the place in
/// the history, the account and the key.
pub fn possession_message(head_before: &Digest, sequence: u64, account: u32, key: &[u8; 32]) -> Vec<u8> {
    let message = Preimage::new("ballast/possession/v1").bytes(head_before).u64(sequence).u32(account).bytes(key);
    message.as_bytes().to_vec()
}

/// A transaction as the log holds it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SignedTransaction {
    /// The canonical bytes of a [`Transaction`].
    pub bytes: Vec<u8>,
    /// The Ed25519 signature of [`signed_message`] of `bytes`. It does not enter the head.
    pub signature: [u8; 64],
}
