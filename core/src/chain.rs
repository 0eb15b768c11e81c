//! Chains by name, as reports, epochs and settings write them.

use alloc::{format, string::String};
use core::{fmt, str::FromStr};

/// A chain on which exchanges publish. It is written `solana` or `evm:<chain id>`, in this one way.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Chain {
    Solana,
    /// An EVM chain, by its EIP-155 chain id.
    Evm(u64),
}

impl Chain {
    /// The EIP-155 id of an EVM chain; none for Solana.
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
        let evm = || {
            let digits = text.strip_prefix("evm:")?;
            let id: u64 = digits.parse().ok()?;
            // A plus sign or a leading zero would be a second way of writing it.
            (format!("{id}") == digits).then_some(Self::Evm(id))
        };
        let chain = if text == "solana" { Some(Self::Solana) } else { evm() };
        chain.ok_or_else(|| format!("expected \"solana\" or \"evm:<chain id>\", found {text:?}"))
    }
}

#[cfg(feature = "serde")]
mod json {
    use super::Chain;
    use alloc::string::String;
    use serde::{Deserialize, Deserializer, Serialize, Serializer, de::Error};

    impl Serialize for Chain {
        fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
            serializer.collect_str(self)
        }
    }

    impl<'de> Deserialize<'de> for Chain {
        fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
            String::deserialize(deserializer)?.parse().map_err(D::Error::custom)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::string::ToString;

    #[test]
    fn a_chain_is_written_in_one_way() {
        for chain in [Chain::Solana, Chain::Evm(0), Chain::Evm(31_337), Chain::Evm(u64::MAX)] {
            assert_eq!(chain.to_string().parse(), Ok(chain));
        }
        let bad = ["Solana", "evm:", "evm:01", "evm:+1", "evm:-1", "evm:1 ", "evm:18446744073709551616", "bitcoin", ""];
        for text in bad {
            assert!(text.parse::<Chain>().is_err(), "{text:?}");
        }
    }
}
