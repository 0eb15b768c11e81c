//! Section 11: a short history of transactions of every kind, and the end of a simulated one.

use anyhow::Result;
use ballast_core::assets::{Asset, AssetList};
use ballast_ledger::{
    signature::{SigningKey, public_key, sign},
    simulate::{START, Simulation, signing_key},
    state::State,
    transaction::{
        Genesis, Kind, LimitOrder, Listing, Movement, PublicId, Settlement, Signer, possession_message, signed_message,
    },
};
use serde_json::{Value, json};

use super::{arbitrary, decimal, hexadecimal};

/// Every key is derived from it: INSECURE.
const SEED: u64 = 11;
const BTC: u16 = 1;
const USD: u16 = 2;
/// Listed later.
const EUR: u16 = 3;
const ALICE: u32 = 1;
const BOB: u32 = 2;

pub fn vectors() -> Result<Value> {
    let key = |account| signing_key(SEED, Some(account), 0);
    let assets = AssetList::new(vec![Asset::new("BTC", 8)?, Asset::new("USD", 6)?])?;
    let engine_key = public_key(&key(0));
    let genesis = Genesis { exchange: arbitrary("exchange of a ledger"), assets, engine_key };
    let mut state = State::new(genesis.clone())?;
    let mut keys = vec![key(0), key(ALICE), key(BOB)];
    let mut transactions = Vec::new();
    for kind in history(&key)? {
        transactions.push(apply(&mut state, &keys, kind)?);
    }
    // Alice's key is replaced, and the new one signs.
    let new = signing_key(SEED, Some(ALICE), 1);
    let position = state.position();
    let message = possession_message(&position.head, position.sequence + 1, ALICE, &public_key(&new));
    let possession = new.sign(&message).to_bytes();
    let rotation = Kind::RotateKey { account: ALICE, key: public_key(&new), possession };
    transactions.push(apply(&mut state, &keys, rotation)?);
    if let Some(slot) = keys.get_mut(ALICE as usize) {
        *slot = new;
    }
    let from = Movement { account: ALICE, asset: BTC, amount: 1 };
    transactions.push(apply(&mut state, &keys, Kind::Withdraw { from, destination: arbitrary("address") })?);
    Ok(json!({
        "genesis": {
            "exchange_id": hexadecimal(genesis.exchange),
            "engine_key": hexadecimal(genesis.engine_key),
            "encoded": hexadecimal(genesis.encode()),
            "head": hexadecimal(genesis.head()),
        },
        "transactions": transactions,
        "possession_message": hexadecimal(message),
        "state": hexadecimal(state.encode()),
        "state_digest": hexadecimal(state.digest()),
        "simulated": simulated()?,
    }))
}

/// Valid transactions of every kind but a rotation.
fn history(key: &impl Fn(u32) -> SigningKey) -> Result<Vec<Kind>> {
    let movement = |account, asset, amount| Movement { account, asset, amount };
    let open = |id, account| PublicId::new(id).map(|id| Kind::OpenAccount { id, key: public_key(&key(account)) });
    let order = |account, sells, amount, buys, at_least| {
        Kind::PlaceOrder(LimitOrder { account, sells, amount, buys, at_least })
    };
    let settlement = Settlement::new(vec![(ALICE, -5), (BOB, 5)])?;
    // Orders are named by the sequences they are placed at.
    let (first, second) = (9, 10);
    Ok(vec![
        open("alice", ALICE)?,
        open("bob", BOB)?,
        Kind::Deposit { to: movement(ALICE, BTC, 1000), reference: arbitrary("deposit") },
        Kind::Mint { to: movement(BOB, USD, 900), reference: arbitrary("mint") },
        Kind::Withdraw { from: movement(ALICE, BTC, 10), destination: arbitrary("address") },
        Kind::Lend(movement(ALICE, BTC, 500)),
        Kind::Borrow(movement(BOB, BTC, 200)),
        Kind::AccrueInterest { borrower: BOB, lender: ALICE, asset: BTC, amount: 2 },
        order(ALICE, BTC, 50, USD, 100),
        order(BOB, USD, 300, BTC, 0),
        Kind::Fill { first, first_gives: 20, second, second_gives: 60 },
        Kind::Liquidate { borrower: BOB, order: first, sold: 10, paid: 5 },
        Kind::CancelOrder { account: BOB, order: second },
        Kind::Repay(movement(BOB, BTC, 30)),
        Kind::Redeem(movement(ALICE, BTC, 100)),
        Kind::Settle { asset: USD, settlement },
        Kind::Fee(movement(BOB, USD, 1)),
        Kind::Burn { from: movement(BOB, USD, 7), destination: arbitrary("bank account") },
        Kind::ListAssets(Listing::new(vec![Asset::new("EUR", 2)?, Asset::new("SOL", 9)?])?),
        Kind::Mint { to: movement(BOB, EUR, 3), reference: arbitrary("mint of a listed asset") },
    ])
}

fn apply(state: &mut State, keys: &[SigningKey], kind: Kind) -> Result<Value> {
    let account = match kind.signer() {
        Signer::Engine => 0,
        Signer::Account(account) => account as usize,
        Signer::Opening(_) => state.accounts().len(),
    };
    let key = keys.get(account).copied().ok_or_else(|| anyhow::anyhow!("account {account} has no key"))?;
    let transaction = state.next(START + state.position().sequence, kind);
    let signed = sign(&key, &transaction);
    state.apply(&signed)?;
    Ok(json!({
        "kind": transaction.kind.code(),
        "name": transaction.kind.name(),
        "encoded": hexadecimal(&signed.bytes),
        "message": hexadecimal(signed_message(&signed.bytes)),
        "key": hexadecimal(public_key(&key)),
        "signature": hexadecimal(signed.signature),
        "head_after": hexadecimal(state.position().head),
    }))
}

fn simulated() -> Result<Value> {
    let simulation =
        Simulation { accounts: 10, transactions: 2000, seed: SEED, exchange: arbitrary("simulated exchange") };
    let state = simulation.run(|_| Ok::<_, std::convert::Infallible>(()))?;
    Ok(json!({
        "exchange_id": hexadecimal(simulation.exchange),
        "accounts": simulation.accounts,
        "transactions": decimal(simulation.transactions),
        "seed": decimal(simulation.seed),
        "genesis_head": hexadecimal(state.genesis().head()),
        "head": hexadecimal(state.position().head),
        "state_digest": hexadecimal(state.digest()),
    }))
}
