use anchor_lang::prelude::*;
use ballast_core::Refusal;

use crate::errors::{ensure, keep};

/// An address that agreed to be one exchange's, for ever.
#[account]
#[derive(InitSpace)]
pub struct Wallet {
    pub version: u8,
    pub bump: u8,
    /// Id of the exchange.
    pub exchange: [u8; 32],
    /// Holds lamports itself and owns token accounts.
    pub address: Pubkey,
    /// Unix seconds.
    pub registered_at: u64,
    /// Counts no more, and never again: the same coins could count for two exchanges.
    pub retired: bool,
}

impl Wallet {
    pub const VERSION: u8 = 1;

    /// The wallet recorded in `account`, if it is one that counts for `exchange`. This program
    /// makes records nowhere but at their own addresses.
    pub fn load(account: &AccountInfo, exchange: &[u8; 32]) -> Option<Self> {
        let data = account.try_borrow_data().ok().filter(|_| account.owner == &crate::ID)?;
        let wallet = Self::try_deserialize(&mut &data[..]).ok()?;
        let counts = wallet.version == Self::VERSION && wallet.exchange == *exchange && !wallet.retired;
        counts.then_some(wallet)
    }

    pub fn check_unregistered(&self) -> Result<()> {
        ensure(self.version == 0, Refusal::WalletAlreadyRegistered)
    }

    /// Refuses a wallet that is another exchange's or retired.
    pub fn check_counts_for(&self, exchange: &[u8; 32]) -> Result<()> {
        ensure(self.exchange == *exchange && !self.retired, Refusal::WalletUnknown { index: 0 })
    }

    pub fn retire(&mut self) -> Result<()> {
        self.retired = true;
        self.invariant()
    }

    pub fn invariant(&self) -> Result<()> {
        keep("Wallet", &[self.version == Self::VERSION])
    }
}
