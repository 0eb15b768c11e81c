//! A program that asks by CPI: programs/lender.

use anchor_lang::{InstructionData, ToAccountMetas, prelude::Pubkey, solana_program::instruction::Instruction};
use ballast_core::Refusal;

use crate::{
    cluster::Outcome,
    custody::Custody,
    history::{History, READY, units},
    instructions::*,
    vectors,
};

const NOT_PROVED_SOLVENT: u32 = 6_000;

fn lend(history: &mut History, commitment: Option<Pubkey>, asset: u16, max_age: u64) -> Outcome {
    let accounts = Accounts { commitment, witness: None };
    ask(history, accounts, asset, max_age, false)
}

struct Accounts {
    commitment: Option<Pubkey>,
    witness: Option<Pubkey>,
}

fn ask(history: &mut History, accounts: Accounts, asset: u16, max_age: u64, witnessed: bool) -> Outcome {
    let Accounts { commitment, witness } = accounts;
    let exchange_id = history.id();
    let accounts = lender::accounts::Lend {
        exchange: exchange_address(&exchange_id),
        commitment,
        witness,
        registry: reserves::ID,
    };
    let call = Instruction {
        program_id: lender::ID,
        accounts: accounts.to_account_metas(None),
        data: lender::instruction::Lend { _exchange_id: exchange_id, asset, max_age, witnessed }.data(),
    };
    let anyone = history.chain.key();
    history.chain.send(&[&anyone], call)
}

fn age_of(history: &History, number: usize) -> u64 {
    READY - history.posts(number)[0].as_of
}

#[test]
fn a_program_lends_on_a_fresh_solvent_figure() {
    let mut history = History::after(vectors::history(), 1);
    let latest = Some(commitment_address(&history.id(), 1));
    let age = age_of(&history, 0);
    let done = lend(&mut history, latest, 3, age).accepted();
    units("lender's lend, with solvency by CPI, 3 assets", &done);
    let asked = done.logs.iter().any(|line| line.contains(&format!("Program {} invoke [2]", reserves::ID)));
    assert!(asked, "{:?}", done.logs);
}

#[test]
fn a_program_does_not_lend_otherwise() {
    let mut history = History::begin(vectors::history());
    let refused = |outcome: Outcome| outcome.refused_with(NOT_PROVED_SOLVENT, "NotProvedSolvent");
    refused(lend(&mut history, None, 1, u64::MAX));

    let mut history = History::after(vectors::history(), 2);
    let (first, latest) = (commitment_address(&history.id(), 1), commitment_address(&history.id(), 2));
    let age = age_of(&history, 1);
    refused(lend(&mut history, Some(latest), 1, age - 1));
    refused(lend(&mut history, Some(latest), 2, age));
    refused(lend(&mut history, Some(latest), 4, age));
    let expected = Refusal::CommitmentNotLatest { expected: 2, found: 1 };
    lend(&mut history, Some(first), 1, u64::MAX).refused(expected);
    lend(&mut history, Some(latest), 1, age).accepted();
}

#[test]
fn a_program_lends_on_what_the_chain_saw() {
    let mut custody = Custody::after(3);
    let owed = custody.history.epoch(2).liabilities[2] as u64;
    let wallet = custody.wallet_with(owed);
    let lamports = custody.lamports(3);
    let holding = custody.holding(&wallet, wallet, lamports);
    let accounts = |custody: &Custody| Accounts {
        commitment: Some(commitment_address(&custody.id(), 3)),
        witness: Some(witness_address(&custody.id(), 3)),
    };
    let nothing = Accounts { witness: None, ..accounts(&custody) };
    ask(&mut custody.history, nothing, 3, u64::MAX, true).refused_with(NOT_PROVED_SOLVENT, "NotProvedSolvent");
    custody.only(3, &[holding]).accepted();
    let all = accounts(&custody);
    units("lender's lend, witnessed", &ask(&mut custody.history, all, 3, u64::MAX, true).accepted());
}
