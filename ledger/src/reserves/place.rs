//! Chains, addresses and block hashes as a report writes them.
//!
//! | chain | address | block hash |
//! | --- | --- | --- |
//! | `solana` | base58 of 32 bytes | base58 of 32 bytes |
//! | `evm:<chain id>` | `0x` and 40 hexadecimal digits, capitals as in EIP-55 or not | `0x` and 64 lower-case hexadecimal digits |

use bitcoin::base58;

/// A chain whose wallets are read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Chain {
    Solana,
    /// By EIP-155 chain id.
    Evm(u64),
}

impl Chain {
    /// The chain called `text`, in the one way of writing it.
    pub fn parse(text: &str) -> Option<Self> {
        if text == "solana" {
            return Some(Self::Solana);
        }
        let digits = text.strip_prefix("evm:")?;
        let id: u64 = digits.parse().ok()?;
        (id.to_string() == digits).then_some(Self::Evm(id))
    }

    /// The bytes of an address on this chain: the same however it is written.
    pub fn address(self, text: &str) -> Option<Vec<u8>> {
        match self {
            Self::Solana => base58_32(text),
            Self::Evm(_) => hexadecimal(text, 20),
        }
    }

    /// Whether balances of this token lie at the wallet's own address: all on the EVM, lamports on Solana.
    pub(super) fn is_at_wallet(self, token: &[u8]) -> bool {
        matches!(self, Self::Evm(_)) || token.iter().all(|byte| *byte == 0)
    }

    /// Whether this is a block hash of the chain in the one way of writing it.
    pub fn is_block_hash(self, text: &str) -> bool {
        match self {
            Self::Solana => base58_32(text).is_some(),
            Self::Evm(_) => hexadecimal(text, 32).is_some() && !text.bytes().any(|byte| byte.is_ascii_uppercase()),
        }
    }
}

fn base58_32(text: &str) -> Option<Vec<u8>> {
    // Longer than any, and the time that decoding takes grows with the square of the length.
    let bytes = if text.len() <= 44 { base58::decode(text).ok()? } else { return None };
    (bytes.len() == 32).then_some(bytes)
}

fn hexadecimal(text: &str, length: usize) -> Option<Vec<u8>> {
    let bytes = hex::decode(text.strip_prefix("0x")?).ok()?;
    (bytes.len() == length).then_some(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_chain_is_written_in_one_way() {
        assert_eq!(Chain::parse("solana"), Some(Chain::Solana));
        assert_eq!(Chain::parse("evm:31337"), Some(Chain::Evm(31_337)));
        for bad in ["Solana", "evm:", "evm:01", "evm:+1", "evm:-1", "evm:1 ", "evm:18446744073709551616", "bitcoin", ""]
        {
            assert_eq!(Chain::parse(bad), None, "{bad:?}");
        }
    }

    #[test]
    fn an_address_is_its_bytes() {
        let evm = Chain::Evm(1);
        let lower = evm.address("0x70997970c51812dc3a010c7d01b50e0d17dc79c8");
        assert!(lower.is_some() && evm.address("0x70997970C51812dc3A010C7d01b50e0d17dc79C8") == lower);
        assert_eq!(Chain::Solana.address("11111111111111111111111111111111"), Some(vec![0; 32]));
        for bad in ["1111111111111111111111111111111", "111111111111111111111111111111111", "0OIl", "", &"z".repeat(45)]
        {
            assert_eq!(Chain::Solana.address(bad), None, "{bad:?}");
        }
        assert!(evm.address("70997970c51812dc3a010c7d01b50e0d17dc79c8").is_none());
        assert!(evm.is_block_hash(&format!("0x{}", "ab".repeat(32))));
        assert!(!evm.is_block_hash(&format!("0x{}", "AB".repeat(32))));
    }
}
