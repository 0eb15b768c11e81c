//! Statements: what a proof is about (section 3).

use crate::digest::{Digest, Preimage};

/// A position of the exchange's ledger: sequence number and head of its log. Zero for an exchange
/// without one.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(deny_unknown_fields))]
pub struct LedgerPosition {
    pub sequence: u64,
    #[cfg_attr(feature = "serde", serde(with = "crate::hexadecimal"))]
    pub head: Digest,
}

/// A shard's place in its epoch: its index from 0 and the number of shards.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(deny_unknown_fields))]
pub struct ShardPosition {
    pub index: u16,
    pub count: u16,
}

/// Everything a proof is bound to: it cannot be moved to another exchange, epoch, shard, asset
/// list, circuit, ledger position, reserves report or history.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(deny_unknown_fields))]
pub struct Statement {
    #[cfg_attr(feature = "serde", serde(with = "crate::hexadecimal"))]
    pub exchange: Digest,
    pub epoch: u64,
    /// The time of the figures, Unix seconds.
    pub as_of: u64,
    #[cfg_attr(feature = "serde", serde(with = "crate::hexadecimal"))]
    pub asset_list: Digest,
    pub shard: ShardPosition,
    #[cfg_attr(feature = "serde", serde(with = "crate::hexadecimal"))]
    pub circuit: Digest,
    pub ledger: LedgerPosition,
    #[cfg_attr(feature = "serde", serde(with = "crate::hexadecimal"))]
    pub reserves: Digest,
    /// The rolling head of the exchange's history before this epoch.
    #[cfg_attr(feature = "serde", serde(with = "crate::hexadecimal"))]
    pub head_before: Digest,
}

impl Statement {
    /// The `context` of section 3, a digest of the whole statement. The public vector begins with
    /// it.
    pub fn context(&self) -> Digest {
        Preimage::new("ballast/statement/v1")
            .bytes(&self.exchange)
            .u64(self.epoch)
            .u64(self.as_of)
            .bytes(&self.asset_list)
            .u16(self.shard.index)
            .u16(self.shard.count)
            .bytes(&self.circuit)
            .u64(self.ledger.sequence)
            .bytes(&self.ledger.head)
            .bytes(&self.reserves)
            .bytes(&self.head_before)
            .sha256()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_field_changes_the_context() {
        let base = Statement {
            exchange: [1; 32],
            epoch: 1,
            as_of: 2,
            asset_list: [2; 32],
            shard: ShardPosition { index: 0, count: 1 },
            circuit: [3; 32],
            ledger: LedgerPosition { sequence: 4, head: [4; 32] },
            reserves: [5; 32],
            head_before: [6; 32],
        };
        let changes: [fn(&mut Statement); 11] = [
            |s| s.exchange[31] ^= 1,
            |s| s.epoch += 1,
            |s| s.as_of += 1,
            |s| s.asset_list[0] ^= 1,
            |s| s.shard.index += 1,
            |s| s.shard.count += 1,
            |s| s.circuit[0] ^= 1,
            |s| s.ledger.sequence += 1,
            |s| s.ledger.head[0] ^= 1,
            |s| s.reserves[0] ^= 1,
            |s| s.head_before[0] ^= 1,
        ];
        for (number, change) in changes.iter().enumerate() {
            let mut changed = base;
            change(&mut changed);
            assert_ne!(changed.context(), base.context(), "change {number}");
        }
    }
}
