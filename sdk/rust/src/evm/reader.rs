//! The contracts' storage, read at one block.

use std::{ops::RangeInclusive, sync::Arc};

use alloy::{
    contract::Error as ContractError,
    primitives::{Address as EvmAddress, B256},
    providers::{DynProvider, Provider},
    rpc::json_rpc::ErrorPayload,
    sol_types::SolEvent,
    transports::{RpcError, TransportError},
};
use async_trait::async_trait;
use ballast_core::{
    Digest,
    assets::{Asset, AssetList},
    circuit::{Class, SetupKind, VerifyingKey},
    exchange::exchange_id,
    hexadecimal,
    solvency::{Solvency, Standing},
    statement::LedgerPosition,
};

use super::{
    EvmBlock,
    batch::Limits,
    bindings::{CircuitRegistry, CircuitVerifier, Reserves},
    block::At,
    locate::Located,
    logs, provider,
};
use crate::{
    chain::{Address, Chain},
    circuit::{Circuit, KnownCircuits},
    clock::own_clock,
    epoch::Epoch,
    error::{Error, Subject},
    exchange::{Exchange, PendingEpoch},
    node::Endpoint,
    reader::ChainReader,
    solvency::{Answer, Known, Question},
};

/// How a node is asked for events.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct EvmOptions {
    /// How settled a block must be to be read. Everything of one answer is read at one block.
    pub block: EvmBlock,
    /// The block from which registrations are searched: that of the contract's deployment, or any
    /// before it.
    pub from_block: u64,
    /// The most blocks of one query for events. When a node refuses, smaller queries follow by
    /// themselves, and none is larger from then on.
    pub max_block_range: u64,
    /// The address of the contract `Witnesses`. It is needed only to read wallets, tokens and
    /// observations.
    pub witnesses: Option<EvmAddress>,
}

/// The error code of a call that reverted (EIP-1474 leaves it open; every node answers so).
const REVERTED: i64 = 3;

impl Default for EvmOptions {
    fn default() -> Self {
        Self { block: EvmBlock::Finalized, from_block: 0, max_block_range: 10_000, witnesses: None }
    }
}

/// Reads the contract `Reserves` and the registry of circuits that it names.
#[derive(Clone)]
pub struct EvmReader {
    pub(super) provider: DynProvider,
    pub(super) node: Endpoint,
    pub(super) chain: Chain,
    pub(super) reserves: EvmAddress,
    pub(super) registry: EvmAddress,
    pub(super) options: EvmOptions,
    pub(super) circuits: Arc<KnownCircuits>,
    pub(super) located: Arc<Located>,
    pub(super) limits: Arc<Limits>,
    /// The block at which everything is read; the youngest each time when none.
    pub(super) at: Option<At>,
}

impl EvmReader {
    /// Connects to the JSON-RPC node at `url` and finds the contract at `reserves`.
    ///
    /// Fails with [`Error::NotDeployed`] when there is no code at the address, or at that of
    /// `Witnesses` if it is given.
    pub async fn connect(url: &str, reserves: EvmAddress, options: EvmOptions) -> Result<Self, Error> {
        let node = Endpoint::parse(url)?;
        let provider = provider(node.url()).map_err(|error| node.unreachable("anything", &error))?;
        let id = provider.get_chain_id().await.map_err(|error| transport_error(&node, "its chain id", &error))?;
        let chain = Chain::Evm(id);
        let code = provider.get_code_at(reserves).block_id(options.block.id()).await;
        if code.map_err(|error| transport_error(&node, "the contract's code", &error))?.is_empty() {
            let address = format!("{reserves} at its {} block", options.block.name());
            return Err(Error::NotDeployed { chain, contract: "contract Reserves", address });
        }
        let mut reader = Self {
            provider,
            node,
            chain,
            reserves,
            registry: EvmAddress::ZERO,
            options,
            circuits: Arc::default(),
            located: Arc::default(),
            limits: Arc::new(Limits::new(options.max_block_range)),
            at: None,
        };
        let registry = reader.contract().circuits().block(options.block.id()).call().await;
        reader.registry = registry.map_err(|error| reader.contract_error("the registry's address", error))?;
        if let Some(witnesses) = options.witnesses {
            reader.check_witnesses(witnesses).await?;
        }
        Ok(reader)
    }

    pub(super) fn contract(&self) -> Reserves::ReservesInstance<&DynProvider> {
        Reserves::new(self.reserves, &self.provider)
    }

    /// The error of a failed call. The contract's views never revert: one that does, or answers
    /// otherwise, is another contract.
    pub(super) fn contract_error(&self, what: &str, error: ContractError) -> Error {
        self.error_of(self.reserves, what, error)
    }

    /// The error of a failed call of the contract at `contract`.
    pub(super) fn error_of(&self, contract: EvmAddress, what: &str, error: ContractError) -> Error {
        let reverted = |payload: &ErrorPayload| payload.code == REVERTED || payload.as_revert_data().is_some();
        match error {
            ContractError::TransportError(RpcError::ErrorResp(payload)) if reverted(&payload) => {
                self.bad_contract(contract, what, payload.message)
            }
            ContractError::TransportError(error) => transport_error(&self.node, what, &error),
            other => self.bad_contract(contract, what, other),
        }
    }

    fn bad_contract(&self, contract: EvmAddress, what: &str, found: impl ToString) -> Error {
        let subject = Subject::Account(format!("contract {contract}"));
        Error::bad_data(self.chain, subject, what, "an answer of the committed ABI", found)
    }

    pub(super) fn bad_exchange(
        &self,
        id: &Digest,
        field: &str,
        expected: impl ToString,
        found: impl ToString,
    ) -> Error {
        Error::bad_data(self.chain, Subject::Exchange(*id), field, expected, found)
    }

    /// Storage of the exchange at `at`.
    pub(super) async fn stored(&self, id: &Digest, at: At) -> Result<Reserves::Exchange, Error> {
        let stored = self.contract().exchange(B256::from(*id)).block(at.id()).call().await;
        let stored = stored.map_err(|error| self.contract_error("exchange", error))?;
        if stored.registeredInBlock == 0 {
            return Err(Error::ExchangeNotFound { chain: self.chain, exchange: *id });
        }
        Ok(stored)
    }

    async fn exchange_at(&self, id: &Digest, at: At) -> Result<Exchange, Error> {
        let stored = self.stored(id, at).await?;
        let contract = self.contract();
        let (exchange, block) = (B256::from(*id), at.id());
        let posters = contract.posters(exchange).block(block).call().await;
        let posters = posters.map_err(|error| self.contract_error("posters", error))?;
        let list = contract.assets(exchange).block(block).call().await;
        let list = list.map_err(|error| self.contract_error("assets", error))?;
        let assets = self.asset_list(id, &stored, &list)?;
        let registered_at = self.registered_in(id, &stored, at).await?.timestamp;
        Ok(Exchange {
            chain: self.chain,
            id: *id,
            name: stored.name,
            authority: Address::Evm(stored.authority),
            pending_authority: (!stored.pendingAuthority.is_zero()).then_some(Address::Evm(stored.pendingAuthority)),
            posters: posters.into_iter().map(Address::Evm).collect(),
            assets,
            generation: stored.generation,
            cadence: stored.cadence,
            registered_at,
            paused: stored.paused,
            next_epoch: stored.nextEpoch,
            latest_as_of: stored.asOf,
            ledger: LedgerPosition { sequence: stored.ledgerSequence, head: stored.ledgerHead.0 },
            head: stored.head.0,
        })
    }

    /// The list, when it has the digest that storage holds.
    fn asset_list(
        &self,
        id: &Digest,
        stored: &Reserves::Exchange,
        list: &[Reserves::Asset],
    ) -> Result<Option<AssetList>, Error> {
        if list.is_empty() && stored.assetListDigest.is_zero() {
            return Ok(None);
        }
        let assets: Result<Vec<_>, _> = list.iter().map(|asset| Asset::new(&asset.symbol, asset.decimals)).collect();
        let assets = assets.and_then(AssetList::new);
        let assets = assets.map_err(|refusal| self.bad_exchange(id, "assets", "a valid asset list", refusal))?;
        if stored.assetListDigest != assets.digest() {
            let found = hexadecimal::encode(assets.digest());
            return Err(self.bad_exchange(id, "asset_list_digest", stored.assetListDigest, found));
        }
        Ok(Some(assets))
    }

    /// The figures that a contract answered to `question`.
    pub(super) fn figures(&self, question: &Question<'_>, answer: Reserves::Solvency) -> Result<Solvency, Error> {
        let bad =
            |field: &str, expected: &str, found: u8| self.bad_exchange(&question.exchange, field, expected, found);
        let standing = Standing::try_from(answer.standing);
        let setup = match answer.setup {
            0 => None,
            kind => Some(SetupKind::try_from(kind).map_err(|_| bad("solvency.setup", "0 to 2", kind))?),
        };
        Ok(Solvency {
            standing: standing.map_err(|found| bad("solvency.standing", "0 to 6", found))?,
            epoch: answer.epoch,
            as_of: answer.asOf,
            liability: answer.liability.to(),
            reserve: answer.reserve.to(),
            ratio_bps: answer.ratioBps,
            setup,
            circuit: answer.circuitId.0,
        })
    }
}

/// The error of a failed request: no answer, or an answer that is an error.
pub(super) fn transport_error(node: &Endpoint, what: &str, error: &TransportError) -> Error {
    match error {
        RpcError::ErrorResp(payload) => node.refused(what, payload),
        RpcError::DeserError { err, .. } => {
            node.refused(what, format!("an answer that is not the JSON expected: {err}"))
        }
        RpcError::NullResp => node.refused(what, "null"),
        other => node.unreachable(what, other),
    }
}

#[async_trait]
impl ChainReader for EvmReader {
    fn chain(&self) -> Chain {
        self.chain
    }

    async fn at_one_block(&self) -> Result<Box<dyn ChainReader>, Error> {
        let at = self.now().await?;
        Ok(Box::new(Self { at: Some(at), ..self.clone() }))
    }

    async fn check_block(&self) -> Result<(), Error> {
        self.check_block_is_there().await
    }

    async fn clock(&self) -> Result<u64, Error> {
        Ok(self.now().await?.timestamp)
    }

    async fn exchanges(&self) -> Result<Vec<Exchange>, Error> {
        let at = self.now().await?;
        let filter = logs::filter(self.reserves, &[Reserves::ExchangeRegistered::SIGNATURE_HASH]);
        let mut exchanges = Vec::new();
        for log in self.logs(&filter, self.options.from_block..=at.number, "registrations").await? {
            let event = log.log_decode::<Reserves::ExchangeRegistered>();
            let event = event.map_err(|error| self.contract_error("ExchangeRegistered", error.into()))?.inner.data;
            let id = exchange_id(&event.solanaAuthority.0, &event.authority.into_array(), &event.name)
                .map_err(|refusal| self.bad_exchange(&event.exchangeId.0, "name", "a valid name", refusal))?;
            if event.exchangeId != id {
                return Err(self.bad_exchange(&event.exchangeId.0, "id", hexadecimal::encode(id), event.exchangeId));
            }
            let exchange = self.exchange_at(&id, at).await?;
            if exchange.name != event.name {
                return Err(self.bad_exchange(&id, "name", &event.name, &exchange.name));
            }
            exchanges.push(exchange);
        }
        exchanges.sort_by(|left, right| (&left.name, left.id).cmp(&(&right.name, right.id)));
        Ok(exchanges)
    }

    async fn exchange(&self, id: &Digest) -> Result<Exchange, Error> {
        let at = self.now().await?;
        self.exchange_at(id, at).await
    }

    async fn pending(&self, exchange: &Exchange) -> Result<Option<PendingEpoch>, Error> {
        self.rebuild_pending(exchange).await
    }

    async fn epochs(&self, exchange: &Exchange, numbers: RangeInclusive<u64>) -> Result<Vec<Epoch>, Error> {
        self.rebuild_epochs(exchange, numbers).await
    }

    fn deployment(&self) -> Address {
        Address::Evm(self.reserves)
    }

    async fn block_hash(&self, exchange: &Exchange, epoch: u64) -> Result<String, Error> {
        if self.located.block_hash(&exchange.id, epoch).is_none() {
            self.rebuild_epochs(exchange, epoch..=epoch).await?;
        }
        let found = self.located.block_hash(&exchange.id, epoch);
        found
            .map(|hash| hash.to_string())
            .ok_or_else(|| self.node.refused("an epoch's event", "an event without a block"))
    }

    async fn circuit(&self, id: &Digest) -> Result<Circuit, Error> {
        let at = self.now().await?;
        let registry = CircuitRegistry::new(self.registry, &self.provider);
        let stored = registry.circuit(B256::from(*id)).block(at.id()).call().await;
        let stored = stored.map_err(|error| self.contract_error("circuit", error))?;
        if stored.verifier.is_zero() {
            return Err(Error::CircuitNotFound { chain: self.chain, circuit: *id });
        }
        let bad = |field: &str, expected: &str, found: String| {
            Error::bad_data(self.chain, Subject::Circuit(*id), field, expected, found)
        };
        let key = CircuitVerifier::new(stored.verifier, &self.provider).verifyingKey().block(at.id()).call().await;
        let key = key.map_err(|error| self.contract_error("verifying key", error))?;
        let kind = stored.setup;
        let registered_as = SetupKind::try_from(kind).map_err(|refusal| bad("setup", "1 or 2", refusal.to_string()))?;
        let key =
            VerifyingKey::new(&key).map_err(|refusal| bad("key", "a valid verifying key", refusal.to_string()))?;
        let circuit = Circuit {
            chain: self.chain,
            id: *id,
            class: Class { depth: stored.depth, assets: stored.assets },
            setup: key.setup(registered_as),
            registered_as,
            transcript: stored.transcript.0,
            key,
            active_from: stored.activeFrom.to(),
            retired: stored.retired,
        };
        circuit.check()?;
        Ok(circuit)
    }

    async fn solvency(&self, exchange: &Exchange, symbol: &str, max_age: u64) -> Result<Answer, Error> {
        let at = self.now().await?;
        let asked =
            self.contract().solvency(B256::from(exchange.id), symbol.into(), max_age).block(at.id()).call().await;
        let answer = asked.map_err(|error| self.contract_error("solvency", error))?;
        let question = Question::new(exchange, symbol, max_age, Known::Reported);
        Answer::new(&question, self.figures(&question, answer)?, own_clock())
    }
}
