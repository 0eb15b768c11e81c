//! solvency, when only what was witnessed counts as held.

use ballast_core::{
    Refusal,
    solvency::{Solvency, Standing, WitnessedSolvency},
};
use litesvm::types::TransactionMetadata;
use solana_signer::Signer;

use crate::{
    cluster::Outcome,
    custody::{Custody, LAMPORTS, ascending},
    history::{READY, units},
    instructions::*,
    spl::TOKEN,
};

const SOL: u16 = 3;

/// The longest span that a question allows here.
const SPAN: u64 = 600;

fn answer(done: &TransactionMetadata) -> WitnessedSolvency {
    assert_eq!(done.return_data.data.len(), WitnessedSolvency::ENCODED_LENGTH);
    WitnessedSolvency::decode(&done.return_data.data).unwrap()
}

impl Custody {
    fn ask_within(&mut self, asked: Asked, asset: u16, max_age: u64, max_span: u64) -> Outcome {
        let anyone = self.chain().key();
        self.chain().send(&[&anyone], witnessed_solvency(asked, asset, max_age, max_span))
    }

    fn ask(&mut self, commitment: u64, witness: Option<u64>, asset: u16, max_age: u64) -> Outcome {
        let id = self.id();
        let asked = Asked {
            witness: witness.map(|epoch| witness_address(&id, epoch)),
            ..self.history.asked((commitment > 0).then_some(commitment))
        };
        self.ask_within(asked, asset, max_age, SPAN)
    }

    fn answer(&mut self, commitment: u64, witness: Option<u64>, asset: u16, max_age: u64) -> WitnessedSolvency {
        answer(&self.ask(commitment, witness, asset, max_age).accepted())
    }

    fn standing(&mut self, commitment: u64, witness: Option<u64>, asset: u16, max_age: u64) -> Standing {
        self.answer(commitment, witness, asset, max_age).figures.standing
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
        units("witnessed_solvency, 3 assets", &done);
        let WitnessedSolvency { figures: found, first_look, span } = answer(&done);
        assert_eq!((first_look, span), (READY, 0));
        assert_eq!((found.standing, found.epoch, found.liability), (standing, 3, owed));
        assert_eq!(found.reserve, owed.checked_add_signed(more.into()).unwrap());
        assert_eq!(found.as_of, custody.history.posts(2)[0].as_of);
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
    let stated = Solvency::decode(&done.return_data.data).unwrap();
    assert_eq!((stated.standing, stated.reserve), (Standing::Fresh, custody.history.epoch(2).reserves[2]));
}

#[test]
fn witnessed_figures_grow_old() {
    let (mut custody, holding, _) = custody_with(0);
    custody.only(3, &[holding]).accepted();
    custody.history.age(2, 60);
    assert_eq!(custody.standing(3, Some(3), SOL, 60), Standing::Fresh);
    custody.history.age(2, 61);
    assert_eq!(custody.standing(3, Some(3), SOL, 60), Standing::Stale);
    custody.history.age(2, 661);
    assert_eq!(custody.standing(3, Some(3), SOL, u64::MAX), Standing::Overdue);
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
    let found = custody.answer(3, Some(3), SOL, 600);
    assert_eq!((found.figures.as_of, found.first_look), (post.as_of, began));
    assert_eq!(found.figures.standing, Standing::Fresh);
    assert_eq!(custody.standing(3, Some(3), SOL, 599), Standing::Stale);
}

#[test]
fn without_a_closed_witness_the_answer_is_missing() {
    let (mut custody, holding, _) = custody_with(0);
    assert_eq!(custody.answer(3, None, SOL, u64::MAX), WitnessedSolvency::MISSING);
    custody.first(3, &[holding]).accepted();
    assert_eq!(custody.answer(3, Some(3), SOL, u64::MAX), WitnessedSolvency::MISSING);
    custody.only(3, &[holding]).accepted();
    assert_eq!(custody.answer(3, None, SOL, u64::MAX), WitnessedSolvency::MISSING);
    assert_eq!(custody.standing(3, Some(3), SOL, u64::MAX), Standing::Fresh);
}

#[test]
fn an_asset_that_was_not_looked_at_is_missing_and_an_empty_one_insolvent() {
    let (mut custody, holding, _) = custody_with(0);
    let (tokens, mint, wallet) = custody.usdc(TOKEN);
    let account = tokens.account(custody.chain(), mint, wallet, 0);
    let empty = custody.holding(&wallet, account, mint);
    custody.only(3, &ascending(vec![holding, empty])).accepted();
    for asset in [0, 1, 4, 128, 129, u16::MAX] {
        assert_eq!(custody.answer(3, Some(3), asset, u64::MAX), WitnessedSolvency::MISSING);
    }
    let found = custody.answer(3, Some(3), 2, u64::MAX).figures;
    assert_eq!((found.standing, found.reserve), (Standing::Insolvent, 0));
}

#[test]
fn a_witness_of_another_epoch_is_missing() {
    let mut custody = Custody::after(2);
    let holding = custody.sol(1_000_000_000);
    for epoch in [2, 3] {
        custody.only(epoch, &[holding]).accepted();
    }
    assert_eq!(custody.answer(2, Some(3), SOL, u64::MAX), WitnessedSolvency::MISSING);
    let post = custody.history.posts(2).remove(0);
    custody.history.post(&post).accepted();
    assert_eq!(custody.answer(3, Some(2), SOL, u64::MAX), WitnessedSolvency::MISSING);
    assert_eq!(custody.standing(3, Some(3), SOL, u64::MAX), Standing::Fresh);
    custody.ask(2, Some(2), SOL, u64::MAX).refused(Refusal::CommitmentNotLatest { expected: 3, found: 2 });
}

#[test]
fn before_the_first_epoch_a_witness_is_missing() {
    let mut custody = Custody::new();
    let holding = custody.sol(5);
    custody.only(1, &[holding]).accepted();
    assert_eq!(custody.answer(0, Some(1), SOL, u64::MAX), WitnessedSolvency::MISSING);
}

#[test]
fn a_witness_of_another_exchange_is_missing_and_a_forged_one_refused() {
    let (mut custody, holding, _) = custody_with(0);
    custody.only(3, &[holding]).accepted();
    let own = custody.witness(3);
    let address = witness_address(&custody.id(), 3);
    custody.chain().edit(&address, |witness: &mut reserves::state::Witness| witness.exchange[0] ^= 1);
    assert_eq!(custody.answer(3, Some(3), SOL, u64::MAX), WitnessedSolvency::MISSING);
    custody.chain().put(&address, &own);
    assert_eq!(custody.standing(3, Some(3), SOL, u64::MAX), Standing::Fresh);
    let mut account = custody.chain().svm.get_account(&address).unwrap();
    account.owner = custody.history.authority.pubkey();
    custody.chain().svm.set_account(address, account).unwrap();
    custody.ask(3, Some(3), SOL, u64::MAX).refused_with(3007, "AccountOwnedByWrongProgram");
}

/// What is seen long before or after an epoch was paid in or out since: it is held at one time and
/// owed at the other.
#[test]
fn looks_far_from_the_epoch_do_not_count() {
    for (seconds, counts) in [(-3_600, true), (-3_601, false), (3_600, true), (3_601, false)] {
        let (mut custody, holding, _) = custody_with(0);
        let as_of = custody.history.posts(2)[0].as_of;
        custody.chain().set_clock(as_of.checked_add_signed(seconds).unwrap());
        custody.only(3, &[holding]).accepted();
        custody.history.age(2, 60);
        let found = custody.standing(3, Some(3), SOL, u64::MAX);
        assert_eq!(found != Standing::Missing, counts, "{seconds}");
    }
}

/// A pile that moves from wallet to wallet between two looks is counted twice.
#[test]
fn the_asker_bounds_the_span_of_the_looks() {
    let (mut custody, holding, _) = custody_with(0);
    let wallet = custody.wallet_with(1_000_000_000);
    let other = custody.holding(&wallet, wallet, LAMPORTS);
    let holdings = ascending(vec![holding, other]);
    custody.history.age(2, 30);
    custody.first(3, &holdings[..1]).accepted();
    custody.history.age(2, 60);
    custody.last(3, &holdings[1..]).accepted();
    let asked = custody.history.asked(Some(3));
    let mut within = |span| answer(&custody.ask_within(asked, SOL, u64::MAX, span).accepted());
    assert_eq!((within(30).figures.standing, within(30).span), (Standing::Fresh, 30));
    assert_eq!(within(29), WitnessedSolvency::MISSING);
}

/// Under A declare a token that nobody wants as the asset, look, close; set B; set A again: what
/// was seen does not count.
#[test]
fn looks_of_a_cleared_list_do_not_answer() {
    let mut custody = Custody::new();
    let right = crate::history::assets(&custody.history.vectors.exchange);
    let mut wrong = right.clone();
    wrong[2].decimals = 20;
    for list in [wrong, right.clone()] {
        custody.relist(right.clone());
        custody.lamports(SOL);
        let wallet = custody.wallet_with(1_000_000_000);
        let holding = custody.holding(&wallet, wallet, LAMPORTS);
        custody.only(1, &[holding]).accepted();
        custody.relist(list);
    }
    let post = custody.history.posts(0).remove(0);
    custody.history.post(&post).accepted();
    custody.history.age(0, 60);
    assert!(custody.witness(1).closed && custody.witness(1).amounts[2] > 0);
    assert_eq!(custody.answer(1, Some(1), SOL, u64::MAX), WitnessedSolvency::MISSING);
}
