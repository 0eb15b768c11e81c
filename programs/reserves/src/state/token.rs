use anchor_lang::{prelude::*, system_program};
use ballast_core::{
    Refusal, holding,
    observation::{NoToken, TOKEN_DECIMALS_MAX},
};

use crate::{
    errors::ensure,
    state::{Asset, Exchange},
};

/// Decimals of lamports.
const LAMPORT_DECIMALS: u8 = 9;

/// A token that counts for one asset of one list of an exchange.
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
    /// The list that the asset's number is of: before the first epoch it can change, and the number means another asset.
    pub asset_list_digest: [u8; 32],
    /// Number of the asset on that list, from 1.
    pub asset: u16,
    /// Of the token; its asset may have others.
    pub decimals: u8,
}

impl Token {
    pub const VERSION: u8 = 1;

    /// The token recorded in `account` and the asset that it counts for, if `exchange` declared it
    /// under the list that it has. This program makes records nowhere but at their own addresses.
    pub fn load(account: &AccountInfo, exchange: &Exchange) -> Option<(Self, Asset)> {
        let data = account.try_borrow_data().ok().filter(|_| account.owner == &crate::ID)?;
        let token = Self::try_deserialize(&mut &data[..]).ok().filter(|token| token.exchange == exchange.id)?;
        let asset = *exchange.asset(token.asset).filter(|_| token.is_of_list(exchange))?;
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

    fn is_of_list(&self, exchange: &Exchange) -> bool {
        self.asset_list_digest == exchange.asset_list_digest
    }

    /// Refuses to declare again under the list under which it was declared last.
    pub fn check_declarable(&self, exchange: &Exchange) -> Result<()> {
        let declared = self.version != 0 && self.is_of_list(exchange);
        ensure(!declared, Refusal::TokenAlreadyDeclared { asset: self.asset })
    }

    pub fn is_lamports(&self) -> bool {
        self.token_program == system_program::ID
    }

    pub fn invariant(&self) -> Result<()> {
        require_eq!(self.version, Self::VERSION);
        require!(self.is_lamports() == (self.mint == system_program::ID), ErrorCode::RequireViolated);
        require_gt!(self.asset, 0);
        require_gte!(TOKEN_DECIMALS_MAX, self.decimals);
        Ok(())
    }
}
