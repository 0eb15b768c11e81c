//! What a wallet signs to become an exchange's (section 10 of the specification).

use alloy::{
    primitives::{Address, B256, U256},
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
        uint256 deadline;
    }
}

/// What a wallet agrees to: to be one exchange's, at one contract on one chain.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Registration {
    pub chain_id: u64,
    /// The contract `Witnesses`.
    pub witnesses: Address,
    pub exchange: Digest,
    pub wallet: Address,
    /// Until when the signature may be used, Unix seconds.
    pub deadline: u64,
}

/// The EIP-712 digest that the wallet signs.
pub fn registration_hash(registration: &Registration) -> B256 {
    let Registration { chain_id, witnesses, exchange, wallet, deadline } = *registration;
    let domain = eip712_domain! {
        name: "Ballast",
        version: "1",
        chain_id: chain_id,
        verifying_contract: witnesses,
    };
    let deadline = U256::from(deadline);
    RegisterWallet { exchangeId: exchange.into(), wallet, deadline }.eip712_signing_hash(&domain)
}

/// What the wallet signs, as the JSON that wallets take (`eth_signTypedData_v4`). Its digest is
/// [`registration_hash`].
pub fn registration_message(registration: &Registration) -> Value {
    let Registration { chain_id, witnesses, exchange, wallet, deadline } = *registration;
    let field = |name: &str, kind: &str| json!({ "name": name, "type": kind });
    json!({
        "types": {
            "EIP712Domain": [
                field("name", "string"),
                field("version", "string"),
                field("chainId", "uint256"),
                field("verifyingContract", "address"),
            ],
            "RegisterWallet": [
                field("exchangeId", "bytes32"),
                field("wallet", "address"),
                field("deadline", "uint256"),
            ],
        },
        "primaryType": "RegisterWallet",
        "domain": { "name": "Ballast", "version": "1", "chainId": chain_id, "verifyingContract": witnesses },
        "message": { "exchangeId": B256::from(exchange), "wallet": wallet, "deadline": deadline },
    })
}

#[cfg(test)]
mod tests {
    use alloy::{primitives::keccak256, sol_types::SolValue};

    use super::*;

    fn registration() -> Registration {
        Registration {
            chain_id: 31_337,
            witnesses: Address::repeat_byte(0x11),
            exchange: [0x33; 32],
            wallet: Address::repeat_byte(0x22),
            deadline: 1_900_000_000,
        }
    }

    /// Spelled out, as EIP-712 has it.
    #[test]
    fn the_digest_is_that_of_the_standard() {
        let Registration { witnesses, exchange, wallet, deadline, .. } = registration();
        let of_domain = "EIP712Domain(string name,string version,uint256 chainId,address verifyingContract)";
        let chain = B256::left_padding_from(&31_337u64.to_be_bytes());
        let domain = (keccak256(of_domain), keccak256("Ballast"), keccak256("1"), chain, witnesses).abi_encode();
        let of_message = keccak256("RegisterWallet(bytes32 exchangeId,address wallet,uint256 deadline)");
        let message = (of_message, B256::from(exchange), wallet, U256::from(deadline)).abi_encode();
        let preimage = [&[0x19, 0x01], &keccak256(domain)[..], &keccak256(message)[..]].concat();
        assert_eq!(registration_hash(&registration()), keccak256(preimage));
    }

    #[test]
    fn every_field_is_in_the_digest() {
        let changes: [fn(&mut Registration); 6] = [
            |_| {},
            |registration| registration.chain_id += 1,
            |registration| registration.witnesses = Address::ZERO,
            |registration| registration.exchange[0] ^= 1,
            |registration| registration.wallet = Address::ZERO,
            |registration| registration.deadline += 1,
        ];
        let digests = changes.map(|change| {
            let mut changed = registration();
            change(&mut changed);
            registration_hash(&changed)
        });
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
        let message = registration_message(&registration());
        let domain = hash_of(&message, "EIP712Domain", &message["domain"]);
        let content = hash_of(&message, message["primaryType"].as_str().unwrap(), &message["message"]);
        let digest = keccak256([&[0x19, 0x01], domain.as_slice(), content.as_slice()].concat());
        assert_eq!(digest, registration_hash(&registration()));
    }
}
