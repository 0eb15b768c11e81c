//! Epoch records and the rolling head of an exchange's history (section 4).

use crate::{
    digest::{Digest, Preimage, sha256},
    field::Element,
    statement::LedgerPosition,
};

/// The running digest of an epoch's roots, shard by shard.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Roots(pub Digest);

impl Roots {
    /// The digest after one more root.
    #[must_use]
    pub fn append(self, root: &Element) -> Self {
        Self(Preimage::new("ballast/roots/v1").bytes(&self.0).bytes(root.as_bytes()).sha256())
    }

    /// The digest of all roots of an epoch, in order of shard.
    pub fn of(roots: &[Element]) -> Self {
        roots.iter().fold(Self::default(), Self::append)
    }
}

/// The record that an epoch adds to the history, the same on every chain.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct EpochRecord<'a> {
    pub exchange: Digest,
    pub epoch: u64,
    /// The time of the figures, Unix seconds.
    pub as_of: u64,
    pub asset_list: Digest,
    pub circuit: Digest,
    pub ledger: LedgerPosition,
    pub reserves: Digest,
    pub shard_count: u16,
    pub roots: Roots,
    /// The liabilities by asset number, in committed units.
    pub liabilities: &'a [u128],
}

impl EpochRecord<'_> {
    /// The digest of the record, which enters the rolling head.
    pub fn digest(&self) -> Digest {
        let start = Preimage::with_capacity("ballast/record/v1", 256 + 16 * self.liabilities.len())
            .bytes(&self.exchange)
            .u64(self.epoch)
            .u64(self.as_of)
            .bytes(&self.asset_list)
            .bytes(&self.circuit)
            .u64(self.ledger.sequence)
            .bytes(&self.ledger.head)
            .bytes(&self.reserves)
            .u16(self.shard_count)
            .bytes(&self.roots.0)
            .u16(self.liabilities.len() as u16);
        self.liabilities.iter().fold(start, |preimage, liability| preimage.u128(*liability)).sha256()
    }
}

/// The rolling head before the first epoch: the exchange's id.
pub const fn first_head(exchange: &Digest) -> Digest {
    *exchange
}

/// The rolling head after a record, SHA-256 of the head before and the record's digest.
pub fn next_head(head: &Digest, record: &Digest) -> Digest {
    sha256(&[head, record])
}
