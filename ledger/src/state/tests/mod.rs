//! States that no transaction makes: what is checked apart from the rules.

mod encoding;
mod invariants;

use super::*;
use crate::{
    signature::{SigningKey, public_key},
    simulate::signing_key,
    transaction::{Kind, LimitOrder, Movement},
};
use ballast_core::assets::Asset;

const BTC: u16 = 1;
const USD: u16 = 2;
const ALICE: u32 = 1;
const BOB: u32 = 2;
/// Has nothing.
const CAROL: u32 = 3;

fn key(account: u32) -> SigningKey {
    signing_key(3, Some(account), 0)
}

/// Alice lends 600 of 1000 BTC, of which Bob borrowed 500; she sells 100 BTC and 40 USD in two
/// orders, of which one is for any price.
fn state() -> State {
    let assets = AssetList::new(vec![Asset::new("BTC", 8).unwrap(), Asset::new("USD", 6).unwrap()]).unwrap();
    let mut state = State::new(Genesis { exchange: [1; 32], assets, engine_key: public_key(&key(0)) }).unwrap();
    let movement = |account, asset, amount| Movement { account, asset, amount };
    let mut kinds: Vec<Kind> = [(ALICE, "alice"), (BOB, "bobby"), (CAROL, "carol")]
        .map(|(number, id)| Kind::OpenAccount { id: PublicId::new(id).unwrap(), key: public_key(&key(number)) })
        .into();
    let order = |sells, amount, buys, at_least| LimitOrder { account: ALICE, sells, amount, buys, at_least };
    kinds.extend([
        Kind::Deposit { to: movement(ALICE, BTC, 1000), reference: [0; 32] },
        Kind::Mint { to: movement(ALICE, USD, 50), reference: [0; 32] },
        Kind::Deposit { to: movement(BOB, USD, 70), reference: [0; 32] },
        Kind::Withdraw { from: movement(BOB, USD, 1), destination: [0; 32] },
        Kind::Burn { from: movement(BOB, USD, 1), destination: [0; 32] },
        Kind::Lend(movement(ALICE, BTC, 600)),
        Kind::Borrow(movement(BOB, BTC, 500)),
        Kind::PlaceOrder(order(BTC, 100, USD, 7)),
        Kind::PlaceOrder(order(USD, 40, BTC, 0)),
    ]);
    for kind in kinds {
        let transaction = state.next(1, kind);
        state.apply_unverified(&SignedTransaction { bytes: transaction.encode(), signature: [0; 64] }).unwrap();
    }
    state
}

/// The balance of an account that has one.
fn balance(state: &mut State, account: u32, asset: u16) -> &mut Balance {
    let balances = &mut state.accounts[account as usize].balances;
    &mut balances.iter_mut().find(|(number, _)| *number == asset).unwrap().1
}
