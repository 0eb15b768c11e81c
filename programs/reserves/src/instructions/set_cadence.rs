use anchor_lang::prelude::*;
use ballast_core::Refusal;

use super::AdministerExchange;
use crate::{
    errors::ensure,
    events::{CadenceSet, announce},
};

/// `cadence`: seconds between two epochs from the next epoch on, a promise that readers hold the
/// exchange to.
#[access_control(validate(ctx.accounts, cadence))]
pub fn handler(ctx: Context<AdministerExchange>, cadence: u64) -> Result<()> {
    let exchange = &mut ctx.accounts.exchange;
    exchange.set_cadence(cadence)?;
    let event = CadenceSet { exchange: exchange.id, cadence, from_epoch: exchange.next_epoch };
    announce(&event, &ctx.accounts.event_authority)?;
    Ok(())
}

fn validate(accounts: &AdministerExchange, cadence: u64) -> Result<()> {
    accounts.validate()?;
    ensure(cadence > 0, Refusal::CadenceInvalid)
}
