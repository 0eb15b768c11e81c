//! solvency: what a chain answers, and about what it refuses to.

use anchor_lang::prelude::Pubkey;
use ballast_core::{
    Refusal,
    circuit::SetupKind,
    solvency::{Solvency, Standing, ratio_bps},
};
use litesvm::types::TransactionMetadata;
use solana_signer::Signer;

use crate::{
    ceremony,
    history::{History, units},
    instructions::*,
    vectors,
};

fn answer(done: &TransactionMetadata) -> Solvency {
    assert_eq!(done.return_data.program_id, reserves::ID);
    Solvency::decode(&done.return_data.data).unwrap()
}

#[test]
fn before_the_first_epoch_the_answer_is_missing() {
    let mut history = History::begin(vectors::history());
    assert_eq!(answer(&history.ask(None, 1, u64::MAX).accepted()), Solvency::MISSING);
}

#[test]
fn an_unfinished_epoch_is_no_answer() {
    let mut history = History::after(vectors::history(), 1);
    let first = history.posts(1).remove(0);
    history.post(&first).accepted();
    let not_latest = Refusal::CommitmentNotLatest { expected: 1, found: 2 };
    history.ask(Some(2), 1, u64::MAX).refused(not_latest);
    assert_eq!(answer(&history.ask(Some(1), 1, u64::MAX).accepted()).epoch, 1);
}

#[test]
fn a_solvent_epoch_is_fresh_until_it_is_stale() {
    let mut history = History::after(ceremony::history(), 1);
    let (as_of, epoch) = (history.posts(0)[0].as_of, &history.vectors.epochs[0]);
    let (liability, reserve) = (epoch.liabilities[2], epoch.reserves[2]);
    let mut expected = Solvency {
        standing: Standing::Fresh,
        epoch: 1,
        as_of,
        liability,
        reserve,
        ratio_bps: ratio_bps(reserve, liability),
        setup: Some(SetupKind::Ceremony),
        circuit: history.vectors.circuit.id(),
    };
    history.chain.set_clock(as_of + 60);
    let done = history.ask(Some(1), 3, 60).accepted();
    units("solvency, 3 assets", &done);
    assert_eq!(answer(&done), expected);
    history.chain.set_clock(as_of + 61);
    expected.standing = Standing::Stale;
    assert_eq!(answer(&history.ask(Some(1), 3, 60).accepted()), expected);
}

#[test]
fn an_insolvent_epoch_is_insolvent_in_that_asset_alone() {
    let mut history = History::after(ceremony::history(), 2);
    history.age(1, 60);
    let standing = |history: &mut History, asset| answer(&history.ask(Some(2), asset, u64::MAX).accepted()).standing;
    assert_eq!(standing(&mut history, 1), Standing::Fresh);
    assert_eq!(standing(&mut history, 2), Standing::Insolvent);
    assert_eq!(standing(&mut history, 3), Standing::Fresh);
    let old = answer(&history.ask(Some(2), 2, 0).accepted());
    assert_eq!((old.standing, old.ratio_bps), (Standing::Insolvent, 9_999));
}

#[test]
fn an_asset_that_is_not_listed_is_missing() {
    let mut history = History::after(vectors::history(), 1);
    for asset in [0, 4, 129, u16::MAX] {
        assert_eq!(answer(&history.ask(Some(1), asset, u64::MAX).accepted()), Solvency::MISSING);
    }
}

#[test]
fn only_the_latest_commitment_answers() {
    let mut history = History::after(vectors::history(), 2);
    history.ask(Some(1), 1, u64::MAX).refused(Refusal::CommitmentNotLatest { expected: 2, found: 1 });
    history.ask(None, 1, u64::MAX).refused(Refusal::CommitmentNotLatest { expected: 2, found: 0 });
}

#[test]
fn another_exchanges_commitment_does_not_answer() {
    let mut history = History::after(vectors::history(), 1);
    let foreign = History::after(vectors::wide(), 1);
    let address = commitment_address(&foreign.id(), 1);
    let account = foreign.chain.svm.get_account(&address).unwrap();
    history.chain.svm.set_account(address, account.clone()).unwrap();
    let call = solvency(Asked { commitment: Some(address), ..history.asked(Some(1)) }, 1, u64::MAX);
    let anyone = history.chain.key();
    let outcome = history.chain.send(&[&anyone], call);
    outcome.refused(Refusal::CommitmentNotLatest { expected: 1, found: 0 });

    let forged = Pubkey::new_unique();
    let own = history.chain.svm.get_account(&commitment_address(&history.id(), 1)).unwrap();
    history.chain.svm.set_account(forged, solana_account::Account { owner: Pubkey::new_unique(), ..own }).unwrap();
    let call = solvency(Asked { commitment: Some(forged), ..history.asked(Some(1)) }, 1, u64::MAX);
    history.chain.send(&[&anyone], call).refused_with(3007, "AccountOwnedByWrongProgram");
}

#[test]
fn an_exchange_that_breaks_its_promise_is_overdue() {
    let mut history = History::after(ceremony::history(), 1);
    let standing = |history: &mut History| answer(&history.ask(Some(1), 3, u64::MAX).accepted()).standing;
    history.age(0, 660);
    assert_eq!(standing(&mut history), Standing::Fresh);
    history.age(0, 661);
    assert_eq!(standing(&mut history), Standing::Overdue);
    // The promise that counts is the one that is in force.
    let (id, authority) = (history.id(), history.authority.insecure_clone());
    history.chain.send(&[&authority], set_cadence(authority.pubkey(), &id, 86_400)).accepted();
    assert_eq!(standing(&mut history), Standing::Fresh);
    history.age(0, 90_001);
    assert_eq!(standing(&mut history), Standing::Overdue);
}

#[test]
fn a_retired_circuits_last_answer_is_retired() {
    let mut history = History::after(ceremony::history(), 1);
    history.age(0, 60);
    let (governor, id) = (history.governor.insecure_clone(), history.vectors.circuit.id());
    history.chain.send(&[&governor], retire_circuit(governor.pubkey(), &id)).accepted();
    let found = answer(&history.ask(Some(1), 3, 60).accepted());
    assert_eq!((found.standing, found.circuit), (Standing::Retired, id));
}

#[test]
fn a_development_setups_answer_is_development() {
    let mut history = History::after(vectors::history(), 1);
    history.age(0, 60);
    let found = answer(&history.ask(Some(1), 3, 60).accepted());
    assert_eq!((found.standing, found.setup), (Standing::Development, Some(SetupKind::Development)));
}

#[test]
fn only_the_circuit_that_proved_the_epoch_answers() {
    let mut history = History::after(ceremony::history(), 1);
    let anyone = history.chain.key();
    let asked = history.asked(Some(1));
    let ask =
        |history: &mut History, circuit| history.chain.send(&[&anyone], solvency(Asked { circuit, ..asked }, 3, 60));
    ask(&mut history, None).refused(Refusal::CircuitUnknown);
    // Another circuit, active and not retired.
    let other = vectors::history().circuit;
    let (governor, address) = (history.governor.insecure_clone(), circuit_address(&other.id()));
    history.chain.send(&[&governor], register_circuit(governor.pubkey(), address, other.args())).accepted();
    ask(&mut history, Some(address)).refused(Refusal::CircuitUnknown);
    let mut forged = history.chain.svm.get_account(&asked.circuit.unwrap()).unwrap();
    forged.owner = Pubkey::new_unique();
    let address = Pubkey::new_unique();
    history.chain.svm.set_account(address, forged).unwrap();
    ask(&mut history, Some(address)).refused_with(3007, "AccountOwnedByWrongProgram");
}

#[test]
fn an_asset_that_was_appended_later_has_no_figures() {
    let mut history = History::after(ceremony::history(), 1);
    history.age(0, 60);
    let mut added = crate::history::assets(&history.vectors.exchange)[2];
    added.symbol[0] = b'X';
    history.append(3, vec![added]).accepted();
    assert_eq!(answer(&history.ask(Some(1), 4, u64::MAX).accepted()), Solvency::MISSING);
    assert_eq!(answer(&history.ask(Some(1), 3, u64::MAX).accepted()).standing, Standing::Fresh);
}
