use anchor_lang::prelude::*;
use ballast_core::seeds;

use crate::{
    events::{GovernanceAuthorityChanged, announce},
    state::Governance,
};

#[event_cpi]
#[derive(Accounts)]
pub struct AcceptGovernanceAuthority<'info> {
    pub pending_authority: Signer<'info>,
    #[account(mut, dup, seeds = [seeds::GOVERNANCE], bump = governance.bump)]
    pub governance: Account<'info, Governance>,
}

impl AcceptGovernanceAuthority<'_> {
    fn validate(&self) -> Result<()> {
        self.governance.check_pending_authority(self.pending_authority.key)
    }

    #[access_control(ctx.accounts.validate())]
    pub fn handler(ctx: Context<Self>) -> Result<()> {
        let previous = ctx.accounts.governance.accept_authority()?;
        announce(
            &GovernanceAuthorityChanged { previous, authority: ctx.accounts.pending_authority.key() },
            &ctx.accounts.event_authority,
        )?;
        Ok(())
    }
}
