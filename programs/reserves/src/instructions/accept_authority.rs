use anchor_lang::prelude::*;
use ballast_core::seeds;

use crate::{
    events::{AuthorityChanged, announce},
    state::Exchange,
};

#[event_cpi]
#[derive(Accounts)]
pub struct AcceptAuthority<'info> {
    pub pending_authority: Signer<'info>,
    #[account(mut, dup, seeds = [seeds::EXCHANGE, &exchange.id], bump = exchange.bump)]
    pub exchange: Box<Account<'info, Exchange>>,
}

impl AcceptAuthority<'_> {
    fn validate(&self) -> Result<()> {
        self.exchange.check_pending_authority(self.pending_authority.key)
    }

    #[access_control(ctx.accounts.validate())]
    pub fn handler(ctx: Context<Self>) -> Result<()> {
        let previous = ctx.accounts.exchange.accept_authority()?;
        let authority = ctx.accounts.pending_authority.key();
        announce(
            &AuthorityChanged { exchange: ctx.accounts.exchange.id, previous, authority },
            &ctx.accounts.event_authority,
        )?;
        Ok(())
    }
}
