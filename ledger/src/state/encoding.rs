//! The canonical bytes of a state, for its digest and for checkpoints.

use ballast_core::{
    digest::{Digest, Preimage},
    statement::LedgerPosition,
};
use std::collections::{BTreeMap, HashSet};

use super::{
    Account, Balance, EXCHANGE_ID, Lenders, Order, State, TIME_MAX, Totals,
    invariant::{self, Broken},
};
use crate::{
    signature::{KeyInvalid, check_key},
    transaction::{DecodeError, Fields, Genesis, PublicId, encode_entries, read_entries},
};

/// Why bytes are not a state.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum StateError {
    #[error(transparent)]
    Decode(#[from] DecodeError),
    #[error(transparent)]
    Key(#[from] KeyInvalid),
    #[error(transparent)]
    Broken(#[from] Broken),
}

impl State {
    /// The digest of the canonical bytes, which is the same for equal states on every machine.
    pub fn digest(&self) -> Digest {
        let bytes = self.encode();
        Preimage::with_capacity("ballast/ledger-state/v1", 24 + bytes.len()).bytes(&bytes).sha256()
    }

    /// The canonical bytes (`docs/ledger.md`). **They hold every customer's balances.**
    pub fn encode(&self) -> Vec<u8> {
        let mut bytes = self.genesis.encode();
        encode_entries(self.assets.as_slice().get(self.genesis.assets.len()..).unwrap_or_default(), &mut bytes);
        let mut put = |part: &[u8]| bytes.extend_from_slice(part);
        put(&self.position.sequence.to_be_bytes());
        put(&self.position.head);
        put(&self.time.to_be_bytes());
        for totals in &self.totals {
            for sum in [totals.deposited, totals.withdrawn, totals.minted, totals.burned] {
                put(&sum.to_be_bytes());
            }
        }
        put(&(self.accounts.len() as u32).to_be_bytes());
        for account in &self.accounts {
            put(&[account.id().len() as u8]);
            put(account.id().as_bytes());
            put(&account.key);
            put(&(account.balances.len() as u16).to_be_bytes());
            for (asset, balance) in &account.balances {
                put(&asset.to_be_bytes());
                let Balance { available, in_orders, lent_unborrowed, lent_borrowed, borrowed } = balance;
                for amount in [available, in_orders, lent_unborrowed, lent_borrowed, borrowed] {
                    put(&amount.to_be_bytes());
                }
            }
        }
        put(&(self.orders.len() as u64).to_be_bytes());
        for (id, order) in &self.orders {
            put(&id.to_be_bytes());
            put(&order.account.to_be_bytes());
            put(&order.sells.to_be_bytes());
            put(&order.amount.to_be_bytes());
            put(&order.remaining.to_be_bytes());
            put(&order.buys.to_be_bytes());
            put(&order.at_least.to_be_bytes());
        }
        bytes
    }

    /// The state with these canonical bytes.
    ///
    /// # Errors
    /// Bytes that [`State::encode`] makes of no state, and a state that breaks an invariant.
    pub fn decode(bytes: &[u8]) -> Result<Self, StateError> {
        let mut fields = Fields::new(bytes);
        let genesis = Genesis::read(&mut fields)?;
        check_key(&genesis.engine_key)?;
        let listed = read_entries(&mut fields)?;
        let assets = match listed.as_slice() {
            [] => genesis.assets.clone(),
            listed => genesis.assets.with(listed).map_err(DecodeError::AssetList)?,
        };
        let position = LedgerPosition { sequence: fields.u64()?, head: fields.array()? };
        let time = fields.u64()?;
        require(time <= TIME_MAX, "time", &fields)?;
        let mut totals = Vec::new();
        for _ in 0..assets.len() {
            let (deposited, withdrawn) = (fields.u128()?, fields.u128()?);
            let (minted, burned) = (fields.u128()?, fields.u128()?);
            totals.push(Totals { deposited, withdrawn, minted, burned, ..Totals::default() });
        }
        let mut state = Self {
            position,
            time,
            accounts: Vec::new(),
            orders: BTreeMap::new(),
            totals,
            lenders: vec![Lenders::default(); assets.len()],
            ids: HashSet::new(),
            assets,
            genesis,
        };
        for number in 0..fields.u32()? {
            let account = state.read_account(&mut fields)?;
            state.count(number, &account);
            state.accounts.push(account);
        }
        let own = state.accounts.first().is_some_and(|account| account.id() == EXCHANGE_ID);
        require(own, "the exchange's own account", &fields)?;
        for _ in 0..fields.u64()? {
            state.read_order(&mut fields)?;
        }
        fields.end()?;
        invariant::check_state(&state)?;
        Ok(state)
    }

    fn read_account(&mut self, fields: &mut Fields<'_>) -> Result<Account, StateError> {
        let id = PublicId::read(fields)?;
        require(self.ids.insert(Self::identity(&id)), "account id", fields)?;
        let key = fields.array()?;
        check_key(&key)?;
        let mut balances = Vec::new();
        let mut last = 0;
        for _ in 0..fields.u16()? {
            let asset = fields.u16()?;
            require(asset > last && usize::from(asset) <= self.assets().len(), "asset", fields)?;
            last = asset;
            let balance = Balance {
                available: fields.u64()?,
                in_orders: fields.u64()?,
                lent_unborrowed: fields.u64()?,
                lent_borrowed: fields.u64()?,
                borrowed: fields.u64()?,
            };
            require(!balance.is_zero(), "balance", fields)?;
            balances.push((asset, balance));
        }
        Ok(Account { id, key, balances })
    }

    fn read_order(&mut self, fields: &mut Fields<'_>) -> Result<(), StateError> {
        let id = fields.u64()?;
        let ascending = self.orders.last_key_value().is_none_or(|(last, _)| *last < id);
        require(ascending && (1..=self.position.sequence).contains(&id), "order id", fields)?;
        let order = Order {
            account: fields.u32()?,
            sells: fields.u16()?,
            amount: fields.u64()?,
            remaining: fields.u64()?,
            buys: fields.u16()?,
            at_least: fields.u64()?,
        };
        let pair = self.assets().get(order.sells).is_some() && self.assets().get(order.buys).is_some();
        require(pair && order.sells != order.buys, "order's assets", fields)?;
        require((1..=order.amount).contains(&order.remaining), "order's amount", fields)?;
        self.orders.insert(id, order);
        Ok(())
    }

    /// Adds an account to everything that is derived from accounts.
    fn count(&mut self, number: u32, account: &Account) {
        for (asset, balance) in &account.balances {
            let index = usize::from(*asset).saturating_sub(1);
            if let (Some(sums), Some(lenders)) = (self.totals.get_mut(index), self.lenders.get_mut(index)) {
                sums.physical += balance.physical();
                sums.lent_borrowed += u128::from(balance.lent_borrowed);
                sums.borrowed += u128::from(balance.borrowed);
                lenders.note(number, balance);
            }
        }
    }

    /// Whether the index of one asset's lenders is what the balances say.
    pub(crate) fn lenders_agree(&self, asset: u16) -> bool {
        let mut expected = Lenders::default();
        for (number, account) in (0u32..).zip(&self.accounts) {
            expected.note(number, &account.balance(asset));
        }
        self.lenders.get(usize::from(asset).saturating_sub(1)) == Some(&expected)
    }
}

fn require(holds: bool, what: &'static str, fields: &Fields<'_>) -> Result<(), DecodeError> {
    if holds { Ok(()) } else { Err(DecodeError::NotCanonical { what, offset: fields.offset() }) }
}
