//! An example of a program that asks: it lends only while an exchange is proved to hold what it
//! owes.
//!
//! A market fixes whom it trusts and how: the exchange, the asset, the greatest age, and whether
//! only what the chain saw in the exchange's wallets counts. A borrower chooses none of it. The
//! registry is called by `idls/reserves.json`, as any program on the chain would.

#![allow(unexpected_cfgs)] // anchor-lang's macros ask for features of its own

use anchor_lang::{prelude::*, solana_program::program::get_return_data};
use ballast_core::seeds;
#[cfg(all(target_os = "solana", feature = "sbf-fallback"))]
use {sbf_runtime as _, solana_compiler_builtins as _};

declare_id!("67PXKfPQm78pR2abDxcySaufdU7iEVY9ZkTU2p2UjjZ3");
declare_program!(reserves);
// The macro reads this file behind cargo's back: with this a change of it builds the program anew.
const _: &[u8] = include_bytes!("../../../idls/reserves.json");

use reserves::types::{Solvency, SolvencyArgs, Standing, WitnessedSolvency, WitnessedSolvencyArgs};

#[program]
pub mod lender {
    use super::*;

    /// Opens the signer's market under `terms`, which never change.
    pub fn open_market(ctx: Context<OpenMarket>, terms: Terms) -> Result<()> {
        // With an age or a span of 0 nobody could ever borrow.
        let usable = terms.asset > 0 && terms.max_age > 0;
        require!(usable, LenderError::TermsInvalid);
        ctx.accounts.market.set_inner(Market { terms });
        Ok(())
    }

    /// Lends, if the exchange of the market is proved to hold what it owes. Anyone.
    pub fn lend(ctx: Context<Lend>) -> Result<()> {
        let figures = ctx.accounts.ask()?;
        msg!("epoch {}, ratio {} bps", figures.epoch, figures.ratio_bps);
        require!(matches!(figures.standing, Standing::Fresh), LenderError::NotProvedSolvent);
        Ok(())
    }
}

/// Whom a market trusts, and how.
#[derive(AnchorSerialize, AnchorDeserialize, InitSpace, Clone, Copy)]
pub struct Terms {
    /// Id of the exchange.
    pub exchange: [u8; 32],
    /// Number of the asset on the exchange's list, from 1.
    pub asset: u16,
    /// Seconds that may have passed since the figures were true.
    pub max_age: u64,
    /// How far apart the looks at the wallets may lie, in seconds; none when what the exchange
    /// states is enough.
    pub witnessed_within: Option<u64>,
}

#[account]
#[derive(InitSpace)]
pub struct Market {
    pub terms: Terms,
}

#[derive(Accounts)]
pub struct OpenMarket<'info> {
    #[account(mut)]
    pub owner: Signer<'info>,
    #[account(
        init,
        payer = owner,
        space = Market::DISCRIMINATOR.len() + Market::INIT_SPACE,
        seeds = [b"market", owner.key.as_ref()],
        bump,
    )]
    pub market: Account<'info, Market>,
    pub system_program: Program<'info, System>,
}

#[derive(Accounts)]
pub struct Lend<'info> {
    pub market: Account<'info, Market>,
    /// CHECK: its address is that of the market's exchange.
    #[account(seeds = [seeds::EXCHANGE, &market.terms.exchange], bump, seeds::program = reserves::ID)]
    pub exchange: UncheckedAccount<'info>,
    /// CHECK: the registry refuses any but the latest.
    pub commitment: Option<UncheckedAccount<'info>>,
    /// CHECK: the registry refuses any but the one that proved the latest epoch.
    pub circuit: Option<UncheckedAccount<'info>>,
    /// CHECK: the registry counts none but the latest epoch's.
    pub witness: Option<UncheckedAccount<'info>>,
    #[account(address = reserves::ID)]
    /// CHECK: its address is enough.
    pub registry: UncheckedAccount<'info>,
}

impl<'info> Lend<'info> {
    /// What the registry answers to the market's question.
    fn ask(&self) -> Result<Solvency> {
        let Terms { asset, max_age, witnessed_within, .. } = self.market.terms;
        let exchange = self.exchange.to_account_info();
        let commitment = self.commitment.as_ref().map(|account| account.to_account_info());
        let circuit = self.circuit.as_ref().map(|account| account.to_account_info());
        let Some(max_span) = witnessed_within else {
            let accounts = reserves::cpi::accounts::Solvency { exchange, commitment, circuit };
            reserves::cpi::solvency(CpiContext::new(reserves::ID, accounts), SolvencyArgs { asset, max_age })?;
            return answer::<Solvency>();
        };
        let witness = self.witness.as_ref().map(|account| account.to_account_info());
        let accounts = reserves::cpi::accounts::WitnessedSolvency { exchange, commitment, circuit, witness };
        let args = WitnessedSolvencyArgs { asset, max_age, max_span };
        reserves::cpi::witnessed_solvency(CpiContext::new(reserves::ID, accounts), args)?;
        Ok(answer::<WitnessedSolvency>()?.figures)
    }
}

/// The registry's answer. Any program called in between could have set return data: it counts only
/// with the registry's name on it.
fn answer<T: AnchorDeserialize>() -> Result<T> {
    get_return_data()
        .filter(|(program, _)| *program == reserves::ID)
        .and_then(|(_, data)| T::try_from_slice(&data).ok())
        .ok_or_else(|| LenderError::NoAnswer.into())
}

#[error_code]
pub enum LenderError {
    #[msg("the exchange is not proved solvent in this asset, or not recently enough")]
    NotProvedSolvent,
    #[msg("the registry gave no answer")]
    NoAnswer,
    #[msg("an asset has a number from 1, and an age is at least one second")]
    TermsInvalid,
}
