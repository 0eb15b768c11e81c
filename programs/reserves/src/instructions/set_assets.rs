use anchor_lang::prelude::*;
use ballast_core::seeds;

use crate::{
    events::AssetsSet,
    state::{Asset, Exchange},
};

#[derive(AnchorSerialize, AnchorDeserialize)]
pub struct SetAssetsArgs {
    /// Entries before this one stay: a list that is longer than a transaction is set in pieces.
    pub start: u16,
    /// The entries from `start` on.
    pub assets: Vec<Asset>,
}

#[event_cpi]
#[derive(Accounts)]
pub struct SetAssets<'info> {
    pub authority: Signer<'info>,
    #[account(mut, seeds = [seeds::EXCHANGE, &exchange.id], bump = exchange.bump)]
    pub exchange: Box<Account<'info, Exchange>>,
}

impl SetAssets<'_> {
    fn validate(&self) -> Result<()> {
        self.exchange.check_authority(self.authority.key)?;
        self.exchange.check_assets_settable()
    }

    #[access_control(ctx.accounts.validate())]
    pub fn handler(ctx: Context<Self>, args: SetAssetsArgs) -> Result<()> {
        let exchange = &mut ctx.accounts.exchange;
        exchange.set_assets(args.start, &args.assets)?;
        let event = AssetsSet {
            exchange: exchange.id,
            asset_list_digest: exchange.asset_list_digest,
            count: exchange.assets.len() as u16,
            start: args.start,
            assets: args.assets,
        };
        emit_cpi!(event);
        Ok(())
    }
}
