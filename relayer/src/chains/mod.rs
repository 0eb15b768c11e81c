//! The two destinations of an epoch, behind one small trait each for posting and for governing.
//!
//! A chain is the authority on where it stands; the store says what was signed for it. Whatever is
//! sent was written to the store before, and what the store holds in flight is brought to its end
//! before anything else is signed.

pub mod action;
mod error;
pub mod evm;
mod holdings;
pub mod looks;
pub mod solana;
mod state;

use std::fmt;

use async_trait::async_trait;
use ballast_core::{Digest, rules::Unfinished};
use ballast_sdk::{Client, chain::Address};

pub use crate::chain_name::ChainName;
use crate::{plan::ProvedEpoch, store::Store};
pub use action::{Action, Agreement};
pub use error::ChainError;
pub use evm::signature_deadline;
pub use holdings::{ChainHoldings, Uncounted};
pub use looks::LookOutcome;
pub use state::{ChainState, Position};

/// What a transaction of ours does. Its name is in the store, in reports and in the names of crash
/// points.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Purpose {
    OpenBuffer,
    WriteBuffer,
    /// On Solana the buffer is closed by the same transaction.
    PostShard,
    /// Of a buffer that a post left behind.
    CloseBuffer,
    Govern,
    /// At the holdings of reserve wallets.
    Look,
}

impl Purpose {
    pub const fn name(self) -> &'static str {
        match self {
            Self::OpenBuffer => "open-buffer",
            Self::WriteBuffer => "write-buffer",
            Self::PostShard => "post-shard",
            Self::CloseBuffer => "close-buffer",
            Self::Govern => "govern",
            Self::Look => "look",
        }
    }
}

/// What a transaction of ours is about: what it does, and for which epoch and shard, if for one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct About {
    pub purpose: Purpose,
    pub epoch: Option<u64>,
    pub shard: Option<u16>,
}

impl About {
    /// A transaction for one shard of an epoch.
    pub const fn shard(purpose: Purpose, epoch: u64, shard: u16) -> Self {
        Self { purpose, epoch: Some(epoch), shard: Some(shard) }
    }

    /// A transaction for no epoch.
    pub const fn no_epoch(purpose: Purpose) -> Self {
        Self { purpose, epoch: None, shard: None }
    }
}

impl fmt::Display for About {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.purpose.name())?;
        match (self.epoch, self.shard) {
            (Some(epoch), Some(shard)) => write!(f, " of epoch {epoch}, shard {shard}"),
            _ => Ok(()),
        }
    }
}

/// Money that posting may cost, and where it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Purse {
    pub address: Address,
    /// In the chain's smallest unit.
    pub balance: u128,
    /// Upper estimate of what the remaining posts cost, deposits included that come back.
    pub needed: u128,
}

/// A chain that can be read.
pub trait ReadableChain: Send + Sync {
    /// Reads what the chain has, at the commitment that is asked of it.
    fn client(&self) -> &Client;

    fn name(&self) -> ChainName {
        ChainName::of(self.client().chain())
    }
}

/// A chain to which an epoch is posted. What signs takes the store, in which it is written down
/// first.
#[async_trait]
pub trait Destination: ReadableChain {
    /// Which chain and which deployment this is: a store belongs to one.
    async fn identity(&self) -> Result<String, ChainError>;

    /// Reads what the chain has now, though its latest blocks may not be final yet.
    fn current(&self) -> &Client {
        self.client()
    }

    /// Reads what transactions of ours build on: on Solana at the commitment of the settings, on
    /// the EVM at the latest block, since each transaction was waited for until it had the
    /// confirmations of the settings.
    fn confirmed(&self) -> &Client {
        self.client()
    }

    /// The epoch of this exchange that was begun and is not finished.
    async fn unfinished(&self, exchange: &Digest) -> Result<Option<Unfinished>, ChainError>;

    /// Where the chain stands with this exchange and this circuit.
    async fn state(&self, exchange: &Digest, circuit: &Digest) -> Result<ChainState, ChainError> {
        let state = ChainState::read(self.current(), exchange, circuit).await?;
        let unfinished = match &state.exchange {
            Some(exchange) => self.unfinished(&exchange.id).await?,
            None => None,
        };
        Ok(ChainState { unfinished, ..state })
    }

    /// The address that would post.
    fn poster(&self) -> Result<Address, ChainError>;

    /// The address of the configured authority.
    fn authority(&self) -> Result<Address, ChainError>;

    /// What the poster has, and what posting the shards from `first` on may cost. Refused when the
    /// chain's own simulation of the next post is, as far as it can be simulated before anything is
    /// sent.
    async fn purse(&self, epoch: &ProvedEpoch, first: u16) -> Result<Purse, ChainError>;

    /// Brings every transaction that the store holds in flight to its end: the same bytes are sent
    /// again while they are valid.
    async fn settle(&self, store: &Store) -> Result<(), ChainError>;

    /// Posts one shard. The chain has all shards before it.
    async fn submit(&self, store: &Store, epoch: &ProvedEpoch, shard: u16) -> Result<(), ChainError>;

    /// Waits until the whole epoch is as settled as was asked for, and cleans up what posting left
    /// behind.
    async fn confirm(&self, store: &Store, epoch: &ProvedEpoch) -> Result<(), ChainError>;

    /// Has the chain look at the holdings of the exchange's wallets for `epoch`, its latest, and
    /// close the witness. Without a store nothing is signed or sent: the first look is simulated.
    async fn witness(&self, store: Option<&Store>, exchange: &Digest, epoch: u64) -> Result<LookOutcome, ChainError>;

    /// Does what an authority asks; the caller has found it needed. Returns how many transactions
    /// it took.
    async fn govern(&self, store: &Store, exchange: &Digest, action: &Action) -> Result<usize, ChainError>;

    /// Simulates what [`Destination::govern`] would send first.
    async fn rehearse(&self, exchange: &Digest, action: &Action) -> Result<(), ChainError>;
}
