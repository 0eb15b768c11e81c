use anchor_lang::prelude::*;
use ballast_core::{Refusal, holding, observation::NoToken, seeds};

use crate::{
    errors::{ensure, refuse},
    events::{TokenDeclared, announce},
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
        dup,
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
        self.record.check_declarable(&self.exchange)?;
        let listed = self.exchange.asset(asset).is_some();
        ensure(listed, Refusal::TokenInvalid { asset, reason: NoToken::AssetUnlisted })
    }

    /// `asset`: number on the exchange's list of the asset that the token counts for.
    #[access_control(ctx.accounts.validate(asset))]
    pub fn handler(ctx: Context<Self>, asset: u16) -> Result<()> {
        let (exchange, mint) = (ctx.accounts.exchange.id, ctx.accounts.mint.key());
        let generation = ctx.accounts.exchange.generation;
        let decimals = Token::decimals_of(&ctx.accounts.mint);
        let decimals = decimals.map_err(|reason| refuse(Refusal::TokenInvalid { asset, reason }))?;
        let token_program = Pubkey::from(holding::token_program(&mint.to_bytes(), &ctx.accounts.mint.owner.to_bytes()));
        let record = &mut ctx.accounts.record;
        record.set_inner(Token {
            version: Token::VERSION,
            bump: ctx.bumps.record,
            exchange,
            mint,
            token_program,
            generation,
            asset,
            decimals,
        });
        record.invariant()?;
        announce(
            &TokenDeclared { exchange, mint, token_program, generation, asset, decimals },
            &ctx.accounts.event_authority,
        )?;
        Ok(())
    }
}
