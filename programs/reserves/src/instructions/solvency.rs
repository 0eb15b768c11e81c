use anchor_lang::prelude::*;
use ballast_core::{Refusal, cadence::Cadence, seeds, solvency};

use super::unix_time;
use crate::{
    answers::Solvency as Answer,
    errors::ensure,
    state::{Circuit, Commitment, Exchange},
};

#[derive(AnchorSerialize, AnchorDeserialize)]
pub struct SolvencyArgs {
    /// Number of the asset on the exchange's list, from 1.
    pub asset: u16,
    /// Seconds that may have passed since the figures were true.
    pub max_age: u64,
}

#[derive(Accounts)]
pub struct Solvency<'info> {
    #[account(seeds = [seeds::EXCHANGE, &exchange.id], bump = exchange.bump)]
    pub exchange: Box<Account<'info, Exchange>>,
    /// Of the exchange's latest epoch; none before the first.
    pub commitment: Option<Box<Account<'info, Commitment>>>,
    /// The circuit that proved the latest epoch; none before the first.
    pub circuit: Option<Box<Account<'info, Circuit>>>,
}

impl Solvency<'_> {
    pub fn handler(ctx: Context<Self>, args: SolvencyArgs) -> Result<Answer> {
        let Self { exchange, commitment, circuit } = &ctx.accounts;
        let latest = latest(exchange, commitment.as_deref(), circuit.as_deref(), args.asset)?;
        Ok(solvency::Solvency::judge(latest, args.max_age, unix_time()?).into())
    }
}

/// The figures of asset number `asset` of the latest epoch; none when no epoch is finalized or it
/// has no such asset. Any other commitment than the latest is refused, as an answer from it would
/// be an old one or another exchange's, and any other circuit than the one that proved it.
pub fn latest(
    exchange: &Exchange,
    commitment: Option<&Account<Commitment>>,
    circuit: Option<&Account<Circuit>>,
    asset: u16,
) -> Result<Option<solvency::Latest>> {
    let expected = exchange.latest_epoch();
    if expected == 0 {
        return Ok(None);
    }
    let own = commitment.filter(|commitment| commitment.exchange == exchange.id);
    let found = own.map_or(0, |commitment| commitment.epoch);
    ensure(found == expected, Refusal::CommitmentNotLatest { expected, found })?;
    let Some(commitment) = own else { return Ok(None) };
    let used = circuit.filter(|circuit| circuit.id == commitment.circuit);
    ensure(used.is_some(), Refusal::CircuitUnknown)?;
    let Some(circuit) = used else { return Ok(None) };
    commitment.latest(asset, circuit, Cadence(exchange.cadence))
}
