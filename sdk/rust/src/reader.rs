//! What a reader of one chain does. [`crate::client::Client`] is built on it and asks the same questions of every chain.

use std::ops::RangeInclusive;

use async_trait::async_trait;
use ballast_core::Digest;

use crate::{
    chain::Chain,
    circuit::Circuit,
    epoch::Epoch,
    error::Error,
    exchange::{Exchange, PendingEpoch},
    observation::{Observation, Token, Wallet},
    solvency::Answer,
};

/// Reads one deployment on one chain. Everything returned is checked against the chain's digests.
#[async_trait]
pub trait ChainReader: Send + Sync {
    fn chain(&self) -> Chain;

    /// The chain's clock, Unix seconds.
    async fn clock(&self) -> Result<u64, Error>;

    /// All registered exchanges, by name, then id.
    async fn exchanges(&self) -> Result<Vec<Exchange>, Error>;

    async fn exchange(&self, id: &Digest) -> Result<Exchange, Error>;

    /// The exchange's unfinished epoch.
    async fn pending(&self, exchange: &Exchange) -> Result<Option<PendingEpoch>, Error>;

    /// These epochs, in order, each checked. All of them are finalized: numbers from 1 to `exchange.latest_epoch()`. One
    /// that is missing or does not match its digest fails the whole.
    async fn epochs(&self, exchange: &Exchange, numbers: RangeInclusive<u64>) -> Result<Vec<Epoch>, Error>;

    async fn circuit(&self, id: &Digest) -> Result<Circuit, Error>;

    /// Asks the chain itself. `max_age` in seconds.
    async fn solvency(&self, exchange: &Exchange, symbol: &str, max_age: u64) -> Result<Answer, Error>;

    /// Asks the chain itself, counting only what it witnessed. `max_age` in seconds.
    async fn witnessed_solvency(&self, exchange: &Exchange, symbol: &str, max_age: u64) -> Result<Answer, Error>;

    /// Every wallet that was registered for the exchange: on the EVM in order of registration, on Solana of their records' addresses.
    async fn wallets(&self, exchange: &Exchange) -> Result<Vec<Wallet>, Error>;

    /// Every token that was declared: on the EVM in order of declaration, on Solana of their records' addresses.
    async fn tokens(&self, exchange: &Exchange) -> Result<Vec<Token>, Error>;

    /// What the chain saw for one epoch.
    async fn observation(&self, exchange: &Exchange, epoch: u64) -> Result<Option<Observation>, Error>;
}
