//! The input of a proof.

use ballast_core::{
    Digest,
    assets::AssetList,
    leaf::{Leaf, SLOTS, Slot},
    statement::Statement,
};

use crate::circuit::CLASS;

/// One shard of a snapshot, and what its proof is to be about.
#[derive(Clone, Debug)]
pub struct Shard {
    /// Everything the proof is bound to.
    pub statement: Statement,
    /// The list that the asset numbers in the leaves refer to, the same as the statement's digest.
    pub assets: AssetList,
    /// 1 to 4^d leaves, in order; the rest of the tree is unused leaves.
    pub leaves: Vec<Leaf>,
}

/// Why a shard cannot be proved. Balances are private: no error repeats one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ShardError {
    /// Nothing would be proved.
    #[error("the shard has no leaf with an owner: expected 1 to {maximum}")]
    Empty { maximum: usize },
    #[error("the shard has too many leaves: expected at most {maximum}, found {found}")]
    TooManyLeaves { maximum: usize, found: usize },
    #[error("the asset list has digest {}, the statement names {}", hexadecimal(found), hexadecimal(expected))]
    AssetListMismatch { expected: Digest, found: Digest },
    #[error("the statement names circuit {}, the proving key is of circuit {}", hexadecimal(found), hexadecimal(expected))]
    CircuitMismatch { expected: Digest, found: Digest },
    #[error("leaf {leaf}, slot {slot}: asset {asset} is not declared, the list has {declared}")]
    AssetUndeclared { leaf: usize, slot: usize, asset: u16, declared: usize },
    #[error("leaf {leaf}, slot {slot}: asset 0 is the empty slot and must have no balance")]
    BalanceWithoutAsset { leaf: usize, slot: usize },
    #[error("leaf {leaf} has no owner but a slot that is not empty")]
    UnusedLeafNotEmpty { leaf: usize },
}

fn hexadecimal(digest: &Digest) -> String {
    digest.iter().map(|byte| format!("{byte:02x}")).collect()
}

impl Shard {
    /// Refuses a shard that has no honest proof under the circuit with this id, before anything is computed.
    ///
    /// # Errors
    /// The first [`ShardError`] that applies.
    pub fn check(&self, circuit: &Digest) -> Result<(), ShardError> {
        if self.statement.circuit != *circuit {
            return Err(ShardError::CircuitMismatch { expected: *circuit, found: self.statement.circuit });
        }
        let asset_list = self.assets.digest();
        if self.statement.asset_list != asset_list {
            return Err(ShardError::AssetListMismatch { expected: self.statement.asset_list, found: asset_list });
        }
        let maximum = CLASS.leaves();
        if self.leaves.len() > maximum {
            return Err(ShardError::TooManyLeaves { maximum, found: self.leaves.len() });
        }
        if self.leaves.iter().all(|leaf| leaf.owner.is_none()) {
            return Err(ShardError::Empty { maximum });
        }
        self.leaves.iter().enumerate().try_for_each(|(number, leaf)| self.check_leaf(number, leaf))
    }

    fn check_leaf(&self, number: usize, leaf: &Leaf) -> Result<(), ShardError> {
        if leaf.owner.is_none() && leaf.slots != [Slot::default(); SLOTS] {
            return Err(ShardError::UnusedLeafNotEmpty { leaf: number });
        }
        let declared = self.assets.len();
        for (slot, Slot { asset, balance }) in leaf.slots.iter().enumerate() {
            if usize::from(*asset) > declared {
                return Err(ShardError::AssetUndeclared { leaf: number, slot, asset: *asset, declared });
            }
            if *asset == 0 && *balance != 0 {
                return Err(ShardError::BalanceWithoutAsset { leaf: number, slot });
            }
        }
        Ok(())
    }
}
