use anchor_lang::prelude::*;
use ballast_core::seeds;

use crate::{events::PostersSet, state::Exchange};

#[event_cpi]
#[derive(Accounts)]
pub struct SetPosters<'info> {
    pub authority: Signer<'info>,
    #[account(mut, seeds = [seeds::EXCHANGE, &exchange.id], bump = exchange.bump)]
    pub exchange: Box<Account<'info, Exchange>>,
}

impl SetPosters<'_> {
    fn validate(&self) -> Result<()> {
        self.exchange.check_authority(self.authority.key)
    }

    /// `posters`: who may post from now on; at most 8, distinct and not zero.
    #[access_control(ctx.accounts.validate())]
    pub fn handler(ctx: Context<Self>, posters: Vec<Pubkey>) -> Result<()> {
        ctx.accounts.exchange.set_posters(posters.clone())?;
        emit_cpi!(PostersSet { exchange: ctx.accounts.exchange.id, posters });
        Ok(())
    }
}
