use anchor_lang::prelude::*;

use super::AdministerExchange;
use crate::events::{PausedSet, announce};

/// `paused`: whether posts are refused from now on. Answers about finalized epochs go on.
#[access_control(ctx.accounts.validate())]
pub fn handler(ctx: Context<AdministerExchange>, paused: bool) -> Result<()> {
    ctx.accounts.exchange.set_paused(paused)?;
    announce(&PausedSet { exchange: ctx.accounts.exchange.id, paused }, &ctx.accounts.event_authority)?;
    Ok(())
}
