use anchor_lang::prelude::*;
use ballast_core::{seeds, solvency};

use super::{solvency::latest, unix_time};
use crate::{
    answers::WitnessedSolvency as Answer,
    state::{Circuit, Commitment, Exchange, Witness},
};

#[derive(AnchorSerialize, AnchorDeserialize)]
pub struct WitnessedSolvencyArgs {
    /// Number of the asset on the exchange's list, from 1.
    pub asset: u16,
    /// Seconds that may have passed since the figures were true: since the epoch's as-of time and
    /// since the first look.
    pub max_age: u64,
    /// Seconds that may lie between the first look and the last.
    pub max_span: u64,
}

#[derive(Accounts)]
pub struct WitnessedSolvency<'info> {
    #[account(seeds = [seeds::EXCHANGE, &exchange.id], bump = exchange.bump)]
    pub exchange: Box<Account<'info, Exchange>>,
    /// Of the exchange's latest epoch; none before the first.
    pub commitment: Option<Box<Account<'info, Commitment>>>,
    /// The circuit that proved the latest epoch; none before the first.
    pub circuit: Option<Box<Account<'info, Circuit>>>,
    /// Of the latest epoch; none when there is none.
    pub witness: Option<Box<Account<'info, Witness>>>,
}

impl WitnessedSolvency<'_> {
    pub fn handler(ctx: Context<Self>, args: WitnessedSolvencyArgs) -> Result<Answer> {
        let Self { exchange, commitment, circuit, witness } = &ctx.accounts;
        let latest = latest(exchange, commitment.as_deref(), circuit.as_deref(), args.asset)?;
        let epoch = exchange.latest_epoch();
        let seen = witness.as_deref().and_then(|witness| witness.seen(exchange, epoch, args.asset));
        let clock = unix_time()?;
        Ok(solvency::WitnessedSolvency::judge(latest, seen, args.max_age, args.max_span, clock).into())
    }
}
