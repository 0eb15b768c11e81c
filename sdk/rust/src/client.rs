//! One interface to a deployment on either chain.

use std::ops::{Bound, RangeBounds, RangeInclusive};

use ballast_core::Digest;
use ballast_ledger::reserves::ReservesReport;
use solana_sdk::pubkey::Pubkey;

use crate::{
    chain::{Address, Chain},
    circuit::Circuit,
    clock::own_clock,
    epoch::{Epoch, Record},
    error::Error,
    evm::{EvmOptions, EvmReader},
    exchange::{Exchange, PendingEpoch},
    history::History,
    observation::{Observation, Token, Wallet},
    reader::ChainReader,
    reserves::{CompareError, check_holdings},
    solana::{SolanaOptions, SolanaReader},
    solvency::Answer,
    verification::{self, Agreement, ChainHistory, VerifiedHistory},
};

/// Reads one deployment on one chain.
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

    /// The time by the chain's clock, Unix seconds. It runs behind.
    pub async fn clock(&self) -> Result<u64, Error> {
        self.0.clock().await
    }

    /// All registered exchanges, by name, then id.
    pub async fn exchanges(&self) -> Result<Vec<Exchange>, Error> {
        self.0.exchanges().await
    }

    /// The exchange with this id. Fails with [`Error::ExchangeNotFound`] when it is not registered.
    pub async fn exchange(&self, id: &Digest) -> Result<Exchange, Error> {
        self.0.exchange(id).await
    }

    /// The latest finalized epoch. Fails with [`Error::NoEpoch`] when there is none.
    pub async fn latest(&self, id: &Digest) -> Result<Epoch, Error> {
        let exchange = self.0.exchange(id).await?;
        let latest = exchange.latest_epoch();
        if latest == 0 {
            return Err(Error::NoEpoch { chain: exchange.chain, exchange: *id });
        }
        self.one(&exchange, latest).await
    }

    /// The finalized epoch `number`, from 1. Fails with [`Error::EpochUnfinished`] when only some
    /// of its shards are posted and with [`Error::EpochNotFound`] when none are.
    pub async fn epoch(&self, id: &Digest, number: u64) -> Result<Epoch, Error> {
        let exchange = self.0.exchange(id).await?;
        let latest = exchange.latest_epoch();
        if (1..=latest).contains(&number) {
            return self.one(&exchange, number).await;
        }
        let pending = self.0.pending(&exchange).await?;
        Err(match pending.filter(|pending| pending.epoch == number) {
            Some(pending) => Error::EpochUnfinished {
                chain: exchange.chain,
                exchange: *id,
                epoch: number,
                shards_done: pending.shards_done,
                shard_count: pending.shard_count,
            },
            None => Error::EpochNotFound { chain: exchange.chain, exchange: *id, epoch: number, latest },
        })
    }

    /// The unfinished epoch; none when no shard of the next epoch is posted.
    pub async fn pending(&self, id: &Digest) -> Result<Option<PendingEpoch>, Error> {
        let exchange = self.0.exchange(id).await?;
        self.0.pending(&exchange).await
    }

    /// The epochs in `range` with their gaps and delays, the unfinished epoch, and how late the
    /// next one is. An exchange without epochs has a history without entries when the range is not
    /// bounded.
    ///
    /// Refuses a range that names an epoch which is not finalized: a reader who asked for it must
    /// not think it was shown.
    pub async fn history(&self, id: &Digest, range: impl RangeBounds<u64>) -> Result<History, Error> {
        let exchange = self.0.exchange(id).await?;
        let numbers = finalized(&exchange, &range)?;
        let first = *numbers.start();
        // The epoch before the first says whether the first was late.
        let from = if numbers.is_empty() { first } else { first.saturating_sub(1).max(1) };
        let mut epochs = self.read(&exchange, from..=*numbers.end()).await?;
        let before = (from < first).then(|| epochs.remove(0));
        let pending = self.0.pending(&exchange).await?;
        let clock = self.0.clock().await?.max(own_clock());
        History::new(exchange, before.as_ref(), epochs, pending, clock)
    }

    /// How the exchange stands in the asset called `symbol`, counting what is reported as held. It
    /// is the chain's own word, held against this machine's clock. `max_age` in seconds.
    pub async fn solvency(&self, id: &Digest, symbol: &str, max_age: u64) -> Result<Answer, Error> {
        let exchange = self.0.exchange(id).await?;
        self.0.solvency(&exchange, symbol, max_age).await
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
        let exchange = self.0.exchange(id).await?;
        self.0.witnessed_solvency(&exchange, symbol, max_age, max_span).await
    }

    /// The exchange's wallets on this chain, retired ones too.
    pub async fn wallets(&self, id: &Digest) -> Result<Vec<Wallet>, Error> {
        self.0.wallets(&self.0.exchange(id).await?).await
    }

    /// The tokens of this chain that count for an asset of the exchange.
    pub async fn tokens(&self, id: &Digest) -> Result<Vec<Token>, Error> {
        self.0.tokens(&self.0.exchange(id).await?).await
    }

    /// What this chain observed for one epoch; none when it did not look.
    pub async fn observation(&self, id: &Digest, epoch: u64) -> Result<Option<Observation>, Error> {
        self.0.observation(&self.0.exchange(id).await?, epoch).await
    }

    /// Computes the rolling head from the records, from epoch 1, and compares it with the chain's.
    pub async fn verify_history(&self, id: &Digest) -> Result<VerifiedHistory, Error> {
        let exchange = self.0.exchange(id).await?;
        let epochs = self.read(&exchange, 1..=exchange.latest_epoch()).await?;
        verification::verify(&exchange, epochs)
    }

    /// Verifies both chains' histories and compares them. A chain without epochs is behind. Fails
    /// with [`Error::NoEpoch`] when neither chain has any.
    pub async fn compare_history(&self, other: &Self, id: &Digest) -> Result<Agreement, Error> {
        let (ours, theirs) = tokio::try_join!(self.verified_or_empty(id), other.verified_or_empty(id))?;
        verification::compare(
            &ChainHistory { chain: self.chain(), exchange: id, epochs: &ours },
            &ChainHistory { chain: other.chain(), exchange: id, epochs: &theirs },
        )
    }

    /// Compares what `report` says was read on this chain with the wallets and tokens that the
    /// chain knows for the exchange of `record`, by [`check_holdings`]. Returns how many holdings
    /// were compared; a chain of which the report has no holding is not asked.
    ///
    /// # Errors
    /// A chain that does not answer, or the first holding that is not the exchange's.
    pub async fn check_holdings(&self, record: &Record, report: &ReservesReport) -> Result<usize, CompareError> {
        let (chain, exchange) = (self.chain(), &record.exchange);
        let name = chain.to_string();
        if report.holdings.iter().all(|holding| holding.chain != name) {
            return Ok(0);
        }
        let (wallets, tokens) = (self.wallets(exchange).await?, self.tokens(exchange).await?);
        Ok(check_holdings(report, record, chain, &wallets, &tokens)?)
    }

    /// The circuit with this id. Fails with [`Error::CircuitNotFound`] when it is not registered.
    pub async fn circuit(&self, id: &Digest) -> Result<Circuit, Error> {
        self.0.circuit(id).await
    }

    async fn verified_or_empty(&self, id: &Digest) -> Result<Vec<Epoch>, Error> {
        match self.verify_history(id).await {
            Ok(verified) => Ok(verified.epochs),
            Err(Error::NoEpoch { .. }) => Ok(Vec::new()),
            Err(error) => Err(error),
        }
    }

    async fn one(&self, exchange: &Exchange, number: u64) -> Result<Epoch, Error> {
        let missing = || Error::EpochNotFound {
            chain: exchange.chain,
            exchange: exchange.id,
            epoch: number,
            latest: exchange.latest_epoch(),
        };
        self.read(exchange, number..=number).await?.pop().ok_or_else(missing)
    }

    /// Reads epochs, and checks once more what every reader owes: that all are there, and each
    /// leads from head to head.
    async fn read(&self, exchange: &Exchange, numbers: RangeInclusive<u64>) -> Result<Vec<Epoch>, Error> {
        if numbers.is_empty() {
            return Ok(Vec::new());
        }
        let epochs = self.0.epochs(exchange, numbers.clone()).await?;
        let complete = epochs.iter().map(|epoch| epoch.record.epoch).eq(numbers.clone());
        if !complete {
            let found: Vec<String> = epochs.iter().map(|epoch| epoch.record.epoch.to_string()).collect();
            let expected = format!("{} to {}", numbers.start(), numbers.end());
            let subject = crate::error::Subject::Exchange(exchange.id);
            return Err(Error::bad_data(exchange.chain, subject, "epochs", expected, found.join(", ")));
        }
        epochs.iter().try_for_each(Epoch::check)?;
        Ok(epochs)
    }
}

/// `range` as numbers of finalized epochs; empty only for an exchange without epochs.
fn finalized(exchange: &Exchange, range: &impl RangeBounds<u64>) -> Result<RangeInclusive<u64>, Error> {
    let latest = exchange.latest_epoch();
    let start = match range.start_bound() {
        Bound::Unbounded => 1,
        Bound::Included(start) => *start,
        Bound::Excluded(start) => start.saturating_add(1),
    };
    let end = match range.end_bound() {
        Bound::Unbounded => latest,
        Bound::Included(end) => *end,
        Bound::Excluded(end) => end.saturating_sub(1),
    };
    let unbounded = range.start_bound() == Bound::Unbounded && range.end_bound() == Bound::Unbounded;
    if unbounded && latest == 0 {
        return Ok(RangeInclusive::new(1, 0));
    }
    if latest == 0 {
        return Err(Error::NoEpoch { chain: exchange.chain, exchange: exchange.id });
    }
    if start == 0 || start > end && start <= latest {
        let found = format!("{start} to {end}");
        return Err(Error::BadInput { argument: "epochs", expected: "a range of numbers from 1".into(), found });
    }
    match [start, end].into_iter().find(|number| *number > latest) {
        Some(epoch) => Err(Error::EpochNotFound { chain: exchange.chain, exchange: exchange.id, epoch, latest }),
        None => Ok(start..=end),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{error::ErrorKind, sample};

    fn numbers(latest: u64, range: impl RangeBounds<u64>) -> Result<RangeInclusive<u64>, Error> {
        let mut exchange = sample::exchange(Chain::Solana, &[]);
        exchange.next_epoch = latest + 1;
        finalized(&exchange, &range)
    }

    #[test]
    fn ranges_are_taken_in_every_form() {
        assert_eq!(numbers(9, ..).unwrap(), 1..=9);
        assert_eq!(numbers(9, 4..).unwrap(), 4..=9);
        assert_eq!(numbers(9, ..=4).unwrap(), 1..=4);
        assert_eq!(numbers(9, 2..4).unwrap(), 2..=3);
        assert_eq!(numbers(9, 9..=9).unwrap(), 9..=9);
        let after = (Bound::Excluded(4), Bound::Unbounded);
        assert_eq!(numbers(9, after).unwrap(), 5..=9);
    }

    #[test]
    fn an_epoch_that_is_not_there_is_not_passed_over() {
        for (latest, range, epoch) in [(9, 1..=10, 10), (9, 10..=12, 10), (1, 1..=u64::MAX, u64::MAX)] {
            let error = numbers(latest, range).unwrap_err();
            assert!(matches!(error, Error::EpochNotFound { epoch: found, .. } if found == epoch), "{error}");
        }
        assert!(matches!(numbers(9, 10..).unwrap_err(), Error::EpochNotFound { epoch: 10, latest: 9, .. }));
        assert!(matches!(numbers(0, 1..).unwrap_err(), Error::NoEpoch { .. }));
        assert!(numbers(0, ..).unwrap().is_empty());
    }

    #[test]
    fn a_range_of_nothing_or_from_zero_is_bad_input() {
        for (start, end) in [(0, 3), (3, 2), (0, 0)] {
            let error = numbers(9, start..=end).unwrap_err();
            assert_eq!(error.kind(), ErrorKind::BadInput, "{start}..={end}: {error}");
        }
        assert_eq!(numbers(9, 3..3).unwrap_err().kind(), ErrorKind::BadInput);
        assert_eq!(numbers(9, 0..0).unwrap_err().kind(), ErrorKind::BadInput);
    }
}
