//! post_shard: accounts that are not what they are passed as.

use anchor_lang::prelude::Pubkey;

use crate::{history::History, instructions::*, vectors};

#[test]
fn a_commitment_lies_at_the_address_of_its_epoch() {
    let mut history = History::after(vectors::history(), 1);
    let (id, posts) = (history.id(), history.posts(1));
    for account in [commitment_address(&id, 1), commitment_address(&id, 3), commitment_address(&[1; 32], 2)] {
        let outcome = history.post_with(&posts[0], |accounts| accounts.commitment = account);
        outcome.refused_with(2006, "ConstraintSeeds");
    }
    history.post(&posts[0]).accepted();
    let finished = commitment_address(&id, 1);
    let outcome = history.post_with(&posts[1], |accounts| accounts.commitment = finished);
    outcome.refused_with(2006, "ConstraintSeeds");
    let mut account = history.chain.svm.get_account(&commitment_address(&id, 2)).unwrap();
    account.owner = Pubkey::new_unique();
    let forged = Pubkey::new_unique();
    history.chain.svm.set_account(forged, account).unwrap();
    let outcome = history.post_with(&posts[1], |accounts| accounts.commitment = forged);
    outcome.refused_with(3007, "AccountOwnedByWrongProgram");
}

#[test]
fn lamports_of_a_stranger_do_not_block_an_epoch() {
    let mut history = History::begin(vectors::history());
    let commitment = commitment_address(&history.id(), 1);
    history.chain.fund(&commitment);
    let post = history.posts(0).remove(0);
    history.post(&post).accepted();
    history.chain.svm.airdrop(&commitment_address(&history.id(), 2), 1_000_000).unwrap();
    let post = history.posts(1).remove(0);
    history.post(&post).accepted();
}

#[test]
fn an_account_of_anothers_is_no_exchange() {
    let mut history = History::begin(vectors::history());
    let post = history.posts(0).remove(0);
    let mut account = history.chain.svm.get_account(&exchange_address(&history.id())).unwrap();
    account.owner = Pubkey::new_unique();
    let forged = Pubkey::new_unique();
    history.chain.svm.set_account(forged, account).unwrap();
    let outcome = history.post_with(&post, |accounts| accounts.exchange = forged);
    outcome.refused_with(3007, "AccountOwnedByWrongProgram");
}
