//! declare_token.

use anchor_lang::{prelude::Pubkey, solana_program::system_program};
use ballast_core::{Refusal, observation::NoToken};
use reserves::events::TokenDeclared;
use solana_signer::Signer;

use crate::{
    cluster::events,
    custody::{Custody, LAMPORTS},
    history::units,
    instructions::*,
    spl::{TOKEN, TOKEN_2022, Tokens},
};

fn invalid(asset: u16, reason: NoToken) -> Refusal {
    Refusal::TokenInvalid { asset, reason }
}

#[test]
fn mints_of_both_programs_and_lamports_are_declared() {
    let mut custody = Custody::new();
    let (old, new) = (Tokens::new(custody.chain(), TOKEN), Tokens::new(custody.chain(), TOKEN_2022));
    let mints = [
        (old.mint(custody.chain(), 6), TOKEN, 2, 6),
        (new.mint(custody.chain(), 0), TOKEN_2022, 2, 0),
        (new.extended_mint(custody.chain(), 8), TOKEN_2022, 1, 8),
        (LAMPORTS, system_program::ID, 3, 9),
    ];
    for (mint, token_program, asset, decimals) in mints {
        let done = custody.declare(mint, asset).accepted();
        units("declare_token", &done);
        let record = custody.token_record(&mint);
        assert_eq!((record.version, record.exchange, record.mint), (1, custody.id(), mint));
        assert_eq!((record.token_program, record.asset, record.decimals), (token_program, asset, decimals));
        let event = &events::<TokenDeclared>(&done)[0];
        assert_eq!((record.generation, event.generation), (0, 0));
        assert_eq!(
            (event.mint, event.token_program, event.asset, event.decimals),
            (mint, token_program, asset, decimals)
        );
    }
}

#[test]
fn a_declaration_never_changes_under_its_list() {
    let mut custody = Custody::new();
    let mint = custody.lamports(3);
    for asset in [3, 1, 9] {
        custody.declare(mint, asset).refused(Refusal::TokenAlreadyDeclared { asset: 3 });
    }
}

#[test]
fn only_the_authority_declares() {
    let mut custody = Custody::new();
    let (id, stranger) = (custody.id(), custody.chain().key());
    let call = declare_token(stranger.pubkey(), &id, LAMPORTS, 3);
    custody.chain().send(&[&stranger], call).refused(Refusal::NotAuthority);
}

#[test]
fn a_token_counts_for_an_asset_of_the_list() {
    let mut custody = Custody::new();
    for asset in [0, 4, u16::MAX] {
        custody.declare(LAMPORTS, asset).refused(invalid(asset, NoToken::AssetUnlisted));
    }
}

#[test]
fn lamports_of_a_stranger_do_not_block_a_token() {
    let mut custody = Custody::new();
    let record = token_address(&custody.id(), &LAMPORTS);
    custody.chain().fund(&record);
    custody.declare(LAMPORTS, 3).accepted();
}

#[test]
fn what_is_no_mint_is_no_token() {
    let mut custody = Custody::new();
    for program in [TOKEN, TOKEN_2022] {
        let tokens = Tokens::new(custody.chain(), program);
        let mint = tokens.mint(custody.chain(), 6);
        let wallet = custody.wallet_with(1);
        let account = tokens.account(custody.chain(), mint, wallet, 5);
        let multisig = tokens.multisig(custody.chain(), &[&wallet, &mint]);
        let empty = Pubkey::new_unique();
        tokens.space(custody.chain(), empty, 82);
        let fake = Pubkey::new_unique();
        let mut copy = custody.chain().svm.get_account(&mint).unwrap();
        copy.owner = reserves::ID;
        custody.chain().svm.set_account(fake, copy).unwrap();
        for nothing in [account, multisig, empty, fake, wallet, Pubkey::new_unique(), program] {
            custody.declare(nothing, 2).refused(invalid(2, NoToken::NotMint));
        }
    }
    let tokens = Tokens::new(custody.chain(), TOKEN_2022);
    let mint = tokens.extended_mint(custody.chain(), 6);
    let account = tokens.extended_account(custody.chain(), mint, Pubkey::new_unique(), 5);
    custody.declare(account, 2).refused(invalid(2, NoToken::NotMint));
}

#[test]
fn a_token_has_at_most_36_decimals() {
    let mut custody = Custody::new();
    let tokens = Tokens::new(custody.chain(), TOKEN);
    let (most, more) = (tokens.mint(custody.chain(), 36), tokens.mint(custody.chain(), 37));
    custody.declare(most, 1).accepted();
    custody.declare(more, 1).refused(invalid(1, NoToken::DecimalsTooMany));
}

/// Asset 2 of another list is another asset: what was declared, and witnessed, for the first does
/// not count for it, also when the first list is set again.
#[test]
fn a_list_that_is_set_again_has_its_own_tokens_and_looks() {
    let mut custody = Custody::new();
    let (tokens, mint, wallet) = custody.usdc(TOKEN);
    let account = tokens.account(custody.chain(), mint, wallet, 5);
    let holding = custody.holding(&wallet, account, mint);
    custody.only(1, &[holding]).accepted();

    let usdc_second = crate::history::assets(&custody.history.vectors.exchange);
    let mut usdc_first = usdc_second.clone();
    usdc_first.swap(0, 1);
    custody.relist(usdc_first);
    custody.only(1, &[holding]).refused(Refusal::TokenUndeclared { index: 0 });
    custody.declare(mint, 4).refused(invalid(4, NoToken::AssetUnlisted));
    custody.declare(mint, 1).accepted();
    custody.declare(mint, 2).refused(Refusal::TokenAlreadyDeclared { asset: 1 });
    custody.first(1, &[holding]).accepted();
    assert_eq!(custody.witness(1).amounts, [5, 0, 0], "declared anew");

    custody.relist(usdc_second);
    custody.only(1, &[holding]).refused(Refusal::TokenUndeclared { index: 0 });
    // The record of the first list was written over; one that was kept would not count either.
    let address = token_address(&custody.id(), &mint);
    custody.chain().edit(&address, |token: &mut reserves::state::Token| token.generation = 0);
    custody.only(1, &[holding]).refused(Refusal::TokenUndeclared { index: 0 });
    custody.declare(mint, 2).accepted();
    custody.only(1, &[holding]).accepted();
    assert_eq!(custody.witness(1).amounts, [0, 5, 0]);
}

#[test]
fn a_declaration_outlives_the_growth_of_its_list() {
    let mut custody = Custody::new();
    let mint = custody.lamports(3);
    let mut added = crate::history::assets(&custody.history.vectors.exchange)[2];
    added.symbol[0] = b'X';
    custody.history.append(3, vec![added]).accepted();
    custody.declare(mint, 4).refused(Refusal::TokenAlreadyDeclared { asset: 3 });
    let wallet = custody.wallet_with(7);
    let holding = custody.holding(&wallet, wallet, mint);
    custody.only(1, &[holding]).accepted();
    assert_eq!(custody.witness(1).amounts, [0, 0, 7, 0]);
}
