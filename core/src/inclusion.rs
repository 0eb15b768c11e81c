//! One customer's proof that their balances were counted.
//!
//! The file is JSON. Its first member says that it is private; it holds the balances and salts of
//! one customer only.

use alloc::{format, string::String, vec::Vec};
use core::fmt;
use serde::{Deserialize, Serialize};

use crate::{
    circuit::Class,
    field::Element,
    leaf::{AccountId, Leaf, Owner, SLOTS, Salt, Slot},
    tree::{Path, TreeError},
};

/// The one version of inclusion files.
pub const VERSION: u8 = 1;
/// Bytes of the longest file that is read: one of 128 assets in fifteen leaves has a tenth of it.
pub const LENGTH_MAX: u64 = 1 << 20;
/// The first member of every inclusion file.
pub const NOTICE: &str =
    "PRIVATE: your balances and the salts that hide them. Check it on your own machine; never paste it in public.";

/// The file that an exchange gives to one customer for one epoch.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct InclusionFile {
    pub notice: String,
    pub version: u8,
    /// The exchange's public id of the customer.
    pub account: String,
    #[serde(with = "crate::hexadecimal")]
    pub exchange: [u8; 32],
    pub epoch: u64,
    pub class: Class,
    /// The asset list by asset number, as the exchange declared it.
    pub assets: Vec<AssetName>,
    pub leaves: Vec<IncludedLeaf>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AssetName {
    pub symbol: String,
    pub decimals: u8,
}

/// One of the customer's leaves and where it lies.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct IncludedLeaf {
    pub shard: u16,
    pub root: Element,
    pub salt: Salt,
    /// The non-empty slots, first to last; at most 9.
    pub slots: Vec<Slot>,
    pub path: Path,
}

/// The customer's balance of one asset, in committed units.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Balance {
    pub symbol: String,
    pub decimals: u8,
    #[serde(with = "crate::units")]
    pub units: u128,
}

/// Why a file does not show what it should. An error says nothing of balances or salts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum InclusionError {
    /// The text is not an inclusion file of this version.
    Malformed(String),
    /// The file is for another customer.
    AccountMismatch { expected: String, found: String },
    /// The file is for another epoch than the roots.
    EpochMismatch { expected: u64, found: u64 },
    /// The file is for another exchange than the roots.
    ExchangeMismatch,
    /// The file shows no leaf: nothing is included.
    Empty,
    /// The circuit class is not one that this version knows.
    ClassUnsupported(Class),
    /// A leaf is in a shard that the epoch does not have.
    ShardOutside { leaf: usize, shard: u16, shards: usize },
    /// Two leaves of the file lie at the same place.
    PlaceRepeated { leaf: usize, shard: u16, index: u32 },
    /// A leaf has more than nine slots, or an asset that is not on the list.
    SlotsInvalid { leaf: usize },
    /// A path is not of the tree's depth or leaves it.
    Path { leaf: usize, source: TreeError },
    /// The path leads to another root than the chain holds.
    RootMismatch { leaf: usize, expected: Element, found: Element },
    /// The asset names are not the ones of the exchange's list.
    AssetsMismatch,
}

impl fmt::Display for InclusionError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Malformed(reason) => {
                write!(f, "not an inclusion file of version {VERSION}: {reason}")
            }
            Self::AccountMismatch { expected, found } => {
                write!(f, "the file is for account {found:?}, expected {expected:?}")
            }
            Self::EpochMismatch { expected, found } => {
                write!(f, "the file is for epoch {found}, expected {expected}")
            }
            Self::ExchangeMismatch => f.write_str("the file is for another exchange"),
            Self::Empty => f.write_str("the file shows no leaf: nothing is included"),
            Self::ClassUnsupported(class) => {
                write!(f, "unknown circuit class: depth {}, {} assets", class.depth, class.assets)
            }
            Self::ShardOutside { leaf, shard, shards } => {
                write!(f, "leaf {leaf} is in shard {shard}, but the epoch has {shards}")
            }
            Self::PlaceRepeated { leaf, shard, index } => {
                write!(f, "leaf {leaf} repeats the place {index} of shard {shard}")
            }
            Self::SlotsInvalid { leaf } => {
                write!(f, "leaf {leaf} has more than {SLOTS} slots, or one with no such asset")
            }
            Self::Path { leaf, source } => write!(f, "leaf {leaf}: {source}"),
            Self::RootMismatch { leaf, expected, found } => {
                write!(f, "leaf {leaf} leads to root {found}, but the root on chain is {expected}")
            }
            Self::AssetsMismatch => f.write_str("the file's assets are not those the exchange declared"),
        }
    }
}

impl core::error::Error for InclusionError {}

/// What a verifier compares a file with. All of it comes from the chain.
#[derive(Clone, Debug)]
pub struct Expected<'a> {
    pub exchange: [u8; 32],
    pub epoch: u64,
    pub class: Class,
    /// The roots by shard.
    pub roots: &'a [Element],
    pub assets: &'a crate::assets::AssetList,
}

impl InclusionFile {
    /// Refuses text that is not a file of this version. A byte order mark before it, which editors
    /// add, is skipped.
    pub fn parse(text: &str) -> Result<Self, InclusionError> {
        let text = text.strip_prefix('\u{feff}').unwrap_or(text);
        let file: Self = serde_json::from_str(text).map_err(|error| {
            // The position, never the content: a message may be pasted in public.
            InclusionError::Malformed(format!("line {}, column {}", error.line(), error.column()))
        })?;
        if file.version != VERSION {
            return Err(InclusionError::Malformed(format!("it has version {}", file.version)));
        }
        Ok(file)
    }

    /// Whether every leaf lies under its shard's root, and what they add up to.
    ///
    /// `account` is the customer's id as they know it themselves: a file made for the balances of
    /// somebody else fails by its tags, whatever it says of itself.
    pub fn verify(&self, account: &str, expected: &Expected<'_>) -> Result<Vec<Balance>, InclusionError> {
        if self.account != account {
            return Err(InclusionError::AccountMismatch { expected: account.into(), found: self.account.clone() });
        }
        if self.exchange != expected.exchange {
            return Err(InclusionError::ExchangeMismatch);
        }
        if self.epoch != expected.epoch {
            return Err(InclusionError::EpochMismatch { expected: expected.epoch, found: self.epoch });
        }
        if self.class != expected.class || self.class.check().is_err() {
            return Err(InclusionError::ClassUnsupported(self.class));
        }
        self.check_assets(expected)?;
        if self.leaves.is_empty() {
            return Err(InclusionError::Empty);
        }
        let mut sums = alloc::vec![0u128; expected.assets.len()];
        for (number, leaf) in self.leaves.iter().enumerate() {
            self.check_place(number, leaf)?;
            self.check_root(number, leaf, expected)?;
            for slot in &leaf.slots {
                let sum = usize::from(slot.asset).checked_sub(1).and_then(|index| sums.get_mut(index));
                // At most 128 * 4^10 leaves of nine 64-bit balances: no overflow.
                *sum.ok_or(InclusionError::SlotsInvalid { leaf: number })? += u128::from(slot.balance);
            }
        }
        let names = self.assets.iter().zip(sums);
        Ok(names.map(|(name, units)| Balance { symbol: name.symbol.clone(), decimals: name.decimals, units }).collect())
    }

    fn check_assets(&self, expected: &Expected<'_>) -> Result<(), InclusionError> {
        let declared = expected.assets.as_slice();
        let same = declared.len() == self.assets.len()
            && declared
                .iter()
                .zip(&self.assets)
                .all(|(asset, name)| asset.symbol() == name.symbol && asset.decimals == name.decimals);
        if same { Ok(()) } else { Err(InclusionError::AssetsMismatch) }
    }

    fn check_place(&self, number: usize, leaf: &IncludedLeaf) -> Result<(), InclusionError> {
        let repeated = self.leaves[..number]
            .iter()
            .any(|earlier| earlier.shard == leaf.shard && earlier.path.index == leaf.path.index);
        if repeated {
            return Err(InclusionError::PlaceRepeated { leaf: number, shard: leaf.shard, index: leaf.path.index });
        }
        Ok(())
    }

    fn check_root(&self, number: usize, leaf: &IncludedLeaf, expected: &Expected<'_>) -> Result<(), InclusionError> {
        let root = *expected.roots.get(usize::from(leaf.shard)).ok_or(InclusionError::ShardOutside {
            leaf: number,
            shard: leaf.shard,
            shards: expected.roots.len(),
        })?;
        if leaf.root != root {
            return Err(InclusionError::RootMismatch { leaf: number, expected: root, found: leaf.root });
        }
        let mut slots = [Slot::default(); SLOTS];
        slots
            .get_mut(..leaf.slots.len())
            .ok_or(InclusionError::SlotsInvalid { leaf: number })?
            .copy_from_slice(&leaf.slots);
        let owner = Owner { account: AccountId::from_public_id(&self.account), salt: leaf.salt };
        let digest = Leaf { owner: Some(owner), slots }.digest();
        let found = leaf
            .path
            .root(expected.class.depth, digest)
            .map_err(|source| InclusionError::Path { leaf: number, source })?;
        if found != root {
            return Err(InclusionError::RootMismatch { leaf: number, expected: root, found });
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_byte_order_mark_before_a_file_is_skipped() {
        let file = InclusionFile {
            notice: NOTICE.into(),
            version: VERSION,
            account: "alice".into(),
            exchange: [1; 32],
            epoch: 2,
            class: Class::SMALLEST,
            assets: alloc::vec![],
            leaves: alloc::vec![],
        };
        let text = serde_json::to_string(&file).unwrap();
        assert!(InclusionFile::parse(&format!("\u{feff}{text}")).is_ok_and(|found| found == file));
        assert!(InclusionFile::parse(&format!("\u{feff}\u{feff}{text}")).is_err());
    }
}
