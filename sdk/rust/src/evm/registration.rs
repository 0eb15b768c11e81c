//! What a wallet signs to become an exchange's (section 10 of the specification).

use alloy::{
    primitives::{Address, B256},
    sol,
    sol_types::{SolStruct, eip712_domain},
};
use ballast_core::Digest;

sol! {
    /// The wallet agrees to be the exchange's.
    struct RegisterWallet {
        bytes32 exchangeId;
        address wallet;
    }
}

/// The EIP-712 digest that `wallet` signs, for the contract `Witnesses` at `witnesses` on the chain with this id.
pub fn registration_hash(chain_id: u64, witnesses: Address, exchange_id: &Digest, wallet: Address) -> B256 {
    let domain = eip712_domain! {
        name: "Ballast",
        version: "1",
        chain_id: chain_id,
        verifying_contract: witnesses,
    };
    RegisterWallet { exchangeId: exchange_id.into(), wallet }.eip712_signing_hash(&domain)
}

#[cfg(test)]
mod tests {
    use alloy::{primitives::keccak256, sol_types::SolValue};

    use super::*;

    /// Spelled out, as EIP-712 has it.
    #[test]
    fn the_digest_is_that_of_the_standard() {
        let (witnesses, wallet, exchange) = (Address::repeat_byte(0x11), Address::repeat_byte(0x22), [0x33; 32]);
        let of_domain = "EIP712Domain(string name,string version,uint256 chainId,address verifyingContract)";
        let chain = B256::left_padding_from(&31_337u64.to_be_bytes());
        let domain = (keccak256(of_domain), keccak256("Ballast"), keccak256("1"), chain, witnesses).abi_encode();
        let of_message = keccak256("RegisterWallet(bytes32 exchangeId,address wallet)");
        let message = (of_message, B256::from(exchange), wallet).abi_encode();
        let preimage = [&[0x19, 0x01], &keccak256(domain)[..], &keccak256(message)[..]].concat();
        assert_eq!(registration_hash(31_337, witnesses, &exchange, wallet), keccak256(preimage));
    }

    #[test]
    fn every_argument_is_in_the_digest() {
        let (here, wallet) = (Address::repeat_byte(1), Address::repeat_byte(2));
        let digests = [
            registration_hash(1, here, &[3; 32], wallet),
            registration_hash(2, here, &[3; 32], wallet),
            registration_hash(1, wallet, &[3; 32], wallet),
            registration_hash(1, here, &[4; 32], wallet),
            registration_hash(1, here, &[3; 32], here),
        ];
        for (index, digest) in digests.iter().enumerate() {
            assert!(!digests[..index].contains(digest), "{index}");
        }
    }
}
