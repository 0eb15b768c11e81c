//! Who signs what.

use super::exchange::*;
use ballast_ledger::{
    signature::{Signatory, SignatureInvalid, public_key, sign},
    state::Cause,
    transaction::{Kind, Settlement, Signer},
};

/// One of every kind, with who must sign it.
fn table() -> Vec<(Kind, Signer)> {
    let of = Signer::Account;
    let reference = [0; 32];
    let settlement = Settlement::new(vec![(ALICE, -1), (BOB, 1)]).unwrap();
    vec![
        (open("dave", &key(4)), Signer::Opening(public_key(&key(4)))),
        (Kind::RotateKey { account: CAROL, key: public_key(&key(5)), possession: [0; 64] }, of(CAROL)),
        (deposit(ALICE, BTC, 1), Signer::Engine),
        (withdraw(BOB, BTC, 1), of(BOB)),
        (order(CAROL, BTC, 1, USD, 1), of(CAROL)),
        (Kind::CancelOrder { account: BOB, order: 1 }, of(BOB)),
        (Kind::Fill { first: 1, first_gives: 1, second: 2, second_gives: 1 }, Signer::Engine),
        (Kind::Liquidate { borrower: CAROL, order: 1, sold: 1, paid: 1 }, Signer::Engine),
        (Kind::Lend(movement(ALICE, BTC, 1)), of(ALICE)),
        (Kind::Redeem(movement(BOB, BTC, 1)), of(BOB)),
        (Kind::Borrow(movement(CAROL, BTC, 1)), of(CAROL)),
        (Kind::Repay(movement(BOB, BTC, 1)), of(BOB)),
        (Kind::AccrueInterest { borrower: CAROL, lender: ALICE, asset: BTC, amount: 1 }, Signer::Engine),
        (Kind::Settle { asset: USD, settlement }, Signer::Engine),
        (Kind::Fee(movement(ALICE, USD, 1)), Signer::Engine),
        (Kind::Mint { to: movement(ALICE, USD, 1), reference }, Signer::Engine),
        (Kind::Burn { from: movement(BOB, USD, 1), destination: [0; 32] }, of(BOB)),
        (list(&[("EUR", 2)]), Signer::Engine),
    ]
}

#[test]
fn every_kind_has_its_signer() {
    let table = table();
    assert_eq!(table.iter().map(|(kind, _)| kind.code()).collect::<Vec<_>>(), (1..=18).collect::<Vec<_>>());
    for (kind, signer) in table {
        assert_eq!(kind.signer(), signer, "{kind:?}");
    }
}

/// Signatures of others on what is valid in every other way.
#[test]
fn valid_transaction_by_another_signer_is_refused() {
    let mut exchange = Exchange::new(1);
    exchange.ok(Kind::Lend(movement(ALICE, BTC, 500)));
    exchange.ok(Kind::Borrow(movement(CAROL, BTC, 400)));
    let sells = exchange.ok(order(ALICE, BTC, 100, USD, 0));
    let buys = exchange.ok(order(BOB, USD, 100, BTC, 0));
    let settlement = Settlement::new(vec![(ALICE, -1), (BOB, 1)]).unwrap();
    let engine = [ALICE, BOB, CAROL];
    let cases: [(Kind, &[u32]); 9] = [
        (list(&[("EUR", 2)]), &engine),
        (Kind::Fill { first: sells, first_gives: 1, second: buys, second_gives: 1 }, &engine),
        (Kind::Liquidate { borrower: CAROL, order: sells, sold: 1, paid: 1 }, &engine),
        (Kind::AccrueInterest { borrower: CAROL, lender: ALICE, asset: BTC, amount: 1 }, &engine),
        (Kind::Settle { asset: USD, settlement }, &engine),
        (Kind::CancelOrder { account: ALICE, order: sells }, &[0, BOB]),
        (Kind::Redeem(movement(ALICE, BTC, 1)), &[0, BOB]),
        (Kind::Repay(movement(CAROL, BTC, 1)), &[0, ALICE]),
        (Kind::Burn { from: movement(ALICE, USD, 1), destination: [0; 32] }, &[0, BOB]),
    ];
    for (kind, signers) in cases {
        let (sequence, by) = (exchange.state.position().sequence + 1, Signatory::Signer(kind.signer()));
        let invalid = SignatureInvalid { sequence, by };
        for signer in signers {
            let signed = sign(&key(*signer), &exchange.transaction(kind.clone()));
            assert_eq!(exchange.refusal(&signed), Cause::Signature(invalid), "{kind:?} by {signer}");
        }
        // By whoever must, it is applied.
        exchange.ok(kind);
    }
}
