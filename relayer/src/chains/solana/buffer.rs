//! The buffer in which a post travels.

use std::collections::BTreeSet;

use ballast_core::{digest::sha256, post::ShardPost};
use ballast_sdk::solana::{address, bindings::accounts, instruction::Program};
use solana_sdk::{message::Message, pubkey::Pubkey, signature::Keypair, signer::Signer, transaction::Transaction};

use super::{
    Solana,
    budget::Budget,
    sender::{Job, encode},
};
use crate::{
    chains::{About, ChainError, Purpose},
    events::Running,
    store::Store,
};

/// Bytes that a transaction may have.
const TRANSACTION_MAX: usize = 1232;
/// More than a buffer's own fields take: what is read of one to know whose it is.
const FIELDS: usize = 128;

/// A post on its way through a buffer.
pub struct Parcel {
    pub bytes: Vec<u8>,
    /// Made from the bytes, so that a restart finds the buffer that was begun.
    pub number: u32,
}

impl Parcel {
    pub fn new(post: &ShardPost) -> Self {
        let bytes = post.encode();
        let [a, b, c, d, ..] = sha256(&[&bytes]);
        Self { bytes, number: u32::from_be_bytes([a, b, c, d]) }
    }

    /// The pieces of at most `size` bytes in which `present` differs, with their offsets.
    fn missing<'a>(&'a self, present: &'a [u8], size: usize) -> impl Iterator<Item = (u32, &'a [u8])> {
        self.bytes.chunks(size).zip((0u32..).step_by(size)).filter_map(|(piece, offset)| {
            let start = offset as usize;
            let same = present.get(start..start + piece.len()).is_some_and(|there| there == piece);
            (!same).then_some((offset, piece))
        })
    }
}

impl Solana {
    /// Brings the post's bytes into its buffer, writing only what is not there yet.
    pub(super) async fn fill_buffer(
        &self,
        store: &Store,
        signer: &Keypair,
        parcel: &Parcel,
        (epoch, shard): (u64, u16),
        stage: &Running,
    ) -> Result<(), ChainError> {
        let sender = self.sender(store);
        let owner = signer.pubkey();
        let job = |purpose, instruction| Job {
            about: About::shard(purpose, epoch, shard),
            instructions: vec![instruction],
            cosigner: None,
        };
        let size = parcel.bytes.len() as u32;
        let mut present = self.read_buffer(&owner, parcel.number).await?;
        if present.as_ref().is_some_and(|(buffer, _)| buffer.size != size) {
            let close = job(Purpose::CloseBuffer, self.program.close_buffer(&owner, parcel.number));
            sender.run(signer, &[close], Some(stage)).await?;
            present = None;
        }
        if present.is_none() {
            let open = job(Purpose::OpenBuffer, self.program.open_buffer(&owner, parcel.number, size));
            sender.run(signer, &[open], Some(stage)).await?;
        }
        let content = present.map(|(_, content)| content).unwrap_or_default();
        let piece = piece_size(&sender.budget, &self.program, &owner, parcel.number)?;
        let writes: Vec<Job> = parcel
            .missing(&content, piece)
            .map(|(offset, piece)| {
                let write = self.program.write_buffer(&owner, parcel.number, offset, piece.to_vec());
                job(Purpose::WriteBuffer, write)
            })
            .collect();
        stage.expect_more(writes.len() as u64);
        sender.run(signer, &writes, Some(stage)).await
    }

    async fn read_buffer(
        &self,
        owner: &Pubkey,
        number: u32,
    ) -> Result<Option<(accounts::Buffer, Vec<u8>)>, ChainError> {
        let address = address::buffer(&self.settings.program, owner, number);
        self.node.account_with_rest(&address, "a buffer").await
    }

    /// Closes every buffer of the poster's but those numbered in `keep`: what an interrupted post
    /// left behind. The rent returns. A poster's key belongs to one relayer, so no other's are
    /// closed.
    pub(super) async fn close_buffers(&self, store: &Store, keep: &[u32]) -> Result<(), ChainError> {
        let signer = self.poster_key()?;
        let owner = signer.pubkey();
        let keep: BTreeSet<u32> = keep.iter().copied().collect();
        let buffers: Vec<accounts::Buffer> = match self.node.accounts(&self.settings.program, FIELDS, "buffers").await {
            Ok(buffers) => buffers,
            // Some nodes do not list accounts. Rent can be had back later; the epoch cannot wait
            // for it.
            Err(error) => {
                tracing::warn!(%error, "cannot look for buffers that were left behind");
                return Ok(());
            }
        };
        let left = buffers.iter().filter(|buffer| buffer.owner == owner && !keep.contains(&buffer.number));
        let jobs: Vec<Job> = left
            .map(|buffer| Job {
                about: About::no_epoch(Purpose::CloseBuffer),
                instructions: vec![self.program.close_buffer(&owner, buffer.number)],
                cosigner: None,
            })
            .collect();
        if !jobs.is_empty() {
            tracing::info!(count = jobs.len(), "closing buffers that were left behind");
        }
        self.sender(store).run(&signer, &jobs, None).await
    }
}

/// Bytes of data that one transaction can write.
fn piece_size(budget: &Budget<'_>, program: &Program, owner: &Pubkey, number: u32) -> Result<usize, ChainError> {
    let length = |data: usize| {
        let write = program.write_buffer(owner, number, 0, vec![0; data]);
        let message = Message::new(&budget.wrap(&[write], u32::MAX), Some(owner));
        encode(&Transaction::new_unsigned(message)).map(|bytes| bytes.len())
    };
    // Lengths are written in one to three bytes: measured where they are already long.
    let measured = TRANSACTION_MAX / 2;
    Ok(measured + TRANSACTION_MAX.saturating_sub(length(measured)?))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::plan::tests::{plan, posts};

    fn parcel() -> Parcel {
        Parcel::new(&posts(&plan())[0])
    }

    #[test]
    fn the_buffer_of_a_post_is_always_the_same_and_of_another_is_another() {
        assert_eq!(parcel().number, parcel().number);
        assert_ne!(parcel().number, Parcel::new(&posts(&plan())[1]).number);
    }

    #[test]
    fn only_pieces_that_differ_are_written() {
        let parcel = parcel();
        let all: Vec<_> = parcel.missing(&[], 100).collect();
        assert_eq!(all.iter().flat_map(|(_, piece)| piece.to_vec()).collect::<Vec<_>>(), parcel.bytes);
        assert_eq!(all[2].0, 200);
        assert_eq!(parcel.missing(&parcel.bytes, 100).count(), 0);
        let mut changed = parcel.bytes.clone();
        changed[150] ^= 1;
        assert_eq!(parcel.missing(&changed, 100).map(|(offset, _)| offset).collect::<Vec<_>>(), [100]);
        let cut = &parcel.bytes[..parcel.bytes.len() - 1];
        assert_eq!(parcel.missing(cut, 100).count(), 1);
    }
}
