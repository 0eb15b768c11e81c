//! Accounts as they come in, from either format, and what is refused about them.

use ballast_core::{
    assets::AssetList,
    leaf::{AccountId, Slot},
    solvency::amount,
    statement::LedgerPosition,
};
use std::collections::{HashMap, HashSet};

use super::{ACCOUNT_ID_MAX, Account, Borrows, Options, Reason, Snapshot};
use crate::{amount::Amount, lookalike::declared_alike};

/// An asset of the list, as an amount of it is read.
#[derive(Clone, Copy)]
pub struct Declared {
    /// From 1.
    pub number: u16,
    pub decimals: u8,
}

/// Accounts collected so far. An account is begun, given its amounts and ended.
pub struct Collector {
    assets: AssetList,
    by_symbol: HashMap<String, Declared>,
    borrows: Borrows,
    limit: usize,
    /// Every account of the file, also those beyond the limit. By the element that a leaf holds, so
    /// that two ids can never be one leaf's.
    seen: HashSet<AccountId>,
    accounts: Vec<Account>,
    totals: Vec<u128>,
    gross_borrows: Vec<u128>,
    current: Option<Current>,
}

/// The account being read: what is owed by asset, none where the file has no amount yet.
struct Current {
    id: String,
    owed: Vec<Option<u64>>,
    kept: bool,
}

impl Collector {
    pub fn new(assets: AssetList, options: &Options) -> Result<Self, Reason> {
        if options.limit == Some(0) {
            return Err(Reason::LimitZero);
        }
        let declared = assets.as_slice().iter().zip(1..);
        let by_symbol =
            declared.map(|(asset, number)| (asset.symbol(), Declared { number, decimals: asset.decimals })).collect();
        Ok(Self {
            by_symbol,
            borrows: options.borrows,
            limit: options.limit.unwrap_or(usize::MAX),
            seen: HashSet::new(),
            accounts: Vec::new(),
            totals: vec![0; assets.len()],
            gross_borrows: vec![0; assets.len()],
            current: None,
            assets,
        })
    }

    pub fn asset(&self, symbol: &str) -> Result<Declared, Reason> {
        self.by_symbol.get(symbol).copied().ok_or_else(|| match declared_alike(symbol, &self.assets) {
            Some(declared) => Reason::AssetLookalike { declared },
            None => Reason::AssetUndeclared,
        })
    }

    /// The account begun and not ended.
    pub fn current(&self) -> Option<&str> {
        self.current.as_ref().map(|current| current.id.as_str())
    }

    /// Ends the account before, if any, and begins another.
    pub fn begin(&mut self, id: &str) -> Result<(), Reason> {
        self.end();
        if !(1..=ACCOUNT_ID_MAX).contains(&id.len()) || !is_printable(id) {
            return Err(Reason::AccountIdInvalid { found: id.len() });
        }
        if !self.seen.insert(AccountId::from_public_id(id)) {
            return Err(Reason::AccountRepeated);
        }
        let kept = self.accounts.len() < self.limit;
        self.current = Some(Current { id: id.to_owned(), owed: vec![None; self.assets.len()], kept });
        Ok(())
    }

    /// The amounts of one asset that the file has for the current account, all of them at once.
    /// Each counts by itself: a borrow lowers neither another amount of the account nor anyone
    /// else's.
    pub fn add(&mut self, asset: Declared, amounts: &[Amount]) -> Result<(), Reason> {
        let index = usize::from(asset.number) - 1;
        let current = self.current.as_mut().ok_or(Reason::NoAccount)?;
        let owed = &mut current.owed[index];
        if owed.is_some() {
            return Err(Reason::AssetRepeated);
        }
        let mut sum = 0u64;
        for amount in amounts {
            if amount.negative {
                match self.borrows {
                    Borrows::Gross if current.kept => self.gross_borrows[index] += amount.units,
                    Borrows::Refuse if current.kept => return Err(Reason::Borrow),
                    _ => {}
                }
            } else {
                let units = u64::try_from(amount.units).map_err(|_| Reason::SumTooLarge)?;
                sum = sum.checked_add(units).ok_or(Reason::SumTooLarge)?;
            }
        }
        *owed = Some(sum);
        if current.kept {
            self.totals[index] += u128::from(sum);
            amount(Some(self.totals[index]), asset.number).map_err(|_| Reason::TotalTooLarge)?;
        }
        Ok(())
    }

    /// Ends the current account.
    pub fn end(&mut self) {
        let Some(current) = self.current.take().filter(|current| current.kept) else { return };
        let numbered = current.owed.iter().zip(1..);
        let mut balances: Vec<Slot> = numbered
            .filter_map(|(owed, asset)| {
                let balance = owed.filter(|balance| *balance > 0)?;
                Some(Slot { asset, balance })
            })
            .collect();
        balances.shrink_to_fit();
        self.accounts.push(Account { id: current.id, balances });
    }

    /// The snapshot of everything collected.
    pub fn finish(mut self, as_of: u64, ledger: LedgerPosition) -> Result<Snapshot, Reason> {
        self.end();
        if self.accounts.is_empty() {
            return Err(Reason::NoAccount);
        }
        Ok(Snapshot {
            as_of,
            ledger,
            assets: self.assets,
            left_out: self.seen.len() - self.accounts.len(),
            accounts: self.accounts,
            totals: self.totals,
            gross_borrows: self.gross_borrows,
        })
    }
}

/// Whether an id looks the same to whoever compares it by eye: no control, formatting or private
/// character, no blank but the space, and that not at either end.
fn is_printable(id: &str) -> bool {
    // What the standard library would escape is not printable, but for the characters that a
    // literal must escape.
    let literal: String = id.chars().filter(|character| !['"', '\'', '\\'].contains(character)).collect();
    literal.escape_debug().eq(literal.chars()) && id.trim() == id
}

#[cfg(test)]
mod tests {
    use super::*;
    use ballast_core::assets::Asset;

    #[test]
    fn printable_ids() {
        for id in ["alice", "a b", "O'Neill \"the\" \\ 1", "Zoë", "用户1", "व्यापारी", "a@b.example"]
        {
            assert!(is_printable(id), "{id:?}");
        }
        for id in [" a", "a ", "a\n", "a\tb", "a\0b", "a\u{7f}", "a\u{200b}b", "a\u{202e}b", "a\u{feff}", "a\u{a0}b"] {
            assert!(!is_printable(id), "{id:?}");
        }
    }

    #[test]
    fn a_total_of_112_bits_is_refused() {
        let assets = AssetList::new(vec![Asset::new("BTC", 8).unwrap()]).unwrap();
        let mut collector = Collector::new(assets, &Options::default()).unwrap();
        let btc = collector.asset("BTC").unwrap();
        // No file is long enough: 2^48 accounts at the maximum.
        collector.totals[0] = (1 << 112) - 10;
        collector.begin("a").unwrap();
        assert!(collector.add(btc, &[Amount { negative: false, units: 9 }]).is_ok());
        collector.begin("b").unwrap();
        let refused = collector.add(btc, &[Amount { negative: false, units: 1 }]);
        assert!(matches!(refused, Err(Reason::TotalTooLarge)));
    }
}
