//! What the compiler made of a contract: the code that deploys it, and the code that is then at its
//! address.

use std::{
    collections::{BTreeMap, BTreeSet},
    path::Path,
};

use alloy::primitives::{Address, B256, hex};
use anyhow::{Context, Result, ensure};
use ballast_durable::read_text_bounded;
use serde::Deserialize;

/// Bytes of the longest artifact read: the compiler writes a few million for a contract.
const ARTIFACT_MAX: u64 = 1 << 26;

/// A compiled contract.
#[derive(Clone, Debug)]
pub struct Artifact {
    contract: String,
    creation: Vec<u8>,
    /// The code at the contract's address, with zeros where an immutable is.
    runtime: Vec<u8>,
    /// Where in `runtime` each immutable is, once for every use of it.
    immutables: Vec<Vec<Place>>,
}

/// The part of a compiler artifact that a deployment needs.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct File {
    bytecode: Bytecode,
    deployed_bytecode: Bytecode,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Bytecode {
    object: String,
    #[serde(default)]
    immutable_references: BTreeMap<String, Vec<Place>>,
}

/// Bytes of the code that hold one use of an immutable.
#[derive(Clone, Copy, Debug, Deserialize)]
struct Place {
    start: usize,
    length: usize,
}

impl Artifact {
    /// The compiler's output for `contract` in the folder `artifacts`.
    ///
    /// # Errors
    /// With the file's path: what the file system answers, and what is no artifact of a contract
    /// that can be deployed.
    pub fn read(artifacts: &Path, contract: &str) -> Result<Self> {
        let path = artifacts.join(format!("{contract}.sol/{contract}.json"));
        let text = read_text_bounded(&path, ARTIFACT_MAX)
            .with_context(|| format!("read {}; `npm run build` compiles the contracts", path.display()))?;
        let file: File = serde_json::from_str(&text).with_context(|| format!("parse {}", path.display()))?;
        let decode = |code: &Bytecode| hex::decode(&code.object).with_context(|| format!("code in {}", path.display()));
        let (creation, runtime) = (decode(&file.bytecode)?, decode(&file.deployed_bytecode)?);
        ensure!(!creation.is_empty() && !runtime.is_empty(), "{} has no bytecode", path.display());
        let immutables = file.deployed_bytecode.immutable_references.into_values().collect();
        Ok(Self { contract: contract.into(), creation, runtime, immutables })
    }

    /// The code of a transaction that deploys the contract with these ABI-encoded arguments.
    pub fn creation(&self, arguments: &[u8]) -> Vec<u8> {
        [&self.creation, arguments].concat()
    }

    /// Refuses `code`, found at `address`, unless it is that of the contract with these values as
    /// its immutables, in any order. Each immutable has one value wherever the code uses it.
    ///
    /// # Errors
    /// What is different, with the contract, the address and what to do.
    pub fn check(&self, address: Address, code: &[u8], values: &[B256]) -> Result<()> {
        let contract = &self.contract;
        let same = "build the sources that were deployed, or move the record away to deploy anew: contracts are not \
                    upgraded";
        let (expected, length) = (self.runtime.len(), code.len());
        ensure!(
            length == expected,
            "{contract} at {address}: expected {expected} bytes of code as compiled, found {length}: {same}"
        );
        let mut masked = code.to_vec();
        let mut found = Vec::with_capacity(self.immutables.len());
        for places in &self.immutables {
            let mut words = BTreeSet::new();
            for Place { start, length } in places {
                let word = masked.get_mut(*start..start.saturating_add(*length));
                let word = word.with_context(|| format!("the artifact of {contract} has an immutable at {start}"))?;
                ensure!(word.len() <= B256::len_bytes(), "the artifact of {contract} has a long immutable at {start}");
                words.insert(B256::left_padding_from(word));
                word.fill(0);
            }
            let different = words.len();
            ensure!(
                different <= 1,
                "{contract} at {address}: expected one value of each immutable, found {different} of one: {same}"
            );
            found.extend(words);
        }
        let differs = masked.iter().zip(&self.runtime).position(|(found, expected)| found != expected);
        if let Some(offset) = differs {
            anyhow::bail!(
                "{contract} at {address}: expected the code as compiled, found other code from byte {offset} on: {same}"
            );
        }
        let mut expected = values.to_vec();
        expected.sort_unstable();
        found.sort_unstable();
        ensure!(
            found == expected,
            "{contract} at {address}: expected the immutables {expected:?}, found {found:?}: {same}"
        );
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ADDRESS: Address = Address::repeat_byte(9);

    fn artifact() -> Artifact {
        let place = |start| Place { start, length: 32 };
        let immutables = vec![vec![place(4), place(40)], vec![place(72)]];
        let mut runtime = vec![0xfe; 108];
        for Place { start, length } in immutables.iter().flatten() {
            runtime[*start..start + length].fill(0);
        }
        Artifact { contract: "Example".into(), creation: vec![1], runtime, immutables }
    }

    fn values() -> [B256; 2] {
        [B256::repeat_byte(1), B256::repeat_byte(2)]
    }

    fn deployed() -> Vec<u8> {
        let artifact = artifact();
        let mut code = artifact.runtime.clone();
        for (places, value) in artifact.immutables.iter().zip(values()) {
            places.iter().for_each(|place| code[place.start..place.start + 32].copy_from_slice(value.as_slice()));
        }
        code
    }

    #[test]
    fn the_contracts_code_is_taken_whatever_the_order_of_its_immutables() {
        let [first, second] = values();
        for values in [[first, second], [second, first]] {
            artifact().check(ADDRESS, &deployed(), &values).unwrap();
        }
    }

    #[test]
    fn other_code_and_other_immutables_are_refused() {
        type Change = fn(&mut Vec<u8>);
        let cases: [(Change, &str); 6] = [
            (Vec::clear, "108 bytes of code as compiled, found 0"),
            (|code| code.push(0), "108 bytes of code as compiled, found 109"),
            (|code| code[0] ^= 1, "other code from byte 0 on"),
            (|code| code[107] ^= 1, "other code from byte 107 on"),
            (|code| code[41] ^= 1, "one value of each immutable, found 2"),
            (|code| code[72] ^= 1, "expected the immutables"),
        ];
        for (change, expected) in cases {
            let mut code = deployed();
            change(&mut code);
            let error = artifact().check(ADDRESS, &code, &values()).unwrap_err().to_string();
            assert!(error.contains(expected) && error.contains(&ADDRESS.to_string()), "{error}");
        }
    }
}
