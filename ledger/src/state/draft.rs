//! Drafts: what a transaction would change, before any of it happens.

use ballast_core::assets::AssetList;

use super::{Account, Balance, Cause, Order, Part, State, balance::Flow};
use crate::{signature::Claim, transaction::PublicId};

/// A balance that a transaction touches.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Touched {
    pub account: u32,
    pub asset: u16,
    pub before: Balance,
    pub after: Balance,
}

/// Changes on top of a state, which they leave alone until [`State::commit`].
#[derive(Debug, Default)]
pub(super) struct Draft {
    pub touched: Vec<Touched>,
    /// Orders placed, changed, or closed when none is left.
    pub orders: Vec<(u64, Option<Order>)>,
    pub flow: Option<(Flow, u16, u64)>,
    pub opened: Option<(PublicId, [u8; 32])>,
    pub rotated: Option<(u32, [u8; 32])>,
    /// The list with new assets.
    pub assets: Option<AssetList>,
    /// The signatures to verify, the transaction's own first.
    pub claims: Vec<Claim>,
}

impl Draft {
    /// The balance as this draft would leave it.
    fn slot(&mut self, state: &State, account: u32, asset: u16) -> Result<&mut Balance, Cause> {
        // Only settlements touch more than a handful; their accounts ascend and are never looked up
        // again, but for the scan to stay short it begins at the latest.
        let known = self.touched.iter().rposition(|touched| touched.account == account && touched.asset == asset);
        let index = match known {
            Some(index) => index,
            None => {
                let before = state.checked_balance(account, asset)?;
                self.touched.push(Touched { account, asset, before, after: before });
                self.touched.len() - 1
            }
        };
        let count = state.assets().len();
        self.touched.get_mut(index).map(|touched| &mut touched.after).ok_or(Cause::AssetUnknown { asset, count })
    }

    pub fn add(&mut self, state: &State, account: u32, asset: u16, part: Part, amount: u64) -> Result<(), Cause> {
        let slot = self.slot(state, account, asset)?.part_mut(part);
        *slot = slot.checked_add(amount).ok_or(Cause::TooMuch { account, asset, part })?;
        Ok(())
    }

    pub fn subtract(&mut self, state: &State, account: u32, asset: u16, part: Part, amount: u64) -> Result<(), Cause> {
        let slot = self.slot(state, account, asset)?.part_mut(part);
        let found = *slot;
        *slot = found.checked_sub(amount).ok_or(Cause::TooLittle { account, asset, part, expected: amount, found })?;
        Ok(())
    }

    /// Moves an amount within one account, from one part of the balance to another.
    pub fn shift(
        &mut self,
        state: &State,
        (account, asset): (u32, u16),
        from: Part,
        to: Part,
        amount: u64,
    ) -> Result<(), Cause> {
        self.subtract(state, account, asset, from, amount)?;
        self.add(state, account, asset, to, amount)
    }

    /// Moves an amount from one part of an account's balance to the available balance of another
    /// account.
    pub fn pay(
        &mut self,
        state: &State,
        (payer, part): (u32, Part),
        payee: u32,
        asset: u16,
        amount: u64,
    ) -> Result<(), Cause> {
        self.subtract(state, payer, asset, part, amount)?;
        self.add(state, payee, asset, Part::Available, amount)
    }
}

impl State {
    /// Applies a draft. It was checked before, so nothing here can fail.
    pub(super) fn commit(&mut self, draft: Draft) {
        for Touched { account, asset, before, after } in draft.touched {
            if before == after {
                continue;
            }
            let index = usize::from(asset).saturating_sub(1);
            if let Some(lenders) = self.lenders.get_mut(index) {
                lenders.note(account, &after);
            }
            if let Some(holder) = self.accounts.get_mut(account as usize) {
                holder.set(asset, after);
            }
        }
        for (id, order) in draft.orders {
            match order {
                Some(order) => self.orders.insert(id, order),
                None => self.orders.remove(&id),
            };
        }
        if let Some((id, key)) = draft.opened {
            self.ids.insert(Self::identity(&id));
            self.accounts.push(Account { id, key, balances: Vec::new() });
        }
        if let Some((account, key)) = draft.rotated
            && let Some(holder) = self.accounts.get_mut(account as usize)
        {
            holder.key = key;
        }
        if let Some(assets) = draft.assets {
            self.set_assets(assets);
        }
    }
}
