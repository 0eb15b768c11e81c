//! Sends one Solana transaction and waits until it is confirmed.

use std::time::Duration;

use anyhow::{Context, Result};
use solana_client::nonblocking::rpc_client::RpcClient;
use solana_commitment_config::CommitmentConfig;
use solana_sdk::{
    instruction::Instruction,
    signature::{Keypair, Signature},
    signer::Signer,
    transaction::Transaction,
};

/// A node on a busy machine takes its time.
const TIMEOUT: Duration = Duration::from_secs(180);

/// A connection that answers with confirmed state.
pub fn connect(url: &str) -> RpcClient {
    RpcClient::new_with_timeout_and_commitment(url.to_string(), TIMEOUT, CommitmentConfig::confirmed())
}

/// Signs with `signers`, the first of which pays, sends and confirms.
///
/// # Errors
/// What the node answers, with `step` to say what was being done.
pub async fn send(
    rpc: &RpcClient,
    instructions: &[Instruction],
    signers: &[&Keypair],
    step: &str,
) -> Result<Signature> {
    let payer = signers.first().context("a transaction needs a payer")?.pubkey();
    let blockhash = rpc.get_latest_blockhash().await.with_context(|| format!("{step}: no recent blockhash"))?;
    let transaction = Transaction::new_signed_with_payer(instructions, Some(&payer), signers, blockhash);
    rpc.send_and_confirm_transaction(&transaction).await.with_context(|| step.to_string())
}
