use anchor_lang::prelude::*;

use super::AdministerExchange;
use crate::{
    events::{AssetsAppended, announce},
    state::Asset,
};

#[derive(AnchorSerialize, AnchorDeserialize)]
pub struct AppendAssetsArgs {
    /// How many assets the list has, so that nothing is added twice. A long list is made in pieces.
    pub start: u16,
    /// The entries behind them.
    pub assets: Vec<Asset>,
}

#[access_control(validate(ctx.accounts))]
pub fn handler(ctx: Context<AdministerExchange>, args: AppendAssetsArgs) -> Result<()> {
    let exchange = &mut ctx.accounts.exchange;
    exchange.append_assets(args.start, &args.assets)?;
    let event = AssetsAppended {
        exchange: exchange.id,
        asset_list_digest: exchange.asset_list_digest,
        count: exchange.assets.len() as u16,
        start: args.start,
        assets: args.assets,
    };
    announce(&event, &ctx.accounts.event_authority)?;
    Ok(())
}

fn validate(accounts: &AdministerExchange) -> Result<()> {
    accounts.validate()?;
    accounts.exchange.check_list_growable()
}
