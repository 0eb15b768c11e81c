//! What a wallet signs to become an exchange's (section 10 of the specification).

use alloy::{
    primitives::{Address, B256},
    sol,
    sol_types::{SolStruct, eip712_domain},
};
use ballast_core::Digest;
use serde_json::{Value, json};

sol! {
    /// The wallet agrees to be the exchange's.
    struct RegisterWallet {
        bytes32 exchangeId;
        address wallet;
    }
}

/// The EIP-712 digest that `wallet` signs, for the contract `Witnesses` at `witnesses` on the chain
/// with this id.
pub fn registration_hash(chain_id: u64, witnesses: Address, exchange_id: &Digest, wallet: Address) -> B256 {
    let domain = eip712_domain! {
        name: "Ballast",
        version: "1",
        chain_id: chain_id,
        verifying_contract: witnesses,
    };
    RegisterWallet { exchangeId: exchange_id.into(), wallet }.eip712_signing_hash(&domain)
}

/// What `wallet` signs, as the JSON that wallets take (`eth_signTypedData_v4`). Its digest is
/// [`registration_hash`].
pub fn registration_message(chain_id: u64, witnesses: Address, exchange_id: &Digest, wallet: Address) -> Value {
    let field = |name: &str, kind: &str| json!({ "name": name, "type": kind });
    json!({
        "types": {
            "EIP712Domain": [
                field("name", "string"),
                field("version", "string"),
                field("chainId", "uint256"),
                field("verifyingContract", "address"),
            ],
            "RegisterWallet": [field("exchangeId", "bytes32"), field("wallet", "address")],
        },
        "primaryType": "RegisterWallet",
        "domain": { "name": "Ballast", "version": "1", "chainId": chain_id, "verifyingContract": witnesses },
        "message": { "exchangeId": B256::from(*exchange_id), "wallet": wallet },
    })
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

    /// hashStruct of EIP-712, of what the JSON says.
    fn hash_of(message: &Value, name: &str, values: &Value) -> B256 {
        let fields = message["types"][name].as_array().unwrap();
        let text = |field: &Value, key: &str| field[key].as_str().unwrap().to_owned();
        let named = fields.iter().map(|field| format!("{} {}", text(field, "type"), text(field, "name")));
        let of_type = format!("{name}({})", named.collect::<Vec<_>>().join(","));
        let mut words = keccak256(of_type).to_vec();
        for field in fields {
            let value = &values[&text(field, "name")];
            let word = match text(field, "type").as_str() {
                "string" => keccak256(value.as_str().unwrap()),
                "uint256" => B256::left_padding_from(&value.as_u64().unwrap().to_be_bytes()),
                _ => B256::left_padding_from(&alloy::hex::decode(value.as_str().unwrap()).unwrap()),
            };
            words.extend(word);
        }
        keccak256(words)
    }

    #[test]
    fn the_json_is_of_the_same_digest() {
        let (witnesses, wallet, exchange) = (Address::repeat_byte(0x11), Address::repeat_byte(0x22), [0x33; 32]);
        let message = registration_message(31_337, witnesses, &exchange, wallet);
        let domain = hash_of(&message, "EIP712Domain", &message["domain"]);
        let content = hash_of(&message, message["primaryType"].as_str().unwrap(), &message["message"]);
        let digest = keccak256([&[0x19, 0x01], domain.as_slice(), content.as_slice()].concat());
        assert_eq!(digest, registration_hash(31_337, witnesses, &exchange, wallet));
    }
}
