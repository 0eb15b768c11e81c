//! Balances of an account and sums over all of them.

use super::Cause;

/// What one account has and owes in one asset, in committed units.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Balance {
    pub available: u64,
    /// What open orders lock.
    pub in_orders: u64,
    /// What is lent and not borrowed, and can be taken back at any time.
    pub lent_unborrowed: u64,
    /// What is lent and borrowed: a claim on a borrower instead of coins.
    pub lent_borrowed: u64,
    /// What the account owes. It is never netted from what the account has.
    pub borrowed: u64,
}

/// One of the five parts of a [`Balance`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Part {
    Available,
    InOrders,
    LentUnborrowed,
    LentBorrowed,
    Borrowed,
}

impl Part {
    pub const ALL: [Self; 5] =
        [Self::Available, Self::InOrders, Self::LentUnborrowed, Self::LentBorrowed, Self::Borrowed];

    /// The name of the part in messages.
    pub fn name(self) -> &'static str {
        match self {
            Self::Available => "available",
            Self::InOrders => "in orders",
            Self::LentUnborrowed => "lent unborrowed",
            Self::LentBorrowed => "lent borrowed",
            Self::Borrowed => "borrowed",
        }
    }
}

impl Balance {
    /// The coins that the exchange keeps for the account, which are below 2^64 in every state.
    pub fn physical(&self) -> u128 {
        u128::from(self.available) + u128::from(self.in_orders) + u128::from(self.lent_unborrowed)
    }

    pub fn is_zero(&self) -> bool {
        *self == Self::default()
    }

    pub fn get(&self, part: Part) -> u64 {
        match part {
            Part::Available => self.available,
            Part::InOrders => self.in_orders,
            Part::LentUnborrowed => self.lent_unborrowed,
            Part::LentBorrowed => self.lent_borrowed,
            Part::Borrowed => self.borrowed,
        }
    }

    pub(super) fn part_mut(&mut self, part: Part) -> &mut u64 {
        match part {
            Part::Available => &mut self.available,
            Part::InOrders => &mut self.in_orders,
            Part::LentUnborrowed => &mut self.lent_unborrowed,
            Part::LentBorrowed => &mut self.lent_borrowed,
            Part::Borrowed => &mut self.borrowed,
        }
    }
}

/// One asset summed over all accounts and all transactions, in committed units.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Totals {
    pub deposited: u128,
    pub withdrawn: u128,
    pub minted: u128,
    pub burned: u128,
    /// The coins kept for all accounts.
    pub physical: u128,
    /// What all lenders are owed.
    pub lent_borrowed: u128,
    /// What all borrowers owe.
    pub borrowed: u128,
}

impl Totals {
    /// What came in and did not go out. None when more went out than came in.
    pub fn entrusted(&self) -> Option<u128> {
        let entered = self.deposited.checked_add(self.minted)?;
        entered.checked_sub(self.withdrawn.checked_add(self.burned)?)
    }
}

/// What crossed the border of the exchange.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Flow {
    Deposited,
    Withdrawn,
    Minted,
    Burned,
}

impl Flow {
    pub(super) fn add_to(self, totals: &mut Totals, asset: u16, amount: u64) -> Result<(), Cause> {
        let sum = match self {
            Self::Deposited => &mut totals.deposited,
            Self::Withdrawn => &mut totals.withdrawn,
            Self::Minted => &mut totals.minted,
            Self::Burned => &mut totals.burned,
        };
        *sum = sum.checked_add(u128::from(amount)).ok_or(Cause::TotalTooLarge { asset })?;
        Ok(())
    }
}
