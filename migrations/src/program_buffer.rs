//! A program's bytes, written into the buffer account that a deployment takes them from.

use std::time::Duration;

use anyhow::{Context, Result, bail, ensure};
use futures::stream::{self, StreamExt, TryStreamExt};
use solana_client::{nonblocking::rpc_client::RpcClient, rpc_config::RpcSendTransactionConfig};
use solana_commitment_config::CommitmentConfig;
use solana_loader_v3_interface::{instruction as loader, state::UpgradeableLoaderState};
use solana_sdk::{
    pubkey::Pubkey,
    signature::{Keypair, Signature},
    signer::Signer,
    transaction::Transaction,
};
use solana_transaction_status_client_types::TransactionStatus;

use crate::transaction::send;

/// Program bytes a transaction of 1,232 bytes has room for.
const CHUNK: usize = 1_000;
/// Writes under one blockhash. A node tells the statuses of at most 256 transactions at once.
const WRITES_AT_ONCE: usize = 128;
const CONCURRENT_SENDS: usize = 32;
/// Blockhashes under which a write is tried.
const ATTEMPTS: usize = 5;
const POLL: Duration = Duration::from_millis(400);

/// A part of the program.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Chunk<'a> {
    offset: usize,
    bytes: &'a [u8],
}

/// A write that was sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Sent<'a> {
    signature: Signature,
    chunk: Chunk<'a>,
}

/// Creates the buffer, which `payer` pays and writes, and fills it.
///
/// # Errors
/// What the node answers; a part that is not taken under several blockhashes.
pub async fn fill_buffer(rpc: &RpcClient, payer: &Keypair, buffer: &Keypair, bytecode: &[u8]) -> Result<()> {
    let rent = rpc
        .get_minimum_balance_for_rent_exemption(UpgradeableLoaderState::size_of_buffer(bytecode.len()))
        .await
        .context("ask for the buffer's rent")?;
    let (payer_address, address) = (payer.pubkey(), buffer.pubkey());
    let create = loader::create_buffer(&payer_address, &address, &payer_address, rent, bytecode.len())
        .context("build the buffer's creation")?;
    send(rpc, &create, &[payer, buffer], "create the program's buffer").await?;
    let numbered = bytecode.chunks(CHUNK).enumerate();
    let chunks: Vec<Chunk> = numbered.map(|(number, bytes)| Chunk { offset: number * CHUNK, bytes }).collect();
    for window in chunks.chunks(WRITES_AT_ONCE) {
        try_until_confirmed(window.to_vec(), async |left| write(rpc, payer, &address, left).await).await?;
    }
    Ok(())
}

/// Tries with what the attempt before left, until nothing is left.
///
/// # Errors
/// Those of an attempt; the first chunk that is left by the last one.
async fn try_until_confirmed<'a>(
    chunks: Vec<Chunk<'a>>,
    mut attempt: impl AsyncFnMut(Vec<Chunk<'a>>) -> Result<Vec<Chunk<'a>>>,
) -> Result<()> {
    let (mut left, mut first) = (chunks, 0);
    for _ in 0..ATTEMPTS {
        left = attempt(left).await?;
        let Some(Chunk { offset, .. }) = left.first() else { return Ok(()) };
        first = *offset;
    }
    bail!("write the program's bytes from {first}: not taken under {ATTEMPTS} blockhashes")
}

/// Writes chunks under one blockhash, and returns those that were not confirmed while it was valid.
/// Writing one of them again leaves the same bytes.
async fn write<'a>(
    rpc: &RpcClient,
    payer: &Keypair,
    buffer: &Pubkey,
    chunks: Vec<Chunk<'a>>,
) -> Result<Vec<Chunk<'a>>> {
    let Some(first) = chunks.first().copied() else { return Ok(chunks) };
    let commitment = rpc.commitment();
    let latest = rpc.get_latest_blockhash_with_commitment(commitment).await;
    let (blockhash, last_valid_height) = latest.context("no recent blockhash")?;
    let submit = |chunk: Chunk<'a>| async move {
        let instruction = loader::write(buffer, &payer.pubkey(), chunk.offset as u32, chunk.bytes.to_vec());
        let transaction =
            Transaction::new_signed_with_payer(&[instruction], Some(&payer.pubkey()), &[payer], blockhash);
        // The first is simulated, which says at once what is wrong with all of them, such as a
        // payer who cannot pay.
        let skip_preflight = chunk != first;
        let config = RpcSendTransactionConfig {
            skip_preflight,
            preflight_commitment: Some(commitment.commitment),
            ..RpcSendTransactionConfig::default()
        };
        let sent = rpc.send_transaction_with_config(&transaction, config).await;
        let signature = sent.with_context(|| format!("write the program's bytes from {}", chunk.offset))?;
        Ok::<_, anyhow::Error>(Sent { signature, chunk })
    };
    let mut open: Vec<Sent> = stream::iter(chunks).map(submit).buffer_unordered(CONCURRENT_SENDS).try_collect().await?;
    loop {
        tokio::time::sleep(POLL).await;
        // Asked for before the statuses: what has none afterwards and was not valid before never
        // will have one.
        let height = rpc.get_block_height().await.context("ask for the block height")?;
        let signatures: Vec<Signature> = open.iter().map(|sent| sent.signature).collect();
        let statuses = rpc.get_signature_statuses(&signatures).await.context("ask how writes stand")?.value;
        open = unconfirmed(open, statuses, commitment)?;
        if open.is_empty() || height > last_valid_height {
            return Ok(open.into_iter().map(|sent| sent.chunk).collect());
        }
    }
}

/// What is not confirmed yet, by a status for each.
///
/// # Errors
/// The first that failed; another number of statuses.
fn unconfirmed<'a>(
    sent: Vec<Sent<'a>>,
    statuses: Vec<Option<TransactionStatus>>,
    commitment: CommitmentConfig,
) -> Result<Vec<Sent<'a>>> {
    ensure!(statuses.len() == sent.len(), "expected {} statuses, found {}", sent.len(), statuses.len());
    let mut open = Vec::new();
    for (sent, status) in sent.into_iter().zip(statuses) {
        match status {
            Some(TransactionStatus { err: Some(error), .. }) => {
                bail!("write the program's bytes from {}: {error}", sent.chunk.offset)
            }
            Some(status) if status.satisfies_commitment(commitment) => {}
            _ => open.push(sent),
        }
    }
    Ok(open)
}

#[cfg(test)]
mod tests {
    use super::*;
    use solana_sdk::transaction::TransactionError;
    use solana_transaction_status_client_types::TransactionConfirmationStatus;

    fn sent(number: u8) -> Sent<'static> {
        let chunk = Chunk { offset: usize::from(number) * CHUNK, bytes: b"bytes" };
        Sent { signature: Signature::from([number; 64]), chunk }
    }

    fn status(confirmation: TransactionConfirmationStatus) -> Option<TransactionStatus> {
        let confirmation_status = Some(confirmation);
        Some(TransactionStatus { slot: 1, confirmations: Some(1), status: Ok(()), err: None, confirmation_status })
    }

    /// Attempts of which each leaves the last so many; what each was given.
    fn attempts(leaving: &[usize]) -> (Result<()>, Vec<usize>) {
        let mut given = Vec::new();
        let mut leaving = leaving.iter();
        let attempt = async |chunks: Vec<Chunk<'static>>| {
            given.push(chunks.len());
            let count = *leaving.next().unwrap();
            Ok(chunks[chunks.len() - count..].to_vec())
        };
        let chunks = (0..4).map(|number| sent(number).chunk).collect();
        let result = futures::executor::block_on(try_until_confirmed(chunks, attempt));
        (result, given)
    }

    #[test]
    fn what_is_left_is_tried_again_and_nothing_else() {
        for (leaving, expected) in [(&[0][..], &[4][..]), (&[2, 1, 0], &[4, 2, 1]), (&[4, 4, 4, 4, 0], &[4; 5])] {
            let (result, given) = attempts(leaving);
            result.unwrap();
            assert_eq!(given, expected);
        }
    }

    #[test]
    fn a_chunk_that_is_never_taken_is_named() {
        let (result, given) = attempts(&[4, 3, 1, 1, 1]);
        let error = result.unwrap_err().to_string();
        assert!(error.contains("from 3000: not taken under 5 blockhashes"), "{error}");
        assert_eq!(given, [4, 4, 3, 1, 1]);
    }

    #[test]
    fn what_is_unknown_or_only_processed_stays_open() {
        let writes: Vec<Sent> = (0..4).map(sent).collect();
        let statuses = vec![
            None,
            status(TransactionConfirmationStatus::Processed),
            status(TransactionConfirmationStatus::Confirmed),
            status(TransactionConfirmationStatus::Finalized),
        ];
        let open = unconfirmed(writes, statuses, CommitmentConfig::confirmed()).unwrap();
        assert_eq!(open, [sent(0), sent(1)]);
    }

    #[test]
    fn a_write_that_failed_is_named() {
        let failed = TransactionStatus {
            err: Some(TransactionError::AccountNotFound),
            ..status(TransactionConfirmationStatus::Confirmed).unwrap()
        };
        let statuses = vec![None, Some(failed)];
        let error = unconfirmed(vec![sent(0), sent(7)], statuses, CommitmentConfig::confirmed()).unwrap_err();
        assert!(error.to_string().contains("from 7000"), "{error}");
    }

    #[test]
    fn a_status_that_is_missing_confirms_nothing() {
        for statuses in [vec![], vec![status(TransactionConfirmationStatus::Finalized)], vec![None; 3]] {
            assert!(unconfirmed(vec![sent(0), sent(1)], statuses, CommitmentConfig::confirmed()).is_err());
        }
    }
}
