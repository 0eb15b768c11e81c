//! Attacks by name. Each is refused for its own reason and leaves no trace.

use super::exchange::*;
use ballast_ledger::{
    signature::{KeyInvalid, Signatory, SignatureInvalid, public_key, sign},
    state::{Cause, Part, State},
    transaction::{
        DecodeError, Kind, PREFIX_LENGTH, SETTLEMENT_MAX, Settlement, SettlementError, SignedTransaction, Signer,
        Transaction,
    },
};

#[test]
fn fill_of_more_than_the_seller_has_left_is_refused() {
    let mut exchange = Exchange::new(1);
    let first = exchange.ok(order(ALICE, BTC, 10, USD, 0));
    let second = exchange.ok(order(BOB, USD, 500, BTC, 0));
    let refused = exchange.refused(Kind::Fill { first, first_gives: 11, second, second_gives: 500 });
    assert_eq!(refused, Cause::OrderTooSmall { order: first, expected: 11, found: 10 });
    exchange.ok(Kind::Fill { first, first_gives: 6, second, second_gives: 300 });
    let refused = exchange.refused(Kind::Fill { first, first_gives: 5, second, second_gives: 100 });
    assert_eq!(refused, Cause::OrderTooSmall { order: first, expected: 5, found: 4 });
}

#[test]
fn fill_at_a_worse_price_than_signed_is_refused() {
    let mut exchange = Exchange::new(1);
    let first = exchange.ok(order(ALICE, BTC, 10, USD, 500));
    let second = exchange.ok(order(BOB, USD, 500, BTC, 0));
    let fill = |second_gives| Kind::Fill { first, first_gives: 3, second, second_gives };
    assert!(matches!(exchange.refused(fill(149)), Cause::PriceTooLow { received: 149, .. }));
    exchange.ok(fill(150));
}

#[test]
fn orders_of_one_account_or_of_other_assets_do_not_meet() {
    let mut exchange = Exchange::new(1);
    let first = exchange.ok(order(ALICE, BTC, 10, USD, 0));
    let own = exchange.ok(order(ALICE, USD, 10, BTC, 0));
    let same_side = exchange.ok(order(BOB, BTC, 10, USD, 0));
    let fill = |second| Kind::Fill { first, first_gives: 1, second, second_gives: 1 };
    assert_eq!(exchange.refused(fill(own)), Cause::SameAccount { account: ALICE });
    assert_eq!(exchange.refused(fill(same_side)), Cause::OrdersDoNotMatch { first, second: same_side });
    assert_eq!(exchange.refused(fill(first)), Cause::SameAccount { account: ALICE });
    assert_eq!(exchange.refused(fill(999)), Cause::OrderUnknown { order: 999 });
    let for_itself = exchange.refused(order(ALICE, BTC, 1, BTC, 0));
    assert_eq!(for_itself, Cause::OrderSameAsset { asset: BTC });
}

#[test]
fn order_of_another_customer_is_not_cancelled() {
    let mut exchange = Exchange::new(1);
    let order = exchange.ok(order(ALICE, BTC, 10, USD, 0));
    let refused = exchange.refused(Kind::CancelOrder { account: BOB, order });
    assert_eq!(refused, Cause::OrderOfAnother { order, owner: ALICE, account: BOB });
    exchange.ok(Kind::CancelOrder { account: ALICE, order });
    assert_eq!(exchange.refused(Kind::CancelOrder { account: ALICE, order }), Cause::OrderUnknown { order });
}

#[test]
fn withdrawal_of_lent_or_locked_funds_is_refused() {
    let mut exchange = Exchange::new(1);
    exchange.ok(Kind::Lend(movement(ALICE, BTC, 600)));
    exchange.ok(order(ALICE, BTC, 100, USD, 0));
    let too_little =
        |expected, found| Cause::TooLittle { account: ALICE, asset: BTC, part: Part::Available, expected, found };
    assert_eq!(exchange.refused(withdraw(ALICE, BTC, 301)), too_little(301, 300));
    exchange.ok(Kind::Borrow(movement(BOB, BTC, 500)));
    let redeem = exchange.refused(Kind::Redeem(movement(ALICE, BTC, 101)));
    assert!(matches!(redeem, Cause::TooLittle { part: Part::LentUnborrowed, expected: 101, found: 100, .. }));
    let burn = Kind::Burn { from: movement(ALICE, BTC, 301), destination: [0; 32] };
    assert_eq!(exchange.refused(burn), too_little(301, 300));
    exchange.ok(withdraw(ALICE, BTC, 300));
}

#[test]
fn a_transaction_twice_or_out_of_order_is_refused() {
    let mut exchange = Exchange::new(1);
    let first = exchange.signed(withdraw(ALICE, BTC, 1));
    let sequence = exchange.state.position().sequence;
    exchange.state.apply(&first).unwrap();
    let found = sequence + 1;
    assert_eq!(exchange.refusal(&first), Cause::Sequence { expected: sequence + 2, found });
    let mut later = exchange.transaction(withdraw(ALICE, BTC, 1));
    later.sequence += 1;
    let refused = exchange.refusal(&sign(&key(ALICE), &later));
    assert_eq!(refused, Cause::Sequence { expected: sequence + 2, found: sequence + 3 });
    let mut elsewhere = exchange.transaction(withdraw(ALICE, BTC, 1));
    elsewhere.head_before[31] ^= 1;
    assert!(matches!(exchange.refusal(&sign(&key(ALICE), &elsewhere)), Cause::Head { .. }));
}

#[test]
fn time_never_goes_back() {
    let mut exchange = Exchange::new(1);
    exchange.time -= 1;
    assert!(matches!(exchange.refused(deposit(ALICE, BTC, 1)), Cause::Time { expected: START, .. }));
    exchange.time = u64::MAX;
    assert!(matches!(exchange.refused(deposit(ALICE, BTC, 1)), Cause::Time { found: u64::MAX, .. }));
}

#[test]
fn transaction_of_another_exchange_is_refused() {
    let other = Exchange::new(2);
    let mut exchange = Exchange::new(1);
    let signed = other.signed(withdraw(ALICE, BTC, 1));
    assert!(matches!(exchange.refusal(&signed), Cause::Head { .. }));
}

#[test]
fn signature_of_another_is_refused() {
    let mut exchange = Exchange::new(1);
    exchange.ok(Kind::Lend(movement(CAROL, BTC, 10)));
    let sequence = exchange.state.position().sequence + 1;
    let by = |exchange: &Exchange, signer, kind| sign(&key(signer), &exchange.transaction(kind));
    for (signer, kind) in [
        // Another customer, and the engine, for a customer.
        (BOB, withdraw(ALICE, BTC, 1)),
        (0, withdraw(ALICE, BTC, 1)),
        (0, order(ALICE, BTC, 1, USD, 0)),
        (0, Kind::Borrow(movement(ALICE, BTC, 1))),
        (0, Kind::Lend(movement(ALICE, BTC, 1))),
        // A customer for the engine.
        (ALICE, deposit(ALICE, BTC, 1)),
        (ALICE, Kind::Mint { to: movement(ALICE, USD, 1), reference: [0; 32] }),
        (ALICE, Kind::Fee(movement(BOB, BTC, 1))),
        // Another key than the one that the account is opened with.
        (BOB, open("dave", &key(4))),
    ] {
        let signed = by(&exchange, signer, kind.clone());
        let invalid = SignatureInvalid { sequence, by: Signatory::Signer(kind.signer()) };
        assert_eq!(exchange.refusal(&signed), Cause::Signature(invalid), "{kind:?} by {signer}");
    }
    let mut signed = exchange.signed(withdraw(ALICE, BTC, 1));
    signed.signature[40] ^= 1;
    let invalid = SignatureInvalid { sequence, by: Signatory::Signer(Signer::Account(ALICE)) };
    assert_eq!(exchange.refusal(&signed), Cause::Signature(invalid));
    assert!(invalid.to_string().contains("signature of account 1"), "{invalid}");
}

#[test]
fn old_key_signs_no_more_and_a_key_must_be_had() {
    let mut exchange = Exchange::new(1);
    let new = key(50);
    let invalid = |exchange: &Exchange, by| {
        Cause::Signature(SignatureInvalid { sequence: exchange.state.position().sequence + 1, by })
    };
    let alice = Signatory::Signer(Signer::Account(ALICE));
    let stolen = exchange.rotation(&new, &key(51));
    let expected = invalid(&exchange, Signatory::NewKey(ALICE));
    assert_eq!(exchange.refused(stolen), expected);
    let expected = invalid(&exchange, alice);
    let by_new = sign(&new, &exchange.transaction(exchange.rotation(&new, &new)));
    assert_eq!(exchange.refusal(&by_new), expected);
    exchange.ok(exchange.rotation(&new, &new));
    let expected = invalid(&exchange, alice);
    assert_eq!(exchange.refused(withdraw(ALICE, BTC, 1)), expected);
    exchange.keys[ALICE as usize] = new;
    exchange.ok(withdraw(ALICE, BTC, 1));
}

#[test]
fn key_that_everyone_can_sign_for_is_refused() {
    let mut exchange = Exchange::new(1);
    let mut identity = [0; 32];
    identity[0] = 1;
    // The identity, a point of order 8, y = p (not canonical), and no point.
    let order_8 = "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a";
    let mut eighth = [0; 32];
    for (index, byte) in eighth.iter_mut().enumerate() {
        *byte = u8::from_str_radix(&order_8[2 * index..2 * index + 2], 16).unwrap();
    }
    let mut not_canonical = [0xff; 32];
    (not_canonical[0], not_canonical[31]) = (0xed, 0x7f);
    let mut no_point = [0; 32];
    no_point[0] = 2;
    // y = p + 3: not canonical, but of large order.
    let mut large = [0xff; 32];
    (large[0], large[31]) = (0xf0, 0x7f);
    for weak in [identity, eighth, not_canonical, no_point, large] {
        let mut kind = open("dave", &key(4));
        if let Kind::OpenAccount { key, .. } = &mut kind {
            *key = weak;
        }
        assert_eq!(exchange.refused(kind), Cause::Key(KeyInvalid), "{weak:?}");
        let rotation = Kind::RotateKey { account: ALICE, key: weak, possession: [0; 64] };
        assert_eq!(exchange.refused(rotation), Cause::Key(KeyInvalid));
        let mut genesis = genesis(1);
        genesis.engine_key = weak;
        assert!(State::new(genesis).is_err());
    }
    assert_ne!(public_key(&key(4)), identity);
}

#[test]
fn id_that_is_taken_is_refused() {
    let mut exchange = Exchange::new(1);
    for id in ["alice", "exchange"] {
        assert_eq!(exchange.refused(open(id, &key(4))), Cause::IdTaken { id: id.into() });
    }
}

#[test]
fn bytes_that_are_no_encoding_are_refused() {
    let mut exchange = Exchange::new(1);
    let signed = exchange.signed(withdraw(ALICE, BTC, 1));
    let mut variants: Vec<Vec<u8>> = (0..signed.bytes.len()).map(|length| signed.bytes[..length].to_vec()).collect();
    variants.push([signed.bytes.as_slice(), &[0]].concat());
    for bytes in variants {
        let signed = SignedTransaction { bytes, signature: signed.signature };
        assert!(matches!(exchange.refusal(&signed), Cause::Bytes(_)));
    }
    let changed = |at: usize, to: u8| {
        let mut bytes = signed.bytes.clone();
        bytes[at] = to;
        Transaction::decode(&bytes)
    };
    assert_eq!(changed(0, 2), Err(DecodeError::Version { found: 2 }));
    assert_eq!(changed(49, 0), Err(DecodeError::Kind { found: 0 }));
    assert_eq!(changed(49, 19), Err(DecodeError::Kind { found: 19 }));
}

#[test]
fn settlement_that_is_none_is_no_encoding() {
    let exchange = Exchange::new(1);
    let settlement = Settlement::new(vec![(ALICE, -5), (BOB, 5)]).unwrap();
    let bytes = exchange.transaction(Kind::Settle { asset: USD, settlement }).encode();
    let entries = PREFIX_LENGTH + 2 + 2;
    let patched = |at: usize, to: &[u8]| {
        let mut bytes = bytes.clone();
        bytes[at..at + to.len()].copy_from_slice(to);
        Transaction::decode(&bytes)
    };
    for found in [2, 0xff] {
        assert_eq!(patched(entries + 4, &[found]), Err(DecodeError::Sign { found }));
    }
    let wrong = |error| Err(DecodeError::Settlement(error));
    assert_eq!(patched(entries + 4, &[0]), wrong(SettlementError::Sum { found: 10 }));
    assert_eq!(patched(entries + 5, &[0; 8]), wrong(SettlementError::Amount { account: ALICE }));
    assert_eq!(patched(entries, &BOB.to_be_bytes()), wrong(SettlementError::Order { found: BOB }));
    // 1025 accounts, whose amounts sum to zero.
    let count = SETTLEMENT_MAX + 1;
    let mut long = bytes[..entries - 2].to_vec();
    long.extend_from_slice(&(count as u16).to_be_bytes());
    for account in 0..count as u32 {
        long.extend_from_slice(&account.to_be_bytes());
        long.push(u8::from(account > 0));
        long.extend_from_slice(&if account == 0 { count as u64 - 1 } else { 1 }.to_be_bytes());
    }
    assert_eq!(Transaction::decode(&long), wrong(SettlementError::Length { found: count }));
}
