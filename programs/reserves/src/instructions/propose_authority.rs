use anchor_lang::prelude::*;

use super::AdministerExchange;
use crate::events::AuthorityProposed;

/// `proposed`: the next authority once it accepts; none withdraws the proposal.
#[access_control(ctx.accounts.validate())]
pub fn handler(ctx: Context<AdministerExchange>, proposed: Option<Pubkey>) -> Result<()> {
    ctx.accounts.exchange.propose_authority(proposed)?;
    let authority = ctx.accounts.authority.key();
    emit_cpi!(AuthorityProposed { exchange: ctx.accounts.exchange.id, authority, proposed });
    Ok(())
}
