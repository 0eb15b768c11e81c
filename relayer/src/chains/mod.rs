//! The two destinations of an epoch.

use serde::Serialize;
use std::fmt;

/// A kind of destination.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum ChainName {
    Solana,
    Evm,
}

impl ChainName {
    pub const ALL: [Self; 2] = [Self::Solana, Self::Evm];

    pub const fn name(self) -> &'static str {
        match self {
            Self::Solana => "solana",
            Self::Evm => "evm",
        }
    }

    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|chain| chain.name() == name)
    }
}

impl fmt::Display for ChainName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}
