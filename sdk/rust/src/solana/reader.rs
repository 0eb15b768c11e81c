//! The program's accounts from a node, and the program's own answer about solvency.

use std::{ops::RangeInclusive, sync::Arc};

use anchor_lang::{AccountDeserialize, Discriminator, error::ERROR_CODE_OFFSET};
use async_trait::async_trait;
use ballast_core::{
    Digest, Refusal,
    solvency::{Solvency, WitnessedSolvency},
};
use base64::{Engine, prelude::BASE64_STANDARD};
use solana_account_decoder_client_types::{UiAccount, UiAccountEncoding};
use solana_client::{
    client_error::{ClientError, ClientErrorKind},
    nonblocking::rpc_client::RpcClient,
    rpc_config::{RpcAccountInfoConfig, RpcProgramAccountsConfig, RpcSimulateTransactionConfig},
    rpc_filter::{Memcmp, RpcFilterType},
    rpc_request::{MAX_MULTIPLE_ACCOUNTS, RpcError},
};
use solana_commitment_config::CommitmentConfig;
use solana_sdk::{
    account::Account,
    clock::Clock,
    instruction::InstructionError,
    message::Message,
    pubkey::Pubkey,
    transaction::{Transaction, TransactionError},
};
use solana_sdk_ids::{system_program, sysvar};

use super::{
    account::{self, Place},
    address,
    bindings::{accounts, types},
    instruction::Program,
};
use crate::{
    chain::{Address, Chain},
    circuit::{Circuit, KnownCircuits},
    clock::own_clock,
    epoch::Epoch,
    error::{Error, Subject},
    exchange::{Exchange, PendingEpoch},
    node::{Endpoint, TIMEOUT},
    reader::ChainReader,
    solvency::{Answer, Known, Question},
};

/// How a node is asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SolanaOptions {
    /// How settled a state must be to be read.
    pub commitment: CommitmentConfig,
    /// The account with lamports in whose name the question about solvency is simulated. Nobody
    /// signs and nothing is spent. With none, a poster of the exchange or its authority is taken.
    pub fee_payer: Option<Pubkey>,
}

impl Default for SolanaOptions {
    fn default() -> Self {
        Self { commitment: CommitmentConfig::finalized(), fee_payer: None }
    }
}

/// Reads the program `reserves`.
#[derive(Clone)]
pub struct SolanaReader {
    pub(super) rpc: Arc<RpcClient>,
    pub(super) node: Endpoint,
    pub(super) program: Pubkey,
    pub(super) options: SolanaOptions,
    circuits: Arc<KnownCircuits>,
}

/// The refusal of a question about an epoch that is not the latest any more.
const NOT_LATEST: &str = Refusal::CommitmentNotLatest { expected: 0, found: 0 }.name();

/// How often solvency is asked again when another epoch was finalized meanwhile.
const ATTEMPTS: usize = 3;

impl SolanaReader {
    /// Connects to the JSON-RPC node at `url` and finds the program.
    ///
    /// Fails with [`Error::NotDeployed`] when there is no program at the address.
    pub async fn connect(url: &str, program: Pubkey, options: SolanaOptions) -> Result<Self, Error> {
        let node = Endpoint::parse(url)?;
        let rpc = RpcClient::new_with_timeout_and_commitment(node.url().to_string(), TIMEOUT, options.commitment);
        let reader = Self { rpc: Arc::new(rpc), node, program, options, circuits: Arc::default() };
        let account = reader.account(&program, "the program").await?;
        if !account.is_some_and(|account| account.executable) {
            let address = program.to_string();
            return Err(Error::NotDeployed { chain: Chain::Solana, contract: "program reserves", address });
        }
        Ok(reader)
    }

    pub(super) fn error(&self, what: &str, error: ClientError) -> Error {
        match error.kind() {
            ClientErrorKind::RpcError(
                RpcError::RpcResponseError { .. } | RpcError::ForUser(_) | RpcError::ParseError(_),
            )
            | ClientErrorKind::SerdeJson(_)
            | ClientErrorKind::TransactionError(_) => self.node.refused(what, error),
            _ => self.node.unreachable(what, &error),
        }
    }

    /// The accounts at these addresses, as many as addresses; at most [`MAX_MULTIPLE_ACCOUNTS`].
    pub(super) async fn accounts(&self, addresses: &[Pubkey], what: &str) -> Result<Vec<Option<Account>>, Error> {
        let found = self.rpc.get_multiple_ui_accounts_with_config(addresses, self.account_config()).await;
        let found = found.map_err(|error| self.error(what, error))?.value;
        if found.len() != addresses.len() {
            let reason = format!("expected {} accounts, found {}", addresses.len(), found.len());
            return Err(self.node.refused(what, reason));
        }
        found.into_iter().map(|account| account.map(|account| self.binary(account, what)).transpose()).collect()
    }

    fn account_config(&self) -> RpcAccountInfoConfig {
        RpcAccountInfoConfig {
            encoding: Some(UiAccountEncoding::Base64),
            commitment: Some(self.options.commitment),
            ..Default::default()
        }
    }

    fn binary(&self, account: UiAccount, what: &str) -> Result<Account, Error> {
        account.to_account().ok_or_else(|| self.node.refused(what, "an account whose data is not base64"))
    }

    async fn account(&self, address: &Pubkey, what: &str) -> Result<Option<Account>, Error> {
        Ok(self.accounts(&[*address], what).await?.pop().flatten())
    }

    /// The program's account at `address`, if there is one.
    pub(super) async fn decoded<T: AccountDeserialize + Discriminator>(
        &self,
        address: &Pubkey,
        what: &str,
    ) -> Result<Option<T>, Error> {
        let account = self.account(address, what).await?;
        account.map(|account| account::decode(&self.program, address, &account)).transpose()
    }

    async fn stored_exchange(&self, id: &Digest) -> Result<(Exchange, Option<u16>), Error> {
        let address = address::exchange(&self.program, id);
        let stored: Option<accounts::Exchange> = self.decoded(&address, "an exchange").await?;
        let stored = stored.ok_or(Error::ExchangeNotFound { chain: Chain::Solana, exchange: *id })?;
        let shards_done = stored.pending.as_ref().map(|pending| pending.shards_done);
        Ok((account::exchange(&self.program, &address, stored)?, shards_done))
    }

    /// An account that can be named as paying for a simulation: the cluster wants one of the system
    /// program with lamports.
    async fn fee_payer(&self, exchange: &Exchange) -> Result<Pubkey, Error> {
        if let Some(payer) = self.options.fee_payer {
            return Ok(payer);
        }
        let own = exchange.posters.iter().chain([&exchange.authority]);
        let candidates: Vec<Pubkey> = own
            .filter_map(|address| match address {
                Address::Solana(address) => Some(*address),
                Address::Evm(_) => None,
            })
            .collect();
        let what = "an account to simulate with";
        let found = self.accounts(&candidates, what).await?;
        let able = |account: &Option<Account>| {
            account.as_ref().is_some_and(|account| account.lamports > 0 && account.owner == system_program::ID)
        };
        let payer = candidates.into_iter().zip(found).find(|(_, account)| able(account));
        payer.map(|(address, _)| address).ok_or_else(|| {
            self.node.refused(
                "solvency",
                "neither a poster nor the authority has lamports to simulate with: name a fee payer",
            )
        })
    }

    /// The latest epoch of `exchange` with the id of the circuit that proved it; none before the
    /// first.
    async fn latest(&self, exchange: &Exchange) -> Result<Option<(u64, Digest)>, Error> {
        let number = exchange.latest_epoch();
        if number == 0 {
            return Ok(None);
        }
        let address = address::commitment(&self.program, &exchange.id, number);
        let stored: Option<accounts::Commitment> = self.decoded(&address, "the latest epoch").await?;
        let stored = stored.ok_or_else(|| missing(&exchange.id, number, &address))?;
        Ok(Some((number, stored.circuit)))
    }

    /// The return data of the question `known` asks. `None` when an epoch newer than `exchange`
    /// knows was finalized meanwhile.
    async fn simulate(&self, exchange: &Exchange, question: &Question<'_>) -> Result<Option<Vec<u8>>, Error> {
        let payer = self.fee_payer(exchange).await?;
        // No asset has number 0: what is not on the list is asked for all the same.
        let asset = exchange.assets.as_ref().and_then(|assets| assets.number(question.symbol)).unwrap_or(0);
        let (program, max_age) = (Program(self.program), question.max_age);
        let latest = self.latest(exchange).await?;
        let ask = match question.known {
            Known::Reported => program.solvency(&exchange.id, latest, types::SolvencyArgs { asset, max_age }),
            Known::Witnessed { max_span } => {
                let witness = address::witness(&self.program, &exchange.id, exchange.latest_epoch());
                let seen = self.account(&witness, "a witness").await?.is_some();
                let args = types::WitnessedSolvencyArgs { asset, max_age, max_span };
                program.witnessed_solvency(&exchange.id, latest, seen, args)
            }
        };
        let transaction = Transaction::new_unsigned(Message::new(&[ask], Some(&payer)));
        let config = RpcSimulateTransactionConfig {
            sig_verify: false,
            replace_recent_blockhash: true,
            commitment: Some(self.options.commitment),
            ..Default::default()
        };
        let result = self.rpc.simulate_transaction_with_config(&transaction, config).await;
        let result = result.map_err(|error| self.error("solvency", error))?.value;
        if let Some(error) = result.err {
            let error = TransactionError::from(error);
            return match refusal(&error) {
                Some((name, _)) if name == NOT_LATEST => Ok(None),
                Some((name, number)) => Err(self.node.refused("solvency", format!("{name} (error {number})"))),
                None => Err(self.node.refused("solvency", error)),
            };
        }
        // Nodes drop zeros at the end of return data, and all of it when it is nothing but zeros:
        // the answer "missing".
        let Some(returned) = result.return_data else {
            return Ok(Some(Vec::new()));
        };
        if returned.program_id != self.program.to_string() {
            return Err(self.bad_answer(question, "an answer of the program", returned.program_id));
        }
        let data = BASE64_STANDARD.decode(&returned.data.0);
        data.map(Some).map_err(|error| self.bad_answer(question, "base64", error.to_string()))
    }

    fn bad_answer(&self, question: &Question<'_>, expected: &str, found: String) -> Error {
        let subject = Subject::Exchange(question.exchange);
        Error::bad_data(Chain::Solana, subject, format!("solvency({})", question.symbol), expected, found)
    }

    /// `data` with the zeros that a node dropped at its end.
    fn padded<const N: usize>(&self, question: &Question<'_>, data: &[u8]) -> Result<[u8; N], Error> {
        let mut bytes = [0; N];
        let front = bytes.get_mut(..data.len());
        let front = front.ok_or_else(|| self.bad_answer(question, &format!("{N} bytes"), data.len().to_string()))?;
        front.copy_from_slice(data);
        Ok(bytes)
    }

    /// The program's answer about the latest epoch, even when another one is finalized meanwhile.
    pub(super) async fn ask(
        &self,
        exchange: &Exchange,
        symbol: &str,
        max_age: u64,
        known: Known,
    ) -> Result<Answer, Error> {
        let mut exchange = exchange.clone();
        for _ in 0..ATTEMPTS {
            let question = Question::new(&exchange, symbol, max_age, known);
            if let Some(data) = self.simulate(&exchange, &question).await? {
                return self.answer(&question, &data);
            }
            exchange = self.exchange(&exchange.id).await?;
        }
        Err(self.node.refused("solvency", format!("{NOT_LATEST}, {ATTEMPTS} times")))
    }

    fn answer(&self, question: &Question<'_>, data: &[u8]) -> Result<Answer, Error> {
        let unreadable = || self.bad_answer(question, "an answer of section 7", hex::encode(data));
        match question.known {
            Known::Reported => {
                let bytes: [u8; Solvency::ENCODED_LENGTH] = self.padded(question, data)?;
                Answer::new(question, Solvency::decode(&bytes).ok_or_else(unreadable)?, own_clock())
            }
            Known::Witnessed { .. } => {
                let bytes: [u8; WitnessedSolvency::ENCODED_LENGTH] = self.padded(question, data)?;
                let answer = WitnessedSolvency::decode(&bytes).ok_or_else(unreadable)?;
                Answer::witnessed(question, answer, own_clock())
            }
        }
    }

    /// All accounts of one kind that pass `filter`, by address.
    pub(super) async fn all<T: AccountDeserialize + Discriminator>(
        &self,
        filter: Option<Memcmp>,
        what: &str,
    ) -> Result<Vec<(Pubkey, T)>, Error> {
        let kind = Memcmp::new_raw_bytes(0, T::DISCRIMINATOR.to_vec());
        let config = RpcProgramAccountsConfig {
            filters: Some([kind].into_iter().chain(filter).map(RpcFilterType::Memcmp).collect()),
            account_config: self.account_config(),
            ..Default::default()
        };
        let found = self.rpc.get_program_ui_accounts_with_config(&self.program, config).await;
        let mut all = Vec::new();
        for (address, account) in found.map_err(|error| self.error(what, error))? {
            let account = self.binary(account, what)?;
            all.push((address, account::decode(&self.program, &address, &account)?));
        }
        all.sort_by_key(|(address, _)| *address);
        Ok(all)
    }
}

/// The refusal that a program's error code stands for: its name and number.
pub fn refusal(error: &TransactionError) -> Option<(&'static str, u32)> {
    let TransactionError::InstructionError(_, InstructionError::Custom(code)) = error else {
        return None;
    };
    let number = code.checked_sub(ERROR_CODE_OFFSET)?;
    Refusal::ALL.iter().find(|(_, known)| *known == number).copied()
}

#[async_trait]
impl ChainReader for SolanaReader {
    fn chain(&self) -> Chain {
        Chain::Solana
    }

    async fn at_one_block(&self) -> Result<Box<dyn ChainReader>, Error> {
        Ok(Box::new(self.clone()))
    }

    async fn check_block(&self) -> Result<(), Error> {
        Ok(())
    }

    async fn clock(&self) -> Result<u64, Error> {
        let what = "the clock";
        let account = self.account(&sysvar::clock::ID, what).await?;
        let clock: Option<Clock> = account.and_then(|account| account.deserialize_data().ok());
        let time = clock.and_then(|clock| u64::try_from(clock.unix_timestamp).ok());
        time.ok_or_else(|| self.node.refused(what, "the account holds no clock, or one before 1970"))
    }

    async fn exchanges(&self) -> Result<Vec<Exchange>, Error> {
        let mut exchanges = Vec::new();
        for (address, stored) in self.all(None, "the exchanges").await? {
            exchanges.push(account::exchange(&self.program, &address, stored)?);
        }
        exchanges.sort_by(|left, right| (&left.name, left.id).cmp(&(&right.name, right.id)));
        Ok(exchanges)
    }

    async fn exchange(&self, id: &Digest) -> Result<Exchange, Error> {
        Ok(self.stored_exchange(id).await?.0)
    }

    async fn pending(&self, exchange: &Exchange) -> Result<Option<PendingEpoch>, Error> {
        let (exchange, shards_done) = self.stored_exchange(&exchange.id).await?;
        let Some(shards_done) = shards_done else {
            return Ok(None);
        };
        let number = exchange.next_epoch;
        let address = address::commitment(&self.program, &exchange.id, number);
        let stored: Option<accounts::Commitment> = self.decoded(&address, "an unfinished epoch").await?;
        let stored = stored.ok_or_else(|| missing(&exchange.id, number, &address))?;
        account::pending(&Place { exchange: &exchange, number }, stored, shards_done).map(Some)
    }

    async fn epochs(&self, exchange: &Exchange, numbers: RangeInclusive<u64>) -> Result<Vec<Epoch>, Error> {
        let numbers: Vec<u64> = numbers.collect();
        let mut epochs = Vec::with_capacity(numbers.len());
        for numbers in numbers.chunks(MAX_MULTIPLE_ACCOUNTS) {
            let at = |number: &u64| address::commitment(&self.program, &exchange.id, *number);
            let addresses: Vec<Pubkey> = numbers.iter().map(at).collect();
            let found = self.accounts(&addresses, "epochs").await?;
            for ((number, address), account) in numbers.iter().zip(&addresses).zip(found) {
                let account = account.ok_or_else(|| missing(&exchange.id, *number, address))?;
                let stored: accounts::Commitment = account::decode(&self.program, address, &account)?;
                let circuit = self.circuits.proved_by(self, &stored.circuit).await?;
                epochs.push(account::epoch(&Place { exchange, number: *number }, stored, circuit)?);
            }
        }
        Ok(epochs)
    }

    fn deployment(&self) -> Address {
        Address::Solana(self.program)
    }

    async fn block_hash(&self, _exchange: &Exchange, _epoch: u64) -> Result<String, Error> {
        let genesis = self.rpc.get_genesis_hash().await;
        Ok(genesis.map_err(|error| self.error("the genesis block", error))?.to_string())
    }

    async fn circuit(&self, id: &Digest) -> Result<Circuit, Error> {
        let stored: Option<accounts::Circuit> = self.decoded(&address::circuit(&self.program, id), "a circuit").await?;
        let stored = stored.ok_or(Error::CircuitNotFound { chain: Chain::Solana, circuit: *id })?;
        account::circuit(id, stored)
    }

    async fn solvency(&self, exchange: &Exchange, symbol: &str, max_age: u64) -> Result<Answer, Error> {
        self.ask(exchange, symbol, max_age, Known::Reported).await
    }
}

/// An epoch that the exchange counts and whose commitment is not there.
fn missing(exchange: &Digest, epoch: u64, address: &Pubkey) -> Error {
    let subject = Subject::Epoch { exchange: *exchange, epoch };
    Error::bad_data(Chain::Solana, subject, "commitment", format!("an account at {address}"), "none")
}
