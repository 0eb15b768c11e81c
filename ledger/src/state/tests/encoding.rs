//! Bytes of a state patched one field at a time.

use super::{invariant::Broken, *};
use crate::{
    signature::KeyInvalid,
    transaction::{DecodeError, Kind, Listing},
};
use ballast_core::assets::Asset;

/// The identity, for which everyone can sign.
const WEAK: [u8; 32] = {
    let mut key = [0; 32];
    key[0] = 1;
    key
};

/// Bytes of one asset's balance: its number and five amounts.
const BALANCE: usize = 2 + 5 * 8;
/// Bytes of an order.
const ORDER: usize = 8 + 4 + 2 + 8 + 8 + 2 + 8;

/// Where fields of [`state`] begin.
struct Offsets {
    engine_key: usize,
    /// The number of assets listed since the genesis, of which there is none.
    listed: usize,
    time: usize,
    deposited: usize,
    /// The bytes of ids, without their lengths.
    own_id: usize,
    alice: usize,
    bob: usize,
    /// Alice's first balance.
    balances: usize,
    orders: usize,
}

fn offsets(state: &State, bytes: &[u8]) -> Offsets {
    let genesis = state.genesis.encode().len();
    let find = |id: &[u8]| bytes.windows(id.len()).position(|window| window == id).unwrap();
    let alice = find(b"alice");
    Offsets {
        engine_key: genesis - 32,
        listed: genesis,
        time: genesis + 2 + 8 + 32,
        deposited: genesis + 2 + 8 + 32 + 8,
        own_id: find(EXCHANGE_ID.as_bytes()),
        alice,
        bob: find(b"bobby"),
        balances: alice + 5 + 32 + 2,
        orders: bytes.len() - 2 * ORDER,
    }
}

fn patched(bytes: &[u8], at: usize, patch: &[u8]) -> Result<State, StateError> {
    let mut bytes = bytes.to_vec();
    bytes[at..at + patch.len()].copy_from_slice(patch);
    State::decode(&bytes)
}

#[test]
fn every_field_is_checked() {
    let state = state();
    let bytes = state.encode();
    assert_eq!(State::decode(&bytes), Ok(state.clone()));
    let at = offsets(&state, &bytes);
    let order = |number: usize, field: usize| at.orders + number * ORDER + field;
    let (sells, amount, left, buys) = (12, 14, 22, 30);
    let beyond = (state.position.sequence + 1).to_be_bytes();
    let first = bytes[at.orders..at.orders + 8].to_vec();
    let cases: Vec<(&str, usize, Vec<u8>, usize)> = vec![
        ("time", at.time, (TIME_MAX + 1).to_be_bytes().into(), at.time + 8),
        ("the exchange's own account", at.own_id, b"exchangf".into(), at.orders - 8),
        ("account id", at.bob, b"alice".into(), at.bob + 5),
        ("asset", at.balances, vec![0, 0], at.balances + 2),
        ("asset", at.balances + BALANCE, vec![0, 1], at.balances + BALANCE + 2),
        ("asset", at.balances + BALANCE, vec![0, 3], at.balances + BALANCE + 2),
        ("balance", at.balances + 2, vec![0; 40], at.balances + BALANCE),
        ("order id", order(0, 0), vec![0; 8], order(0, 8)),
        ("order id", order(1, 0), beyond.into(), order(1, 8)),
        ("order id", order(1, 0), first, order(1, 8)),
        ("order's assets", order(0, sells), vec![0, 0], order(1, 0)),
        ("order's assets", order(0, sells), vec![0, 3], order(1, 0)),
        ("order's assets", order(0, sells), vec![0, 2], order(1, 0)),
        ("order's assets", order(0, buys), vec![0, 0], order(1, 0)),
        ("order's assets", order(0, buys), vec![0, 3], order(1, 0)),
        ("order's amount", order(0, left), vec![0; 8], order(1, 0)),
        ("order's amount", order(0, amount), 99u64.to_be_bytes().into(), order(1, 0)),
    ];
    for (what, offset, patch, found) in cases {
        let expected = StateError::Decode(DecodeError::NotCanonical { what, offset: found });
        assert_eq!(patched(&bytes, offset, &patch), Err(expected), "{what} patched at {offset} with {patch:?}");
    }
    for key in [at.engine_key, at.own_id + EXCHANGE_ID.len(), at.alice + 5] {
        assert_eq!(patched(&bytes, key, &WEAK), Err(StateError::Key(KeyInvalid)), "key at {key}");
    }
    let id = patched(&bytes, at.alice, b"alic ");
    assert_eq!(id, Err(StateError::Decode(DecodeError::PublicId { found: 5 })));
    let version = patched(&bytes, 0, &[2]);
    assert_eq!(version, Err(StateError::Decode(DecodeError::Version { found: 2 })));
}

#[test]
fn state_without_the_exchange_is_none() {
    let state = state();
    let bytes = state.encode();
    let accounts = offsets(&state, &bytes).own_id - 1;
    // Neither accounts nor orders.
    let bytes = [&bytes[..accounts - 4], &[0; 12]].concat();
    let expected = DecodeError::NotCanonical { what: "the exchange's own account", offset: accounts };
    assert_eq!(State::decode(&bytes), Err(StateError::Decode(expected)));
}

#[test]
fn invariants_are_checked_as_well() {
    let state = state();
    let bytes = state.encode();
    let at = offsets(&state, &bytes).deposited;
    let broken = Broken::NotConserved { asset: BTC, expected: Some(1001), found: 1000 };
    assert_eq!(patched(&bytes, at, &1001u128.to_be_bytes()), Err(StateError::Broken(broken)));
}

#[test]
fn assets_listed_later_are_part_of_the_state() {
    let mut state = state();
    let before = state.digest();
    let listing = Kind::ListAssets(Listing::new(vec![Asset::new("EUR", 2).unwrap()]).unwrap());
    let transaction = state.next(2, listing);
    state.apply_unverified(&SignedTransaction { bytes: transaction.encode(), signature: [0; 64] }).unwrap();
    let bytes = state.encode();
    assert_eq!(State::decode(&bytes), Ok(state.clone()));
    assert_ne!(state.digest(), before);
    assert_eq!(State::decode(&bytes).unwrap().assets().len(), 3);
    // A symbol that the genesis has already.
    let at = offsets(&state, &bytes).listed + 2;
    let refused =
        |bytes: &[u8]| matches!(patched(bytes, at, b"BTC"), Err(StateError::Decode(DecodeError::AssetList(_))));
    assert!(refused(&bytes));
}

#[test]
fn bytes_end_where_the_state_does() {
    let bytes = state().encode();
    let trailing = DecodeError::Trailing { offset: bytes.len(), found: 1 };
    assert_eq!(State::decode(&[bytes.as_slice(), &[0]].concat()), Err(StateError::Decode(trailing)));
    for length in 0..bytes.len() {
        let short = State::decode(&bytes[..length]);
        assert!(matches!(short, Err(StateError::Decode(DecodeError::CutShort { .. }))), "{length}: {short:?}");
    }
}
