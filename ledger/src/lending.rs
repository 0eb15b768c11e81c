//! What is lent, borrowed and gone, which a total of the coins kept does not show.
//!
//! A lender is owed coins that a borrower took. As long as the borrower keeps them in their
//! account, they count among the coins kept. Once the borrower withdraws or sells them, what is
//! owed to the lender rests on whatever else the borrower has. The report says how much has left,
//! and what the borrowers from whom it is missing have in other assets beyond what they owe there.
//! It names no account.

use serde::Serialize;

use crate::{
    amount,
    reserves::{BackingLine, LendingLine},
    state::State,
};

/// The report of all assets, at one position of the ledger.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct LendingReport {
    pub ledger_sequence: u64,
    #[serde(with = "ballast_core::hexadecimal")]
    pub ledger_head: [u8; 32],
    /// The assets by number.
    pub assets: Vec<AssetLending>,
}

/// The lending of one asset. Units are committed units, as decimal strings.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct AssetLending {
    pub symbol: String,
    pub decimals: u8,
    /// What borrowers owe, which is what lenders are owed.
    pub lent_and_borrowed: String,
    pub lent_and_borrowed_units: String,
    /// The part of it that is no longer in the accounts that borrowed it: what borrowers owe beyond
    /// what they keep, summed.
    pub left: String,
    pub left_units: String,
    /// The number of borrowers who owe more than they keep.
    pub short_borrowers: u64,
    /// What those borrowers keep in other assets beyond what they owe in these, by asset number,
    /// without zeros. A borrower short in two assets is in the backing of both: backings of
    /// different assets must not be added.
    pub backing: Vec<Backing>,
}

/// Coins of one asset that stand behind a debt in another.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Backing {
    pub symbol: String,
    pub amount: String,
    pub amount_units: String,
}

impl LendingReport {
    /// The report of a state.
    pub fn new(state: &State) -> Self {
        let assets = state.assets().as_slice();
        let position = state.position();
        let of_asset = (1u16..).zip(assets).zip(state.totals()).map(|((number, asset), totals)| {
            let mut left = 0u128;
            let mut short_borrowers = 0;
            let mut kept = vec![0u128; assets.len()];
            for account in state.accounts() {
                let own = account.balance(number);
                let missing = u128::from(own.borrowed).saturating_sub(own.physical());
                if missing == 0 {
                    continue;
                }
                left += missing;
                short_borrowers += 1;
                for (other, balance) in account.balances().iter().filter(|(other, _)| *other != number) {
                    if let Some(sum) = kept.get_mut(usize::from(*other).saturating_sub(1)) {
                        // Coins borrowed in that asset are its lenders'.
                        *sum += balance.physical().saturating_sub(u128::from(balance.borrowed));
                    }
                }
            }
            let backing = assets.iter().zip(kept).filter(|(_, units)| *units > 0).map(|(asset, units)| Backing {
                symbol: asset.symbol(),
                amount: amount::format(units, asset.decimals),
                amount_units: units.to_string(),
            });
            AssetLending {
                symbol: asset.symbol(),
                decimals: asset.decimals,
                lent_and_borrowed: amount::format(totals.borrowed, asset.decimals),
                lent_and_borrowed_units: totals.borrowed.to_string(),
                left: amount::format(left, asset.decimals),
                left_units: left.to_string(),
                short_borrowers,
                backing: backing.collect(),
            }
        });
        Self { ledger_sequence: position.sequence, ledger_head: position.head, assets: of_asset.collect() }
    }
    /// The lines of the published report of reserves: the assets of which something is lent and
    /// borrowed.
    pub fn lines(&self) -> Vec<LendingLine> {
        let lent = self.assets.iter().filter(|asset| asset.lent_and_borrowed_units != "0");
        lent.map(AssetLending::line).collect()
    }
}

impl AssetLending {
    fn line(&self) -> LendingLine {
        let backing =
            |backing: &Backing| BackingLine { symbol: backing.symbol.clone(), amount: backing.amount.clone() };
        LendingLine {
            symbol: self.symbol.clone(),
            lent_and_borrowed: self.lent_and_borrowed.clone(),
            left: self.left.clone(),
            backing: self.backing.iter().map(backing).collect(),
        }
    }
}
