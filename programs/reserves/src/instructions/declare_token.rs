use anchor_lang::prelude::*;
use ballast_core::{Refusal, seeds};

use crate::{
    errors::{ensure, refuse},
    events::TokenDeclared,
    holding,
    state::{Exchange, Token},
};

#[event_cpi]
#[derive(Accounts)]
pub struct DeclareToken<'info> {
    #[account(mut)]
    pub payer: Signer<'info>,
    pub authority: Signer<'info>,
    #[account(seeds = [seeds::EXCHANGE, &exchange.id], bump = exchange.bump)]
    pub exchange: Box<Account<'info, Exchange>>,
    /// CHECK: read as a mint of a token program; the System program stands for lamports.
    pub mint: UncheckedAccount<'info>,
    #[account(
        init_if_needed,
        payer = payer,
        space = Token::DISCRIMINATOR.len() + Token::INIT_SPACE,
        seeds = [seeds::TOKEN, &exchange.id, mint.key.as_ref()],
        bump,
    )]
    pub record: Account<'info, Token>,
    pub system_program: Program<'info, System>,
}

impl DeclareToken<'_> {
    fn validate(&self, asset: u16) -> Result<()> {
        self.exchange.check_authority(self.authority.key)?;
        self.record.check_undeclared()?;
        ensure(self.exchange.asset(asset).is_some(), Refusal::TokenInvalid)
    }

    /// `asset`: number on the exchange's list of the asset that the token counts for.
    #[access_control(ctx.accounts.validate(asset))]
    pub fn handler(ctx: Context<Self>, asset: u16) -> Result<()> {
        let (exchange, mint) = (ctx.accounts.exchange.id, ctx.accounts.mint.key());
        let decimals = Token::decimals_of(&ctx.accounts.mint).ok_or_else(|| refuse(Refusal::TokenInvalid))?;
        let token_program = holding::token_program(&ctx.accounts.mint);
        let record = &mut ctx.accounts.record;
        record.set_inner(Token {
            version: Token::VERSION,
            bump: ctx.bumps.record,
            exchange,
            mint,
            token_program,
            asset,
            decimals,
        });
        record.invariant()?;
        emit_cpi!(TokenDeclared { exchange, mint, token_program, asset, decimals });
        Ok(())
    }
}
