//! The block at which everything of one answer is read.

use alloy::{
    eips::{BlockId, BlockNumberOrTag, RpcBlockHash},
    primitives::B256,
    providers::Provider,
    rpc::types::Header,
};

use super::{EvmOptions, EvmReader, reader::transport_error};
use crate::error::Error;

/// How settled a block must be to be read.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum EvmBlock {
    /// The youngest that the chain will not take back: on Ethereum some thirteen minutes old.
    #[default]
    Finalized,
    /// The youngest that the chain is not expected to take back.
    Safe,
    /// The youngest there is. The chain may have another in its place soon.
    Latest,
}

impl EvmBlock {
    /// The name that a node knows it by, which is that of the setting.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Finalized => "finalized",
            Self::Safe => "safe",
            Self::Latest => "latest",
        }
    }

    /// The block of this name.
    pub fn named(name: &str) -> Option<Self> {
        [Self::Finalized, Self::Safe, Self::Latest].into_iter().find(|block| block.name() == name)
    }

    pub(super) fn id(self) -> BlockId {
        BlockId::Number(match self {
            Self::Finalized => BlockNumberOrTag::Finalized,
            Self::Safe => BlockNumberOrTag::Safe,
            Self::Latest => BlockNumberOrTag::Latest,
        })
    }
}

/// A block, by everything that is asked of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct At {
    pub(super) number: u64,
    pub(super) hash: B256,
    pub(super) timestamp: u64,
}

impl At {
    /// By its hash, for calls (EIP-1898): a node refuses when the chain has another block there by
    /// then.
    pub(super) fn id(&self) -> BlockId {
        BlockId::Hash(RpcBlockHash::from_hash(self.hash, Some(true)))
    }
}

impl From<Header> for At {
    fn from(header: Header) -> Self {
        Self { number: header.number, hash: header.hash, timestamp: header.timestamp }
    }
}

impl EvmReader {
    /// The same deployment, read at blocks that are as settled as `block` says.
    #[must_use]
    pub fn at(&self, block: EvmBlock) -> Self {
        Self { options: EvmOptions { block, ..self.options }, at: None, ..self.clone() }
    }

    /// The block at which this reader reads: the one it is held at, or the youngest that is as
    /// settled as the options ask.
    pub(super) async fn now(&self) -> Result<At, Error> {
        if let Some(at) = self.at {
            return Ok(at);
        }
        let what = format!("its {} block", self.options.block.name());
        let found = self.find_block(self.options.block.id(), &what).await?;
        found.ok_or_else(|| self.node.refused(&what, "there is no such block"))
    }

    /// The block of this number. The chain has one, as it has a younger one.
    pub(super) async fn block_at(&self, number: u64) -> Result<At, Error> {
        let what = format!("block {number}");
        let found = self.find_block(BlockId::number(number), &what).await?;
        found.ok_or_else(|| self.node.refused(&what, "there is no such block"))
    }

    pub(super) async fn find_block(&self, id: BlockId, what: &str) -> Result<Option<At>, Error> {
        let block = self.provider.get_block(id).await.map_err(|error| transport_error(&self.node, what, &error))?;
        Ok(block.map(|block| block.header.into()))
    }

    /// Refuses what was read at the block that this reader is held at, when the chain has another
    /// in its place by now. Events are asked for by number: what they tell may be of either.
    pub(super) async fn check_block_is_there(&self) -> Result<(), Error> {
        let Some(At { number, hash, .. }) = self.at else { return Ok(()) };
        let what = format!("block {number}");
        let found = self.find_block(BlockId::number(number), &what).await?;
        match found {
            Some(found) if found.hash == hash => Ok(()),
            found => {
                let found = found.map_or("none".into(), |found| found.hash.to_string());
                Err(Error::Replaced { chain: self.chain, height: number, expected: hash.to_string(), found })
            }
        }
    }
}
