//! Contracts that a record names, held against what is asked for. Nothing of them can be changed,
//! so whatever differs is refused.

use alloy::{
    network::Ethereum,
    primitives::{Address, B256, keccak256},
    providers::Provider,
    sol_types::{Eip712Domain, SolValue, eip712_domain},
};
use anyhow::{Context, Result, ensure};
use ballast_sdk::evm::bindings::{CircuitRegistry, Reserves, Witnesses};

use crate::{
    contracts::{Artifacts, CircuitPolicy},
    record::EvmDeployment,
};

/// What to do about a deployment that is another than was asked for.
const ADVICE: &str = "ask for what is deployed, or move the record away to deploy anew";

/// The address that a record has of `contract`.
///
/// # Errors
/// When it is none.
pub(crate) fn address(text: &str, contract: &str) -> Result<Address> {
    text.parse().with_context(|| format!("the record's address of {contract}, {text:?}"))
}

/// Whether there is code at `address`.
///
/// # Errors
/// What the node answers.
pub(crate) async fn is_there<P: Provider<Ethereum>>(provider: &P, address: Address) -> Result<bool> {
    let code = provider.get_code_at(address).await.with_context(|| format!("read the code at {address}"))?;
    Ok(!code.is_empty())
}

/// Holds the contracts of `existing` against the compiled code, each other, the policy and the
/// owner that are asked for. Returns whether there is a contract `Witnesses` among them.
///
/// # Errors
/// The first thing that differs, with both values; or what the node answers.
pub(crate) async fn check<P: Provider<Ethereum>>(
    provider: &P,
    owner: Address,
    artifacts: &Artifacts,
    policy: CircuitPolicy,
    existing: &EvmDeployment,
) -> Result<bool> {
    let recorded = CircuitPolicy { delay: existing.circuit_delay, allow_development: existing.allow_development };
    ensure!(recorded == policy, "the record has {recorded:?}, expected {policy:?}: {ADVICE}");
    let registry = address(&existing.circuit_registry, "CircuitRegistry")?;
    let reserves = address(&existing.reserves, "Reserves")?;
    check_registry(provider, owner, artifacts, policy, registry).await?;
    let named = Reserves::new(reserves, provider).circuits().call().await;
    let named = named.with_context(|| format!("ask {reserves} for its circuit registry"))?;
    ensure!(named == registry, "Reserves at {reserves}: expected the circuit registry {registry}, found {named}");
    let code = provider.get_code_at(reserves).await.context("read the code of Reserves")?;
    artifacts.reserves.check(reserves, &code, &[registry.into_word()])?;
    let Some(witnesses) = &existing.witnesses else { return Ok(false) };
    let witnesses = address(witnesses, "Witnesses")?;
    if !is_there(provider, witnesses).await? {
        return Ok(false);
    }
    let named = Witnesses::new(witnesses, provider).reserves().call().await;
    let named = named.with_context(|| format!("ask {witnesses} whose reserves it witnesses"))?;
    ensure!(named == reserves, "{witnesses} witnesses the reserves of {named}, not those of {reserves}");
    let code = provider.get_code_at(witnesses).await.context("read the code of Witnesses")?;
    artifacts.witnesses.check(witnesses, &code, &immutables_of_witnesses(existing.chain_id, witnesses, reserves))?;
    Ok(true)
}

async fn check_registry<P: Provider<Ethereum>>(
    provider: &P,
    owner: Address,
    artifacts: &Artifacts,
    policy: CircuitPolicy,
    address: Address,
) -> Result<()> {
    let code = provider.get_code_at(address).await.context("read the code of CircuitRegistry")?;
    let contract = CircuitRegistry::new(address, provider);
    ensure!(!code.is_empty(), "CircuitRegistry: expected the contract at {address}, found no code: {ADVICE}");
    let delay = contract.activationDelay().call().await.context("ask the registry for its circuit delay")?;
    let development = contract.allowDevelopment().call().await;
    let allow_development = development.context("ask the registry whether it takes development circuits")?;
    let found = CircuitPolicy { delay, allow_development };
    ensure!(
        found == policy,
        "CircuitRegistry at {address}: expected {policy:?}, found {found:?}, which never changes: {ADVICE}"
    );
    artifacts.registry.check(address, &code, &[word(delay), word(allow_development)])?;
    let governs = contract.owner().call().await.context("ask for the registry's owner")?;
    ensure!(
        governs == owner,
        "CircuitRegistry at {address}: expected the owner {owner}, whose key was given, found {governs}: give the \
         owner's key, or move the record away to deploy anew"
    );
    Ok(())
}

fn word(value: impl SolValue) -> B256 {
    B256::left_padding_from(&value.abi_encode())
}

/// What `Witnesses` keeps in its code: the contract whose reserves it witnesses, and the domain of
/// the signatures that it takes (EIP-712), as OpenZeppelin stores it.
fn immutables_of_witnesses(chain_id: u64, address: Address, reserves: Address) -> [B256; 8] {
    const NAME: &str = "Ballast";
    const VERSION: &str = "1";
    let domain: Eip712Domain =
        eip712_domain! { name: NAME, version: VERSION, chain_id: chain_id, verifying_contract: address, };
    [
        reserves.into_word(),
        domain.separator(),
        word(chain_id),
        address.into_word(),
        keccak256(NAME),
        keccak256(VERSION),
        short_text(NAME),
        short_text(VERSION),
    ]
}

/// A text of less than 32 bytes in one word, with its length in the last byte.
fn short_text(text: &str) -> B256 {
    let mut word = B256::right_padding_from(text.as_bytes());
    if let Some(last) = word.0.last_mut() {
        *last = text.len() as u8;
    }
    word
}
