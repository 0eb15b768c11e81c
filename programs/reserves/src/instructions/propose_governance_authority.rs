use anchor_lang::prelude::*;
use ballast_core::seeds;

use crate::{
    events::{GovernanceAuthorityProposed, announce},
    state::Governance,
};

#[event_cpi]
#[derive(Accounts)]
pub struct ProposeGovernanceAuthority<'info> {
    pub authority: Signer<'info>,
    #[account(mut, dup, seeds = [seeds::GOVERNANCE], bump = governance.bump)]
    pub governance: Account<'info, Governance>,
}

impl ProposeGovernanceAuthority<'_> {
    fn validate(&self) -> Result<()> {
        self.governance.check_authority(self.authority.key)
    }

    /// `proposed`: the next authority once it accepts; none withdraws the proposal.
    #[access_control(ctx.accounts.validate())]
    pub fn handler(ctx: Context<Self>, proposed: Option<Pubkey>) -> Result<()> {
        ctx.accounts.governance.propose_authority(proposed)?;
        announce(
            &GovernanceAuthorityProposed { authority: ctx.accounts.authority.key(), proposed },
            &ctx.accounts.event_authority,
        )?;
        Ok(())
    }
}
