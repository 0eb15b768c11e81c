use anchor_lang::prelude::*;
use ballast_core::seeds;

use crate::{
    events::{WalletRetired, announce},
    state::{Exchange, Wallet},
};

#[event_cpi]
#[derive(Accounts)]
pub struct RetireWallet<'info> {
    /// The exchange's authority, or the wallet.
    pub signer: Signer<'info>,
    #[account(seeds = [seeds::EXCHANGE, &exchange.id], bump = exchange.bump)]
    pub exchange: Box<Account<'info, Exchange>>,
    #[account(mut, dup, seeds = [seeds::WALLET, record.address.as_ref()], bump = record.bump)]
    pub record: Account<'info, Wallet>,
}

impl RetireWallet<'_> {
    fn validate(&self) -> Result<()> {
        self.record.check_counts_for(&self.exchange.id)?;
        if self.signer.key() == self.record.address {
            return Ok(());
        }
        self.exchange.check_authority(self.signer.key)
    }

    #[access_control(ctx.accounts.validate())]
    pub fn handler(ctx: Context<Self>) -> Result<()> {
        let record = &mut ctx.accounts.record;
        record.retire()?;
        let (exchange, wallet) = (record.exchange, record.address);
        announce(&WalletRetired { exchange, wallet }, &ctx.accounts.event_authority)?;
        Ok(())
    }
}
