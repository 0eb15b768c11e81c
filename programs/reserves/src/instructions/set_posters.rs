use anchor_lang::prelude::*;

use super::AdministerExchange;
use crate::events::{PostersSet, announce};

/// `posters`: who may post from now on; at most 8, distinct and not zero.
#[access_control(ctx.accounts.validate())]
pub fn handler(ctx: Context<AdministerExchange>, posters: Vec<Pubkey>) -> Result<()> {
    ctx.accounts.exchange.set_posters(posters.clone())?;
    announce(&PostersSet { exchange: ctx.accounts.exchange.id, posters }, &ctx.accounts.event_authority)?;
    Ok(())
}
