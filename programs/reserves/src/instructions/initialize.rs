use anchor_lang::{prelude::*, solana_program::bpf_loader_upgradeable};
use ballast_core::{Refusal, rules::check_delay, seeds};

use crate::{
    errors::{ensure, refuse},
    events::{GovernanceInitialized, announce},
    state::{Governance, upgrade_authority},
};

#[derive(AnchorSerialize, AnchorDeserialize)]
pub struct InitializeArgs {
    /// Decides which circuits count.
    pub authority: Pubkey,
    /// Seconds from registering a circuit until it counts: a day or more, unless development setups
    /// are allowed.
    pub circuit_delay: u64,
    /// Whether circuits with an INSECURE development setup may be registered. False where figures
    /// mean anything; it can never be changed.
    pub allow_development: bool,
}

#[event_cpi]
#[derive(Accounts)]
pub struct Initialize<'info> {
    /// The program's upgrade authority: nobody else may decide who governs.
    #[account(mut)]
    pub upgrade_authority: Signer<'info>,
    #[account(
        seeds = [crate::ID.as_ref()],
        bump,
        seeds::program = bpf_loader_upgradeable::ID,
    )]
    /// CHECK: at the address of this program's data, which the loader alone writes.
    pub program_data: UncheckedAccount<'info>,
    #[account(
        init,
        payer = upgrade_authority,
        space = Governance::DISCRIMINATOR.len() + Governance::INIT_SPACE,
        seeds = [seeds::GOVERNANCE],
        bump,
    )]
    pub governance: Account<'info, Governance>,
    pub system_program: Program<'info, System>,
}

impl Initialize<'_> {
    fn validate(&self, args: &InitializeArgs) -> Result<()> {
        let found = Some(self.upgrade_authority.key());
        ensure(upgrade_authority(&self.program_data)? == found, Refusal::NotUpgradeAuthority)?;
        check_delay(args.circuit_delay, args.allow_development).map_err(refuse)
    }

    #[access_control(ctx.accounts.validate(&args))]
    pub fn handler(ctx: Context<Self>, args: InitializeArgs) -> Result<()> {
        let governance = &mut ctx.accounts.governance;
        governance.set_inner(Governance {
            version: Governance::VERSION,
            bump: ctx.bumps.governance,
            authority: args.authority,
            pending_authority: None,
            circuit_delay: args.circuit_delay,
            allow_development: args.allow_development,
        });
        governance.invariant()?;
        announce(
            &GovernanceInitialized {
                authority: args.authority,
                circuit_delay: args.circuit_delay,
                allow_development: args.allow_development,
            },
            &ctx.accounts.event_authority,
        )?;
        Ok(())
    }
}
