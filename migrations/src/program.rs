//! Step 1: the program, through the upgradeable loader, as `solana program deploy` does it.

use anyhow::{Context, Result, bail, ensure};
use ballast_core::digest::sha256;
use solana_client::nonblocking::rpc_client::RpcClient;
use solana_loader_v3_interface::{
    get_program_data_address,
    instruction::{self as loader, MINIMUM_EXTEND_PROGRAM_BYTES},
    state::UpgradeableLoaderState,
};
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

/// A program that is to be on a cluster.
#[derive(Clone, Copy, Debug)]
pub struct Upload<'a> {
    pub address: Pubkey,
    /// The address's key, which signs the first deployment. Whoever upgrades needs none.
    pub key: Option<&'a Keypair>,
    pub bytecode: &'a [u8],
    /// Bytes that the program's account has beyond the bytecode. Rent is paid for them for good,
    /// and an upgrade that needs more makes the account longer.
    pub room: u32,
    /// Whether a program of other bytes, if there is one, is to be replaced.
    pub upgrade: bool,
}

/// Brings a program to its address. `payer` pays and is, or becomes, the upgrade authority.
///
/// # Errors
/// An empty program, a program that `payer` may not upgrade, one of other bytes when no upgrade was
/// asked for, a first deployment without the address's key, or what the node answers.
pub async fn deploy(rpc: &RpcClient, payer: &Keypair, upload: Upload<'_>) -> Result<Deployed> {
    let Upload { address, key, bytecode, room, upgrade } = upload;
    ensure!(!bytecode.is_empty(), "the program file is empty");
    let existing = deployed_bytecode(rpc, &address, &payer.pubkey()).await?;
    let buffer = Keypair::new();
    let (payer_address, buffer_address) = (payer.pubkey(), buffer.pubkey());
    if let Some(there) = existing {
        let rest = there.strip_prefix(bytecode);
        if rest.is_some_and(|rest| rest.iter().all(|byte| *byte == 0)) {
            return Ok(Deployed::Unchanged);
        }
        ensure!(
            upgrade,
            "{address}: expected the program of SHA-256 {}, found another one: build what is deployed, or give \
             --upgrade to replace it",
            hex::encode(sha256(&[bytecode]))
        );
        // Before the buffer: a program is not made longer and upgraded within one slot.
        if let Some(missing) = bytecode.len().checked_sub(there.len()).filter(|missing| *missing > 0) {
            let longer = u32::try_from(missing)?.saturating_add(room).max(MINIMUM_EXTEND_PROGRAM_BYTES);
            let extend = loader::extend_program(&address, Some(&payer_address), longer);
            send(rpc, &[extend], &[payer], "make the program's account longer").await?;
        }
        fill_buffer(rpc, payer, &buffer, bytecode).await?;
        let upgrade = loader::upgrade(&address, &buffer_address, &payer_address, &payer_address);
        send(rpc, &[upgrade], &[payer], "upgrade the program").await?;
        return Ok(Deployed::Upgraded);
    }
    let key = key.with_context(|| format!("there is no program at {address} yet: its key is needed to deploy it"))?;
    ensure!(key.pubkey() == address, "the program's key is that of {}, expected that of {address}", key.pubkey());
    fill_buffer(rpc, payer, &buffer, bytecode).await?;
    let rent = rpc
        .get_minimum_balance_for_rent_exemption(UpgradeableLoaderState::size_of_program())
        .await
        .context("ask for the program account's rent")?;
    let length = bytecode.len() + room as usize;
    let instructions =
        loader::deploy_with_max_program_len(&payer_address, &address, &buffer_address, &payer_address, rent, length)
            .context("build the deployment")?;
    send(rpc, &instructions, &[payer, key], "deploy the program").await?;
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
    let (state, code) = data_account.data.split_at(header);
    let found = match state.get(12..) {
        Some([1, upgrade_authority @ ..]) => Pubkey::try_from(upgrade_authority).ok(),
        _ => None,
    };
    let shown = found.map_or("none, so that it is final".into(), |found| found.to_string());
    ensure!(found == Some(*authority), "{program}: expected the upgrade authority {authority}, found {shown}");
    Ok(Some(code.to_vec()))
}
