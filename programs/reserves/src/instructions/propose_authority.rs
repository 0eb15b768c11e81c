use anchor_lang::prelude::*;

use super::AdministerExchange;
use crate::events::{AuthorityProposed, announce};

/// `proposed`: the next authority once it accepts; none withdraws the proposal.
#[access_control(ctx.accounts.validate())]
pub fn handler(ctx: Context<AdministerExchange>, proposed: Option<Pubkey>) -> Result<()> {
    ctx.accounts.exchange.propose_authority(proposed)?;
    let authority = ctx.accounts.authority.key();
    announce(
        &AuthorityProposed { exchange: ctx.accounts.exchange.id, authority, proposed },
        &ctx.accounts.event_authority,
    )?;
    Ok(())
}
