use anchor_lang::prelude::*;

use super::AdministerExchange;
use crate::events::{AssetsCleared, announce};

#[access_control(validate(ctx.accounts))]
pub fn handler(ctx: Context<AdministerExchange>) -> Result<()> {
    let exchange = &mut ctx.accounts.exchange;
    exchange.clear_assets()?;
    let event = AssetsCleared { exchange: exchange.id, generation: exchange.generation };
    announce(&event, &ctx.accounts.event_authority)?;
    Ok(())
}

fn validate(accounts: &AdministerExchange) -> Result<()> {
    accounts.validate()?;
    accounts.exchange.check_list_clearable()
}
