//! Addresses and block hashes as a report writes them, by chain.
//!
//! | chain | address | block hash |
//! | --- | --- | --- |
//! | `solana` | base58 of 32 bytes | base58 of 32 bytes |
//! | `evm:<chain id>` | `0x` and 40 hexadecimal digits, capitals as in EIP-55 or not | `0x` and 64 lower-case hexadecimal digits |

use ballast_core::chain::Chain;
use bitcoin::base58;

/// What a chain's addresses and block hashes look like.
pub(super) trait Notation {
    /// The bytes of an address on this chain, which are the same however it is written.
    fn address(&self, text: &str) -> Option<Vec<u8>>;

    /// Whether balances of this token lie at the wallet's own address: all on the EVM, lamports on
    /// Solana.
    fn is_at_wallet(&self, token: &[u8]) -> bool;

    /// Whether `text` is a block hash of the chain in the one way of writing it.
    fn is_block_hash(&self, text: &str) -> bool;
}

impl Notation for Chain {
    fn address(&self, text: &str) -> Option<Vec<u8>> {
        match self {
            Self::Solana => base58_32(text),
            Self::Evm(_) => hexadecimal(text, 20),
        }
    }

    fn is_at_wallet(&self, token: &[u8]) -> bool {
        matches!(self, Self::Evm(_)) || token.iter().all(|byte| *byte == 0)
    }

    fn is_block_hash(&self, text: &str) -> bool {
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
