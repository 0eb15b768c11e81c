//! Wallets, tokens and what the program observed, from a node.

use anchor_lang::Discriminator;
use async_trait::async_trait;
use ballast_core::Digest;
use ballast_ledger::reserves::{BlockLine, HoldingLine};
use solana_client::rpc_filter::Memcmp;

use super::{address, bindings::accounts, observation, reader::SolanaReader};
use crate::{
    error::Error,
    exchange::Exchange,
    observation::{Observation, Token, Wallet},
    reader::ObservationReader,
    reread::Reread,
    solvency::{Answer, Known},
};

/// Where records of wallets and tokens have the exchange's id: behind discriminator, version and
/// bump.
pub(super) const EXCHANGE_OFFSET: usize = accounts::Wallet::DISCRIMINATOR.len() + 2 * size_of::<u8>();

fn of(exchange: &Digest) -> Option<Memcmp> {
    Some(Memcmp::new_raw_bytes(EXCHANGE_OFFSET, exchange.to_vec()))
}

#[async_trait]
impl ObservationReader for SolanaReader {
    /// The exchange's wallets, retired ones too, by the addresses of their records.
    async fn wallets(&self, exchange: &Exchange) -> Result<Vec<Wallet>, Error> {
        let found = self.all::<accounts::Wallet>(of(&exchange.id), "wallets").await?;
        found.into_iter().map(|(at, stored)| observation::wallet(&self.program, &exchange.id, &at, stored)).collect()
    }

    /// The tokens that the exchange declared since its list was cleared last, by the addresses of
    /// their records.
    async fn tokens(&self, exchange: &Exchange) -> Result<Vec<Token>, Error> {
        let found = self.all::<accounts::Token>(of(&exchange.id), "tokens").await?;
        let read = found.into_iter().map(|(at, stored)| observation::token(&self.program, exchange, &at, stored));
        read.filter_map(Result::transpose).collect()
    }

    async fn reread(&self, block: &BlockLine, holdings: &[&HoldingLine]) -> Result<Reread, Error> {
        self.read_again(block, holdings).await
    }

    /// What was observed for an epoch so far, closed or not; none when nobody had the program look.
    async fn observation(&self, exchange: &Exchange, epoch: u64) -> Result<Option<Observation>, Error> {
        let address = address::witness(&self.program, &exchange.id, epoch);
        let stored: Option<accounts::Witness> = self.decoded(&address, "a witness").await?;
        stored.map_or(Ok(None), |stored| observation::observation(exchange, epoch, stored))
    }

    /// The program's own answer, counting only what it observed in the exchange's wallets as held.
    /// `max_age` and `max_span` in seconds.
    async fn witnessed_solvency(
        &self,
        exchange: &Exchange,
        symbol: &str,
        max_age: u64,
        max_span: u64,
    ) -> Result<Answer, Error> {
        self.ask(exchange, symbol, max_age, Known::Witnessed { max_span }).await
    }
}
