use anchor_lang::prelude::*;
use ballast_core::{Refusal, exchange::exchange_id, seeds};

use super::unix_time;
use crate::{
    errors::{ensure, refuse},
    events::{ExchangeRegistered, announce},
    state::{Exchange, Registration},
};

#[derive(AnchorSerialize, AnchorDeserialize)]
pub struct RegisterExchangeArgs {
    /// 1 to 32 bytes of printable ASCII.
    pub name: String,
    /// The exchange's first authority on EVM chains.
    pub evm_authority: [u8; 20],
    /// Seconds between two epochs, a promise that readers hold the exchange to.
    pub cadence: u64,
}

impl RegisterExchangeArgs {
    fn id(&self, authority: &Pubkey) -> Result<[u8; 32]> {
        exchange_id(&authority.to_bytes(), &self.evm_authority, &self.name).map_err(refuse)
    }
}

#[event_cpi]
#[derive(Accounts)]
#[instruction(args: RegisterExchangeArgs)]
pub struct RegisterExchange<'info> {
    /// The exchange's first authority: part of its id, so nobody else can take it.
    #[account(mut)]
    pub authority: Signer<'info>,
    #[account(
        init_if_needed,
        dup,
        payer = authority,
        space = Exchange::DISCRIMINATOR.len() + Exchange::INIT_SPACE,
        seeds = [seeds::EXCHANGE, &args.id(authority.key)?],
        bump,
    )]
    pub exchange: Box<Account<'info, Exchange>>,
    pub system_program: Program<'info, System>,
}

impl RegisterExchange<'_> {
    fn validate(&self, args: &RegisterExchangeArgs) -> Result<()> {
        self.exchange.check_unregistered()?;
        ensure(args.cadence > 0, Refusal::CadenceInvalid)
    }

    #[access_control(ctx.accounts.validate(&args))]
    pub fn handler(ctx: Context<Self>, args: RegisterExchangeArgs) -> Result<()> {
        let authority = ctx.accounts.authority.key();
        let id = args.id(&authority)?;
        ctx.accounts.exchange.register(Registration {
            bump: ctx.bumps.exchange,
            id,
            authority,
            evm_authority: args.evm_authority,
            name: args.name.clone(),
            cadence: args.cadence,
            now: unix_time()?,
        })?;
        announce(
            &ExchangeRegistered {
                exchange: id,
                authority,
                evm_authority: args.evm_authority,
                name: args.name,
                cadence: args.cadence,
            },
            &ctx.accounts.event_authority,
        )?;
        Ok(())
    }
}
