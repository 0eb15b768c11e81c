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

/// Makes `authority` the governance of the program at its published address, unless it is that
/// already.
///
/// # Errors
/// A governance that was initialized otherwise, or what the node answers.
pub async fn initialize(
    rpc: &RpcClient,
    upgrade_authority: &Keypair,
    authority: &Pubkey,
    policy: CircuitPolicy,
) -> Result<()> {
    let program = Program::default();
    let address = address::governance(&program.0);
    let existing = rpc.get_account_with_commitment(&address, CommitmentConfig::confirmed()).await;
    if let Some(account) = existing.context("read the governance account")?.value {
        let governance = Governance::try_deserialize(&mut &account.data[..])
            .with_context(|| format!("{address} is no governance account"))?;
        let found = (governance.circuit_delay, governance.allow_development);
        let expected = (u64::from(policy.delay), policy.allow_development);
        ensure!(
            found == expected,
            "governance {address} has (delay, development circuits allowed) = {found:?} for ever, expected {expected:?}"
        );
        return Ok(());
    }
    let initialize = program.initialize(
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
