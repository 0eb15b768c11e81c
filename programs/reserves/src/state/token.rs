use anchor_lang::{prelude::*, system_program};
use ballast_core::{
    Refusal, holding,
    observation::{NoToken, TOKEN_DECIMALS_MAX},
};

use crate::{
    errors::{ensure, keep},
    state::{Asset, Exchange},
};

/// Decimals of lamports.
const LAMPORT_DECIMALS: u8 = 9;

/// A token that counts for one asset of an exchange, in one generation of its list.
#[account]
#[derive(InitSpace)]
pub struct Token {
    pub version: u8,
    pub bump: u8,
    /// Id of the exchange.
    pub exchange: [u8; 32],
    /// Zero, which is the System program, for lamports.
    pub mint: Pubkey,
    /// Owns the token's accounts: SPL Token, Token-2022, or the System program for lamports.
    pub token_program: Pubkey,
    /// The generation of the list that the asset's number is of.
    pub generation: u32,
    /// Number of the asset on that list, from 1.
    pub asset: u16,
    /// Of the token; its asset may have others.
    pub decimals: u8,
}

impl Token {
    pub const VERSION: u8 = 1;

    /// The token recorded in `account` and the asset that it counts for, if `exchange` declared it
    /// since its list was cleared last. This program makes records nowhere but at their own
    /// addresses.
    pub fn load(account: &AccountInfo, exchange: &Exchange) -> Option<(Self, Asset)> {
        let data = account.try_borrow_data().ok().filter(|_| account.owner == &crate::ID)?;
        let token = Self::try_deserialize(&mut &data[..]).ok().filter(|token| token.counts_for(exchange))?;
        let asset = *exchange.asset(token.asset)?;
        Some((token, asset))
    }

    /// The decimals of a token that can be declared. Extensions of Token-2022 are not looked at:
    /// whoever declares the mint is who could have made it, so that its address is what readers
    /// judge.
    pub fn decimals_of(mint: &AccountInfo) -> std::result::Result<u8, NoToken> {
        if mint.key == &system_program::ID {
            return Ok(LAMPORT_DECIMALS);
        }
        let data = mint.try_borrow_data().map_err(|_| NoToken::NotMint)?;
        let decimals = holding::mint_decimals(&mint.owner.to_bytes(), &data).ok_or(NoToken::NotMint)?;
        if decimals <= TOKEN_DECIMALS_MAX { Ok(decimals) } else { Err(NoToken::DecimalsTooMany) }
    }

    fn counts_for(&self, exchange: &Exchange) -> bool {
        self.version == Self::VERSION && self.exchange == exchange.id && self.generation == exchange.generation
    }

    /// Refuses to declare again what was declared since the list was cleared last.
    pub fn check_declarable(&self, exchange: &Exchange) -> Result<()> {
        let declared = self.counts_for(exchange);
        ensure(!declared, Refusal::TokenAlreadyDeclared { asset: self.asset })
    }

    pub fn is_lamports(&self) -> bool {
        self.token_program == system_program::ID
    }

    pub fn invariant(&self) -> Result<()> {
        keep(
            "Token",
            &[
                self.version == Self::VERSION,
                self.is_lamports() == (self.mint == system_program::ID),
                self.asset > 0,
                self.decimals <= TOKEN_DECIMALS_MAX,
            ],
        )
    }
}
