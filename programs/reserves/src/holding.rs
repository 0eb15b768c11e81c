//! What an account holds of a token, read from the account itself.

use anchor_lang::{prelude::*, solana_program::program_pack::Pack, system_program};
use spl_token_interface::state::{Account as TokenAccount, AccountState, Mint, Multisig};

use crate::state::{Token, Wallet};

/// Token-2022, whose accounts begin as SPL Token's do.
pub const TOKEN_2022: Pubkey = pubkey!("TokenzQdBNbLqP5VEhdkAS6EPFLC1PHnBqCXEpPxuEb");

/// What Token-2022 says an account with extensions is, in the byte behind the base of a token account.
#[derive(Clone, Copy)]
#[repr(u8)]
pub enum Kind {
    Mint = 1,
    Account = 2,
}

/// The base of an account of a token program; none when it is of another kind or another program.
///
/// An account of either program is as long as its base. One of Token-2022 with extensions has its kind at offset 165, a
/// mint's base being padded to there, and is never as long as a multisig.
pub fn base<'a>(program: &Pubkey, data: &'a [u8], kind: Kind) -> Option<&'a [u8]> {
    let length = match kind {
        Kind::Mint => Mint::LEN,
        Kind::Account => TokenAccount::LEN,
    };
    if *program != spl_token_interface::ID && *program != TOKEN_2022 {
        return None;
    }
    let extended =
        *program == TOKEN_2022 && data.len() != Multisig::LEN && data.get(TokenAccount::LEN) == Some(&(kind as u8));
    (data.len() == length || extended).then(|| data.get(..length)).flatten()
}

/// What `holding` holds of `token` for `wallet`, in units of the token; none when it is not the wallet's holding of it.
pub fn balance(holding: &AccountInfo, wallet: &Wallet, token: &Token) -> Option<u64> {
    if *holding.owner != token.token_program {
        return None;
    }
    if token.is_lamports() {
        // With data it is a nonce account, whose lamports are whoever's its nonce authority is.
        return (*holding.key == wallet.address && holding.data_is_empty()).then(|| holding.lamports());
    }
    let data = holding.try_borrow_data().ok()?;
    let account = TokenAccount::unpack(base(holding.owner, &data, Kind::Account)?).ok()?;
    let own = account.mint == token.mint && account.owner == wallet.address;
    (own && account.state == AccountState::Initialized).then_some(account.amount)
}

/// The program that owns a declared mint's accounts: lamports are the System program's.
pub fn token_program(mint: &AccountInfo) -> Pubkey {
    if mint.key == &system_program::ID { system_program::ID } else { *mint.owner }
}
