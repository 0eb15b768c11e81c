//! Step 3: the circuit registry, the contract that uses it, and the one that witnesses reserves.

use std::path::Path;

use alloy::{
    network::{Ethereum, ReceiptResponse, TransactionBuilder},
    primitives::{Address, Bytes as CallData, hex},
    providers::Provider,
    rpc::types::TransactionRequest,
    sol_types::SolValue,
};
use anyhow::{Context, Result, ensure};
use ballast_durable::read_text_bounded;
use ballast_sdk::evm::bindings::Witnesses;
use serde::Deserialize;

use crate::record::{EvmDeployment, VERSION};

/// Bytes of the longest artifact read: the compiler writes a few million for a contract.
const ARTIFACT_MAX: u64 = 1 << 26;

/// The part of a compiler artifact that a deployment needs.
#[derive(Deserialize)]
struct Artifact {
    bytecode: Bytecode,
}

#[derive(Deserialize)]
struct Bytecode {
    object: String,
}

/// How the registry treats circuits, for ever.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CircuitPolicy {
    /// Seconds from adding a circuit until posts may use it.
    pub delay: u32,
    /// Whether circuits with an INSECURE development setup are taken.
    pub allow_development: bool,
}

/// Deploys the contracts from the compiler's output in `artifacts`, but for those that `existing`
/// names and that are there. `owner` signs, pays and governs.
///
/// # Errors
/// A missing artifact, or what the node answers.
pub async fn deploy<P: Provider<Ethereum>>(
    provider: &P,
    owner: Address,
    artifacts: &Path,
    policy: CircuitPolicy,
    existing: Option<EvmDeployment>,
) -> Result<EvmDeployment> {
    let chain_id = provider.get_chain_id().await.context("ask for the chain id")?;
    if let Some(existing) = existing {
        ensure!(existing.chain_id == chain_id, "the record is of chain {}, not {chain_id}", existing.chain_id);
        let reserves: Address = existing.reserves.parse().context("the record's address of Reserves")?;
        if !provider.get_code_at(reserves).await?.is_empty() {
            return with_witnesses(provider, owner, artifacts, reserves, existing).await;
        }
    }
    let from_block = provider.get_block_number().await.context("ask for the block number")?;
    let arguments = (owner, policy.delay, policy.allow_development).abi_encode();
    let circuit_registry = create(provider, owner, artifacts, "CircuitRegistry", &arguments).await?;
    let reserves = create(provider, owner, artifacts, "Reserves", &circuit_registry.abi_encode()).await?;
    let witnesses = create(provider, owner, artifacts, "Witnesses", &reserves.abi_encode()).await?;
    Ok(EvmDeployment {
        version: VERSION,
        chain_id,
        circuit_registry: circuit_registry.to_string(),
        reserves: reserves.to_string(),
        witnesses: Some(witnesses.to_string()),
        from_block,
        circuit_delay: policy.delay,
        allow_development: policy.allow_development,
    })
}

/// `existing` with a contract `Witnesses`, which is deployed when it names none that is there.
async fn with_witnesses<P: Provider<Ethereum>>(
    provider: &P,
    owner: Address,
    artifacts: &Path,
    reserves: Address,
    existing: EvmDeployment,
) -> Result<EvmDeployment> {
    if let Some(witnesses) = &existing.witnesses {
        let address: Address = witnesses.parse().context("the record's address of Witnesses")?;
        if !provider.get_code_at(address).await?.is_empty() {
            let named = Witnesses::new(address, provider).reserves().call().await;
            let named = named.with_context(|| format!("ask {address} whose reserves it witnesses"))?;
            ensure!(named == reserves, "{address} witnesses the reserves of {named}, not those of {reserves}");
            return Ok(existing);
        }
    }
    let witnesses = create(provider, owner, artifacts, "Witnesses", &reserves.abi_encode()).await?;
    Ok(EvmDeployment { witnesses: Some(witnesses.to_string()), ..existing })
}

async fn create<P: Provider<Ethereum>>(
    provider: &P,
    owner: Address,
    artifacts: &Path,
    contract: &str,
    arguments: &[u8],
) -> Result<Address> {
    let path = artifacts.join(format!("{contract}.sol/{contract}.json"));
    let text = read_text_bounded(&path, ARTIFACT_MAX)
        .with_context(|| format!("read {}; `npm run build` compiles the contracts", path.display()))?;
    let artifact: Artifact = serde_json::from_str(&text).with_context(|| format!("parse {}", path.display()))?;
    let mut code = hex::decode(&artifact.bytecode.object).with_context(|| format!("bytecode in {}", path.display()))?;
    ensure!(!code.is_empty(), "{} has no bytecode", path.display());
    code.extend_from_slice(arguments);
    let request = TransactionRequest::default().with_from(owner).with_deploy_code(CallData::from(code));
    let pending = provider.send_transaction(request).await.with_context(|| format!("deploy {contract}"))?;
    let receipt = pending.get_receipt().await.with_context(|| format!("deploy {contract}"))?;
    ensure!(receipt.status(), "the deployment of {contract} was reverted in {}", receipt.transaction_hash());
    receipt.contract_address().with_context(|| format!("the deployment of {contract} has no address"))
}
