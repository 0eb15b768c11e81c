//! What a chain keeps beside an exchange's epochs: its wallets, the tokens that count, and what the chain saw in the wallets
//! (section 10 of the specification).

use ballast_core::{Digest, hexadecimal};
use serde::Serialize;

use crate::chain::{Address, Chain};

/// A wallet that agreed to be the exchange's.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Wallet {
    pub chain: Chain,
    pub address: Address,
    #[serde(with = "hexadecimal")]
    pub exchange: Digest,
    /// Unix seconds.
    pub registered_at: u64,
    /// Counts no more, and never again.
    pub retired: bool,
}

/// A token of the chain that counts for one of the exchange's assets.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Token {
    pub chain: Chain,
    /// Zero for lamports and native coin.
    pub address: Address,
    /// Number of the asset, from 1.
    pub asset: u16,
    /// Of the token; its asset may have others.
    pub decimals: u8,
}

/// What the chain saw for one epoch.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Witness {
    pub chain: Chain,
    #[serde(with = "hexadecimal")]
    pub exchange: Digest,
    pub epoch: u64,
    /// When the first look was, Unix seconds.
    pub began: u64,
    /// When the last look so far was, Unix seconds.
    pub last_look: u64,
    /// Nothing is added any more; only then it counts.
    pub closed: bool,
    /// Holdings looked at.
    pub holdings: u32,
    /// By asset number, in committed units: what the holdings sum to. None where no token of this chain counts for the asset.
    pub amounts: Vec<Option<u128>>,
}
