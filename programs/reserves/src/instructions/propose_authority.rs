use anchor_lang::prelude::*;
use ballast_core::seeds;

use crate::{events::AuthorityProposed, state::Exchange};

#[event_cpi]
#[derive(Accounts)]
pub struct ProposeAuthority<'info> {
    pub authority: Signer<'info>,
    #[account(mut, seeds = [seeds::EXCHANGE, &exchange.id], bump = exchange.bump)]
    pub exchange: Box<Account<'info, Exchange>>,
}

impl ProposeAuthority<'_> {
    fn validate(&self) -> Result<()> {
        self.exchange.check_authority(self.authority.key)
    }

    /// `proposed`: the next authority once it accepts; none withdraws the proposal.
    #[access_control(ctx.accounts.validate())]
    pub fn handler(ctx: Context<Self>, proposed: Option<Pubkey>) -> Result<()> {
        ctx.accounts.exchange.propose_authority(proposed)?;
        let authority = ctx.accounts.authority.key();
        emit_cpi!(AuthorityProposed { exchange: ctx.accounts.exchange.id, authority, proposed });
        Ok(())
    }
}
