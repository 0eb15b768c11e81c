//! The snapshot of a state, which an epoch commits to.

use ballast_core::leaf::Slot;

use super::State;
use crate::snapshot::{AS_OF_MAX, Account, Snapshot};

/// Why a state cannot be committed as of a time.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SnapshotRefused {
    #[error("a ledger without transactions has no position to commit to")]
    Empty,
    #[error("as of {as_of}: expected 1 to {AS_OF_MAX} Unix seconds")]
    AsOf { as_of: u64 },
    #[error("as of {as_of} (Unix seconds) is before transaction {sequence} at {time} (Unix milliseconds)")]
    BeforeTransaction { as_of: u64, sequence: u64, time: u64 },
    #[error("account {account}, asset {asset}: expected less than 2^64 kept for it, found {found}")]
    TooLarge { account: u32, asset: u16, found: u128 },
}

impl State {
    /// The snapshot of the coins kept for each account: available, in orders, lent and not
    /// borrowed. What borrowers owe to an account is left out, as the exchange keeps no coins for
    /// it; what an account borrowed and still has is counted. Borrows are reported and lower
    /// nothing. The first account is the exchange's own.
    ///
    /// # Errors
    /// A time in seconds before the last transaction's, or out of range; no transaction yet.
    pub fn snapshot(&self, as_of: u64) -> Result<Snapshot, SnapshotRefused> {
        let sequence = self.position.sequence;
        if sequence == 0 {
            return Err(SnapshotRefused::Empty);
        }
        if !(1..=AS_OF_MAX).contains(&as_of) {
            return Err(SnapshotRefused::AsOf { as_of });
        }
        if as_of * 1000 < self.time {
            return Err(SnapshotRefused::BeforeTransaction { as_of, sequence, time: self.time });
        }
        let mut accounts = Vec::with_capacity(self.accounts.len());
        for (number, account) in (0u32..).zip(&self.accounts) {
            let mut balances = Vec::new();
            for (asset, balance) in account.balances() {
                let (asset, found) = (*asset, balance.physical());
                let refused = |_| SnapshotRefused::TooLarge { account: number, asset, found };
                let balance = u64::try_from(found).map_err(refused)?;
                if balance > 0 {
                    balances.push(Slot { asset, balance });
                }
            }
            balances.shrink_to_fit();
            accounts.push(Account { id: account.id().to_owned(), balances });
        }
        Ok(Snapshot {
            as_of,
            ledger: self.position,
            assets: self.assets().clone(),
            accounts,
            totals: self.totals.iter().map(|totals| totals.physical).collect(),
            gross_borrows: self.totals.iter().map(|totals| totals.borrowed).collect(),
            left_out: 0,
        })
    }
}
