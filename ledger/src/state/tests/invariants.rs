//! Each invariant broken by itself, on the whole state and on what a rule would change.

use super::{
    invariant::{Broken, check_state, check_touched},
    *,
};

/// What is wrong with the state after one alteration.
fn broken<R>(alter: impl FnOnce(&mut State) -> R) -> Broken {
    let mut state = state();
    check_state(&state).unwrap();
    let _ = alter(&mut state);
    check_state(&state).expect_err("no invariant is broken")
}

#[test]
fn coins_of_one_account_are_below_two_to_the_64() {
    let found = broken(|state| balance(state, ALICE, BTC).available = u64::MAX);
    // 100 in orders and 100 lent and not borrowed.
    assert_eq!(found, Broken::PhysicalTooLarge { account: ALICE, asset: BTC, found: u128::from(u64::MAX) + 200 });
}

#[test]
fn coins_locked_are_those_of_open_orders() {
    let unequal = |account, expected, found| Broken::OrdersUnequal { account, asset: BTC, expected, found };
    let found = broken(|state| state.orders.values_mut().next().unwrap().remaining = 99);
    assert_eq!(found, unequal(ALICE, 99, 100));
    assert_eq!(broken(|state| state.orders.pop_first()), unequal(ALICE, 0, 100));
    // An order of someone who has nothing of what it sells.
    let found = broken(|state| {
        let order = Order { account: CAROL, ..*state.orders.values().next().unwrap() };
        state.orders.insert(1, order);
    });
    assert_eq!(found, unequal(CAROL, 100, 0));
}

#[test]
fn totals_are_the_sums_of_balances() {
    let wrong = |asset, what, expected, found| Broken::TotalWrong { asset, what, expected, found };
    assert_eq!(broken(|state| state.totals[0].physical += 1), wrong(BTC, "kept", 1000, 1001));
    assert_eq!(broken(|state| state.totals[0].lent_borrowed += 1), wrong(BTC, "lent", 500, 501));
    assert_eq!(broken(|state| state.totals[0].borrowed -= 1), wrong(BTC, "borrowed", 500, 499));
    assert_eq!(broken(|state| state.totals[1].physical -= 1), wrong(USD, "kept", 118, 117));
    assert_eq!(broken(|state| balance(state, BOB, USD).available -= 1), wrong(USD, "kept", 117, 118));
    assert_eq!(broken(|state| balance(state, ALICE, BTC).lent_borrowed += 1), wrong(BTC, "lent", 501, 500));
    assert_eq!(broken(|state| balance(state, BOB, BTC).borrowed -= 1), wrong(BTC, "borrowed", 499, 500));
}

#[test]
fn coins_kept_are_what_came_in_and_did_not_go_out() {
    let not_conserved = |expected| Broken::NotConserved { asset: USD, expected: Some(expected), found: 118 };
    assert_eq!(broken(|state| state.totals[1].deposited += 1), not_conserved(119));
    assert_eq!(broken(|state| state.totals[1].minted -= 1), not_conserved(117));
    assert_eq!(broken(|state| state.totals[1].withdrawn += 1), not_conserved(117));
    assert_eq!(broken(|state| state.totals[1].burned -= 1), not_conserved(119));
    let found = broken(|state| state.totals[1].withdrawn = 1000);
    assert_eq!(found, Broken::NotConserved { asset: USD, expected: None, found: 118 });
}

#[test]
fn lenders_are_owed_what_borrowers_owe() {
    let found = broken(|state| {
        balance(state, BOB, BTC).borrowed -= 1;
        state.totals[0].borrowed -= 1;
    });
    assert_eq!(found, Broken::LendingUnequal { asset: BTC, lent: 500, borrowed: 499 });
}

#[test]
fn index_of_lenders_is_that_of_balances() {
    let wrong = |asset| Broken::LendersWrong { asset };
    assert_eq!(broken(|state| state.lenders[0].unborrowed.insert(BOB)), wrong(BTC));
    assert_eq!(broken(|state| state.lenders[0].unborrowed.remove(&ALICE)), wrong(BTC));
    assert_eq!(broken(|state| state.lenders[0].borrowed.remove(&ALICE)), wrong(BTC));
    assert_eq!(broken(|state| state.lenders[1].borrowed.insert(CAROL)), wrong(USD));
}

/// What a rule that changed Alice's bitcoin would be stopped for.
fn after_a_rule(change: impl FnOnce(&mut Balance)) -> Result<Vec<(u16, Totals)>, Broken> {
    let state = state();
    let before = state.balance(ALICE, BTC);
    let mut after = before;
    change(&mut after);
    check_touched(&state, None, &[Touched { account: ALICE, asset: BTC, before, after }])
}

#[test]
fn rule_that_makes_or_loses_coins_is_stopped() {
    let broken = |found| Err(Broken::NotConserved { asset: BTC, expected: Some(1000), found });
    assert_eq!(after_a_rule(|balance| balance.available += 1), broken(1001));
    assert_eq!(after_a_rule(|balance| balance.in_orders -= 1), broken(999));
    assert_eq!(after_a_rule(|balance| balance.lent_unborrowed -= 1), broken(999));
    assert!(after_a_rule(|_| {}).is_ok_and(|changed| changed.len() == 1));
}

#[test]
fn rule_that_makes_a_claim_or_a_debt_alone_is_stopped() {
    let broken = |lent, borrowed| Err(Broken::LendingUnequal { asset: BTC, lent, borrowed });
    assert_eq!(after_a_rule(|balance| balance.lent_borrowed += 1), broken(501, 500));
    assert_eq!(after_a_rule(|balance| balance.borrowed += 1), broken(500, 501));
}

#[test]
fn rule_that_gives_more_than_a_leaf_holds_is_stopped() {
    let found = u128::from(u64::MAX) + 200;
    let refused = after_a_rule(|balance| balance.available = u64::MAX);
    assert_eq!(refused, Err(Broken::PhysicalTooLarge { account: ALICE, asset: BTC, found }));
}

#[test]
fn more_out_than_in_is_no_amount() {
    let state = state();
    let flowed = Totals { withdrawn: 1001, ..state.totals[0] };
    let refused = check_touched(&state, Some((BTC, flowed)), &[]);
    assert_eq!(refused, Err(Broken::NotConserved { asset: BTC, expected: None, found: 1000 }));
}

#[test]
fn change_begins_at_the_balance_that_is_there() {
    let state = state();
    for part in Part::ALL {
        let mut before = state.balance(ALICE, BTC);
        *before.part_mut(part) += 1;
        let (expected, found) = (before.get(part) - 1, before.get(part));
        let touched = [Touched { account: ALICE, asset: BTC, before, after: before }];
        let broken = Broken::BeforeWrong { account: ALICE, asset: BTC, part, expected, found };
        assert_eq!(check_touched(&state, None, &touched), Err(broken));
    }
}

#[test]
fn balance_changes_once_in_a_transaction() {
    let state = state();
    let before = state.balance(ALICE, BTC);
    let touched = |after| Touched { account: ALICE, asset: BTC, before, after };
    // The sums would hold: only the second of the two becomes the balance.
    let [more, less] =
        [before.available + 5, before.available - 5].map(|available| touched(Balance { available, ..before }));
    let broken = Err(Broken::TouchedTwice { account: ALICE, asset: BTC });
    assert_eq!(check_touched(&state, None, &[more, less]), broken);
    assert_eq!(check_touched(&state, None, &[touched(before), touched(before)]), broken);
}

#[test]
fn total_below_what_is_taken_from_it_is_stopped() {
    let mut state = state();
    state.totals[0].borrowed = 499;
    let before = state.balance(BOB, BTC);
    let refused = check_touched(&state, None, &[Touched { account: BOB, asset: BTC, before, after: before }]);
    let broken = Broken::TotalWrong { asset: BTC, what: "borrowed", expected: 500, found: 499 };
    assert_eq!(refused, Err(broken));
}

#[test]
fn accounts_are_counted_in_32_bits() {
    let most = u32::MAX as usize;
    assert_eq!(rules::room_for_account(most - 1), Ok(()));
    assert_eq!(rules::room_for_account(most), Err(Cause::TooManyAccounts));
}
