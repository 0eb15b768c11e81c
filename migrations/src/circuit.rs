//! Step 4: a circuit, from its published file, on both chains.

use std::path::Path;

use alloy::{
    network::Ethereum,
    primitives::{Address, B256},
    providers::Provider,
};
use anyhow::{Context, Result, anyhow, ensure};
use ballast_core::{circuit::VerifyingKey, circuit_file::CircuitFile};
use ballast_durable::read_text_bounded;
use ballast_sdk::{
    evm::bindings::CircuitRegistry,
    solana::{address, bindings::types::RegisterCircuitArgs, instruction::Program},
};
use solana_client::{nonblocking::rpc_client::RpcClient, rpc_config::RpcSimulateTransactionConfig};
use solana_commitment_config::CommitmentConfig;
use solana_sdk::{message::Message, signature::Keypair, signer::Signer, transaction::Transaction};

use crate::transaction::send;

/// Bytes of the longest file read: a circuit file has about 2,000.
const FILE_MAX: u64 = 1 << 16;

/// The circuit in the file at `path`, checked against its own id.
///
/// # Errors
/// With the file's path: what the file system answers, another thing than a plain file, a file that
/// is too long, and what [`CircuitFile::parse`] refuses.
pub fn read(path: &Path) -> Result<(CircuitFile, VerifyingKey)> {
    let text = read_text_bounded(path, FILE_MAX).with_context(|| format!("read {}", path.display()))?;
    CircuitFile::parse(&text).map_err(|error| anyhow!("{}: {error}", path.display()))
}

/// Registers the circuit on Solana, unless it is registered; says how many compute units that took.
///
/// # Errors
/// The program's refusal, or what the node answers.
pub async fn register_on_solana(
    rpc: &RpcClient,
    governance: &Keypair,
    file: &CircuitFile,
    key: &VerifyingKey,
) -> Result<Option<u64>> {
    let program = Program::default();
    let address = address::circuit(&program.0, &file.id);
    let existing = rpc.get_account_with_commitment(&address, CommitmentConfig::confirmed()).await;
    if existing.context("read the circuit's account")?.value.is_some() {
        return Ok(None);
    }
    let args = RegisterCircuitArgs {
        depth: file.class.depth,
        assets: file.class.assets,
        setup: file.setup as u8,
        transcript: file.transcript,
        verifying_key: key.as_bytes().to_vec(),
    };
    let register = program.register_circuit(&governance.pubkey(), &file.id, args);
    let simulated =
        Transaction::new_unsigned(Message::new(std::slice::from_ref(&register), Some(&governance.pubkey())));
    let config = RpcSimulateTransactionConfig { replace_recent_blockhash: true, ..Default::default() };
    let simulation = rpc.simulate_transaction_with_config(&simulated, config).await;
    let units = simulation.context("simulate the registration")?.value.units_consumed;
    send(rpc, &[register], &[governance], "register the circuit on Solana").await?;
    Ok(units)
}

/// Registers the circuit in the EVM registry, unless it is registered; says how much gas that took.
/// The provider signs as the registry's owner.
///
/// # Errors
/// The registry's refusal, or what the node answers.
pub async fn register_on_evm<P: Provider<Ethereum>>(
    provider: &P,
    registry: Address,
    file: &CircuitFile,
    key: &VerifyingKey,
) -> Result<Option<u64>> {
    let registry = CircuitRegistry::new(registry, provider);
    let existing = registry.circuit(B256::from(file.id)).call().await.context("read the circuit")?;
    if !existing.verifier.is_zero() {
        return Ok(None);
    }
    let add = registry.addCircuit(
        file.class.depth,
        file.class.assets,
        file.setup as u8,
        file.transcript.into(),
        key.as_bytes().to_vec().into(),
    );
    let receipt = add.send().await.context("add the circuit")?.get_receipt().await.context("add the circuit")?;
    ensure!(receipt.status(), "adding the circuit was reverted in {}", receipt.transaction_hash);
    Ok(Some(receipt.gas_used))
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fs::File;

    #[test]
    fn a_circuit_is_read_from_a_plain_file_of_its_length() {
        let published = Path::new(env!("CARGO_MANIFEST_DIR")).join("../circuits/depth-7-development.json");
        assert_eq!(read(&published).unwrap().0.class.depth, 7);
        let folder = tempfile::tempdir().unwrap();
        let endless = folder.path().join("endless");
        File::create(&endless).unwrap().set_len(1 << 40).unwrap();
        for (path, reason) in [(&*endless, "at most 65536 bytes"), (folder.path(), "a plain file")] {
            let error = format!("{:#}", read(path).unwrap_err());
            assert!(error.contains(path.to_str().unwrap()) && error.contains(reason), "{error}");
        }
    }
}
