//! Step 2: who may register circuits, after which delay. Decided once, by the program's upgrade
//! authority.

use anchor_lang::AccountDeserialize;
use anyhow::{Context, Result, ensure};
use ballast_sdk::solana::{
    address,
    bindings::{accounts::Governance, types::InitializeArgs},
    instruction::Program,
};
use solana_client::nonblocking::rpc_client::RpcClient;
use solana_commitment_config::CommitmentConfig;
use solana_sdk::{pubkey::Pubkey, signature::Keypair, signer::Signer};

use crate::{contracts::CircuitPolicy, transaction::send};

/// Whether `authority` is the governance of the program at its published address already, with this
/// policy. Nothing is sent, so that whoever is about to upgrade the program can ask first.
///
/// # Errors
/// A governance of another authority or policy, or what the node answers.
pub async fn is_initialized(rpc: &RpcClient, authority: &Pubkey, policy: CircuitPolicy) -> Result<bool> {
    let address = address::governance(&Program::default().0);
    let existing = rpc.get_account_with_commitment(&address, CommitmentConfig::confirmed()).await;
    let Some(account) = existing.context("read the governance account")?.value else { return Ok(false) };
    let governance = Governance::try_deserialize(&mut &account.data[..])
        .with_context(|| format!("{address} is no governance account"))?;
    ensure!(
        governance.authority == *authority,
        "governance {address}: expected the authority {authority}, found {}: give that authority's key",
        governance.authority
    );
    let found = (governance.circuit_delay, governance.allow_development);
    let expected = (u64::from(policy.delay), policy.allow_development);
    ensure!(
        found == expected,
        "governance {address} has (delay, development circuits allowed) = {found:?} for ever, expected {expected:?}"
    );
    Ok(true)
}

/// Makes `authority` the governance of the program at its published address, unless it is that
/// already, with this policy.
///
/// # Errors
/// As [`is_initialized`], and what the program refuses.
pub async fn initialize(
    rpc: &RpcClient,
    upgrade_authority: &Keypair,
    authority: &Pubkey,
    policy: CircuitPolicy,
) -> Result<()> {
    if is_initialized(rpc, authority, policy).await? {
        return Ok(());
    }
    let initialize = Program::default().initialize(
        &upgrade_authority.pubkey(),
        InitializeArgs {
            authority: *authority,
            circuit_delay: policy.delay.into(),
            allow_development: policy.allow_development,
        },
    );
    send(rpc, &[initialize], &[upgrade_authority], "initialize the governance").await?;
    Ok(())
}
