//! Wallets, tokens and what the contract `Witnesses` observed, each read at one block.

use alloy::{
    primitives::{Address as EvmAddress, B256},
    providers::{DynProvider, Provider},
    sol_types::SolEvent,
};
use async_trait::async_trait;
use ballast_core::{hexadecimal, observation::TOKEN_DECIMALS_MAX, solvency::WitnessedSolvency};
use ballast_ledger::reserves::{BlockLine, HoldingLine};

use super::{EvmReader, bindings::Witnesses, logs, reader::transport_error};
use crate::{
    chain::Address,
    clock::own_clock,
    error::{Error, Subject},
    exchange::Exchange,
    observation::{Observation, StoredObservation, Token, Wallet},
    reader::ObservationReader,
    reread::Reread,
    solvency::{Answer, Known, Question},
};

/// Decimals of the chain's own coin, which the zero address stands for.
const NATIVE_DECIMALS: u8 = 18;

impl EvmReader {
    /// Refuses an address without code, or whose contract witnesses the reserves of another
    /// contract's exchanges.
    pub(super) async fn check_witnesses(&self, address: EvmAddress) -> Result<(), Error> {
        let code = self.provider.get_code_at(address).block_id(self.options.block.id()).await;
        if code.map_err(|error| transport_error(&self.node, "the contract's code", &error))?.is_empty() {
            let (chain, address) = (self.chain, format!("{address} at its {} block", self.options.block.name()));
            return Err(Error::NotDeployed { chain, contract: "contract Witnesses", address });
        }
        let reserves = Witnesses::new(address, &self.provider).reserves().block(self.options.block.id()).call().await;
        let reserves = reserves.map_err(|error| self.error_of(address, "reserves", error))?;
        if reserves != self.reserves {
            let subject = Subject::Account(format!("contract {address}"));
            return Err(Error::bad_data(self.chain, subject, "reserves", self.reserves, reserves));
        }
        Ok(())
    }

    /// The contract. Fails with [`Error::BadInput`] when its address was not given.
    fn witnesses(&self) -> Result<Witnesses::WitnessesInstance<&DynProvider>, Error> {
        let address = self.options.witnesses.ok_or_else(|| Error::BadInput {
            argument: "EvmOptions::witnesses",
            expected: format!("the address of contract Witnesses on {}", self.chain),
            found: "none".into(),
        })?;
        Ok(Witnesses::new(address, &self.provider))
    }
}

#[async_trait]
impl ObservationReader for EvmReader {
    /// The exchange's wallets, retired ones too, in the order of their registration.
    async fn wallets(&self, exchange: &Exchange) -> Result<Vec<Wallet>, Error> {
        let contract = self.witnesses()?;
        let at = self.now().await?;
        // No wallet can be registered before its exchange.
        let start = self.registered_in(&exchange.id, &self.stored(&exchange.id, at).await?, at).await?.number;
        let topics = [Witnesses::WalletRegistered::SIGNATURE_HASH, exchange.id.into()];
        let filter = logs::filter(*contract.address(), &topics);
        let mut wallets = Vec::new();
        for log in self.logs(&filter, start..=at.number, "registrations of wallets").await? {
            let event = log.log_decode::<Witnesses::WalletRegistered>();
            let event = event.map_err(|error| self.error_of(*contract.address(), "WalletRegistered", error.into()))?;
            let address = event.inner.data.wallet;
            let stored = contract.wallet(address).block(at.id()).call().await;
            let stored = stored.map_err(|error| self.error_of(*contract.address(), "wallet", error))?;
            if stored.exchangeId != exchange.id {
                let subject = Subject::Account(format!("wallet {address}"));
                let (expected, found) = (hexadecimal::encode(exchange.id), stored.exchangeId);
                return Err(Error::bad_data(self.chain, subject, "exchange", expected, found));
            }
            wallets.push(Wallet {
                chain: self.chain,
                address: Address::Evm(address),
                exchange: exchange.id,
                registered_at: stored.registeredAt,
                retired: stored.retired,
            });
        }
        Ok(wallets)
    }

    /// The tokens that count for the exchange's asset list, in the order of their declaration.
    async fn tokens(&self, exchange: &Exchange) -> Result<Vec<Token>, Error> {
        let contract = self.witnesses()?;
        let stored = contract.tokens(B256::from(exchange.id)).block(self.now().await?.id()).call().await;
        let stored = stored.map_err(|error| self.error_of(*contract.address(), "tokens", error))?;
        let assets = exchange.assets.as_ref().map_or(0, |assets| assets.len());
        let checked = |token: Witnesses::Token| {
            let bad = |field: &str, expected: String, found: String| {
                let subject = Subject::Account(format!("token {}", token.token));
                Error::bad_data(self.chain, subject, field, expected, found)
            };
            if token.asset == 0 || usize::from(token.asset) > assets {
                return Err(bad("asset", format!("1 to {assets}"), token.asset.to_string()));
            }
            if token.token.is_zero() && token.decimals != NATIVE_DECIMALS {
                return Err(bad("decimals", NATIVE_DECIMALS.to_string(), token.decimals.to_string()));
            }
            if token.decimals > TOKEN_DECIMALS_MAX {
                return Err(bad("decimals", format!("at most {TOKEN_DECIMALS_MAX}"), token.decimals.to_string()));
            }
            let address = Address::Evm(token.token);
            Ok(Token { chain: self.chain, address, asset: token.asset, decimals: token.decimals })
        };
        stored.into_iter().map(checked).collect()
    }

    async fn reread(&self, block: &BlockLine, holdings: &[&HoldingLine]) -> Result<Reread, Error> {
        self.read_again(block, holdings).await
    }

    /// What was observed for an epoch so far, closed or not; none when nobody had the contract
    /// look.
    async fn observation(&self, exchange: &Exchange, epoch: u64) -> Result<Option<Observation>, Error> {
        let contract = self.witnesses()?;
        let stored = contract.witnessOf(B256::from(exchange.id), epoch).block(self.now().await?.id()).call().await;
        let stored = stored.map_err(|error| self.error_of(*contract.address(), "witnessOf", error))?;
        if stored.began == 0 {
            return Ok(None);
        }
        Observation::new(exchange, epoch, stored.into()).map(Some)
    }

    /// The contract's own answer, counting only what it observed in the exchange's wallets as held.
    /// `max_age` and `max_span` in seconds.
    async fn witnessed_solvency(
        &self,
        exchange: &Exchange,
        symbol: &str,
        max_age: u64,
        max_span: u64,
    ) -> Result<Answer, Error> {
        let contract = self.witnesses()?;
        let asked = contract.witnessedSolvency(B256::from(exchange.id), symbol.into(), max_age, max_span);
        let answer = asked.block(self.now().await?.id()).call().await;
        let answer = answer.map_err(|error| self.error_of(*contract.address(), "witnessedSolvency", error))?;
        let question = Question::new(exchange, symbol, max_age, Known::Witnessed { max_span });
        let (first_look, span) = (answer.firstLook, answer.span);
        let figures = self.figures(&question, answer.into())?;
        Answer::witnessed(&question, WitnessedSolvency { figures, first_look, span }, own_clock())
    }
}

impl From<Witnesses::Witness> for StoredObservation {
    fn from(stored: Witnesses::Witness) -> Self {
        Self {
            began: stored.began,
            last_look: stored.lastLook,
            began_height: stored.beganInBlock,
            last_look_height: stored.lastLookInBlock,
            closed: stored.closed,
            holdings: stored.holdings,
            looked: stored.looked,
            amounts: stored.amounts.iter().map(|amount| amount.to()).collect(),
        }
    }
}
