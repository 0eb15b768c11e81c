use anchor_lang::prelude::*;
use ballast_core::seeds;

use crate::{
    events::{CircuitRetirement, announce},
    state::{Circuit, Governance},
};

#[event_cpi]
#[derive(Accounts)]
pub struct RetireCircuit<'info> {
    pub authority: Signer<'info>,
    #[account(seeds = [seeds::GOVERNANCE], bump = governance.bump)]
    pub governance: Account<'info, Governance>,
    #[account(mut, dup, seeds = [seeds::CIRCUIT, &circuit.id], bump = circuit.bump)]
    pub circuit: Box<Account<'info, Circuit>>,
}

impl RetireCircuit<'_> {
    fn validate(&self) -> Result<()> {
        self.governance.check_authority(self.authority.key)?;
        self.circuit.check_not_retired()
    }

    #[access_control(ctx.accounts.validate())]
    pub fn handler(ctx: Context<Self>) -> Result<()> {
        ctx.accounts.circuit.retire()?;
        announce(&CircuitRetirement { circuit: ctx.accounts.circuit.id }, &ctx.accounts.event_authority)?;
        Ok(())
    }
}
