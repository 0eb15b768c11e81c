use anchor_lang::prelude::*;
use ballast_core::{
    Refusal, seeds,
    solvency::{Latest, Solvency as Answer},
};

use super::unix_time;
use crate::{
    errors::ensure,
    state::{Commitment, Exchange, Witness},
};

#[derive(AnchorSerialize, AnchorDeserialize)]
pub struct SolvencyArgs {
    /// Number of the asset on the exchange's list, from 1.
    pub asset: u16,
    /// Seconds that may have passed since the figures were true.
    pub max_age: u64,
    /// Whether only what the chain saw in the exchange's wallets counts as held.
    pub witnessed: bool,
}

#[derive(Accounts)]
pub struct Solvency<'info> {
    #[account(seeds = [seeds::EXCHANGE, &exchange.id], bump = exchange.bump)]
    pub exchange: Box<Account<'info, Exchange>>,
    /// Of the exchange's latest epoch; none before the first.
    pub commitment: Option<Box<Account<'info, Commitment>>>,
    /// Of the latest epoch; none when it is not asked for or there is none.
    pub witness: Option<Box<Account<'info, Witness>>>,
}

impl Solvency<'_> {
    /// The latest commitment; none when no epoch is finalized. Any other commitment than the latest
    /// is refused: an answer from it would be an old one, or another exchange's.
    fn validate(&self) -> Result<Option<&Commitment>> {
        let expected = self.exchange.latest_epoch();
        if expected == 0 {
            return Ok(None);
        }
        let own = self.commitment.as_deref().filter(|commitment| commitment.exchange == self.exchange.id);
        let found = own.map_or(0, |commitment| commitment.epoch);
        ensure(found == expected, Refusal::CommitmentNotLatest { expected, found })?;
        Ok(own.map(|commitment| &**commitment))
    }

    pub fn handler(ctx: Context<Self>, args: SolvencyArgs) -> Result<[u8; Answer::ENCODED_LENGTH]> {
        let latest: Option<Latest> = match ctx.accounts.validate()? {
            Some(commitment) => commitment.latest(args.asset)?,
            None => None,
        };
        let latest = if args.witnessed {
            let witness = ctx.accounts.witness.as_deref();
            latest.zip(witness).and_then(|(latest, witness)| witness.judge(&ctx.accounts.exchange, latest, args.asset))
        } else {
            latest
        };
        Ok(Answer::judge(latest, args.max_age, unix_time()?).encode())
    }
}
