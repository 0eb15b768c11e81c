//! One interface to a deployment on either chain.

use std::ops::RangeBounds;

use ballast_core::Digest;
use ballast_ledger::reserves::{BlockLine, HoldingLine, ReservesReport};
use solana_sdk::pubkey::Pubkey;

use crate::{
    chain::{Address, Chain},
    circuit::Circuit,
    epoch::{Epoch, Record},
    error::Error,
    evm::{EvmOptions, EvmReader},
    exchange::{Exchange, PendingEpoch},
    history::History,
    observation::{Observation, Token, Wallet},
    reader::ChainReader,
    reading::Reading,
    reread::ComparedHoldings,
    reserves::{CompareError, HoldingError, check_holdings},
    solana::{SolanaOptions, SolanaReader},
    solvency::Answer,
    verification::{self, Agreement, ChainHistory, VerifiedHead, VerifiedHistory},
};

/// Reads one deployment on one chain.
///
/// Each answer on the EVM is read at one block, which is named by its hash: a node refuses when the
/// chain takes that block back meanwhile, and what was read is given up with [`Error::Replaced`].
pub struct Client(Box<dyn ChainReader>);

impl Client {
    /// A client that asks this reader.
    pub fn new(reader: impl ChainReader + 'static) -> Self {
        Self(Box::new(reader))
    }

    /// Connects to the JSON-RPC node at `url` with the options that suit most: to an EVM chain when
    /// `deployment` is the address of a contract `Reserves`, to Solana when it is that of a program
    /// `reserves`.
    ///
    /// # Errors
    /// As [`Self::evm`] and [`Self::solana`].
    pub async fn connect(url: &str, deployment: Address) -> Result<Self, Error> {
        match deployment {
            Address::Evm(reserves) => Self::evm(url, reserves, EvmOptions::default()).await,
            Address::Solana(program) => Self::solana(url, program, SolanaOptions::default()).await,
        }
    }

    /// Connects to an EVM chain's JSON-RPC node at `url` and finds the contract `Reserves` at
    /// `reserves`.
    pub async fn evm(url: &str, reserves: alloy::primitives::Address, options: EvmOptions) -> Result<Self, Error> {
        Ok(Self::new(EvmReader::connect(url, reserves, options).await?))
    }

    /// Connects to Solana's JSON-RPC node at `url` and finds the program `reserves` at `program`.
    pub async fn solana(url: &str, program: Pubkey, options: SolanaOptions) -> Result<Self, Error> {
        Ok(Self::new(SolanaReader::connect(url, program, options).await?))
    }

    /// The chain that is read.
    pub fn chain(&self) -> Chain {
        self.0.chain()
    }

    /// The address of the contract `Reserves` or of the program.
    pub fn deployment(&self) -> Address {
        self.0.deployment()
    }

    /// The time by the chain's clock, Unix seconds. It runs behind.
    pub async fn clock(&self) -> Result<u64, Error> {
        self.0.clock().await
    }

    /// All registered exchanges, by name, then id.
    pub async fn exchanges(&self) -> Result<Vec<Exchange>, Error> {
        let reading = self.begin().await?;
        reading.end(reading.exchanges().await).await
    }

    /// The exchange with this id. Fails with [`Error::ExchangeNotFound`] when it is not registered.
    pub async fn exchange(&self, id: &Digest) -> Result<Exchange, Error> {
        let reading = self.begin().await?;
        reading.end(reading.exchange(id).await).await
    }

    /// The latest finalized epoch. Fails with [`Error::NoEpoch`] when there is none.
    pub async fn latest(&self, id: &Digest) -> Result<Epoch, Error> {
        let reading = self.begin().await?;
        reading.end(reading.latest_epoch(id).await).await
    }

    /// The finalized epoch `number`, from 1. Fails with [`Error::EpochUnfinished`] when only some
    /// of its shards are posted and with [`Error::EpochNotFound`] when none are.
    pub async fn epoch(&self, id: &Digest, number: u64) -> Result<Epoch, Error> {
        let reading = self.begin().await?;
        reading.end(reading.epoch(id, number).await).await
    }

    /// The unfinished epoch; none when no shard of the next epoch is posted.
    pub async fn pending(&self, id: &Digest) -> Result<Option<PendingEpoch>, Error> {
        let reading = self.begin().await?;
        let read = async { reading.pending(&reading.exchange(id).await?).await };
        reading.end(read.await).await
    }

    /// The epochs in `range` with their gaps and delays, the unfinished epoch, and how late the
    /// next one is. An exchange without epochs has a history without entries when the range is not
    /// bounded.
    ///
    /// Refuses a range that names an epoch which is not finalized: a reader who asked for it must
    /// not think it was shown.
    pub async fn history(&self, id: &Digest, range: impl RangeBounds<u64>) -> Result<History, Error> {
        let range = (range.start_bound().cloned(), range.end_bound().cloned());
        let reading = self.begin().await?;
        reading.end(reading.history(id, range).await).await
    }

    /// How the exchange stands in the asset called `symbol`, counting what is reported as held. It
    /// is the chain's own word, held against this machine's clock. `max_age` in seconds.
    pub async fn solvency(&self, id: &Digest, symbol: &str, max_age: u64) -> Result<Answer, Error> {
        let reading = self.begin().await?;
        let read = async { reading.solvency(&reading.exchange(id).await?, symbol, max_age).await };
        reading.end(read.await).await
    }

    /// How the exchange stands in the asset called `symbol`, counting as held only what this chain
    /// observed in the exchange's wallets. Missing when it did not look, or when the first look and
    /// the last are more than `max_span` apart: what moves between wallets in between is counted
    /// twice. `max_age` and `max_span` in seconds.
    pub async fn witnessed_solvency(
        &self,
        id: &Digest,
        symbol: &str,
        max_age: u64,
        max_span: u64,
    ) -> Result<Answer, Error> {
        let reading = self.begin().await?;
        let read = async { reading.witnessed_solvency(&reading.exchange(id).await?, symbol, max_age, max_span).await };
        reading.end(read.await).await
    }

    /// The exchange's wallets on this chain, retired ones too.
    pub async fn wallets(&self, id: &Digest) -> Result<Vec<Wallet>, Error> {
        let reading = self.begin().await?;
        let read = async { reading.wallets(&reading.exchange(id).await?).await };
        reading.end(read.await).await
    }

    /// The tokens of this chain that count for an asset of the exchange.
    pub async fn tokens(&self, id: &Digest) -> Result<Vec<Token>, Error> {
        let reading = self.begin().await?;
        let read = async { reading.tokens(&reading.exchange(id).await?).await };
        reading.end(read.await).await
    }

    /// What this chain observed for one epoch; none when it did not look.
    pub async fn observation(&self, id: &Digest, epoch: u64) -> Result<Option<Observation>, Error> {
        let reading = self.begin().await?;
        let read = async { reading.observation(&reading.exchange(id).await?, epoch).await };
        reading.end(read.await).await
    }

    /// Computes the rolling head from the records, from epoch 1, and compares it with the chain's.
    pub async fn verify_history(&self, id: &Digest) -> Result<VerifiedHistory, Error> {
        let reading = self.begin().await?;
        reading.end(reading.verified(id, None).await).await
    }

    /// Goes on from an epoch that was verified before: reads it again and all that follow. Nothing
    /// before it is read, so the answer rests on what is given here.
    ///
    /// Fails with [`Error::Unlike`] when the chain has not so many epochs, or has the epoch with
    /// another head or in another block.
    pub async fn verify_history_after(&self, id: &Digest, after: &VerifiedHead) -> Result<VerifiedHistory, Error> {
        let reading = self.begin().await?;
        reading.end(reading.verified(id, Some(after)).await).await
    }

    /// Verifies both chains' histories and compares them. A chain without epochs is behind. Fails
    /// with [`Error::NoEpoch`] when neither chain has any.
    pub async fn compare_history(&self, other: &Self, id: &Digest) -> Result<Agreement, Error> {
        let (ours, theirs) = tokio::try_join!(self.verified_or_empty(id), other.verified_or_empty(id))?;
        let history = |chain, epochs| ChainHistory { chain, exchange: id, epochs };
        verification::compare(&history(self.chain(), &ours), &history(other.chain(), &theirs))
    }

    /// Compares what `report` says was read on this chain with the wallets and tokens that the
    /// chain knows for the exchange of `record`, by [`check_holdings`], and with what the node says
    /// of block, accounts and balances. What the node cannot tell is counted as not checked; a
    /// chain of which the report has no holding is not asked.
    ///
    /// # Errors
    /// A chain that does not answer, or the first holding that is not the exchange's or not as the
    /// report says.
    pub async fn check_holdings(
        &self,
        record: &Record,
        report: &ReservesReport,
    ) -> Result<ComparedHoldings, CompareError> {
        let name = self.chain().to_string();
        let holdings: Vec<&HoldingLine> = report.holdings.iter().filter(|holding| holding.chain == name).collect();
        if holdings.is_empty() {
            return Ok(ComparedHoldings::default());
        }
        let blocks: Vec<&BlockLine> = report.blocks.iter().filter(|block| block.chain == name).collect();
        let [block] = &blocks[..] else {
            return Err(HoldingError::Blocks { chain: name, found: blocks.len() }.into());
        };
        let reading = self.begin().await?;
        let read = async {
            let exchange = reading.exchange(&record.exchange).await?;
            Ok((reading.wallets(&exchange).await?, reading.tokens(&exchange).await?))
        };
        let (wallets, tokens) = reading.end(read.await).await?;
        check_holdings(report, record, self.chain(), &wallets, &tokens)?;
        let reread = reading.end(reading.reread(block, &holdings).await).await?;
        Ok(ComparedHoldings::new(&name, &holdings, &reread)?)
    }

    /// The circuit with this id. Fails with [`Error::CircuitNotFound`] when it is not registered.
    pub async fn circuit(&self, id: &Digest) -> Result<Circuit, Error> {
        let reading = self.begin().await?;
        reading.end(reading.circuit(id).await).await
    }

    /// Begins an answer, all of which is read at one block.
    async fn begin(&self) -> Result<Reading, Error> {
        Ok(Reading(self.0.at_one_block().await?))
    }

    async fn verified_or_empty(&self, id: &Digest) -> Result<Vec<Epoch>, Error> {
        match self.verify_history(id).await {
            Ok(verified) => Ok(verified.epochs),
            Err(Error::NoEpoch { .. }) => Ok(Vec::new()),
            Err(error) => Err(error),
        }
    }
}
