//! What counts as a holding in a look, and for how much.

use anchor_lang::{
    prelude::Pubkey,
    solana_program::{program_pack::Pack, system_program},
};
use ballast_core::{
    Refusal,
    holding::{self, NoHolding},
};
use solana_keypair::Keypair;
use solana_signer::Signer;
use spl_token_interface::state::Account as TokenAccount;

use crate::{
    custody::{Custody, LAMPORTS, ascending},
    instructions::*,
    spl::{TOKEN, TOKEN_2022, Tokens, native_mint},
};

const UNKNOWN: Refusal = Refusal::WalletUnknown { index: 0 };
const UNDECLARED: Refusal = Refusal::TokenUndeclared { index: 0 };

impl Custody {
    /// An account of the wallet does not count for the token, for this reason.
    #[track_caller]
    fn does_not_count(&mut self, wallet: Pubkey, account: Pubkey, mint: Pubkey, reason: NoHolding) {
        let holding = self.holding(&wallet, account, mint);
        self.only(1, &[holding]).refused(Refusal::HoldingInvalid { index: 0, reason });
    }
}

#[test]
fn programs_are_those_of_the_chain() {
    let ids = [system_program::ID, TOKEN, TOKEN_2022].map(|id| id.to_bytes());
    assert_eq!(ids, [holding::SYSTEM_PROGRAM, holding::TOKEN_PROGRAM, holding::TOKEN_2022]);
}

#[test]
fn lamports_and_tokens_of_both_programs_are_summed() {
    let mut custody = Custody::new();
    let (old, mint, wallet) = custody.usdc(TOKEN);
    let (new, other_mint, other) = custody.usdc(TOKEN_2022);
    let extended_mint = new.extended_mint(custody.chain(), 6);
    custody.declare(extended_mint, 2).accepted();
    custody.lamports(3);
    let holdings = ascending(vec![
        custody.holding(&wallet, wallet, LAMPORTS),
        custody.holding(&other, other, LAMPORTS),
        Holding { account: old.account(custody.chain(), mint, wallet, 7), ..custody.holding(&wallet, wallet, mint) },
        Holding { account: old.account(custody.chain(), mint, other, 11), ..custody.holding(&other, other, mint) },
        Holding {
            account: new.account(custody.chain(), other_mint, other, 13),
            ..custody.holding(&other, other, other_mint)
        },
        Holding {
            account: new.extended_account(custody.chain(), extended_mint, wallet, 17),
            ..custody.holding(&wallet, wallet, extended_mint)
        },
    ]);
    custody.only(1, &holdings).accepted();
    let witness = custody.witness(1);
    assert_eq!((witness.holdings, witness.looked), (6, 0b110));
    assert_eq!(witness.amounts, [0, 48, 2_000_000_000]);
}

#[test]
fn decimals_are_brought_to_the_assets_and_rounded_down() {
    let mut custody = Custody::new();
    let tokens = Tokens::new(custody.chain(), TOKEN);
    let wallet = custody.wallet_with(1);
    let holding = |custody: &mut Custody, decimals, amount| {
        let mint = tokens.mint(custody.chain(), decimals);
        custody.declare(mint, 2).accepted();
        let account = tokens.account(custody.chain(), mint, wallet, amount);
        Holding { account, ..custody.holding(&wallet, wallet, mint) }
    };
    let cases = [(9, 1_999, 1), (9, 999, 0), (6, 7, 7), (0, 3, 3_000_000), (18, u64::MAX, 18_446_744)];
    let mut all = 0;
    let mut holdings = Vec::new();
    for (number, (decimals, amount, units)) in (0..).zip(cases) {
        let holding = holding(&mut custody, decimals, amount);
        holdings.push(holding);
        custody.first(1, &[holding]).accepted();
        assert_eq!(custody.witness(1).amounts[1], units, "case {number}");
        all += units;
    }
    custody.only(1, &ascending(holdings)).accepted();
    assert_eq!(custody.witness(1).amounts[1], all);
}

#[test]
fn an_amount_beyond_112_bits_is_refused_not_wrapped() {
    let mut custody = Custody::new();
    let mut assets = crate::history::assets(&custody.history.vectors.exchange);
    assets[1].decimals = 36;
    custody.relist(assets);
    let tokens = Tokens::new(custody.chain(), TOKEN);
    let wallet = custody.wallet_with(1);
    // 2^64 - 1 times 10^36 has 184 bits; 1 times 10^33 has 110; six of those have 113.
    for (decimals, amount, count) in [(0, u64::MAX, 1), (3, 1, 6)] {
        let mint = tokens.mint(custody.chain(), decimals);
        custody.declare(mint, 2).accepted();
        let mut holding = |_| Holding {
            account: tokens.account(custody.chain(), mint, wallet, amount),
            ..custody.holding(&wallet, wallet, mint)
        };
        let holdings = ascending((0..count).map(&mut holding).collect());
        custody.first(1, &holdings).refused(Refusal::AmountOutOfRange { asset: 2 });
        if count > 1 {
            custody.first(1, &holdings[..count - 1]).accepted();
            custody.last(1, &holdings[count - 1..]).refused(Refusal::AmountOutOfRange { asset: 2 });
        }
    }
}

#[test]
fn anothers_tokens_do_not_count() {
    for program in [TOKEN, TOKEN_2022] {
        let mut custody = Custody::new();
        let (tokens, mint, wallet) = custody.usdc(program);
        let second = custody.wallet_with(1);
        let account = tokens.account(custody.chain(), mint, second, 5);
        let stranger = tokens.account(custody.chain(), mint, Pubkey::new_unique(), 5);
        for account in [account, stranger] {
            custody.does_not_count(wallet, account, mint, NoHolding::OtherOwner);
        }
        let holding = custody.holding(&second, account, mint);
        custody.only(1, &[holding]).accepted();
    }
}

#[test]
fn a_fake_of_the_same_kind_does_not_count() {
    let mut custody = Custody::new();
    let (tokens, mint, wallet) = custody.usdc(TOKEN);
    let fake = tokens.mint(custody.chain(), 6);
    let account = tokens.account(custody.chain(), fake, wallet, 5);
    custody.does_not_count(wallet, account, mint, NoHolding::OtherMint);
    let undeclared = custody.holding(&wallet, account, fake);
    custody.only(1, &[undeclared]).refused(UNDECLARED);
    // The same bytes under the other token program, or under none.
    let real = tokens.account(custody.chain(), mint, wallet, 5);
    for owner in [TOKEN_2022, reserves::ID, system_program::ID] {
        let mut copy = custody.chain().svm.get_account(&real).unwrap();
        copy.owner = owner;
        let address = Pubkey::new_unique();
        custody.chain().svm.set_account(address, copy).unwrap();
        custody.does_not_count(wallet, address, mint, NoHolding::OtherProgram);
    }
}

#[test]
fn a_frozen_account_does_not_count() {
    for program in [TOKEN, TOKEN_2022] {
        let mut custody = Custody::new();
        let (tokens, mint, wallet) = custody.usdc(program);
        let account = tokens.account(custody.chain(), mint, wallet, 5);
        tokens.freeze(custody.chain(), account, mint);
        custody.does_not_count(wallet, account, mint, NoHolding::Frozen);
    }
}

#[test]
fn what_is_no_token_account_does_not_count() {
    for program in [TOKEN, TOKEN_2022] {
        let mut custody = Custody::new();
        let (tokens, mint, wallet) = custody.usdc(program);
        let empty = Pubkey::new_unique();
        tokens.space(custody.chain(), empty, 165);
        let multisig = tokens.multisig(custody.chain(), &[&mint, &wallet]);
        let of_the_program = [mint, multisig, empty].map(|account| (account, NoHolding::NotTokenAccount));
        let of_others = [wallet, Pubkey::new_unique()].map(|account| (account, NoHolding::OtherProgram));
        for (account, reason) in of_the_program.into_iter().chain(of_others) {
            custody.does_not_count(wallet, account, mint, reason);
        }
    }
}

#[test]
fn a_multisig_or_mint_whose_bytes_read_as_an_account_does_not_count() {
    let mut custody = Custody::new();
    let (tokens, mint, wallet) = custody.usdc(TOKEN_2022);
    let base = tokens.account(custody.chain(), mint, wallet, 5);
    let base = custody.chain().svm.get_account(&base).unwrap();
    // Lengths and kinds that Token-2022 writes; the rest is as favourable as can be.
    for (length, kind) in [(355, 2), (170, 1), (170, 0), (170, 3), (164, 2), (166, 1)] {
        let mut account = base.clone();
        account.data.resize(length, 0);
        if let Some(byte) = account.data.get_mut(TokenAccount::LEN) {
            *byte = kind;
        }
        let address = Pubkey::new_unique();
        custody.chain().svm.set_account(address, account).unwrap();
        custody.does_not_count(wallet, address, mint, NoHolding::NotTokenAccount);
    }
}

#[test]
fn an_spl_token_account_has_no_extensions() {
    let mut custody = Custody::new();
    let (tokens, mint, wallet) = custody.usdc(TOKEN);
    let account = tokens.account(custody.chain(), mint, wallet, 5);
    let mut longer = custody.chain().svm.get_account(&account).unwrap();
    longer.data.extend([2, 0, 0, 0, 0]);
    custody.chain().svm.set_account(account, longer).unwrap();
    custody.does_not_count(wallet, account, mint, NoHolding::NotTokenAccount);
}

#[test]
fn lamports_of_a_token_account_at_a_wallets_address_do_not_count() {
    let mut custody = Custody::new();
    let (tokens, mint, _) = custody.usdc(TOKEN);
    custody.lamports(3);
    let wallet = Keypair::new();
    custody.register(&wallet).accepted();
    tokens.space(custody.chain(), wallet.pubkey(), 165);
    tokens.fill(custody.chain(), wallet.pubkey(), mint, Pubkey::new_unique(), 5);
    custody.does_not_count(wallet.pubkey(), wallet.pubkey(), LAMPORTS, NoHolding::OtherProgram);
}

#[test]
fn lamports_count_of_the_wallet_alone() {
    let mut custody = Custody::new();
    custody.lamports(3);
    let (wallet, rich) = (custody.wallet_with(5), custody.chain().key().pubkey());
    custody.does_not_count(wallet, rich, LAMPORTS, NoHolding::NotTheWallet);
}

#[test]
fn lamports_of_a_nonce_account_do_not_count() {
    let mut custody = Custody::new();
    custody.lamports(3);
    let wallet = custody.wallet_with(5_000_000);
    let mut account = custody.chain().svm.get_account(&wallet).unwrap();
    account.data = vec![0; 80];
    custody.chain().svm.set_account(wallet, account).unwrap();
    custody.does_not_count(wallet, wallet, LAMPORTS, NoHolding::HasData);
}

#[test]
fn wrapped_lamports_count_as_their_own_mint_and_not_as_lamports() {
    let mut custody = Custody::new();
    let mint = native_mint(custody.chain());
    custody.declare(mint, 3).accepted();
    custody.lamports(3);
    let wallet = custody.wallet_with(1_000);
    let tokens = Tokens::new(custody.chain(), TOKEN);
    let account = Pubkey::new_unique();
    tokens.space(custody.chain(), account, 165);
    custody.chain().svm.airdrop(&account, 5_000).unwrap();
    tokens.fill(custody.chain(), account, mint, wallet, 0);
    custody.does_not_count(wallet, account, LAMPORTS, NoHolding::OtherProgram);
    let holdings = ascending(vec![custody.holding(&wallet, account, mint), custody.holding(&wallet, wallet, LAMPORTS)]);
    custody.only(1, &holdings).accepted();
    assert_eq!(custody.witness(1).amounts[2], 6_000);
}

#[test]
fn another_exchanges_wallet_or_token_does_not_count() {
    let mut custody = Custody::new();
    let own = custody.sol(5);
    let (other, other_id) = custody.other_exchange();
    let theirs = Keypair::new();
    let call = register_wallet(other.pubkey(), &other_id, theirs.pubkey());
    custody.chain().send(&[&other, &theirs], call).accepted();
    let call = declare_token(other.pubkey(), &other_id, LAMPORTS, 1);
    custody.chain().send(&[&other], call).accepted();
    let holding = Holding { wallet: wallet_address(&theirs.pubkey()), account: theirs.pubkey(), ..own };
    custody.only(1, &[holding]).refused(UNKNOWN);
    let holding = Holding { token: token_address(&other_id, &LAMPORTS), ..own };
    custody.only(1, &[holding]).refused(UNDECLARED);
}

#[test]
fn what_is_no_record_of_this_program_does_not_count() {
    let mut custody = Custody::new();
    let own = custody.sol(5);
    let unregistered = custody.chain().key().pubkey();
    let holding = Holding { account: unregistered, ..custody.holding(&unregistered, unregistered, LAMPORTS) };
    custody.only(1, &[holding]).refused(UNKNOWN);
    let mut forged = |address: Pubkey| {
        let mut account = custody.chain().svm.get_account(&address).unwrap();
        account.owner = Pubkey::new_unique();
        let forged = Pubkey::new_unique();
        custody.chain().svm.set_account(forged, account).unwrap();
        forged
    };
    let (forged_wallet, forged_token) = (forged(own.wallet), forged(own.token));
    for wallet in [forged_wallet, own.token, exchange_address(&custody.id())] {
        custody.only(1, &[Holding { wallet, ..own }]).refused(UNKNOWN);
    }
    for token in [forged_token, own.wallet, exchange_address(&custody.id())] {
        custody.only(1, &[Holding { token, ..own }]).refused(UNDECLARED);
    }
    custody.only(1, &[own]).accepted();
}

#[test]
fn a_retired_wallet_does_not_count() {
    let mut custody = Custody::new();
    let holding = custody.sol(5);
    custody.first(1, &[holding]).accepted();
    let (id, authority) = (custody.id(), custody.authority());
    custody.chain().send(&[&authority], retire_wallet(authority.pubkey(), &id, holding.account)).accepted();
    custody.only(1, &[holding]).refused(UNKNOWN);
}

#[test]
fn a_refusal_says_which_holding_of_the_look_it_is() {
    let mut custody = Custody::new();
    custody.lamports(3);
    let wallets = [custody.wallet_with(5), custody.wallet_with(6)];
    let holdings = ascending(wallets.map(|wallet| custody.holding(&wallet, wallet, LAMPORTS)).to_vec());
    let bad = |change: fn(&mut Holding)| {
        let mut holdings = holdings.clone();
        change(&mut holdings[1]);
        holdings
    };
    custody.first(1, &holdings).accepted();
    let nobody = bad(|holding| holding.wallet = holding.token);
    custody.only(1, &nobody).refused(Refusal::WalletUnknown { index: 1 });
    let undeclared = bad(|holding| holding.token = holding.wallet);
    custody.only(1, &undeclared).refused(Refusal::TokenUndeclared { index: 1 });
    let other = bad(|holding| holding.account = Pubkey::new_from_array([0xff; 32]));
    let expected = Refusal::HoldingInvalid { index: 1, reason: NoHolding::NotTheWallet };
    custody.only(1, &other).refused(expected);
}
