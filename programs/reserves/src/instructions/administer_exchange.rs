use anchor_lang::prelude::*;
use ballast_core::seeds;

use crate::state::Exchange;

/// The accounts of every instruction by which an exchange's authority changes its exchange alone.
#[event_cpi]
#[derive(Accounts)]
pub struct AdministerExchange<'info> {
    pub authority: Signer<'info>,
    #[account(mut, dup, seeds = [seeds::EXCHANGE, &exchange.id], bump = exchange.bump)]
    pub exchange: Box<Account<'info, Exchange>>,
}

impl AdministerExchange<'_> {
    pub fn validate(&self) -> Result<()> {
        self.exchange.check_authority(self.authority.key)
    }
}
