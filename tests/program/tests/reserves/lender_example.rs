//! A program that asks by CPI: programs/lender.

use anchor_lang::{
    InstructionData, ToAccountMetas,
    prelude::Pubkey,
    solana_program::{instruction::Instruction, system_program},
};
use ballast_core::Refusal;
use lender::Terms;
use solana_signer::Signer;

use crate::{
    ceremony,
    cluster::Outcome,
    custody::Custody,
    history::{History, units},
    instructions::*,
    vectors,
};

const NOT_PROVED_SOLVENT: u32 = 6_000;
const TERMS_INVALID: u32 = 6_002;

/// Opens a market of a new owner; returns its address.
fn open(history: &mut History, terms: Terms) -> (Pubkey, Outcome) {
    let owner = history.chain.key();
    let market = Pubkey::find_program_address(&[b"market", owner.pubkey().as_ref()], &lender::ID).0;
    let accounts = lender::accounts::OpenMarket { owner: owner.pubkey(), market, system_program: system_program::ID };
    let call = Instruction {
        program_id: lender::ID,
        accounts: accounts.to_account_metas(None),
        data: lender::instruction::OpenMarket { terms }.data(),
    };
    (market, history.chain.send(&[&owner], call))
}

fn lend(history: &mut History, market: Pubkey, asked: Asked) -> Outcome {
    let Asked { exchange, commitment, circuit, witness } = asked;
    let accounts = lender::accounts::Lend { market, exchange, commitment, circuit, witness, registry: reserves::ID };
    let call = Instruction {
        program_id: lender::ID,
        accounts: accounts.to_account_metas(None),
        data: lender::instruction::Lend {}.data(),
    };
    let anyone = history.chain.key();
    history.chain.send(&[&anyone], call)
}

/// Opens a market by what is stated and asks it about the epoch.
fn ask(history: &mut History, epoch: Option<u64>, asset: u16, max_age: u64) -> Outcome {
    let terms = Terms { exchange: history.id(), asset, max_age, witnessed_within: None };
    let (market, opened) = open(history, terms);
    opened.accepted();
    let asked = history.asked(epoch);
    lend(history, market, asked)
}

fn refused(outcome: Outcome) {
    outcome.refused_with(NOT_PROVED_SOLVENT, "NotProvedSolvent");
}

#[test]
fn a_program_lends_on_a_fresh_solvent_figure() {
    let mut history = History::after(ceremony::history(), 1);
    history.age(0, 60);
    let done = ask(&mut history, Some(1), 3, 60).accepted();
    units("lender's lend, with solvency by CPI, 3 assets", &done);
    let asked = done.logs.iter().any(|line| line.contains(&format!("Program {} invoke [2]", reserves::ID)));
    assert!(asked, "{:?}", done.logs);
}

#[test]
fn a_program_does_not_lend_otherwise() {
    let mut history = History::begin(ceremony::history());
    refused(ask(&mut history, None, 1, u64::MAX));

    let mut history = History::after(ceremony::history(), 2);
    history.age(1, 60);
    refused(ask(&mut history, Some(2), 1, 59));
    refused(ask(&mut history, Some(2), 2, 60));
    refused(ask(&mut history, Some(2), 4, 60));
    let expected = Refusal::CommitmentNotLatest { expected: 2, found: 1 };
    ask(&mut history, Some(1), 1, u64::MAX).refused(expected);
    ask(&mut history, Some(2), 1, 60).accepted();
    history.age(1, 661);
    refused(ask(&mut history, Some(2), 1, u64::MAX));
}

#[test]
fn a_program_does_not_lend_on_a_development_setup() {
    let mut history = History::after(vectors::history(), 1);
    history.age(0, 60);
    refused(ask(&mut history, Some(1), 3, u64::MAX));
}

#[test]
fn a_borrower_does_not_choose_the_terms() {
    let mut history = History::after(ceremony::history(), 1);
    history.age(0, 60);
    let other = Terms { exchange: [1; 32], asset: 3, max_age: 60, witnessed_within: None };
    let (market, opened) = open(&mut history, other);
    opened.accepted();
    let asked = history.asked(Some(1));
    lend(&mut history, market, asked).refused_with(2006, "ConstraintSeeds");
    for terms in [Terms { asset: 0, ..other }, Terms { max_age: 0, ..other }] {
        open(&mut history, terms).1.refused_with(TERMS_INVALID, "TermsInvalid");
    }
}

#[test]
fn a_program_lends_on_what_the_chain_saw() {
    let mut custody = Custody::after(3);
    let owed = custody.history.epoch(2).liabilities[2] as u64;
    let wallet = custody.wallet_with(owed);
    let lamports = custody.lamports(3);
    let holding = custody.holding(&wallet, wallet, lamports);
    let terms = Terms { exchange: custody.id(), asset: 3, max_age: 60, witnessed_within: Some(0) };
    let (market, opened) = open(&mut custody.history, terms);
    opened.accepted();
    let asked = custody.history.asked(Some(3));
    refused(lend(&mut custody.history, market, Asked { witness: None, ..asked }));
    custody.only(3, &[holding]).accepted();
    units("lender's lend, witnessed", &lend(&mut custody.history, market, asked).accepted());
}
