use anchor_lang::prelude::*;

use crate::state::Buffer;

#[derive(Accounts)]
pub struct CloseBuffer<'info> {
    /// Gets the rent back.
    #[account(mut)]
    pub owner: Signer<'info>,
    #[account(mut, dup, close = owner)]
    pub buffer: Account<'info, Buffer>,
}

impl CloseBuffer<'_> {
    fn validate(&self) -> Result<()> {
        self.buffer.check_owner(self.owner.key)
    }

    #[access_control(ctx.accounts.validate())]
    pub fn handler(ctx: Context<Self>) -> Result<()> {
        Ok(())
    }
}
