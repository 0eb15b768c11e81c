//! solvency, when only what was witnessed counts as held.

use ballast_core::{
    Refusal,
    solvency::{Solvency, Standing},
};
use litesvm::types::TransactionMetadata;
use solana_signer::Signer;

use crate::{
    cluster::Outcome,
    custody::{Custody, LAMPORTS, ascending},
    history::units,
    instructions::*,
    spl::TOKEN,
};

const SOL: u16 = 3;

fn answer(done: &TransactionMetadata) -> Solvency {
    assert_eq!(done.return_data.data.len(), 58);
    Solvency::decode(&done.return_data.data).unwrap()
}

impl Custody {
    fn ask(&mut self, commitment: u64, witness: Option<u64>, asset: u16, max_age: u64) -> Outcome {
        let id = self.id();
        let accounts = WitnessedAccounts {
            exchange: exchange_address(&id),
            commitment: (commitment > 0).then(|| commitment_address(&id, commitment)),
            witness: witness.map(|epoch| witness_address(&id, epoch)),
        };
        let anyone = self.chain().key();
        self.chain().send(&[&anyone], witnessed_solvency(accounts, asset, max_age))
    }

    fn answer(&mut self, commitment: u64, witness: Option<u64>, asset: u16, max_age: u64) -> Solvency {
        answer(&self.ask(commitment, witness, asset, max_age).accepted())
    }
}

/// After three epochs, with what the third owes of SOL and `more` lamports in a wallet.
fn custody_with(more: i64) -> (Custody, Holding, u128) {
    let mut custody = Custody::after(3);
    custody.lamports(SOL);
    let owed = custody.history.epoch(2).liabilities[2];
    let wallet = custody.wallet_with(owed as u64);
    let mut account = custody.chain().svm.get_account(&wallet).unwrap();
    account.lamports = account.lamports.checked_add_signed(more).unwrap();
    custody.chain().svm.set_account(wallet, account).unwrap();
    let holding = custody.holding(&wallet, wallet, LAMPORTS);
    (custody, holding, owed)
}

#[test]
fn what_was_seen_is_compared_with_what_is_owed() {
    for (more, standing) in [(0, Standing::Fresh), (7, Standing::Fresh), (-1, Standing::Insolvent)] {
        let (mut custody, holding, owed) = custody_with(more);
        custody.only(3, &[holding]).accepted();
        let done = custody.ask(3, Some(3), SOL, u64::MAX).accepted();
        units("solvency, witnessed, 3 assets", &done);
        let found = answer(&done);
        assert_eq!((found.standing, found.epoch, found.liability), (standing, 3, owed));
        assert_eq!(found.reserve, owed.checked_add_signed(more.into()).unwrap());
        assert_eq!(found.as_of, custody.history.posts(2)[0].as_of, "the older of the two");
    }
}

/// What a chain saw is its own word: the histories of two chains that saw different things are the
/// same.
#[test]
fn looks_do_not_enter_the_rolling_head() {
    let mut custody = Custody::after(1);
    let holding = custody.sol(1_000_000_000);
    for number in 1..custody.history.vectors.epochs.len() {
        let latest = number as u64;
        custody.only(latest, &[holding]).accepted();
        custody.first(latest + 1, &[holding]).accepted();
        for post in custody.history.posts(number) {
            custody.history.post(&post).accepted();
        }
        let expected = custody.history.epoch(number).head_after.clone();
        assert_eq!(custody.history.exchange().head.as_slice(), expected);
        let commitment = custody.history.commitment(latest + 1);
        assert_eq!(commitment.record.as_slice(), custody.history.epoch(number).record);
        assert_eq!(commitment.head_after.as_slice(), expected);
    }
    assert_eq!(custody.history.exchange().next_epoch, 4, "looked at between epochs 1 and 2, and 2 and 3");
}

#[test]
fn reported_reserves_answer_as_before() {
    let (mut custody, holding, _) = custody_with(-1);
    custody.only(3, &[holding]).accepted();
    let done = custody.history.ask(Some(3), SOL, u64::MAX).accepted();
    assert_eq!(answer(&done).standing, Standing::Fresh);
    assert_eq!(answer(&done).reserve, custody.history.epoch(2).reserves[2]);
}

#[test]
fn witnessed_figures_grow_old() {
    let (mut custody, holding, _) = custody_with(0);
    custody.only(3, &[holding]).accepted();
    let as_of = custody.history.posts(2)[0].as_of;
    custody.chain().set_clock(as_of + 60);
    assert_eq!(custody.answer(3, Some(3), SOL, 60).standing, Standing::Fresh);
    custody.chain().set_clock(as_of + 61);
    assert_eq!(custody.answer(3, Some(3), SOL, 60).standing, Standing::Stale);
}

#[test]
fn a_look_before_the_epoch_dates_the_answer() {
    let mut custody = Custody::after(2);
    let holding = custody.sol(1_000_000_000);
    let post = custody.history.posts(2).remove(0);
    let began = post.as_of - 500;
    custody.chain().set_clock(began);
    custody.only(3, &[holding]).accepted();
    custody.chain().set_clock(began + 600);
    custody.history.post(&post).accepted();
    assert_eq!(custody.answer(3, Some(3), SOL, 600).as_of, began);
    assert_eq!(custody.answer(3, Some(3), SOL, 600).standing, Standing::Fresh);
    assert_eq!(custody.answer(3, Some(3), SOL, 599).standing, Standing::Stale);
}

#[test]
fn without_a_closed_witness_the_answer_is_missing() {
    let (mut custody, holding, _) = custody_with(0);
    assert_eq!(custody.answer(3, None, SOL, u64::MAX), Solvency::MISSING);
    custody.first(3, &[holding]).accepted();
    assert_eq!(custody.answer(3, Some(3), SOL, u64::MAX), Solvency::MISSING);
    custody.only(3, &[holding]).accepted();
    assert_eq!(custody.answer(3, None, SOL, u64::MAX), Solvency::MISSING);
    assert_eq!(custody.answer(3, Some(3), SOL, u64::MAX).standing, Standing::Fresh);
}

#[test]
fn an_asset_that_was_not_looked_at_is_missing_and_an_empty_one_insolvent() {
    let (mut custody, holding, _) = custody_with(0);
    let (tokens, mint, wallet) = custody.usdc(TOKEN);
    let account = tokens.account(custody.chain(), mint, wallet, 0);
    let empty = custody.holding(&wallet, account, mint);
    custody.only(3, &ascending(vec![holding, empty])).accepted();
    for asset in [0, 1, 4, 128, 129, u16::MAX] {
        assert_eq!(custody.answer(3, Some(3), asset, u64::MAX), Solvency::MISSING);
    }
    let found = custody.answer(3, Some(3), 2, u64::MAX);
    assert_eq!((found.standing, found.reserve), (Standing::Insolvent, 0));
}

#[test]
fn a_witness_of_another_epoch_is_missing() {
    let mut custody = Custody::after(2);
    let holding = custody.sol(1_000_000_000);
    for epoch in [2, 3] {
        custody.only(epoch, &[holding]).accepted();
    }
    assert_eq!(custody.answer(2, Some(3), SOL, u64::MAX), Solvency::MISSING);
    let post = custody.history.posts(2).remove(0);
    custody.history.post(&post).accepted();
    assert_eq!(custody.answer(3, Some(2), SOL, u64::MAX), Solvency::MISSING);
    assert_eq!(custody.answer(3, Some(3), SOL, u64::MAX).standing, Standing::Fresh);
    custody.ask(2, Some(2), SOL, u64::MAX).refused(Refusal::CommitmentNotLatest { expected: 3, found: 2 });
}

#[test]
fn before_the_first_epoch_a_witness_is_missing() {
    let mut custody = Custody::new();
    let holding = custody.sol(5);
    custody.only(1, &[holding]).accepted();
    assert_eq!(custody.answer(0, Some(1), SOL, u64::MAX), Solvency::MISSING);
}

#[test]
fn a_witness_of_another_exchange_is_missing_and_a_forged_one_refused() {
    let (mut custody, holding, _) = custody_with(0);
    custody.only(3, &[holding]).accepted();
    let own = custody.witness(3);
    let address = witness_address(&custody.id(), 3);
    custody.chain().edit(&address, |witness: &mut reserves::state::Witness| witness.exchange[0] ^= 1);
    assert_eq!(custody.answer(3, Some(3), SOL, u64::MAX), Solvency::MISSING);
    custody.chain().put(&address, &own);
    assert_eq!(custody.answer(3, Some(3), SOL, u64::MAX).standing, Standing::Fresh);
    let mut account = custody.chain().svm.get_account(&address).unwrap();
    account.owner = custody.history.authority.pubkey();
    custody.chain().svm.set_account(address, account).unwrap();
    custody.ask(3, Some(3), SOL, u64::MAX).refused_with(3007, "AccountOwnedByWrongProgram");
}

#[test]
fn units_of_another_asset_list_do_not_answer() {
    let mut custody = Custody::new();
    let (id, authority) = (custody.id(), custody.authority());
    let right = crate::history::assets(&custody.history.vectors.exchange);
    let mut wrong = right.clone();
    wrong[2].decimals = 20;
    custody.chain().send(&[&authority], set_assets(authority.pubkey(), &id, 0, wrong)).accepted();
    let holding = custody.sol(1_000_000_000);
    custody.only(1, &[holding]).accepted();
    custody.chain().send(&[&authority], set_assets(authority.pubkey(), &id, 0, right)).accepted();
    let post = custody.history.posts(0).remove(0);
    custody.history.post(&post).accepted();
    assert!(custody.witness(1).amounts[2] > custody.history.epoch(0).liabilities[2]);
    assert_eq!(custody.answer(1, Some(1), SOL, u64::MAX), Solvency::MISSING);
}
