//! What is said of coins that were lent and are gone.

use super::exchange::*;
use ballast_ledger::{
    lending::{Backing, LendingReport},
    reserves::{BackingLine, LendingLine},
    transaction::Kind,
};

/// Alice lends, Carol borrows 500 BTC and withdraws everything of it that she has.
fn short_of_bitcoin() -> Exchange {
    let mut exchange = Exchange::new(1);
    exchange.ok(Kind::Lend(movement(ALICE, BTC, 500)));
    exchange.ok(Kind::Borrow(movement(CAROL, BTC, 500)));
    exchange.ok(withdraw(CAROL, BTC, 1500));
    exchange
}

#[test]
fn borrowed_coins_back_no_other_debt() {
    let mut exchange = short_of_bitcoin();
    exchange.ok(withdraw(CAROL, USD, 100_000));
    exchange.ok(Kind::Lend(movement(ALICE, USD, 70_000)));
    exchange.ok(Kind::Borrow(movement(CAROL, USD, 70_000)));
    let report = LendingReport::new(&exchange.state);
    assert_eq!(report.assets[0].left_units, "500");
    assert_eq!(report.assets[0].backing, []);
    // What she keeps beyond the debt is hers.
    exchange.ok(deposit(CAROL, USD, 1));
    let report = LendingReport::new(&exchange.state);
    let own = Backing { symbol: "USD".into(), amount: "0.000001".into(), amount_units: "1".into() };
    assert_eq!(report.assets[0].backing, [own]);
    assert_eq!((report.assets[1].left_units.as_str(), report.assets[1].short_borrowers), ("0", 0));
}

#[test]
fn one_who_is_short_of_both_backs_neither() {
    let mut exchange = short_of_bitcoin();
    exchange.ok(Kind::Lend(movement(ALICE, USD, 70_000)));
    exchange.ok(Kind::Borrow(movement(CAROL, USD, 70_000)));
    exchange.ok(withdraw(CAROL, USD, 170_000));
    let report = LendingReport::new(&exchange.state);
    for (asset, left) in report.assets.iter().zip(["500", "70000"]) {
        assert_eq!((asset.left_units.as_str(), asset.short_borrowers), (left, 1));
        assert_eq!(asset.backing, []);
    }
}

#[test]
fn lines_are_of_the_assets_that_are_lent() {
    let exchange = short_of_bitcoin();
    let backing = vec![BackingLine { symbol: "USD".into(), amount: "0.100000".into() }];
    let line = LendingLine {
        symbol: "BTC".into(),
        lent_and_borrowed: "0.00000500".into(),
        left: "0.00000500".into(),
        backing,
    };
    assert_eq!(LendingReport::new(&exchange.state).lines(), [line]);
    assert_eq!(LendingReport::new(&Exchange::new(1).state).lines(), []);
}
