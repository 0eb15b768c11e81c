use anchor_lang::prelude::*;
use ballast_core::seeds;

use super::unix_time;
use crate::{
    events::{WalletRegistered, announce},
    state::{Exchange, Wallet},
};

#[event_cpi]
#[derive(Accounts)]
pub struct RegisterWallet<'info> {
    #[account(mut)]
    pub payer: Signer<'info>,
    pub authority: Signer<'info>,
    /// Agrees by signing, with its key or, as a multisig's vault, through its program.
    pub wallet: Signer<'info>,
    #[account(seeds = [seeds::EXCHANGE, &exchange.id], bump = exchange.bump)]
    pub exchange: Box<Account<'info, Exchange>>,
    /// One for a wallet, whatever the exchange: no coin counts for two.
    #[account(
        init_if_needed,
        dup,
        payer = payer,
        space = Wallet::DISCRIMINATOR.len() + Wallet::INIT_SPACE,
        seeds = [seeds::WALLET, wallet.key.as_ref()],
        bump,
    )]
    pub record: Account<'info, Wallet>,
    pub system_program: Program<'info, System>,
}

impl RegisterWallet<'_> {
    fn validate(&self) -> Result<()> {
        self.exchange.check_authority(self.authority.key)?;
        self.record.check_unregistered()
    }

    #[access_control(ctx.accounts.validate())]
    pub fn handler(ctx: Context<Self>) -> Result<()> {
        let (exchange, wallet) = (ctx.accounts.exchange.id, ctx.accounts.wallet.key());
        let record = &mut ctx.accounts.record;
        record.set_inner(Wallet {
            version: Wallet::VERSION,
            bump: ctx.bumps.record,
            exchange,
            address: wallet,
            registered_at: unix_time()?,
            retired: false,
        });
        record.invariant()?;
        announce(&WalletRegistered { exchange, wallet }, &ctx.accounts.event_authority)?;
        Ok(())
    }
}
