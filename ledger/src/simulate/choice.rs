//! What the simulated exchange does next.

use super::Exchange;
use crate::{
    signature::public_key,
    simulate::signing_key,
    state::{Balance, Order},
    transaction::{Kind, LimitOrder, Movement, PublicId, Settlement},
};

/// The largest deposit, in units: a million of them leave 2^64 far away.
const DEPOSIT_MAX: u64 = 1 << 40;

impl Exchange {
    /// A kind that is likely to be valid; the state has the last word.
    pub(super) fn choose(&mut self) -> Kind {
        let opened = self.state.accounts().len() as u64 - 1;
        // Accounts open early, but not all before anything else happens.
        if opened < 2 || (opened < u64::from(self.customers) && self.below(3) == 0) {
            return self.open().unwrap_or_else(|| self.deposit());
        }
        let kind = match self.below(100) {
            0 => Some(self.rotate()),
            1..=14 => Some(self.deposit()),
            15..=19 => self.withdraw(),
            20..=39 => self.place(),
            40..=44 => self.cancel(),
            45..=64 => self.fill(),
            65..=67 => self.liquidate(),
            68..=72 => self.moved(|balance| balance.available).map(Kind::Lend),
            73..=74 => self.redeem(),
            75..=79 => self.borrow(),
            80..=83 => self.repay(),
            84..=86 => self.accrue(),
            87..=89 => self.settle(),
            90..=93 => self.moved(|balance| balance.available).map(Kind::Fee),
            94..=97 => Some(self.mint()),
            _ => self.burn(),
        };
        // Without what it takes, coins come in instead.
        kind.unwrap_or_else(|| self.deposit())
    }

    fn open(&mut self) -> Option<Kind> {
        let number = self.state.accounts().len() as u32;
        let id = PublicId::new(&format!("customer-{number}")).ok()?;
        Some(Kind::OpenAccount { id, key: public_key(&signing_key(self.seed, Some(number), 0)) })
    }

    /// Any customer's account.
    fn customer(&mut self) -> u32 {
        let opened = self.state.accounts().len() as u64 - 1;
        1 + self.below(opened) as u32
    }

    fn asset(&mut self) -> u16 {
        let assets = self.state.assets().len() as u64;
        1 + self.below(assets) as u16
    }

    /// Some of `most`, at least one unit.
    fn some(&mut self, most: u64) -> u64 {
        1 + self.below(most)
    }

    fn note32(&mut self) -> [u8; 32] {
        let mut bytes = [0; 32];
        rand_chacha::rand_core::RngCore::fill_bytes(&mut self.random, &mut bytes);
        bytes
    }

    /// One of a list, with everything before it of equal chance.
    fn one<T: Copy>(&mut self, of: &[T]) -> Option<T> {
        let index = self.below(of.len() as u64) as usize;
        of.get(index).copied()
    }

    /// Some of what an account has in a part.
    fn moved(&mut self, part: fn(&Balance) -> u64) -> Option<Movement> {
        let (account, asset) = (self.customer(), self.asset());
        let most = part(&self.state.balance(account, asset));
        (most > 0).then(|| Movement { account, asset, amount: self.some(most.div_ceil(2)) })
    }

    fn rotate(&mut self) -> Kind {
        let account = self.customer();
        self.rotation(account)
    }

    fn deposit(&mut self) -> Kind {
        let to = Movement { account: self.customer(), asset: self.asset(), amount: self.some(DEPOSIT_MAX) };
        Kind::Deposit { to, reference: self.note32() }
    }

    fn mint(&mut self) -> Kind {
        let asset = self.state.assets().len() as u16;
        let to = Movement { account: self.customer(), asset, amount: self.some(DEPOSIT_MAX) };
        Kind::Mint { to, reference: self.note32() }
    }

    fn withdraw(&mut self) -> Option<Kind> {
        let from = self.moved(|balance| balance.available)?;
        Some(Kind::Withdraw { from, destination: self.note32() })
    }

    fn burn(&mut self) -> Option<Kind> {
        let asset = self.state.assets().len() as u16;
        let account = self.customer();
        let most = self.state.balance(account, asset).available;
        let from = (most > 0).then(|| Movement { account, asset, amount: self.some(most.div_ceil(2)) })?;
        Some(Kind::Burn { from, destination: self.note32() })
    }

    fn place(&mut self) -> Option<Kind> {
        let Movement { account, asset, amount } = self.moved(|balance| balance.available)?;
        let buys = self.asset();
        let at_least = if self.below(2) == 0 { 0 } else { self.some(amount) };
        (buys != asset).then_some(Kind::PlaceOrder(LimitOrder { account, sells: asset, amount, buys, at_least }))
    }

    /// An open order that sells `asset`; those that are closed are forgotten on the way.
    fn open_order(&mut self, asset: u16) -> Option<(u64, Order)> {
        let list = usize::from(asset) - 1;
        loop {
            let count = self.placed.get(list)?.len();
            let index = self.below(count as u64) as usize;
            let placed = self.placed.get_mut(list)?;
            let id = *placed.get(index)?;
            match self.state.orders().get(&id) {
                Some(order) => return Some((id, *order)),
                None => drop(placed.swap_remove(index)),
            }
        }
    }

    fn cancel(&mut self) -> Option<Kind> {
        let asset = self.asset();
        let (order, Order { account, .. }) = self.open_order(asset)?;
        Some(Kind::CancelOrder { account, order })
    }

    fn fill(&mut self) -> Option<Kind> {
        let asset = self.asset();
        let (first, one) = self.open_order(asset)?;
        let (second, other) = (0..8).find_map(|_| self.open_order(one.buys).filter(|(_, o)| o.buys == one.sells))?;
        // Half of the fills take what is left of the one side.
        let most = one.remaining;
        let first_gives = if self.below(2) == 0 { most } else { self.some(most) };
        let wanted = |order: &Order, given: u64| {
            let wanted = u128::from(given) * u128::from(order.at_least);
            u64::try_from(wanted.div_ceil(u128::from(order.amount))).unwrap_or(u64::MAX).max(1)
        };
        let least = wanted(&one, first_gives);
        let most = other.remaining;
        let second_gives = if other.at_least == 0 && least < most { least + self.below(most - least) } else { least };
        Some(Kind::Fill { first, first_gives, second, second_gives })
    }

    fn borrower(&mut self, asset: u16) -> Option<u32> {
        let borrowers = std::mem::take(self.borrowers.get_mut(usize::from(asset) - 1)?);
        let borrower = self.one(&borrowers);
        *self.borrowers.get_mut(usize::from(asset) - 1)? = borrowers;
        borrower
    }

    fn lender(&mut self, asset: u16) -> Option<u32> {
        let lenders = std::mem::take(self.lenders.get_mut(usize::from(asset) - 1)?);
        let lender = self.one(&lenders);
        *self.lenders.get_mut(usize::from(asset) - 1)? = lenders;
        lender
    }

    fn liquidate(&mut self) -> Option<Kind> {
        let asset = self.asset();
        let borrower = self.borrower(asset)?;
        let owed = self.state.balance(borrower, asset).borrowed;
        let (order, counter) = self.open_order(asset)?;
        let paid = self.some(owed.min(counter.remaining));
        let wanted = u128::from(paid) * u128::from(counter.at_least);
        let sold = u64::try_from(wanted.div_ceil(u128::from(counter.amount))).unwrap_or(u64::MAX).max(1);
        Some(Kind::Liquidate { borrower, order, sold, paid })
    }

    fn redeem(&mut self) -> Option<Kind> {
        let asset = self.asset();
        let account = self.lender(asset)?;
        let most = self.state.balance(account, asset).lent_unborrowed;
        (most > 0).then(|| Kind::Redeem(Movement { account, asset, amount: self.some(most) }))
    }

    fn borrow(&mut self) -> Option<Kind> {
        let asset = self.asset();
        let lender = self.lender(asset)?;
        let most = self.state.balance(lender, asset).lent_unborrowed;
        let account = self.customer();
        (most > 0).then(|| Kind::Borrow(Movement { account, asset, amount: self.some(most) }))
    }

    fn repay(&mut self) -> Option<Kind> {
        let asset = self.asset();
        let account = self.borrower(asset)?;
        let balance = self.state.balance(account, asset);
        let most = balance.borrowed.min(balance.available);
        (most > 0).then(|| Kind::Repay(Movement { account, asset, amount: self.some(most) }))
    }

    fn accrue(&mut self) -> Option<Kind> {
        let asset = self.asset();
        let (borrower, lender) = (self.borrower(asset)?, self.lender(asset)?);
        let owed = self.state.balance(borrower, asset).borrowed;
        Some(Kind::AccrueInterest { borrower, lender, asset, amount: 1 + owed / 10_000 })
    }

    fn settle(&mut self) -> Option<Kind> {
        let asset = self.state.assets().len() as u16;
        let (loser, winner) = (self.customer(), self.customer());
        let most = self.state.balance(loser, asset).available;
        if most == 0 || loser == winner {
            return None;
        }
        let amount = i128::from(self.some(most.div_ceil(4)));
        let mut entries = vec![(loser, -amount), (winner, amount)];
        entries.sort_unstable();
        Some(Kind::Settle { asset, settlement: Settlement::new(entries).ok()? })
    }
}
