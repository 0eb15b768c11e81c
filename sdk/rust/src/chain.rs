//! Which chain something was read from, and addresses in that chain's own notation.

use std::{fmt, str::FromStr};

use ballast_ledger::reserves::place;
use serde::{Deserialize, Deserializer, Serialize, Serializer, de::Error as _};
use solana_sdk::pubkey::Pubkey;

/// A chain that a reader is connected to. Shown as `solana` or `evm:<chain id>`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Chain {
    Solana,
    /// By EIP-155 chain id.
    Evm(u64),
}

impl Chain {
    /// The EIP-155 id of an EVM chain.
    pub const fn evm_id(self) -> Option<u64> {
        match self {
            Self::Solana => None,
            Self::Evm(id) => Some(id),
        }
    }
}

impl fmt::Display for Chain {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Solana => f.write_str("solana"),
            Self::Evm(id) => write!(f, "evm:{id}"),
        }
    }
}

impl FromStr for Chain {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let chain = place::Chain::parse(text);
        let chain = chain.ok_or_else(|| format!("expected \"solana\" or \"evm:<chain id>\", found {text:?}"))?;
        Ok(match chain {
            place::Chain::Solana => Self::Solana,
            place::Chain::Evm(id) => Self::Evm(id),
        })
    }
}

/// An account: base58 on Solana, 0x and a checksum's capitals on the EVM.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Address {
    Solana(Pubkey),
    Evm(alloy::primitives::Address),
}

impl fmt::Display for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Solana(address) => address.fmt(f),
            Self::Evm(address) => address.fmt(f),
        }
    }
}

impl FromStr for Address {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let found = if text.starts_with("0x") {
            alloy::primitives::Address::from_str(text).ok().map(Self::Evm)
        } else {
            Pubkey::from_str(text).ok().map(Self::Solana)
        };
        found.ok_or_else(|| format!("expected an address of Solana or the EVM, found {text:?}"))
    }
}

macro_rules! as_text {
    ($($name:ty),+) => {$(
        impl Serialize for $name {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.collect_str(self)
            }
        }

        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                String::deserialize(deserializer)?.parse().map_err(D::Error::custom)
            }
        }
    )+};
}

as_text!(Chain, Address);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_chain_has_one_name() {
        for chain in [Chain::Solana, Chain::Evm(0), Chain::Evm(31_337), Chain::Evm(u64::MAX)] {
            assert_eq!(chain.to_string().parse(), Ok(chain));
        }
        for other in ["evm:01", "evm:+1", "evm:", "Solana", "evm:18446744073709551616", ""] {
            assert!(other.parse::<Chain>().is_err(), "{other:?}");
        }
    }
}
