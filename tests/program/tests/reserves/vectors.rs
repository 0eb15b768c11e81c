//! `tests/vectors`: a history of real proofs, made by `cargo xtask generate`.

use std::{fs, path::Path};

use anchor_lang::prelude::Pubkey;
use ballast_core::post::ShardPost;
use serde::{
    Deserialize, Deserializer,
    de::{DeserializeOwned, Error},
};
use solana_keypair::Keypair;

#[derive(Deserialize)]
pub struct Vectors {
    pub circuit: CircuitVector,
    pub exchange: ExchangeVector,
    pub epochs: Vec<EpochVector>,
    pub other: Option<EpochVector>,
}

#[derive(Clone, Deserialize)]
pub struct CircuitVector {
    pub depth: u8,
    pub assets: u16,
    pub setup: u8,
    #[serde(deserialize_with = "bytes")]
    pub transcript: Vec<u8>,
    #[serde(deserialize_with = "bytes")]
    pub verifying_key: Vec<u8>,
    #[serde(deserialize_with = "bytes")]
    pub id: Vec<u8>,
}

#[derive(Deserialize)]
pub struct ExchangeVector {
    pub name: String,
    #[serde(deserialize_with = "bytes")]
    pub solana_authority_seed: Vec<u8>,
    #[serde(deserialize_with = "bytes")]
    pub evm_authority: Vec<u8>,
    #[serde(deserialize_with = "bytes")]
    pub id: Vec<u8>,
    #[serde(deserialize_with = "integer")]
    pub cadence: u64,
    pub symbols: Vec<String>,
    pub decimals: Vec<u8>,
    #[serde(deserialize_with = "bytes")]
    pub asset_list: Vec<u8>,
}

#[derive(Default, Deserialize)]
pub struct EpochVector {
    pub shards: Vec<ShardVector>,
    #[serde(deserialize_with = "integers")]
    pub liabilities: Vec<u128>,
    #[serde(deserialize_with = "integers")]
    pub reserves: Vec<u128>,
    pub insolvent: Vec<u16>,
    #[serde(deserialize_with = "bytes")]
    pub record: Vec<u8>,
    #[serde(deserialize_with = "bytes")]
    pub head_before: Vec<u8>,
    #[serde(deserialize_with = "bytes")]
    pub head_after: Vec<u8>,
}

#[derive(Deserialize)]
pub struct ShardVector {
    #[serde(deserialize_with = "bytes")]
    pub encoded: Vec<u8>,
}

fn bytes<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<u8>, D::Error> {
    let text = String::deserialize(deserializer)?;
    hex::decode(text.strip_prefix("0x").ok_or_else(|| D::Error::custom("expected 0x"))?).map_err(D::Error::custom)
}

fn integer<'de, D: Deserializer<'de>>(deserializer: D) -> Result<u64, D::Error> {
    String::deserialize(deserializer)?.parse().map_err(D::Error::custom)
}

fn integers<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<u128>, D::Error> {
    Vec::<String>::deserialize(deserializer)?.iter().map(|text| text.parse().map_err(D::Error::custom)).collect()
}

fn read<T: DeserializeOwned>(name: &str) -> T {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/vectors").join(name);
    let text = fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    serde_json::from_str(&text).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// Three epochs of three assets; epoch 2 has two shards and is insolvent in the second asset.
pub fn history() -> Vectors {
    read("history.json")
}

/// Two epochs of 53 assets.
pub fn wide() -> Vectors {
    read("wide.json")
}

/// One epoch of which there is one shard, the last of 128; 128 assets, all insolvent.
pub fn limits() -> Vectors {
    #[derive(Deserialize)]
    struct Limits {
        circuit: CircuitVector,
        exchange: ExchangeVector,
        shard: ShardVector,
    }
    let Limits { circuit, exchange, shard } = read("limits.json");
    let epoch = EpochVector { shards: vec![shard], ..EpochVector::default() };
    Vectors { circuit, exchange, epochs: vec![epoch], other: None }
}

impl ExchangeVector {
    /// INSECURE: made from a published seed.
    pub fn authority(&self) -> Keypair {
        Keypair::new_from_array(self.solana_authority_seed.as_slice().try_into().unwrap())
    }

    pub fn id(&self) -> [u8; 32] {
        self.id.as_slice().try_into().unwrap()
    }
}

impl CircuitVector {
    pub fn id(&self) -> [u8; 32] {
        self.id.as_slice().try_into().unwrap()
    }

    pub fn args(&self) -> reserves::instructions::RegisterCircuitArgs {
        reserves::instructions::RegisterCircuitArgs {
            depth: self.depth,
            assets: self.assets,
            setup: self.setup,
            transcript: self.transcript.as_slice().try_into().unwrap(),
            verifying_key: self.verifying_key.clone(),
        }
    }
}

impl ShardVector {
    pub fn post(&self) -> ShardPost {
        ShardPost::decode(&self.encoded).unwrap()
    }
}

/// The sum of two numbers of 32 bytes, big-endian.
pub fn plus(number: &[u8; 32], other: &[u8; 32]) -> [u8; 32] {
    let mut carry = 0;
    let mut sum = [0; 32];
    for i in (0..32).rev() {
        let digit = u16::from(number[i]) + u16::from(other[i]) + carry;
        (sum[i], carry) = (digit as u8, digit >> 8);
    }
    sum
}

/// An address that nobody has the key of.
pub fn address(number: u8) -> Pubkey {
    Pubkey::new_from_array([number; 32])
}
