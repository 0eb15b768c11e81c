use anchor_lang::prelude::*;
use ballast_core::seeds;

use crate::{events::PausedSet, state::Exchange};

#[event_cpi]
#[derive(Accounts)]
pub struct SetPaused<'info> {
    pub authority: Signer<'info>,
    #[account(mut, seeds = [seeds::EXCHANGE, &exchange.id], bump = exchange.bump)]
    pub exchange: Box<Account<'info, Exchange>>,
}

impl SetPaused<'_> {
    fn validate(&self) -> Result<()> {
        self.exchange.check_authority(self.authority.key)
    }

    /// `paused`: whether posts are refused from now on. Answers about finalized epochs go on.
    #[access_control(ctx.accounts.validate())]
    pub fn handler(ctx: Context<Self>, paused: bool) -> Result<()> {
        ctx.accounts.exchange.set_paused(paused)?;
        emit_cpi!(PausedSet { exchange: ctx.accounts.exchange.id, paused });
        Ok(())
    }
}
