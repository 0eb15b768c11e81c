//! Step 3: the circuit registry, the contract that uses it, and the one that witnesses reserves.

use std::path::Path;

use alloy::{
    network::{Ethereum, ReceiptResponse, TransactionBuilder},
    primitives::{Address, Bytes as CallData},
    providers::Provider,
    rpc::types::TransactionRequest,
    sol_types::SolValue,
};
use anyhow::{Context, Result, ensure};

use crate::{
    artifact::Artifact,
    existing,
    record::{EvmDeployment, VERSION},
};

/// How the registry treats circuits, for ever.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CircuitPolicy {
    /// Seconds from adding a circuit until posts may use it.
    pub delay: u32,
    /// Whether circuits with an INSECURE development setup are taken.
    pub allow_development: bool,
}

/// The contracts as the compiler made them.
pub(crate) struct Artifacts {
    pub(crate) registry: Artifact,
    pub(crate) reserves: Artifact,
    pub(crate) witnesses: Artifact,
}

impl Artifacts {
    fn read(folder: &Path) -> Result<Self> {
        Ok(Self {
            registry: Artifact::read(folder, "CircuitRegistry")?,
            reserves: Artifact::read(folder, "Reserves")?,
            witnesses: Artifact::read(folder, "Witnesses")?,
        })
    }
}

/// Deploys the contracts from the compiler's output in `artifacts`, but for those that `existing`
/// names and that are there. Those are held against what is asked: their code, each other, the
/// policy and the owner. `owner` signs, pays and governs.
///
/// # Errors
/// A missing artifact, an existing contract that is not what is asked, or what the node answers.
pub async fn deploy<P: Provider<Ethereum>>(
    provider: &P,
    owner: Address,
    artifacts: &Path,
    policy: CircuitPolicy,
    existing: Option<EvmDeployment>,
) -> Result<EvmDeployment> {
    let artifacts = Artifacts::read(artifacts)?;
    let chain_id = provider.get_chain_id().await.context("ask for the chain id")?;
    if let Some(existing) = existing {
        ensure!(existing.chain_id == chain_id, "the record is of chain {}, not {chain_id}", existing.chain_id);
        let reserves = existing::address(&existing.reserves, "Reserves")?;
        if existing::is_there(provider, reserves).await? {
            let witnessed = existing::check(provider, owner, &artifacts, policy, &existing).await?;
            return match witnessed {
                true => Ok(existing),
                false => with_witnesses(provider, owner, &artifacts, reserves, existing).await,
            };
        }
    }
    let from_block = provider.get_block_number().await.context("ask for the block number")?;
    let arguments = (owner, policy.delay, policy.allow_development).abi_encode();
    let circuit_registry = create(provider, owner, &artifacts.registry, "CircuitRegistry", &arguments).await?;
    let reserves = create(provider, owner, &artifacts.reserves, "Reserves", &circuit_registry.abi_encode()).await?;
    let witnesses = create(provider, owner, &artifacts.witnesses, "Witnesses", &reserves.abi_encode()).await?;
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

/// `existing` with a new contract `Witnesses`.
async fn with_witnesses<P: Provider<Ethereum>>(
    provider: &P,
    owner: Address,
    artifacts: &Artifacts,
    reserves: Address,
    existing: EvmDeployment,
) -> Result<EvmDeployment> {
    let witnesses = create(provider, owner, &artifacts.witnesses, "Witnesses", &reserves.abi_encode()).await?;
    Ok(EvmDeployment { witnesses: Some(witnesses.to_string()), ..existing })
}

async fn create<P: Provider<Ethereum>>(
    provider: &P,
    owner: Address,
    artifact: &Artifact,
    contract: &str,
    arguments: &[u8],
) -> Result<Address> {
    let code = CallData::from(artifact.creation(arguments));
    let request = TransactionRequest::default().with_from(owner).with_deploy_code(code);
    let pending = provider.send_transaction(request).await.with_context(|| format!("deploy {contract}"))?;
    let receipt = pending.get_receipt().await.with_context(|| format!("deploy {contract}"))?;
    ensure!(receipt.status(), "the deployment of {contract} was reverted in {}", receipt.transaction_hash());
    receipt.contract_address().with_context(|| format!("the deployment of {contract} has no address"))
}
