//! A small exchange: its keys, its state, and the transactions that the tests try on it.

use ballast_core::assets::{Asset, AssetList};
use ballast_ledger::{
    log::{Writer, WriterOptions},
    signature::{SigningKey, public_key, sign},
    simulate::{Simulation, signing_key},
    state::{Balance, Cause, Refused, State},
    transaction::{
        Genesis, Kind, LimitOrder, Listing, Movement, PublicId, SignedTransaction, Transaction, possession_message,
    },
};
use std::path::Path;

pub const BTC: u16 = 1;
pub const USD: u16 = 2;
/// Customers by account number.
pub const ALICE: u32 = 1;
pub const BOB: u32 = 2;
pub const CAROL: u32 = 3;
pub const START: u64 = 1_795_389_392_000;

pub struct Exchange {
    pub state: State,
    pub log: Vec<SignedTransaction>,
    pub keys: Vec<SigningKey>,
    pub time: u64,
}

pub fn genesis(exchange: u8) -> Genesis {
    let assets = AssetList::new(vec![Asset::new("BTC", 8).unwrap(), Asset::new("USD", 6).unwrap()]).unwrap();
    Genesis { exchange: [exchange; 32], assets, engine_key: public_key(&key(0)) }
}

/// Of the account with this number; 0 is the engine's.
pub fn key(account: u32) -> SigningKey {
    signing_key(7, Some(account), 0)
}

pub fn movement(account: u32, asset: u16, amount: u64) -> Movement {
    Movement { account, asset, amount }
}

pub fn deposit(account: u32, asset: u16, amount: u64) -> Kind {
    Kind::Deposit { to: movement(account, asset, amount), reference: [9; 32] }
}

pub fn withdraw(account: u32, asset: u16, amount: u64) -> Kind {
    Kind::Withdraw { from: movement(account, asset, amount), destination: [8; 32] }
}

pub fn order(account: u32, sells: u16, amount: u64, buys: u16, at_least: u64) -> Kind {
    Kind::PlaceOrder(LimitOrder { account, sells, amount, buys, at_least })
}

/// Adds these symbols with their decimals to the list.
pub fn list(assets: &[(&str, u8)]) -> Kind {
    let assets = assets.iter().map(|(symbol, decimals)| Asset::new(symbol, *decimals).unwrap());
    Kind::ListAssets(Listing::new(assets.collect()).unwrap())
}

pub fn open(id: &str, key: &SigningKey) -> Kind {
    Kind::OpenAccount { id: PublicId::new(id).unwrap(), key: public_key(key) }
}

impl Exchange {
    /// Alice, Bob and Carol with 1000 BTC and 100,000 USD each.
    pub fn new(exchange: u8) -> Self {
        let state = State::new(genesis(exchange)).unwrap();
        let mut new = Self { state, log: Vec::new(), keys: (0..8).map(key).collect(), time: START };
        for (number, id) in [(ALICE, "alice"), (BOB, "bob"), (CAROL, "carol")] {
            new.ok(open(id, &key(number)));
        }
        for account in [ALICE, BOB, CAROL] {
            new.ok(deposit(account, BTC, 1000));
            new.ok(deposit(account, USD, 100_000));
        }
        new
    }

    pub fn transaction(&self, kind: Kind) -> Transaction {
        self.state.next(self.time, kind)
    }

    /// Signed by whoever must.
    pub fn signed(&self, kind: Kind) -> SignedTransaction {
        use ballast_ledger::transaction::Signer;
        let number = match kind.signer() {
            Signer::Engine => 0,
            Signer::Account(account) => account as usize,
            Signer::Opening(_) => self.state.accounts().len(),
        };
        sign(&self.keys.get(number).copied().unwrap_or(key(99)), &self.transaction(kind))
    }

    /// Applies what must succeed, and returns its sequence.
    pub fn ok(&mut self, kind: Kind) -> u64 {
        let signed = self.signed(kind);
        self.state.apply(&signed).unwrap();
        ballast_ledger::state::invariant::check_state(&self.state).unwrap();
        self.log.push(signed);
        self.state.position().sequence
    }

    /// What a signed transaction is refused for. The state must be what it was.
    pub fn refusal(&mut self, signed: &SignedTransaction) -> Cause {
        let before = self.state.clone();
        let Refused { sequence, cause, .. } = self.state.apply(signed).expect_err("must be refused");
        assert_eq!(sequence, before.position().sequence + 1);
        assert_eq!(self.state, before, "a refused transaction left a trace");
        cause
    }

    pub fn refused(&mut self, kind: Kind) -> Cause {
        let signed = self.signed(kind);
        self.refusal(&signed)
    }

    pub fn balance(&self, account: u32, asset: u16) -> Balance {
        self.state.balance(account, asset)
    }

    /// A change of Alice's key to `new`, possession shown by `shown`.
    pub fn rotation(&self, new: &SigningKey, shown: &SigningKey) -> Kind {
        let position = self.state.position();
        let message = possession_message(&position.head, position.sequence + 1, ALICE, &public_key(new));
        Kind::RotateKey { account: ALICE, key: public_key(new), possession: shown.sign(&message).to_bytes() }
    }
}

pub fn simulation(seed: u64, accounts: u32, transactions: u64) -> Simulation {
    Simulation { accounts, transactions, seed, exchange: [seed as u8; 32] }
}

/// A simulated log in `directory`, and the state that it makes.
pub fn write_log(directory: &Path, simulation: &Simulation, segment_bytes: u64) -> State {
    let options = WriterOptions { segment_bytes, ..WriterOptions::default() };
    let mut writer = Writer::create(directory, &simulation.genesis().unwrap(), options).unwrap();
    let state =
        simulation.run(|signed| signed.chunks(50).try_for_each(|batch| writer.append(batch).map(drop))).unwrap();
    assert_eq!(writer.position(), state.position());
    state
}
