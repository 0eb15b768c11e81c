//! An example of a program that asks: it lends only while an exchange is proved to hold what it
//! owes.
//!
//! It calls the registry by `idls/reserves.json`, as any program on the chain would; seeds and the
//! answer's bytes are read with `ballast-core`, which needs no chain.

#![allow(unexpected_cfgs)] // anchor-lang's macros ask for features of its own

use anchor_lang::{prelude::*, solana_program::program::get_return_data};
use ballast_core::{
    seeds,
    solvency::{Solvency, Standing},
};
#[cfg(all(target_os = "solana", feature = "sbf-fallback"))]
use {sbf_runtime as _, solana_compiler_builtins as _};

declare_id!("67PXKfPQm78pR2abDxcySaufdU7iEVY9ZkTU2p2UjjZ3");
declare_program!(reserves);

#[program]
pub mod lender {
    use super::*;

    /// Lends, if the exchange's figure for asset number `asset` is solvent and at most `max_age`
    /// seconds old; with `witnessed` only what the chain saw in the exchange's wallets counts as
    /// held.
    pub fn lend(ctx: Context<Lend>, _exchange_id: [u8; 32], asset: u16, max_age: u64, witnessed: bool) -> Result<()> {
        let answer = ctx.accounts.ask(reserves::types::SolvencyArgs { asset, max_age, witnessed })?;
        msg!("epoch {}, ratio {} bps", answer.epoch, answer.ratio_bps);
        require!(answer.standing == Standing::Fresh, LenderError::NotProvedSolvent);
        Ok(())
    }
}

#[derive(Accounts)]
#[instruction(exchange_id: [u8; 32])]
pub struct Lend<'info> {
    /// CHECK: its address says which exchange it is. A real lender keeps the id of the exchange it
    /// trusts in its own state.
    #[account(seeds = [seeds::EXCHANGE, &exchange_id], bump, seeds::program = reserves::ID)]
    pub exchange: UncheckedAccount<'info>,
    /// CHECK: the registry refuses any but the latest.
    pub commitment: Option<UncheckedAccount<'info>>,
    /// CHECK: the registry counts none but the latest epoch's.
    pub witness: Option<UncheckedAccount<'info>>,
    #[account(address = reserves::ID)]
    /// CHECK: its address is enough.
    pub registry: UncheckedAccount<'info>,
}

impl<'info> Lend<'info> {
    fn ask(&self, args: reserves::types::SolvencyArgs) -> Result<Solvency> {
        let accounts = reserves::cpi::accounts::Solvency {
            exchange: self.exchange.to_account_info(),
            commitment: self.commitment.as_ref().map(|account| account.to_account_info()),
            witness: self.witness.as_ref().map(|account| account.to_account_info()),
        };
        reserves::cpi::solvency(CpiContext::new(reserves::ID, accounts), args)?;
        // Any program called in between could have set return data: it counts only with the
        // registry's name on it.
        get_return_data()
            .filter(|(program, _)| *program == reserves::ID)
            .and_then(|(_, data)| Solvency::decode(&data))
            .ok_or_else(|| LenderError::NoAnswer.into())
    }
}

#[error_code]
pub enum LenderError {
    #[msg("the exchange is not proved solvent in this asset, or not recently enough")]
    NotProvedSolvent,
    #[msg("the registry gave no answer")]
    NoAnswer,
}
