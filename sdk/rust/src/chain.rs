//! The chain that something was read from, and addresses in that chain's own notation.

use std::{fmt, str::FromStr};

pub use ballast_core::chain::Chain;
use serde::{Deserialize, Deserializer, Serialize, Serializer, de::Error as _};
use solana_sdk::pubkey::Pubkey;

/// The address of an account or contract. It is written in base58 on Solana, and as 0x with the
/// capitals of EIP-55 on the EVM.
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

impl Serialize for Address {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Address {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(D::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_survives_its_text_and_other_texts_are_none() {
        for text in ["11111111111111111111111111111111", "0x70997970C51812dc3A010C7d01b50e0d17dc79C8"] {
            let address: Address = text.parse().unwrap();
            assert_eq!(address.to_string(), text);
            assert_eq!(serde_json::from_str::<Address>(&format!("{text:?}")).unwrap(), address);
        }
        for text in ["", "0x", "0x70997970c51812dc3a010c7d01b50e0d17dc79", "0OIl", "bc1q"] {
            assert!(text.parse::<Address>().is_err(), "{text:?}");
        }
    }
}
