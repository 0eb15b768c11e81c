//! The state of the ledger: what every account has after the transactions so far. It is a
//! deterministic state machine.
//!
//! A transaction is applied to a draft on top of the state. The rules of its kind and the ledger's
//! invariants are checked on what it touches, and only then the draft becomes the state. A refused
//! transaction leaves no trace.

mod balance;
mod draft;
mod encoding;
pub mod invariant;
mod refusal;
mod rules;
#[cfg(test)]
mod tests;
mod to_snapshot;

pub use balance::{Balance, Part, Totals};
pub use draft::Touched;
pub use encoding::StateError;
pub use refusal::{Cause, Refused};
pub use rules::LENDERS_MAX;
pub use to_snapshot::SnapshotRefused;

use ballast_core::{assets::AssetList, leaf::AccountId, statement::LedgerPosition};
use std::collections::{BTreeMap, BTreeSet, HashSet};

use crate::{
    signature::{Claim, Signatory, check_key},
    snapshot::AS_OF_MAX,
    transaction::{Genesis, PublicId, SignedTransaction, Signer, Transaction, head_after, signed_message},
};
use draft::Draft;

/// The number of the exchange's own account, to which fees go. Its key is the engine's until it is
/// rotated.
pub const EXCHANGE_ACCOUNT: u32 = 0;
/// Public id of the exchange's own account; nobody else can have it.
pub const EXCHANGE_ID: &str = "exchange";
/// The latest time of a transaction, in Unix milliseconds: the last that a snapshot can be of.
pub const TIME_MAX: u64 = AS_OF_MAX * 1000;

/// One customer, or the exchange itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Account {
    id: PublicId,
    key: [u8; 32],
    /// The balances in order of asset number, without those that are zero.
    balances: Vec<(u16, Balance)>,
}

impl Account {
    /// The exchange's public id of the customer.
    pub fn id(&self) -> &str {
        self.id.as_str()
    }

    /// The key that signs for the account now.
    pub fn key(&self) -> &[u8; 32] {
        &self.key
    }

    /// The balances in order of asset number, without those that are zero.
    pub fn balances(&self) -> &[(u16, Balance)] {
        &self.balances
    }

    /// The balance of one asset, zero where the account has none.
    pub fn balance(&self, asset: u16) -> Balance {
        let found = self.balances.binary_search_by_key(&asset, |(asset, _)| *asset);
        found.ok().and_then(|index| self.balances.get(index)).map(|(_, balance)| *balance).unwrap_or_default()
    }

    fn set(&mut self, asset: u16, balance: Balance) {
        match self.balances.binary_search_by_key(&asset, |(asset, _)| *asset) {
            Ok(index) if balance.is_zero() => drop(self.balances.remove(index)),
            Ok(index) => {
                if let Some(slot) = self.balances.get_mut(index) {
                    slot.1 = balance;
                }
            }
            Err(_) if balance.is_zero() => {}
            Err(index) => self.balances.insert(index, (asset, balance)),
        }
    }
}

/// An open order.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Order {
    pub account: u32,
    pub sells: u16,
    /// Units of `sells` when it was placed.
    pub amount: u64,
    /// Units of `sells` not sold yet, above 0.
    pub remaining: u64,
    pub buys: u16,
    /// Units of `buys` wanted for all of `amount`.
    pub at_least: u64,
}

/// The index of those who lend one asset, by account number.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
struct Lenders {
    /// Accounts that have `lent_unborrowed`.
    unborrowed: BTreeSet<u32>,
    /// Accounts that have `lent_borrowed`.
    borrowed: BTreeSet<u32>,
}

impl Lenders {
    fn note(&mut self, account: u32, balance: &Balance) {
        for (set, amount) in
            [(&mut self.unborrowed, balance.lent_unborrowed), (&mut self.borrowed, balance.lent_borrowed)]
        {
            if amount > 0 {
                set.insert(account)
            } else {
                set.remove(&account)
            };
        }
    }
}

/// The ledger after some transaction. Memory grows with accounts and open orders, not with
/// transactions.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct State {
    genesis: Genesis,
    /// Those of the genesis, and what was listed since.
    assets: AssetList,
    position: LedgerPosition,
    time: u64,
    accounts: Vec<Account>,
    orders: BTreeMap<u64, Order>,
    totals: Vec<Totals>,
    lenders: Vec<Lenders>,
    /// The ids that are taken, as the elements that leaves hold: two accounts can never have the
    /// same leaf. The set is only asked whether it contains an id, as its order differs from run to
    /// run.
    ids: HashSet<AccountId>,
}

impl State {
    /// The state before transaction 1, in which the exchange's own account is the only one and has
    /// nothing.
    ///
    /// # Errors
    /// A key of the engine that [`check_key`] refuses.
    pub fn new(genesis: Genesis) -> Result<Self, Refused> {
        let refuse = |cause| Refused { sequence: 0, kind: Some("genesis"), cause };
        check_key(&genesis.engine_key).map_err(|error| refuse(error.into()))?;
        let id = PublicId::new(EXCHANGE_ID).map_err(|error| refuse(error.into()))?;
        let count = genesis.assets.len();
        Ok(Self {
            assets: genesis.assets.clone(),
            position: LedgerPosition { sequence: 0, head: genesis.head() },
            time: 0,
            ids: HashSet::from([Self::identity(&id)]),
            accounts: vec![Account { id, key: genesis.engine_key, balances: Vec::new() }],
            orders: BTreeMap::new(),
            totals: vec![Totals::default(); count],
            lenders: vec![Lenders::default(); count],
            genesis,
        })
    }

    fn identity(id: &PublicId) -> AccountId {
        AccountId::from_public_id(id.as_str())
    }

    /// What the ledger begins with.
    pub fn genesis(&self) -> &Genesis {
        &self.genesis
    }

    /// The ledger's assets: those of the genesis, and those listed since.
    pub fn assets(&self) -> &AssetList {
        &self.assets
    }

    /// Takes a list that is longer than the present one, of whose new assets nobody has any.
    fn set_assets(&mut self, assets: AssetList) {
        self.totals.resize(assets.len(), Totals::default());
        self.lenders.resize(assets.len(), Lenders::default());
        self.assets = assets;
    }

    /// The position of the ledger: the sequence of the last transaction, 0 before the first, and
    /// the head after it.
    pub fn position(&self) -> LedgerPosition {
        self.position
    }

    /// The time of the last transaction, Unix milliseconds; 0 before the first.
    pub fn time(&self) -> u64 {
        self.time
    }

    /// The accounts by number, from 0.
    pub fn accounts(&self) -> &[Account] {
        &self.accounts
    }

    /// The open orders by id, which is the sequence of the transaction that placed them.
    pub fn orders(&self) -> &BTreeMap<u64, Order> {
        &self.orders
    }

    /// The totals by asset number, from 1.
    pub fn totals(&self) -> &[Totals] {
        &self.totals
    }

    /// One balance of one account, zero for an account or asset that does not exist.
    pub fn balance(&self, account: u32, asset: u16) -> Balance {
        self.accounts.get(account as usize).map(|account| account.balance(asset)).unwrap_or_default()
    }

    fn account(&self, account: u32) -> Result<&Account, Cause> {
        let unknown = Cause::AccountUnknown { account, count: self.accounts.len() };
        self.accounts.get(account as usize).ok_or(unknown)
    }

    fn check_asset(&self, asset: u16) -> Result<(), Cause> {
        let count = self.assets().len();
        if (1..=count).contains(&usize::from(asset)) { Ok(()) } else { Err(Cause::AssetUnknown { asset, count }) }
    }

    fn checked_balance(&self, account: u32, asset: u16) -> Result<Balance, Cause> {
        self.check_asset(asset)?;
        Ok(self.account(account)?.balance(asset))
    }

    /// The next transaction of this kind.
    pub fn next(&self, time: u64, kind: crate::transaction::Kind) -> Transaction {
        Transaction { sequence: self.position.sequence.saturating_add(1), head_before: self.position.head, time, kind }
    }

    /// The key that must sign a transaction of `signer` now.
    ///
    /// # Errors
    /// An account that is not there.
    pub fn key_of(&self, signer: Signer) -> Result<[u8; 32], Cause> {
        match signer {
            Signer::Engine => Ok(self.genesis.engine_key),
            Signer::Account(account) => Ok(self.account(account)?.key),
            Signer::Opening(key) => Ok(key),
        }
    }

    /// Verifies the next transaction's signatures and applies it.
    ///
    /// # Errors
    /// A [`Refused`] that names the transaction; the state is then what it was.
    pub fn apply(&mut self, signed: &SignedTransaction) -> Result<(), Refused> {
        let refuse = |kind, cause| Refused { sequence: self.position.sequence.saturating_add(1), kind, cause };
        let transaction = Transaction::decode(&signed.bytes).map_err(|error| refuse(None, error.into()))?;
        let checked = self.check(&transaction, signed).and_then(|draft| {
            draft.claims.iter().try_for_each(Claim::verify)?;
            Ok(draft)
        });
        let mut draft = checked.map_err(|cause| refuse(Some(transaction.kind.name()), cause))?;
        draft.claims.clear();
        self.advance(&transaction, &signed.bytes, draft).map_err(|cause| Refused {
            sequence: transaction.sequence,
            kind: Some(transaction.kind.name()),
            cause,
        })
    }

    /// Applies the next transaction and returns the signatures on which it rests. **A state is
    /// worth nothing until all of them are verified**: this is for whoever verifies them in batches
    /// ([`crate::replay`]).
    ///
    /// # Errors
    /// The same as [`State::apply`], except for signatures.
    pub fn apply_unverified(&mut self, signed: &SignedTransaction) -> Result<Vec<Claim>, Refused> {
        let refuse = |kind, cause| Refused { sequence: self.position.sequence.saturating_add(1), kind, cause };
        let transaction = Transaction::decode(&signed.bytes).map_err(|error| refuse(None, error.into()))?;
        let kind = Some(transaction.kind.name());
        let mut draft = self.check(&transaction, signed).map_err(|cause| refuse(kind, cause))?;
        let claims = std::mem::take(&mut draft.claims);
        let sequence = transaction.sequence;
        self.advance(&transaction, &signed.bytes, draft).map_err(|cause| Refused { sequence, kind, cause })?;
        Ok(claims)
    }

    /// Checks everything except signatures and invariants. The draft's claims begin with the
    /// transaction's own signature.
    fn check(&self, transaction: &Transaction, signed: &SignedTransaction) -> Result<Draft, Cause> {
        let expected = self.position.sequence.saturating_add(1);
        if transaction.sequence != expected {
            return Err(Cause::Sequence { expected, found: transaction.sequence });
        }
        if transaction.head_before != self.position.head {
            return Err(Cause::Head { expected: self.position.head, found: transaction.head_before });
        }
        if !(self.time..=TIME_MAX).contains(&transaction.time) {
            return Err(Cause::Time { expected: self.time, limit: TIME_MAX, found: transaction.time });
        }
        let signer = transaction.kind.signer();
        let (by, key) = (Signatory::Signer(signer), self.key_of(signer)?);
        let message = signed_message(&signed.bytes);
        let sequence = transaction.sequence;
        let mut draft = Draft::default();
        draft.claims.push(Claim { sequence, by, key, message, signature: signed.signature });
        self.draft(transaction, &mut draft)?;
        Ok(draft)
    }

    /// Checks the invariants on what the draft touches, and makes it the state.
    fn advance(&mut self, transaction: &Transaction, bytes: &[u8], draft: Draft) -> Result<(), Cause> {
        let mut flowed = None;
        if let Some((flow, asset, amount)) = draft.flow {
            let mut changed = self.totals.get(usize::from(asset).saturating_sub(1)).copied().unwrap_or_default();
            flow.add_to(&mut changed, asset, amount)?;
            flowed = Some((asset, changed));
        }
        let totals = invariant::check_touched(self, flowed, &draft.touched)?;
        for (asset, changed) in totals {
            if let Some(slot) = self.totals.get_mut(usize::from(asset).saturating_sub(1)) {
                *slot = changed;
            }
        }
        self.commit(draft);
        self.position = LedgerPosition { sequence: transaction.sequence, head: head_after(&self.position.head, bytes) };
        self.time = transaction.time;
        Ok(())
    }
}
