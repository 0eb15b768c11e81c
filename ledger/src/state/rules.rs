//! What each kind of transaction may do.

use super::{Cause, Draft, Order, Part, State, balance::Flow, draft::Touched};
use crate::{
    signature::{Claim, Signatory, check_key},
    state::EXCHANGE_ACCOUNT,
    transaction::{Kind, LimitOrder, Movement, PublicId, Transaction, possession_message},
};

/// The most lenders that one borrow or repayment may touch, so that a transaction's work is
/// bounded.
pub const LENDERS_MAX: usize = 256;

impl State {
    pub(super) fn draft(&self, transaction: &Transaction, draft: &mut Draft) -> Result<(), Cause> {
        match &transaction.kind {
            Kind::OpenAccount { id, key } => self.open_account(draft, id, key),
            Kind::RotateKey { account, key, possession } => {
                self.account(*account)?;
                check_key(key)?;
                let message = possession_message(&transaction.head_before, transaction.sequence, *account, key);
                let (sequence, by) = (transaction.sequence, Signatory::NewKey(*account));
                draft.claims.push(Claim { sequence, by, key: *key, message, signature: *possession });
                draft.rotated = Some((*account, *key));
                Ok(())
            }
            Kind::Deposit { to, .. } => self.enter(draft, to, Flow::Deposited),
            Kind::Mint { to, .. } => self.enter(draft, to, Flow::Minted),
            Kind::Withdraw { from, .. } => self.leave(draft, from, Flow::Withdrawn),
            Kind::Burn { from, .. } => self.leave(draft, from, Flow::Burned),
            Kind::PlaceOrder(order) => self.place_order(draft, transaction.sequence, order),
            Kind::CancelOrder { account, order } => self.cancel_order(draft, *account, *order),
            Kind::Fill { first, first_gives, second, second_gives } => {
                self.fill(draft, (*first, *first_gives), (*second, *second_gives))
            }
            Kind::Liquidate { borrower, order, sold, paid } => self.liquidate(draft, *borrower, *order, *sold, *paid),
            Kind::Lend(movement) => self.shift(draft, movement, Part::Available, Part::LentUnborrowed),
            Kind::Redeem(movement) => self.shift(draft, movement, Part::LentUnborrowed, Part::Available),
            Kind::Borrow(movement) => self.borrow(draft, movement),
            Kind::Repay(movement) => self.repay(draft, movement),
            Kind::AccrueInterest { borrower, lender, asset, amount } => {
                self.accrue(draft, (*borrower, *lender), *asset, *amount)
            }
            Kind::Settle { asset, settlement } => {
                self.check_asset(*asset)?;
                settlement
                    .entries()
                    .iter()
                    .try_for_each(|(account, amount)| self.settle(draft, *account, *asset, *amount))
            }
            Kind::Fee(fee) => {
                let Movement { account, asset, amount } = *fee;
                if account == EXCHANGE_ACCOUNT {
                    return Err(Cause::SameAccount { account });
                }
                not_zero(amount)?;
                draft.pay(self, (account, Part::Available), EXCHANGE_ACCOUNT, asset, amount)
            }
            Kind::ListAssets(listing) => {
                let grown = self.assets.with(listing.assets());
                let refused = |refusal| Cause::AssetsUnlistable { assets: listing.assets().to_vec(), refusal };
                draft.assets = Some(grown.map_err(refused)?);
                Ok(())
            }
        }
    }

    fn open_account(&self, draft: &mut Draft, id: &PublicId, key: &[u8; 32]) -> Result<(), Cause> {
        check_key(key)?;
        if self.ids.contains(&Self::identity(id)) {
            return Err(Cause::IdTaken { id: id.as_str().to_owned() });
        }
        room_for_account(self.accounts.len())?;
        draft.opened = Some((id.clone(), *key));
        Ok(())
    }

    fn enter(&self, draft: &mut Draft, to: &Movement, flow: Flow) -> Result<(), Cause> {
        not_zero(to.amount)?;
        draft.flow = Some((flow, to.asset, to.amount));
        draft.add(self, to.account, to.asset, Part::Available, to.amount)
    }

    fn leave(&self, draft: &mut Draft, from: &Movement, flow: Flow) -> Result<(), Cause> {
        not_zero(from.amount)?;
        draft.flow = Some((flow, from.asset, from.amount));
        draft.subtract(self, from.account, from.asset, Part::Available, from.amount)
    }

    fn shift(&self, draft: &mut Draft, movement: &Movement, from: Part, to: Part) -> Result<(), Cause> {
        not_zero(movement.amount)?;
        draft.shift(self, (movement.account, movement.asset), from, to, movement.amount)
    }

    fn place_order(&self, draft: &mut Draft, id: u64, order: &LimitOrder) -> Result<(), Cause> {
        let LimitOrder { account, sells, amount, buys, at_least } = *order;
        not_zero(amount)?;
        self.check_asset(buys)?;
        if sells == buys {
            return Err(Cause::OrderSameAsset { asset: sells });
        }
        draft.shift(self, (account, sells), Part::Available, Part::InOrders, amount)?;
        draft.orders.push((id, Some(Order { account, sells, amount, remaining: amount, buys, at_least })));
        Ok(())
    }

    fn order(&self, order: u64) -> Result<Order, Cause> {
        self.orders.get(&order).copied().ok_or(Cause::OrderUnknown { order })
    }

    fn cancel_order(&self, draft: &mut Draft, account: u32, id: u64) -> Result<(), Cause> {
        let order = self.order(id)?;
        if order.account != account {
            return Err(Cause::OrderOfAnother { order: id, owner: order.account, account });
        }
        draft.orders.push((id, None));
        draft.shift(self, (account, order.sells), Part::InOrders, Part::Available, order.remaining)
    }

    /// Takes `given` from what an order has left, for `received` of what it buys.
    fn execute(&self, draft: &mut Draft, id: u64, given: u64, received: u64) -> Result<Order, Cause> {
        not_zero(given)?;
        not_zero(received)?;
        let order = self.order(id)?;
        let Some(remaining) = order.remaining.checked_sub(given) else {
            return Err(Cause::OrderTooSmall { order: id, expected: given, found: order.remaining });
        };
        // received / given >= at_least / amount, without division.
        let Order { amount, at_least, .. } = order;
        if u128::from(received) * u128::from(amount) < u128::from(given) * u128::from(at_least) {
            return Err(Cause::PriceTooLow { order: id, amount, at_least, given, received });
        }
        draft.orders.push((id, (remaining > 0).then_some(Order { remaining, ..order })));
        Ok(order)
    }

    fn fill(&self, draft: &mut Draft, first: (u64, u64), second: (u64, u64)) -> Result<(), Cause> {
        let one = self.execute(draft, first.0, first.1, second.1)?;
        let other = self.execute(draft, second.0, second.1, first.1)?;
        if one.account == other.account {
            return Err(Cause::SameAccount { account: one.account });
        }
        if (one.sells, one.buys) != (other.buys, other.sells) {
            return Err(Cause::OrdersDoNotMatch { first: first.0, second: second.0 });
        }
        draft.pay(self, (one.account, Part::InOrders), other.account, one.sells, first.1)?;
        draft.pay(self, (other.account, Part::InOrders), one.account, other.sells, second.1)
    }

    fn liquidate(&self, draft: &mut Draft, borrower: u32, id: u64, sold: u64, paid: u64) -> Result<(), Cause> {
        let order = self.execute(draft, id, paid, sold)?;
        if order.account == borrower {
            return Err(Cause::SameAccount { account: borrower });
        }
        draft.pay(self, (borrower, Part::Available), order.account, order.buys, sold)?;
        draft.pay(self, (order.account, Part::InOrders), borrower, order.sells, paid)?;
        self.repay(draft, &Movement { account: borrower, asset: order.sells, amount: paid })
    }

    fn borrow(&self, draft: &mut Draft, movement: &Movement) -> Result<(), Cause> {
        let Movement { account, asset, amount } = *movement;
        not_zero(amount)?;
        self.shift_lenders(draft, asset, amount, Part::LentUnborrowed, Part::LentBorrowed)?;
        draft.add(self, account, asset, Part::Available, amount)?;
        draft.add(self, account, asset, Part::Borrowed, amount)
    }

    fn repay(&self, draft: &mut Draft, movement: &Movement) -> Result<(), Cause> {
        let Movement { account, asset, amount } = *movement;
        not_zero(amount)?;
        draft.subtract(self, account, asset, Part::Borrowed, amount)?;
        draft.subtract(self, account, asset, Part::Available, amount)?;
        self.shift_lenders(draft, asset, amount, Part::LentBorrowed, Part::LentUnborrowed)
    }

    /// Moves `amount` from one part to another of lenders' balances: all that the lender with the
    /// lowest account number has there, then of the next.
    fn shift_lenders(&self, draft: &mut Draft, asset: u16, amount: u64, from: Part, to: Part) -> Result<(), Cause> {
        self.check_asset(asset)?;
        let lenders = self.lenders.get(usize::from(asset) - 1);
        let lenders =
            lenders.map(|lenders| if from == Part::LentUnborrowed { &lenders.unborrowed } else { &lenders.borrowed });
        let mut missing = amount;
        for lender in lenders.into_iter().flatten().take(LENDERS_MAX) {
            if missing == 0 {
                break;
            }
            let taken = self.balance(*lender, asset).get(from).min(missing);
            draft.shift(self, (*lender, asset), from, to, taken)?;
            missing -= taken;
        }
        if missing == 0 {
            Ok(())
        } else {
            Err(Cause::LendersTooFew { asset, expected: amount, found: amount - missing, limit: LENDERS_MAX })
        }
    }

    fn accrue(&self, draft: &mut Draft, parties: (u32, u32), asset: u16, amount: u64) -> Result<(), Cause> {
        not_zero(amount)?;
        let (borrower, lender) = parties;
        // Interest is on a debt and to a lender who is owed: from nothing, nothing grows.
        for (account, part) in [(borrower, Part::Borrowed), (lender, Part::LentBorrowed)] {
            if self.checked_balance(account, asset)?.get(part) == 0 {
                return Err(Cause::NothingToAccrue { account, asset, part });
            }
            draft.add(self, account, asset, part, amount)?;
        }
        Ok(())
    }

    fn settle(&self, draft: &mut Draft, account: u32, asset: u16, amount: i128) -> Result<(), Cause> {
        let part = Part::Available;
        let before = self.checked_balance(account, asset)?;
        let units = u64::try_from(amount.unsigned_abs()).map_err(|_| Cause::TooMuch { account, asset, part })?;
        let found = before.available;
        let available = if amount < 0 {
            found.checked_sub(units).ok_or(Cause::TooLittle { account, asset, part, expected: units, found })?
        } else {
            found.checked_add(units).ok_or(Cause::TooMuch { account, asset, part })?
        };
        // A settlement names each account once, so there is nothing of it in the draft yet.
        draft.touched.push(Touched { account, asset, before, after: super::Balance { available, ..before } });
        Ok(())
    }
}

/// One more than `count` accounts must fit in the 32 bits that a state says their number in.
pub(super) fn room_for_account(count: usize) -> Result<(), Cause> {
    if count >= u32::MAX as usize { Err(Cause::TooManyAccounts) } else { Ok(()) }
}

fn not_zero(amount: u64) -> Result<(), Cause> {
    if amount == 0 { Err(Cause::AmountZero) } else { Ok(()) }
}
