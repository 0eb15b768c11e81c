//! A simulated exchange: a stream of valid signed transactions of every kind, for tests,
//! measurements and demonstrations.
//!
//! **INSECURE**: every key is derived from the seed. The same seed makes the same bytes on every
//! machine.

mod choice;

use ballast_core::{
    assets::{Asset, AssetList},
    digest::{Digest, Preimage},
};
use rand_chacha::{
    ChaCha20Rng,
    rand_core::{RngCore, SeedableRng},
};
use rayon::prelude::*;

use crate::{
    signature::{SigningKey, public_key, sign_bytes},
    state::{Refused, State},
    transaction::{Genesis, Kind, SignedTransaction, Signer, Transaction, possession_message},
};

/// The number of transactions that are signed and handed over together.
const CHUNK: usize = 8192;
/// The time of the first transaction, Unix milliseconds.
pub const START: u64 = 1_795_389_392_000;

/// Customers of the smallest exchange: orders and loans are between two.
pub const ACCOUNTS_MIN: u32 = 2;

/// The exchange to simulate.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Simulation {
    /// The number of customers, at least [`ACCOUNTS_MIN`]; the exchange's own account is one more.
    /// Fewer are opened when there are not enough transactions.
    pub accounts: u32,
    /// The number of transactions, at least 1. Those that open accounts count too.
    pub transactions: u64,
    pub seed: u64,
    pub exchange: Digest,
}

/// Why a simulation stopped.
#[derive(Debug, thiserror::Error)]
pub enum SimulationError<E> {
    /// A transaction that the ledger refuses.
    #[error(transparent)]
    Refused(#[from] Refused),
    /// Assets outside the rules of a list.
    #[error("simulated assets: {0}")]
    Assets(ballast_core::Refusal),
    #[error("expected at least {ACCOUNTS_MIN} accounts and 1 transaction, found {accounts} and {transactions}")]
    TooSmall { accounts: u32, transactions: u64 },
    /// What the sink failed with.
    #[error("sink: {0}")]
    Sink(E),
}

/// The key that a simulated account has after this number of rotations; the engine's key when
/// `account` is none.
pub fn signing_key(seed: u64, account: Option<u32>, rotation: u64) -> SigningKey {
    let preimage = Preimage::new("ballast/INSECURE-simulated-key/v1").u64(seed);
    let preimage = match account {
        Some(account) => preimage.u8(1).u32(account),
        None => preimage.u8(0),
    };
    SigningKey::from(preimage.u64(rotation).sha256())
}

impl Simulation {
    /// The genesis of the exchange, with four assets, the last of them a token for money at a bank.
    ///
    /// # Errors
    /// Assets outside the rules of a list, which these are not.
    pub fn genesis(&self) -> Result<Genesis, ballast_core::Refusal> {
        let assets = [("BTC", 8), ("ETH", 9), ("SOL", 9), ("USD", 6)];
        let assets = assets.iter().map(|(symbol, decimals)| Asset::new(symbol, *decimals)).collect::<Result<_, _>>()?;
        let engine_key = public_key(&signing_key(self.seed, None, 0));
        Ok(Genesis { exchange: self.exchange, assets: AssetList::new(assets)?, engine_key })
    }

    /// Makes the stream and hands it to `sink`, some thousands at a time. Returns the state after
    /// the last.
    ///
    /// # Errors
    /// What the sink fails with; numbers that make no exchange.
    pub fn run<E>(
        &self,
        mut sink: impl FnMut(&[SignedTransaction]) -> Result<(), E>,
    ) -> Result<State, SimulationError<E>> {
        let Self { accounts, transactions, .. } = *self;
        if accounts < ACCOUNTS_MIN || transactions == 0 {
            return Err(SimulationError::TooSmall { accounts, transactions });
        }
        let genesis = self.genesis().map_err(SimulationError::Assets)?;
        let mut exchange = Exchange::new(self, State::new(genesis)?);
        let mut left = self.transactions;
        while left > 0 {
            let count = usize::try_from(left).unwrap_or(CHUNK).min(CHUNK);
            // Heads are of bytes alone, so signatures can wait until many can be made on all
            // threads.
            let mut unsigned = Vec::with_capacity(count);
            for _ in 0..count {
                unsigned.push(exchange.step()?);
            }
            let signed: Vec<SignedTransaction> =
                unsigned.into_par_iter().map(|(bytes, key)| sign_bytes(&key, bytes)).collect();
            sink(&signed).map_err(SimulationError::Sink)?;
            left -= count as u64;
        }
        Ok(exchange.state)
    }
}

/// The simulated exchange between two transactions.
struct Exchange {
    seed: u64,
    customers: u32,
    state: State,
    random: ChaCha20Rng,
    time: u64,
    engine: SigningKey,
    /// The keys by account number, each with the number of rotations before it.
    keys: Vec<(SigningKey, u64)>,
    /// Orders that were placed, by the asset they sell; some are no longer open.
    placed: Vec<Vec<u64>>,
    /// The accounts that borrowed and those that lent at some time, by asset.
    borrowers: Vec<Vec<u32>>,
    lenders: Vec<Vec<u32>>,
}

impl Exchange {
    fn new(simulation: &Simulation, state: State) -> Self {
        let assets = state.assets().len();
        let engine = signing_key(simulation.seed, None, 0);
        Self {
            seed: simulation.seed,
            customers: simulation.accounts,
            state,
            random: ChaCha20Rng::seed_from_u64(simulation.seed),
            time: START,
            keys: vec![(engine, 0)],
            engine,
            placed: vec![Vec::new(); assets],
            borrowers: vec![Vec::new(); assets],
            lenders: vec![Vec::new(); assets],
        }
    }

    /// A number below `bound`. Its bias is below 2^-32: these are no coefficients of a proof.
    fn below(&mut self, bound: u64) -> u64 {
        let wide = u128::from(self.random.next_u64()) * u128::from(bound.max(1));
        (wide >> 64) as u64
    }

    /// The next transaction's bytes, applied, and the key that will sign them.
    fn step(&mut self) -> Result<(Vec<u8>, SigningKey), Refused> {
        self.time += self.below(4);
        loop {
            let kind = self.choose();
            let transaction = self.state.next(self.time, kind);
            let (key, rotated) = self.key(&transaction);
            let unsigned = SignedTransaction { bytes: transaction.encode(), signature: [0; 64] };
            match self.state.apply_unverified(&unsigned) {
                Ok(_) => {
                    self.note(&transaction, rotated);
                    return Ok((unsigned.bytes, key));
                }
                // A deposit is refused only when an account is full to the brim, which ends the
                // simulation.
                Err(refused) if matches!(transaction.kind, Kind::Deposit { .. } | Kind::OpenAccount { .. }) => {
                    return Err(refused);
                }
                Err(_) => {}
            }
        }
    }

    /// The key that signs, and the one that takes its place.
    fn key(&self, transaction: &Transaction) -> (SigningKey, Option<SigningKey>) {
        let of = |account: u32| self.keys.get(account as usize).map_or(self.engine, |(key, _)| *key);
        match (transaction.kind.signer(), &transaction.kind) {
            (Signer::Engine, _) => (self.engine, None),
            (Signer::Opening(_), _) => {
                let key = signing_key(self.seed, Some(self.state.accounts().len() as u32), 0);
                (key, Some(key))
            }
            (Signer::Account(account), Kind::RotateKey { .. }) => (of(account), Some(self.next_key(account))),
            (Signer::Account(account), _) => (of(account), None),
        }
    }

    fn next_key(&self, account: u32) -> SigningKey {
        let rotation = self.keys.get(account as usize).map_or(0, |(_, rotation)| *rotation);
        signing_key(self.seed, Some(account), rotation + 1)
    }

    fn rotation(&self, account: u32) -> Kind {
        let next = self.next_key(account);
        let key = public_key(&next);
        let position = self.state.position();
        let message = possession_message(&position.head, position.sequence + 1, account, &key);
        Kind::RotateKey { account, key, possession: next.sign(&message).to_bytes() }
    }

    /// Remembers what later choices are made from.
    fn note(&mut self, transaction: &Transaction, new_key: Option<SigningKey>) {
        let at = |asset: u16| usize::from(asset).saturating_sub(1);
        match (&transaction.kind, new_key) {
            (Kind::OpenAccount { .. }, Some(key)) => self.keys.push((key, 0)),
            (Kind::RotateKey { account, .. }, Some(key)) => {
                if let Some(slot) = self.keys.get_mut(*account as usize) {
                    *slot = (key, slot.1 + 1);
                }
            }
            (Kind::PlaceOrder(order), _) => {
                if let Some(placed) = self.placed.get_mut(at(order.sells)) {
                    placed.push(transaction.sequence);
                }
            }
            (Kind::Borrow(movement), _) => {
                if let Some(borrowers) = self.borrowers.get_mut(at(movement.asset)) {
                    borrowers.push(movement.account);
                }
            }
            (Kind::Lend(movement), _) => {
                if let Some(lenders) = self.lenders.get_mut(at(movement.asset)) {
                    lenders.push(movement.account);
                }
            }
            _ => {}
        }
    }
}
