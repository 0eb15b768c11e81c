//! What holds after every transaction, whatever the rules of its kind say.
//!
//! The rules of [`super`] already keep these. They are checked again, from the balances alone, so
//! that a mistake in a rule stops the ledger instead of making money:
//!
//! 1. no part of a balance is negative (they are unsigned, and every subtraction is checked);
//! 2. the coins kept for an account are below 2^64 in each asset, as a leaf can hold no more;
//! 3. deposited + minted - withdrawn - burned = coins kept for all accounts, in each asset;
//! 4. what lenders are owed = what borrowers owe, in each asset;
//! 5. what open orders have left to sell = what is locked in orders, for each account and asset
//!    (full check only).

use std::collections::{BTreeMap, BTreeSet};

use super::{Part, State, Totals, Touched};

/// The way in which an invariant would be broken. Amounts are committed units.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Broken {
    #[error("account {account}, asset {asset}: expected less than 2^64 kept for it, found {found}")]
    PhysicalTooLarge { account: u32, asset: u16, found: u128 },
    #[error("asset {asset}: {found} kept for accounts, expected {} from deposits and withdrawals", said(expected))]
    NotConserved { asset: u16, expected: Option<u128>, found: u128 },
    #[error("asset {asset}: lenders are owed {lent}, borrowers owe {borrowed}")]
    LendingUnequal { asset: u16, lent: u128, borrowed: u128 },
    #[error(
        "account {account}, asset {asset}: its orders have {expected} left to sell, but {found} is locked for them"
    )]
    OrdersUnequal { account: u32, asset: u16, expected: u128, found: u64 },
    #[error("asset {asset}: {what} adds up to {expected}, kept as {found}")]
    TotalWrong { asset: u16, what: &'static str, expected: u128, found: u128 },
    #[error("asset {asset}: the index of lenders does not match the balances")]
    LendersWrong { asset: u16 },
    #[error("account {account}, asset {asset}: expected a change of {expected} {}, found one of {found}", part.name())]
    BeforeWrong { account: u32, asset: u16, part: Part, expected: u64, found: u64 },
    #[error("account {account}, asset {asset}: one transaction changes this balance twice")]
    TouchedTwice { account: u32, asset: u16 },
}

fn said(amount: &Option<u128>) -> String {
    amount.map_or("a negative amount".into(), |amount| amount.to_string())
}

fn check_totals(asset: u16, totals: &Totals) -> Result<(), Broken> {
    let expected = totals.entrusted();
    if expected != Some(totals.physical) {
        return Err(Broken::NotConserved { asset, expected, found: totals.physical });
    }
    if totals.lent_borrowed != totals.borrowed {
        return Err(Broken::LendingUnequal { asset, lent: totals.lent_borrowed, borrowed: totals.borrowed });
    }
    Ok(())
}

/// Checks invariants 2 to 4 on what one transaction touches, in time proportional to that, and that
/// every change is of a balance as `state` has it, each balance once. `flowed` are the totals of
/// the asset that came in or went out, already raised. Returns the totals of every asset touched.
///
/// # Errors
/// The first invariant that would not hold.
pub fn check_touched(
    state: &State,
    flowed: Option<(u16, Totals)>,
    touched: &[Touched],
) -> Result<Vec<(u16, Totals)>, Broken> {
    let mut changed: Vec<(u16, Totals)> = flowed.into_iter().collect();
    let mut seen = BTreeSet::new();
    for Touched { account, asset, before, after } in touched {
        let (account, asset) = (*account, *asset);
        if !seen.insert((account, asset)) {
            return Err(Broken::TouchedTwice { account, asset });
        }
        let kept = state.balance(account, asset);
        for part in Part::ALL {
            let (expected, found) = (kept.get(part), before.get(part));
            if expected != found {
                return Err(Broken::BeforeWrong { account, asset, part, expected, found });
            }
        }
        let found = after.physical();
        if found > u128::from(u64::MAX) {
            return Err(Broken::PhysicalTooLarge { account, asset, found });
        }
        // At most three assets are in one transaction.
        let index = changed.iter().position(|(known, _)| *known == asset).unwrap_or_else(|| {
            let kept = state.totals().get(usize::from(asset).saturating_sub(1)).copied().unwrap_or_default();
            changed.push((asset, kept));
            changed.len() - 1
        });
        if let Some((_, sums)) = changed.get_mut(index) {
            for (what, sum, before, after) in [
                ("kept", &mut sums.physical, before.physical(), found),
                ("lent", &mut sums.lent_borrowed, before.lent_borrowed.into(), after.lent_borrowed.into()),
                ("borrowed", &mut sums.borrowed, before.borrowed.into(), after.borrowed.into()),
            ] {
                let rest =
                    sum.checked_sub(before).ok_or(Broken::TotalWrong { asset, what, expected: before, found: *sum })?;
                // Below 2^32 accounts with less than 2^65 each: no overflow.
                *sum = rest.saturating_add(after);
            }
        }
    }
    changed.iter().try_for_each(|(asset, totals)| check_totals(*asset, totals))?;
    Ok(changed)
}

/// Checks every invariant on the whole state, in time proportional to it.
///
/// # Errors
/// The first invariant that does not hold, in order of asset, then account.
pub fn check_state(state: &State) -> Result<(), Broken> {
    let mut sums = vec![Totals::default(); state.assets().len()];
    let mut locked: BTreeMap<(u32, u16), u128> = BTreeMap::new();
    for order in state.orders().values() {
        *locked.entry((order.account, order.sells)).or_default() += u128::from(order.remaining);
    }
    for (account, holder) in (0u32..).zip(state.accounts()) {
        for (asset, balance) in holder.balances() {
            let (asset, found) = (*asset, balance.physical());
            if found > u128::from(u64::MAX) {
                return Err(Broken::PhysicalTooLarge { account, asset, found });
            }
            let expected = locked.remove(&(account, asset)).unwrap_or(0);
            if expected != u128::from(balance.in_orders) {
                return Err(Broken::OrdersUnequal { account, asset, expected, found: balance.in_orders });
            }
            if let Some(sum) = sums.get_mut(usize::from(asset).saturating_sub(1)) {
                sum.physical += found;
                sum.lent_borrowed += u128::from(balance.lent_borrowed);
                sum.borrowed += u128::from(balance.borrowed);
            }
        }
    }
    if let Some(((account, asset), expected)) = locked.into_iter().next() {
        return Err(Broken::OrdersUnequal { account, asset, expected, found: 0 });
    }
    for (asset, (kept, sum)) in (1u16..).zip(state.totals().iter().zip(&sums)) {
        for (what, expected, found) in [
            ("kept", sum.physical, kept.physical),
            ("lent", sum.lent_borrowed, kept.lent_borrowed),
            ("borrowed", sum.borrowed, kept.borrowed),
        ] {
            if expected != found {
                return Err(Broken::TotalWrong { asset, what, expected, found });
            }
        }
        check_totals(asset, kept)?;
        if !state.lenders_agree(asset) {
            return Err(Broken::LendersWrong { asset });
        }
    }
    Ok(())
}
