use anchor_lang::{prelude::*, solana_program::program_pack::Pack, system_program};
use ballast_core::{Refusal, witness::TOKEN_DECIMALS_MAX};

use crate::{errors::ensure, holding};

/// Decimals of lamports.
const LAMPORT_DECIMALS: u8 = 9;

/// A token that counts for one asset of an exchange, for ever.
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
    /// Number of the asset on the exchange's list, from 1.
    pub asset: u16,
    /// Of the token; its asset may have others.
    pub decimals: u8,
}

impl Token {
    pub const VERSION: u8 = 1;

    /// The token recorded in `account`, if `exchange` declared it. This program makes records nowhere but at their own
    /// addresses.
    pub fn load(account: &AccountInfo, exchange: &[u8; 32]) -> Option<Self> {
        let data = account.try_borrow_data().ok().filter(|_| account.owner == &crate::ID)?;
        Self::try_deserialize(&mut &data[..]).ok().filter(|token| token.exchange == *exchange)
    }

    /// The decimals of a token that can be declared. Extensions of Token-2022 are not looked at: whoever declares the mint
    /// is who could have made it, so that its address is what readers judge.
    pub fn decimals_of(mint: &AccountInfo) -> Option<u8> {
        if mint.key == &system_program::ID {
            return Some(LAMPORT_DECIMALS);
        }
        let data = mint.try_borrow_data().ok()?;
        let base = holding::base(mint.owner, &data, holding::Kind::Mint)?;
        let mint = spl_token_interface::state::Mint::unpack(base).ok()?;
        (mint.decimals <= TOKEN_DECIMALS_MAX).then_some(mint.decimals)
    }

    pub fn check_undeclared(&self) -> Result<()> {
        ensure(self.version == 0, Refusal::TokenAlreadyDeclared)
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
