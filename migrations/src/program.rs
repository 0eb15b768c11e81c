//! Step 1: the program, through the upgradeable loader, as `solana program deploy` does it.

use anyhow::{Context, Result, bail, ensure};
use solana_client::nonblocking::rpc_client::RpcClient;
use solana_loader_v3_interface::{get_program_data_address, instruction as loader, state::UpgradeableLoaderState};
use solana_sdk::{pubkey::Pubkey, signature::Keypair, signer::Signer};
use solana_sdk_ids::bpf_loader_upgradeable;

use crate::{program_buffer::fill_buffer, transaction::send};

/// What step 1 found or did.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Deployed {
    /// These very bytes were there already.
    Unchanged,
    New,
    Upgraded,
}

/// Brings `bytecode` to the program's address. `payer` pays and is, or becomes, the upgrade
/// authority.
///
/// # Errors
/// An empty program, a program that `payer` may not upgrade, or what the node answers.
pub async fn deploy(rpc: &RpcClient, payer: &Keypair, program: &Keypair, bytecode: &[u8]) -> Result<Deployed> {
    ensure!(!bytecode.is_empty(), "the program file is empty");
    let address = program.pubkey();
    let existing = deployed_bytecode(rpc, &address, &payer.pubkey()).await?;
    if existing.as_deref().is_some_and(|there| there.starts_with(bytecode)) {
        return Ok(Deployed::Unchanged);
    }
    let buffer = Keypair::new();
    fill_buffer(rpc, payer, &buffer, bytecode).await?;
    let (payer_address, buffer_address) = (payer.pubkey(), buffer.pubkey());
    if existing.is_some() {
        let upgrade = loader::upgrade(&address, &buffer_address, &payer_address, &payer_address);
        send(rpc, &[upgrade], &[payer], "upgrade the program").await?;
        return Ok(Deployed::Upgraded);
    }
    let rent = rpc
        .get_minimum_balance_for_rent_exemption(UpgradeableLoaderState::size_of_program())
        .await
        .context("ask for the program account's rent")?;
    let instructions = loader::deploy_with_max_program_len(
        &payer_address,
        &address,
        &buffer_address,
        &payer_address,
        rent,
        // Room for an upgrade of twice the size.
        bytecode.len() * 2,
    )
    .context("build the deployment")?;
    send(rpc, &instructions, &[payer, program], "deploy the program").await?;
    Ok(Deployed::New)
}

/// The program's bytes, padded to what its account has room for; `None` when there is no program
/// yet.
async fn deployed_bytecode(rpc: &RpcClient, program: &Pubkey, authority: &Pubkey) -> Result<Option<Vec<u8>>> {
    let accounts = rpc
        .get_multiple_accounts(&[*program, get_program_data_address(program)])
        .await
        .context("read the program's accounts")?;
    let [Some(program_account), Some(data_account)] = accounts.as_slice() else {
        return match accounts.iter().flatten().count() {
            0 => Ok(None),
            _ => bail!("{program} exists but is no upgradeable program"),
        };
    };
    ensure!(program_account.owner == bpf_loader_upgradeable::id(), "{program} is not owned by the upgradeable loader");
    let header = UpgradeableLoaderState::size_of_programdata_metadata();
    ensure!(data_account.data.len() > header, "the data account of {program} is too short");
    // Layout: state tag (4), slot (8), whether there is an authority (1), authority (32).
    let upgrade_authority = &data_account.data[13..45];
    ensure!(
        data_account.data[12] == 1 && upgrade_authority == authority.as_ref(),
        "{program} has another upgrade authority than {authority}"
    );
    Ok(Some(data_account.data[header..].to_vec()))
}
