//! The trait of what reads one chain. [`crate::client::Client`] is built on it and asks the same
//! questions of every chain.

use std::ops::RangeInclusive;

use async_trait::async_trait;
use ballast_core::Digest;
use ballast_ledger::reserves::{BlockLine, HoldingLine};

use crate::{
    chain::{Address, Chain},
    circuit::Circuit,
    epoch::Epoch,
    error::Error,
    exchange::{Exchange, PendingEpoch},
    observation::{Observation, Token, Wallet},
    reread::Reread,
    solvency::Answer,
};

/// Reads one deployment on one chain. Everything returned is checked against the chain's digests.
#[async_trait]
pub trait ChainReader: ObservationReader {
    /// The chain that is read.
    fn chain(&self) -> Chain;

    /// The same deployment, of which everything is read at one block from now on. On Solana a node
    /// answers with its youngest state of the commitment that was asked for, each time.
    async fn at_one_block(&self) -> Result<Box<dyn ChainReader>, Error>;

    /// Fails with [`Error::Replaced`] when the chain took back the block that everything was read
    /// at. Whoever reads at one block asks at the end.
    async fn check_block(&self) -> Result<(), Error>;

    /// The time by the chain's clock, Unix seconds.
    async fn clock(&self) -> Result<u64, Error>;

    /// All registered exchanges, by name, then id.
    async fn exchanges(&self) -> Result<Vec<Exchange>, Error>;

    /// The exchange with this id. Fails with [`Error::ExchangeNotFound`] when it is not registered.
    async fn exchange(&self, id: &Digest) -> Result<Exchange, Error>;

    /// The exchange's unfinished epoch; none when no shard of its next epoch is posted.
    async fn pending(&self, exchange: &Exchange) -> Result<Option<PendingEpoch>, Error>;

    /// These epochs, in order, each checked. All of them are finalized: numbers from 1 to
    /// `exchange.latest_epoch()`. One that is missing or does not match its digest fails the whole.
    async fn epochs(&self, exchange: &Exchange, numbers: RangeInclusive<u64>) -> Result<Vec<Epoch>, Error>;

    /// The address of the contract `Reserves` or of the program.
    fn deployment(&self) -> Address;

    /// The hash of the block in which an epoch was finalized, by which a chain can be told later
    /// from one that forked before it. Of Solana, whose nodes do not keep old blocks, it is the
    /// hash of the cluster's first block.
    async fn block_hash(&self, exchange: &Exchange, epoch: u64) -> Result<String, Error>;

    /// The circuit with this id. Fails with [`Error::CircuitNotFound`] when it is not registered.
    async fn circuit(&self, id: &Digest) -> Result<Circuit, Error>;

    /// The chain's own answer, counting what is reported as held. `max_age` in seconds.
    async fn solvency(&self, exchange: &Exchange, symbol: &str, max_age: u64) -> Result<Answer, Error>;
}

/// Reads what one deployment observed in wallets. On the EVM each call fails with
/// [`Error::BadInput`] when the contract that observes was not named.
#[async_trait]
pub trait ObservationReader: Send + Sync {
    /// The chain's own answer, counting only what it observed as held. `max_age` and `max_span` in
    /// seconds.
    async fn witnessed_solvency(
        &self,
        exchange: &Exchange,
        symbol: &str,
        max_age: u64,
        max_span: u64,
    ) -> Result<Answer, Error>;

    /// Every wallet that was registered for the exchange, retired ones too: on the EVM in order of
    /// registration, on Solana in order of the addresses of their records.
    async fn wallets(&self, exchange: &Exchange) -> Result<Vec<Wallet>, Error>;

    /// Every token that counts for an asset of the present list: on the EVM in order of
    /// declaration, on Solana in order of the addresses of their records.
    async fn tokens(&self, exchange: &Exchange) -> Result<Vec<Token>, Error>;

    /// Reads again what a report says was read at `block`: the block, the accounts of `holdings`,
    /// which are of this chain, and what they held. What the node cannot tell is said to be not
    /// checked; that it does not answer at all is an error.
    async fn reread(&self, block: &BlockLine, holdings: &[&HoldingLine]) -> Result<Reread, Error>;

    /// What the chain observed for one epoch so far, closed or not; none when nobody had it look.
    async fn observation(&self, exchange: &Exchange, epoch: u64) -> Result<Option<Observation>, Error>;
}
