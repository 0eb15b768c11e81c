//! Step 1: the program, through the upgradeable loader, as `solana program deploy` does it.

use std::time::Duration;

use anyhow::{Context, Result, bail, ensure};
use futures::stream::{self, StreamExt, TryStreamExt};
use solana_client::{nonblocking::rpc_client::RpcClient, rpc_config::RpcSendTransactionConfig};
use solana_commitment_config::CommitmentConfig;
use solana_loader_v3_interface::{get_program_data_address, instruction as loader, state::UpgradeableLoaderState};
use solana_sdk::{
    pubkey::Pubkey,
    signature::{Keypair, Signature},
    signer::Signer,
    transaction::Transaction,
};
use solana_sdk_ids::bpf_loader_upgradeable;

use crate::transaction::send;

/// Program bytes a transaction of 1,232 bytes has room for.
const CHUNK: usize = 1_000;
/// Writes under one blockhash. A node tells the statuses of at most 256 transactions at once.
const WRITES_AT_ONCE: usize = 128;
const CONCURRENT_SENDS: usize = 32;
/// Blockhashes under which a write is tried.
const ATTEMPTS: usize = 5;
const POLL: Duration = Duration::from_millis(400);

/// A part of the program, and where it begins.
type Chunk<'a> = (usize, &'a [u8]);

/// What step 1 found or did.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Deployed {
    /// These very bytes were there already.
    Unchanged,
    New,
    Upgraded,
}

/// Brings `bytecode` to the program's address. `payer` pays and is, or becomes, the upgrade authority.
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

/// The program's bytes, padded to what its account has room for; `None` when there is no program yet.
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

async fn fill_buffer(rpc: &RpcClient, payer: &Keypair, buffer: &Keypair, bytecode: &[u8]) -> Result<()> {
    let rent = rpc
        .get_minimum_balance_for_rent_exemption(UpgradeableLoaderState::size_of_buffer(bytecode.len()))
        .await
        .context("ask for the buffer's rent")?;
    let (payer_address, address) = (payer.pubkey(), buffer.pubkey());
    let create = loader::create_buffer(&payer_address, &address, &payer_address, rent, bytecode.len())
        .context("build the buffer's creation")?;
    send(rpc, &create, &[payer, buffer], "create the program's buffer").await?;
    let chunks: Vec<Chunk> =
        bytecode.chunks(CHUNK).enumerate().map(|(number, chunk)| (number * CHUNK, chunk)).collect();
    for window in chunks.chunks(WRITES_AT_ONCE) {
        let mut left = window.to_vec();
        for _ in 0..ATTEMPTS {
            left = write(rpc, payer, &address, left).await?;
        }
        if let Some((offset, _)) = left.first() {
            bail!("write the program's bytes from {offset}: not taken under {ATTEMPTS} blockhashes");
        }
    }
    Ok(())
}

/// Writes chunks into the buffer, and returns those that were not confirmed as long as their blockhash was valid.
async fn write<'a>(
    rpc: &RpcClient,
    payer: &Keypair,
    buffer: &Pubkey,
    chunks: Vec<Chunk<'a>>,
) -> Result<Vec<Chunk<'a>>> {
    if chunks.is_empty() {
        return Ok(chunks);
    }
    let blockhash = rpc.get_latest_blockhash().await.context("no recent blockhash")?;
    let send = |(offset, chunk): Chunk<'a>| async move {
        let write = loader::write(buffer, &payer.pubkey(), offset as u32, chunk.to_vec());
        let transaction = Transaction::new_signed_with_payer(&[write], Some(&payer.pubkey()), &[payer], blockhash);
        // Its status says whether it failed.
        let config = RpcSendTransactionConfig { skip_preflight: true, ..RpcSendTransactionConfig::default() };
        let sent = rpc.send_transaction_with_config(&transaction, config).await;
        let signature = sent.with_context(|| format!("write the program's bytes from {offset}"))?;
        Ok::<_, anyhow::Error>((signature, (offset, chunk)))
    };
    let sent = stream::iter(chunks).map(send).buffer_unordered(CONCURRENT_SENDS);
    let mut open: Vec<(Signature, Chunk)> = sent.try_collect().await?;
    loop {
        tokio::time::sleep(POLL).await;
        // Asked for before the statuses: what has none afterwards never will have one.
        let valid = rpc.is_blockhash_valid(&blockhash, CommitmentConfig::processed()).await;
        let valid = valid.context("ask whether a blockhash is valid")?;
        let signatures: Vec<Signature> = open.iter().map(|(signature, _)| *signature).collect();
        let statuses = rpc.get_signature_statuses(&signatures).await.context("ask how writes stand")?.value;
        let mut waiting = Vec::new();
        for ((signature, chunk), status) in open.into_iter().zip(statuses) {
            if let Some(error) = status.as_ref().and_then(|status| status.err.as_ref()) {
                bail!("write the program's bytes from {}: {error}", chunk.0);
            }
            if !status.is_some_and(|status| status.satisfies_commitment(rpc.commitment())) {
                waiting.push((signature, chunk));
            }
        }
        open = waiting;
        if open.is_empty() || !valid {
            return Ok(open.into_iter().map(|(_, chunk)| chunk).collect());
        }
    }
}
