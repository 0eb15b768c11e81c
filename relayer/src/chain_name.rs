//! The chains that an epoch is posted to, by name.

use std::fmt;

use ballast_sdk::chain::Chain;
use serde::Serialize;

/// A chain that the relayer can be set up for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum ChainName {
    Solana,
    Evm,
}

impl ChainName {
    /// In the order in which epochs are posted.
    pub const ALL: [Self; 2] = [Self::Solana, Self::Evm];

    pub const fn name(self) -> &'static str {
        match self {
            Self::Solana => "solana",
            Self::Evm => "evm",
        }
    }

    /// The name of the chain that the SDK reads from.
    pub fn of(chain: Chain) -> Self {
        match chain {
            Chain::Solana => Self::Solana,
            Chain::Evm(_) => Self::Evm,
        }
    }

    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|chain| chain.name() == name)
    }

    /// Name of the chain's smallest currency unit: lamports or wei.
    pub const fn money(self) -> &'static str {
        match self {
            Self::Solana => "lamports",
            Self::Evm => "wei",
        }
    }

    /// Name of the unit in which the chain measures a transaction's work.
    pub const fn work(self) -> &'static str {
        match self {
            Self::Solana => "compute units",
            Self::Evm => "gas",
        }
    }
}

impl fmt::Display for ChainName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}
