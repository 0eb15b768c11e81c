//! What each kind does, and boundaries of amounts.

use super::exchange::*;
use ballast_ledger::{
    lending::LendingReport,
    snapshot::AS_OF_MAX,
    state::{
        Balance, Cause, EXCHANGE_ACCOUNT, LENDERS_MAX, Part, SnapshotRefused, State,
        invariant::{Broken, check_state},
    },
    transaction::{Kind, Settlement, Transaction},
};
use proptest::prelude::*;

#[test]
fn fill_moves_what_both_sides_have() {
    let mut exchange = Exchange::new(1);
    let first = exchange.ok(order(ALICE, BTC, 10, USD, 500));
    let second = exchange.ok(order(BOB, USD, 400, BTC, 8));
    exchange.ok(Kind::Fill { first, first_gives: 8, second, second_gives: 400 });
    assert_eq!(exchange.balance(ALICE, BTC), Balance { available: 990, in_orders: 2, ..Balance::default() });
    assert_eq!(exchange.balance(ALICE, USD).available, 100_400);
    assert_eq!(exchange.balance(BOB, BTC).available, 1008);
    assert_eq!(exchange.balance(BOB, USD), Balance { available: 99_600, ..Balance::default() });
    assert!(exchange.state.orders().contains_key(&first) && !exchange.state.orders().contains_key(&second));
}

#[test]
fn loans_go_out_and_come_back_in_order_of_account() {
    let mut exchange = Exchange::new(1);
    exchange.ok(Kind::Lend(movement(BOB, BTC, 100)));
    exchange.ok(Kind::Lend(movement(ALICE, BTC, 100)));
    let refused = exchange.refused(Kind::Borrow(movement(CAROL, BTC, 201)));
    assert!(matches!(refused, Cause::LendersTooFew { expected: 201, found: 200, .. }), "{refused}");
    exchange.ok(Kind::Borrow(movement(CAROL, BTC, 150)));
    let lent = |exchange: &Exchange, account| {
        let balance = exchange.balance(account, BTC);
        (balance.lent_unborrowed, balance.lent_borrowed)
    };
    assert_eq!((lent(&exchange, ALICE), lent(&exchange, BOB)), ((0, 100), (50, 50)));
    assert_eq!(exchange.balance(CAROL, BTC), Balance { available: 1150, borrowed: 150, ..Balance::default() });
    exchange.ok(Kind::AccrueInterest { borrower: CAROL, lender: BOB, asset: BTC, amount: 3 });
    exchange.ok(Kind::Repay(movement(CAROL, BTC, 120)));
    assert_eq!((lent(&exchange, ALICE), lent(&exchange, BOB)), ((100, 0), (70, 33)));
    let refused = exchange.refused(Kind::Repay(movement(CAROL, BTC, 34)));
    assert!(matches!(refused, Cause::TooLittle { part: Part::Borrowed, expected: 34, found: 33, .. }));
    let accrue = |borrower, lender| Kind::AccrueInterest { borrower, lender, asset: BTC, amount: 1 };
    assert!(matches!(exchange.refused(accrue(ALICE, BOB)), Cause::NothingToAccrue { account: ALICE, .. }));
    assert!(matches!(exchange.refused(accrue(CAROL, ALICE)), Cause::NothingToAccrue { account: ALICE, .. }));
}

#[test]
fn liquidation_repays_the_debt_through_a_signed_order() {
    let mut exchange = Exchange::new(1);
    exchange.ok(Kind::Lend(movement(ALICE, BTC, 500)));
    exchange.ok(Kind::Borrow(movement(CAROL, BTC, 500)));
    exchange.ok(withdraw(CAROL, BTC, 1500));
    let order = exchange.ok(order(BOB, BTC, 400, USD, 40_000));
    let liquidate = |borrower, sold, paid| Kind::Liquidate { borrower, order, sold, paid };
    assert!(matches!(exchange.refused(liquidate(CAROL, 39_999, 400)), Cause::PriceTooLow { .. }));
    assert!(matches!(exchange.refused(liquidate(CAROL, 100_001, 400)), Cause::TooLittle { account: CAROL, .. }));
    assert!(matches!(exchange.refused(liquidate(BOB, 40_000, 400)), Cause::SameAccount { account: BOB }));
    assert!(matches!(exchange.refused(liquidate(ALICE, 40_000, 400)), Cause::TooLittle { part: Part::Borrowed, .. }));
    let report = LendingReport::new(&exchange.state);
    assert_eq!(
        (report.assets[0].lent_and_borrowed_units.as_str(), report.assets[0].left.as_str()),
        ("500", "0.00000500")
    );
    assert_eq!(report.assets[0].backing[0].amount_units, "100000");
    assert_eq!((report.assets[0].short_borrowers, report.assets[1].left_units.as_str()), (1, "0"));
    exchange.ok(liquidate(CAROL, 40_000, 400));
    assert_eq!(exchange.balance(CAROL, BTC), Balance { borrowed: 100, ..Balance::default() });
    assert_eq!(exchange.balance(CAROL, USD).available, 60_000);
    assert_eq!(exchange.balance(BOB, USD).available, 140_000);
    let lender = exchange.balance(ALICE, BTC);
    assert_eq!((lender.lent_unborrowed, lender.lent_borrowed), (400, 100));
}

#[test]
fn settlement_pays_only_what_losers_have() {
    let mut exchange = Exchange::new(1);
    let settle = |entries| Kind::Settle { asset: USD, settlement: Settlement::new(entries).unwrap() };
    exchange.ok(settle(vec![(ALICE, -100_000), (BOB, 60_000), (CAROL, 40_000)]));
    let refused = exchange.refused(settle(vec![(ALICE, -1), (BOB, 1)]));
    assert!(matches!(refused, Cause::TooLittle { account: ALICE, expected: 1, found: 0, .. }));
    for wrong in
        [vec![], vec![(1, 5)], vec![(1, 1), (2, 1)], vec![(2, 1), (1, -1)], vec![(1, 1), (1, -1)], vec![(1, 0), (2, 0)]]
    {
        assert!(Settlement::new(wrong).is_err());
    }
    assert!(Settlement::new(vec![(1, 1 << 64), (2, -(1 << 64))]).is_err());
}

#[test]
fn fees_go_to_the_exchange() {
    let mut exchange = Exchange::new(1);
    exchange.ok(Kind::Fee(movement(ALICE, USD, 5)));
    assert_eq!(exchange.balance(EXCHANGE_ACCOUNT, USD).available, 5);
    assert_eq!(exchange.refused(Kind::Fee(movement(0, USD, 1))), Cause::SameAccount { account: 0 });
}

#[test]
fn amounts_at_their_boundaries() {
    let mut exchange = Exchange::new(1);
    for kind in [
        deposit(ALICE, BTC, 0),
        withdraw(ALICE, BTC, 0),
        order(ALICE, BTC, 0, USD, 0),
        Kind::Lend(movement(ALICE, BTC, 0)),
        Kind::Redeem(movement(ALICE, BTC, 0)),
        Kind::Borrow(movement(ALICE, BTC, 0)),
        Kind::Repay(movement(ALICE, BTC, 0)),
        Kind::Fee(movement(ALICE, BTC, 0)),
        Kind::AccrueInterest { borrower: ALICE, lender: BOB, asset: BTC, amount: 0 },
    ] {
        assert_eq!(exchange.refused(kind), Cause::AmountZero);
    }
    let refused = exchange.refused(deposit(ALICE, BTC, u64::MAX));
    assert_eq!(refused, Cause::TooMuch { account: ALICE, asset: BTC, part: Part::Available });
    exchange.ok(deposit(ALICE, BTC, u64::MAX - 1000));
    assert_eq!(exchange.balance(ALICE, BTC).available, u64::MAX);
    // What is lent is still kept for her: one unit more would be beyond a leaf.
    exchange.ok(Kind::Lend(movement(ALICE, BTC, 10)));
    let refused = exchange.refused(deposit(ALICE, BTC, 1));
    let broken = Broken::PhysicalTooLarge { account: ALICE, asset: BTC, found: 1 << 64 };
    assert_eq!(refused, Cause::Invariant(broken));
    assert!(matches!(exchange.refused(withdraw(ALICE, BTC, u64::MAX)), Cause::TooLittle { .. }));
    exchange.ok(order(ALICE, BTC, u64::MAX - 10, USD, u64::MAX));
    exchange.ok(deposit(BOB, BTC, u64::MAX - 1000));
    assert_eq!(exchange.state.snapshot(START / 1000).unwrap().totals[0], 2 * u128::from(u64::MAX) + 1000);
    for (asset, account) in [(0, ALICE), (3, ALICE), (u16::MAX, ALICE)] {
        assert_eq!(exchange.refused(deposit(account, asset, 1)), Cause::AssetUnknown { asset, count: 2 });
    }
    assert_eq!(exchange.refused(deposit(4, BTC, 1)), Cause::AccountUnknown { account: 4, count: 4 });
}

#[test]
fn nothing_is_given_or_received_for_nothing() {
    let mut exchange = Exchange::new(1);
    exchange.ok(Kind::Lend(movement(ALICE, BTC, 500)));
    exchange.ok(Kind::Borrow(movement(CAROL, BTC, 500)));
    let first = exchange.ok(order(ALICE, BTC, 10, USD, 0));
    let second = exchange.ok(order(BOB, USD, 500, BTC, 0));
    for (first_gives, second_gives) in [(0, 1), (1, 0), (0, 0)] {
        let fill = Kind::Fill { first, first_gives, second, second_gives };
        assert_eq!(exchange.refused(fill), Cause::AmountZero, "{first_gives} for {second_gives}");
        let liquidation = Kind::Liquidate { borrower: CAROL, order: first, sold: first_gives, paid: second_gives };
        assert_eq!(exchange.refused(liquidation), Cause::AmountZero, "{first_gives} for {second_gives}");
    }
}

#[test]
fn order_for_an_unknown_asset_is_refused() {
    let mut exchange = Exchange::new(1);
    for asset in [0, 3, u16::MAX] {
        let unknown = Cause::AssetUnknown { asset, count: 2 };
        assert_eq!(exchange.refused(order(ALICE, BTC, 1, asset, 0)), unknown);
        assert_eq!(exchange.refused(order(ALICE, asset, 1, BTC, 0)), unknown);
    }
}

#[test]
fn one_loan_is_of_the_first_256_lenders() {
    let mut exchange = Exchange::new(1);
    for number in 4..4 + LENDERS_MAX as u32 {
        // Any key will do: the ledger does not mind one of several accounts.
        exchange.keys.push(key(4));
        exchange.keys[number as usize] = key(4);
        exchange.ok(open(&format!("lender {number}"), &key(4)));
        exchange.ok(deposit(number, BTC, 1));
        exchange.ok(Kind::Lend(movement(number, BTC, 1)));
    }
    exchange.ok(Kind::Lend(movement(ALICE, BTC, 1)));
    let too_few =
        |expected| Cause::LendersTooFew { asset: BTC, expected, found: LENDERS_MAX as u64, limit: LENDERS_MAX };
    let all = LENDERS_MAX as u64 + 1;
    assert_eq!(exchange.refused(Kind::Borrow(movement(CAROL, BTC, all))), too_few(all));
    exchange.ok(Kind::Borrow(movement(CAROL, BTC, all - 1)));
    exchange.ok(Kind::Borrow(movement(CAROL, BTC, 1)));
    assert_eq!(exchange.refused(Kind::Repay(movement(CAROL, BTC, all))), too_few(all));
    exchange.ok(Kind::Repay(movement(CAROL, BTC, all - 1)));
    exchange.ok(Kind::Repay(movement(CAROL, BTC, 1)));
}

#[test]
fn snapshot_is_of_a_time_in_its_range() {
    let exchange = Exchange::new(1);
    for as_of in [0, AS_OF_MAX + 1, u64::MAX] {
        assert_eq!(exchange.state.snapshot(as_of), Err(SnapshotRefused::AsOf { as_of }));
    }
    assert_eq!(exchange.state.snapshot(AS_OF_MAX).unwrap().as_of, AS_OF_MAX);
}

#[test]
fn snapshot_is_of_the_coins_kept_and_not_before_the_last_transaction() {
    let mut exchange = Exchange::new(1);
    let empty = State::new(genesis(1)).unwrap();
    assert_eq!(empty.snapshot(1), Err(SnapshotRefused::Empty));
    exchange.ok(Kind::Lend(movement(ALICE, BTC, 600)));
    exchange.ok(Kind::Borrow(movement(BOB, BTC, 500)));
    exchange.time += 1;
    exchange.ok(withdraw(BOB, BTC, 1500));
    assert!(matches!(exchange.state.snapshot(START / 1000), Err(SnapshotRefused::BeforeTransaction { .. })));
    let snapshot = exchange.state.snapshot(START / 1000 + 1).unwrap();
    assert_eq!(snapshot.ledger, exchange.state.position());
    assert_eq!(
        (snapshot.totals.as_slice(), snapshot.gross_borrows.as_slice()),
        ([1500, 300_000].as_slice(), [500, 0].as_slice())
    );
    assert_eq!(snapshot.accounts[1].balances[0].balance, 500);
    assert_eq!((snapshot.accounts.len(), snapshot.accounts[2].balances.len()), (4, 1));
}

#[test]
fn state_has_one_encoding() {
    let state = simulation(5, 20, 2000).run(|_| Ok::<_, ()>(())).unwrap();
    let bytes = state.encode();
    assert_eq!(State::decode(&bytes).unwrap(), state);
    assert!(State::decode(&bytes[..bytes.len() - 1]).is_err());
    assert!(State::decode(&[bytes.as_slice(), &[0]].concat()).is_err());
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    /// Any stream of valid transactions keeps every invariant, and its bytes are read as what was
    /// written.
    #[test]
    fn streams_keep_the_invariants(seed: u64, accounts in 2u32..40) {
        let simulation = simulation(seed, accounts, 1500);
        let mut state = State::new(simulation.genesis().unwrap()).unwrap();
        let end = simulation.run(|batch| {
            for (number, signed) in batch.iter().enumerate() {
                let transaction = Transaction::decode(&signed.bytes).unwrap();
                assert_eq!(transaction.encode(), signed.bytes);
                state.apply_unverified(signed).unwrap();
                if number % 10 == 0 {
                    check_state(&state).unwrap();
                }
            }
            Ok::<_, ()>(())
        }).unwrap();
        check_state(&end).unwrap();
        prop_assert_eq!(end.digest(), state.digest());
    }

    /// Whatever bytes decode, they are the encoding of what they decode to.
    #[test]
    fn encoding_is_canonical(bytes in proptest::collection::vec(any::<u8>(), 0..120), kind in 0u8..20) {
        let mut bytes = bytes;
        if bytes.len() > 49 {
            (bytes[0], bytes[49]) = (1, kind);
        }
        if let Ok(transaction) = Transaction::decode(&bytes) {
            prop_assert_eq!(transaction.encode(), bytes);
        }
    }
}
