//! The input of a proof.

use ballast_core::{
    Digest,
    assets::AssetList,
    circuit::Class,
    leaf::{Leaf, SLOTS, Slot},
    statement::Statement,
};

/// One shard of a snapshot, and what its proof is to be about.
#[derive(Clone, Debug)]
pub struct Shard {
    /// Everything the proof is bound to.
    pub statement: Statement,
    /// The list that the asset numbers in the leaves refer to. The statement names its digest.
    pub assets: AssetList,
    /// The leaves in order, 1 to 4^d of them. The rest of the tree is unused leaves.
    pub leaves: Vec<Leaf>,
}

/// Why a shard cannot be proved. Balances are private: no error repeats one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ShardError {
    #[error("the shard has no leaf with an owner: expected 1 to {maximum}")]
    Empty { maximum: usize },
    #[error("the shard has too many leaves: expected at most {maximum}, found {found}")]
    TooManyLeaves { maximum: usize, found: usize },
    #[error("the asset list has the digest {}, but the statement names {}", hexadecimal(found), hexadecimal(expected))]
    AssetListMismatch { expected: Digest, found: Digest },
    #[error(
        "the statement names circuit {}, but the proving key is for circuit {}",
        hexadecimal(found),
        hexadecimal(expected)
    )]
    CircuitMismatch { expected: Digest, found: Digest },
    #[error("leaf {leaf}, slot {slot}: asset {asset} is not in the asset list, which has {declared} assets")]
    AssetUndeclared { leaf: usize, slot: usize, asset: u16, declared: usize },
    #[error("leaf {leaf}, slot {slot}: asset 0 marks an empty slot, but the slot has a balance")]
    BalanceWithoutAsset { leaf: usize, slot: usize },
    #[error("leaf {leaf} has no owner, but one of its slots is not empty")]
    UnusedLeafNotEmpty { leaf: usize },
}

fn hexadecimal(digest: &Digest) -> String {
    digest.iter().map(|byte| format!("{byte:02x}")).collect()
}

impl Shard {
    /// Refuses a shard that has no honest proof under the circuit of this class and id, before
    /// anything is computed.
    ///
    /// # Errors
    /// The first [`ShardError`] that applies.
    pub fn check(&self, class: Class, circuit: &Digest) -> Result<(), ShardError> {
        if self.statement.circuit != *circuit {
            return Err(ShardError::CircuitMismatch { expected: *circuit, found: self.statement.circuit });
        }
        let asset_list = self.assets.digest();
        if self.statement.asset_list != asset_list {
            return Err(ShardError::AssetListMismatch { expected: self.statement.asset_list, found: asset_list });
        }
        let maximum = class.leaves();
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

#[cfg(test)]
mod tests {
    use super::*;
    use ballast_core::{
        Element,
        assets::Asset,
        leaf::{AccountId, Owner, Salt},
        statement::{LedgerPosition, ShardPosition},
    };

    const CIRCUIT: Digest = [8; 32];

    fn leaf() -> Leaf {
        let mut slots = [Slot::default(); SLOTS];
        slots[0] = Slot { asset: 2, balance: u64::MAX };
        let owner = Owner { account: AccountId::from_public_id("a"), salt: Salt::from_element(Element::ZERO) };
        Leaf { owner: Some(owner), slots }
    }

    fn found(change: impl FnOnce(&mut Shard)) -> Result<(), ShardError> {
        let assets = AssetList::new(vec![Asset::new("BTC", 8).unwrap(), Asset::new("SOL", 9).unwrap()]).unwrap();
        let mut shard = Shard {
            statement: Statement {
                exchange: [1; 32],
                epoch: 1,
                as_of: 2,
                asset_list: assets.digest(),
                shard: ShardPosition { index: 0, count: 1 },
                circuit: CIRCUIT,
                ledger: LedgerPosition::default(),
                reserves: [3; 32],
                head_before: [4; 32],
            },
            assets,
            leaves: vec![leaf(); 16_384],
        };
        change(&mut shard);
        shard.check(Class::SMALLEST, &CIRCUIT)
    }

    #[test]
    fn a_full_shard_is_accepted_and_so_are_unused_leaves() {
        assert_eq!(found(|_| ()), Ok(()));
        assert_eq!(found(|shard| shard.leaves[0] = Leaf::default()), Ok(()));
    }

    #[test]
    fn too_many_leaves_are_refused() {
        let expected = Err(ShardError::TooManyLeaves { maximum: 16_384, found: 16_385 });
        assert_eq!(found(|shard| shard.leaves.push(leaf())), expected);
    }

    #[test]
    fn nothing_to_prove_is_refused() {
        assert_eq!(found(|shard| shard.leaves.clear()), Err(ShardError::Empty { maximum: 16_384 }));
        assert_eq!(found(|shard| shard.leaves = vec![Leaf::default(); 5]), Err(ShardError::Empty { maximum: 16_384 }));
    }

    #[test]
    fn an_asset_beyond_the_list_is_refused_even_without_a_balance() {
        for (asset, balance) in [(3, 1), (64, 0), (65, 0), (u16::MAX, 1)] {
            let expected = Err(ShardError::AssetUndeclared { leaf: 7, slot: 8, asset, declared: 2 });
            assert_eq!(found(|shard| shard.leaves[7].slots[8] = Slot { asset, balance }), expected);
        }
    }

    #[test]
    fn a_balance_of_the_empty_slot_is_refused() {
        let expected = Err(ShardError::BalanceWithoutAsset { leaf: 1, slot: 3 });
        assert_eq!(found(|shard| shard.leaves[1].slots[3].balance = 1), expected);
    }

    #[test]
    fn an_unused_leaf_with_an_asset_or_a_balance_is_refused() {
        let expected = Err(ShardError::UnusedLeafNotEmpty { leaf: 2 });
        assert_eq!(found(|shard| shard.leaves[2].owner = None), expected);
        let asset = Slot { asset: 1, balance: 0 };
        assert_eq!(
            found(|shard| {
                shard.leaves[2] = Leaf::default();
                shard.leaves[2].slots[4] = asset;
            }),
            expected
        );
    }

    #[test]
    fn a_statement_about_another_circuit_or_list_is_refused() {
        let expected = Err(ShardError::CircuitMismatch { expected: CIRCUIT, found: [9; 32] });
        assert_eq!(found(|shard| shard.statement.circuit = [9; 32]), expected);
        let found = found(|shard| shard.statement.asset_list = [9; 32]).unwrap_err();
        assert!(matches!(found, ShardError::AssetListMismatch { expected, .. } if expected == [9; 32]));
        assert!(found.to_string().contains("0909090909"), "{found}");
    }
}
