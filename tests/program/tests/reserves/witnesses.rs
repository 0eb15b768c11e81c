//! witness_reserves: who looks, when, in what order, and beside what.

use anchor_lang::{
    prelude::Pubkey,
    solana_program::{system_instruction, system_program},
};
use ballast_core::{Refusal, holding::NoHolding, observation::WINDOW};
use reserves::{events::ReservesWitnessed, instructions::WitnessReservesArgs};
use solana_keypair::Keypair;
use solana_signer::Signer;

use crate::{
    cluster::events,
    custody::{Custody, LAMPORTS, ascending},
    forwarder,
    history::{READY, units},
    instructions::*,
};

const ONLY: WitnessReservesArgs = WitnessReservesArgs { epoch: 1, first: true, last: true };

/// Before the first epoch, with lamports declared and so many wallets, each with its number of
/// lamports from 1.
fn custody_of(wallets: u64) -> (Custody, Vec<Holding>) {
    let mut custody = Custody::new();
    custody.lamports(3);
    let holdings = (1..=wallets)
        .map(|lamports| {
            let wallet = custody.wallet_with(lamports);
            custody.holding(&wallet, wallet, LAMPORTS)
        })
        .collect();
    (custody, ascending(holdings))
}

#[test]
fn looks_add_up_and_the_last_one_closes() {
    let (mut custody, holdings) = custody_of(5);
    custody.chain().set_slot(500);
    let done = custody.first(1, &holdings[..2]).accepted();
    assert_eq!((custody.witness(1).began_slot, custody.witness(1).last_slot), (500, 500));
    let event = &events::<ReservesWitnessed>(&done)[0];
    assert_eq!((event.exchange, event.epoch, event.holdings, event.closed), (custody.id(), 1, 2, false));
    custody.chain().set_clock(READY + WINDOW - 1);
    custody.look(WitnessReservesArgs { first: false, last: false, ..ONLY }, &holdings[2..3]).accepted();
    custody.chain().set_clock(READY + WINDOW);
    custody.chain().set_slot(550);
    let done = custody.last(1, &holdings[3..]).accepted();
    let event = &events::<ReservesWitnessed>(&done)[0];
    assert_eq!((event.holdings, event.closed, event.began, event.at), (5, true, READY, READY + WINDOW));
    let witness = custody.witness(1);
    assert_eq!((witness.version, witness.exchange, witness.epoch), (1, custody.id(), 1));
    assert_eq!((witness.began, witness.last_look, witness.closed), (READY, READY + WINDOW, true));
    assert_eq!((witness.began_slot, witness.last_slot), (500, 550));
    assert_eq!((witness.holdings, witness.last_holding, witness.looked), (5, holdings[4].account, 0b100));
    assert_eq!(witness.amounts, [0, 0, 15]);
    assert_eq!(witness.poster, custody.history.poster.pubkey());
}

#[test]
fn an_empty_holding_is_looked_at_and_no_holding_is_refused() {
    let (mut custody, _) = custody_of(0);
    custody.only(1, &[]).refused(Refusal::NothingToWitness);
    let wallet = Keypair::new();
    custody.register(&wallet).accepted();
    let holding = custody.holding(&wallet.pubkey(), wallet.pubkey(), LAMPORTS);
    custody.only(1, &[holding]).accepted();
    assert_eq!((custody.witness(1).looked, custody.witness(1).amounts[2]), (0b100, 0));
}

#[test]
fn a_holding_cut_short_is_refused() {
    let (mut custody, holdings) = custody_of(1);
    let (id, poster) = (custody.id(), custody.history.poster.insecure_clone());
    let mut call = witness_reserves(poster.pubkey(), &id, ONLY, &holdings);
    call.accounts.pop();
    custody.chain().send(&[&poster], call).refused(Refusal::HoldingInvalid { index: 0, reason: NoHolding::CutShort });
}

#[test]
fn a_holding_counts_once() {
    let (mut custody, holdings) = custody_of(3);
    let twice = [holdings[0], holdings[1], holdings[1]];
    custody.only(1, &twice).refused(Refusal::HoldingOutOfOrder { index: 2 });
    let back = [holdings[1], holdings[0]];
    custody.only(1, &back).refused(Refusal::HoldingOutOfOrder { index: 1 });
    custody.first(1, &holdings[..2]).accepted();
    for again in [0, 1] {
        custody.last(1, &holdings[again..]).refused(Refusal::HoldingOutOfOrder { index: 0 });
    }
    custody.last(1, &holdings[2..]).accepted();
}

#[test]
fn what_is_not_closed_can_begin_again_and_what_is_closed_not() {
    let (mut custody, holdings) = custody_of(3);
    custody.first(1, &holdings).accepted();
    custody.chain().set_clock(READY + 50);
    custody.chain().set_slot(900);
    custody.first(1, &holdings[..1]).accepted();
    assert_eq!(custody.witness(1).began_slot, 900);
    assert_eq!((custody.witness(1).holdings, custody.witness(1).began), (1, READY + 50));
    custody.last(1, &holdings[1..2]).accepted();
    let closed = custody.witness(1).amounts;
    custody.only(1, &holdings).refused(Refusal::WitnessClosed { epoch: 1 });
    custody.last(1, &holdings[2..]).refused(Refusal::WitnessClosed { epoch: 1 });
    assert_eq!(custody.witness(1).amounts, closed);
}

#[test]
fn looks_begin_with_a_first_one() {
    let (mut custody, holdings) = custody_of(1);
    custody.last(1, &holdings).refused(Refusal::WitnessNotBegun { epoch: 1 });
    let address = witness_address(&custody.id(), 1);
    custody.chain().fund(&address);
    custody.last(1, &holdings).refused(Refusal::WitnessNotBegun { epoch: 1 });
    custody.only(1, &holdings).accepted();
}

#[test]
fn looks_end_with_the_window_and_when_a_clock_runs_backwards() {
    let (mut custody, holdings) = custody_of(2);
    custody.first(1, &holdings[..1]).accepted();
    for clock in [READY + WINDOW + 1, READY - 1] {
        custody.chain().set_clock(clock);
        custody.last(1, &holdings[1..]).refused(Refusal::WitnessWindowPassed { began: READY, clock });
    }
    custody.only(1, &holdings).accepted();
}

#[test]
fn the_latest_epoch_or_the_next_is_witnessed() {
    let (mut custody, holdings) = custody_of(1);
    let invalid = |next, found| Refusal::WitnessEpochInvalid { next, found };
    for found in [0, 2, u64::MAX] {
        custody.only(found, &holdings).refused(invalid(1, found));
    }
    let mut custody = Custody::after(2);
    let holding = custody.sol(5);
    for found in [0, 1, 4] {
        custody.only(found, &[holding]).refused(invalid(3, found));
    }
    for epoch in [2, 3] {
        custody.only(epoch, &[holding]).accepted();
    }
}

#[test]
fn only_a_poster_looks_and_not_while_paused() {
    let (mut custody, holdings) = custody_of(1);
    let (id, authority) = (custody.id(), custody.authority());
    let call = witness_reserves(authority.pubkey(), &id, ONLY, &holdings);
    custody.chain().send(&[&authority], call).refused(Refusal::NotPoster);
    custody.chain().send(&[&authority], set_paused(authority.pubkey(), &id, true)).accepted();
    custody.only(1, &holdings).refused(Refusal::ExchangePaused);
    custody.chain().send(&[&authority], set_paused(authority.pubkey(), &id, false)).accepted();
    custody.only(1, &holdings).accepted();
}

#[test]
fn a_witness_is_kept_at_its_epochs_address() {
    let (mut custody, holdings) = custody_of(1);
    let (id, poster) = (custody.id(), custody.history.poster.insecure_clone());
    for address in [witness_address(&id, 2), Pubkey::new_unique()] {
        let mut call = witness_reserves(poster.pubkey(), &id, ONLY, &holdings);
        call.accounts[2].pubkey = address;
        custody.chain().send(&[&poster], call).refused_with(2006, "ConstraintSeeds");
    }
}

#[test]
fn coins_lent_for_a_transaction_do_not_count() {
    let (mut custody, holdings) = custody_of(1);
    let (id, poster) = (custody.id(), custody.history.poster.insecure_clone());
    let look = witness_reserves(poster.pubkey(), &id, ONLY, &holdings);
    let lend = system_instruction::transfer(&poster.pubkey(), &holdings[0].account, 1_000_000_000);
    // The first instruction of all sets the compute limit.
    for (instruction, beside) in [(1, [lend.clone(), look.clone()]), (2, [look.clone(), lend])] {
        custody.chain().send_all(&[&poster], &beside).refused(Refusal::WitnessNotAlone { instruction });
        let lender = format!("Left:\nProgram log: {}\n", system_program::ID);
        custody.chain().send_all(&[&poster], &beside).refused_with(6_065, &lender);
    }
    let open = open_buffer(poster.pubkey(), 0, 8);
    custody.chain().send_all(&[&poster], &[open, look]).accepted();
}

#[test]
fn no_program_looks() {
    let (mut custody, holdings) = custody_of(1);
    forwarder::deploy(custody.chain());
    let (id, poster) = (custody.id(), custody.history.poster.insecure_clone());
    let look = witness_reserves(poster.pubkey(), &id, ONLY, &holdings);
    custody.chain().send(&[&poster], forwarder::forward(look)).refused(Refusal::WitnessNotAlone { instruction: 1 });
}

#[test]
fn the_instructions_are_read_from_nowhere_else() {
    let (mut custody, holdings) = custody_of(1);
    let (id, poster) = (custody.id(), custody.history.poster.insecure_clone());
    let mut look = witness_reserves(poster.pubkey(), &id, ONLY, &holdings);
    // No instruction at all, as a forged list could say.
    let forged = Pubkey::new_unique();
    let account = solana_account::Account { lamports: 1_000_000_000, data: vec![0; 4], ..Default::default() };
    custody.chain().svm.set_account(forged, account).unwrap();
    look.accounts[3].pubkey = forged;
    custody.chain().send(&[&poster], look).failed_unchanged("UnsupportedSysvar");
}

#[test]
fn looks_go_on_under_the_same_list_alone() {
    let (mut custody, holdings) = custody_of(2);
    custody.first(1, &holdings[..1]).accepted();
    let mut added = crate::history::assets(&custody.history.vectors.exchange)[2];
    added.symbol[0] = b'X';
    custody.history.append(3, vec![added]).accepted();
    custody.last(1, &holdings[1..]).refused(Refusal::WitnessNotBegun { epoch: 1 });
    // What was declared before the list grew still counts.
    custody.only(1, &holdings).accepted();
    assert_eq!(custody.witness(1).amounts.len(), 4);
}

#[test]
fn a_cleared_list_takes_its_looks_along() {
    let (mut custody, holdings) = custody_of(2);
    let list = crate::history::assets(&custody.history.vectors.exchange);
    custody.only(1, &holdings).accepted();
    custody.only(1, &holdings).refused(Refusal::WitnessClosed { epoch: 1 });
    custody.first(2, &holdings[..1]).refused(Refusal::WitnessEpochInvalid { next: 1, found: 2 });
    // The same list again is another generation of it.
    custody.relist(list);
    custody.only(1, &holdings).refused(Refusal::TokenUndeclared { index: 0 });
    custody.lamports(3);
    custody.last(1, &holdings).refused(Refusal::WitnessNotBegun { epoch: 1 });
    custody.first(1, &holdings[..1]).accepted();
    let witness = custody.witness(1);
    assert_eq!((witness.generation, witness.closed, witness.holdings), (1, false, 1));
}

#[test]
fn units_of_looks() {
    let spent = |wallets: u64| {
        let (mut custody, holdings) = custody_of(wallets);
        let done = custody.only(1, &holdings).accepted();
        units(&format!("witness_reserves, {wallets} wallets' lamports"), &done)
    };
    let (one, most) = (spent(1), spent(12));
    assert!((most - one) / 11 < 2_000, "{one} {most}");
}
