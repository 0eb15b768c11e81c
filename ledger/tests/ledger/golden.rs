//! The golden vectors of the ledger.

use ballast_ledger::{
    simulate::Simulation,
    state::State,
    transaction::{Genesis, SignedTransaction, Transaction, head_after, possession_message, signed_message},
};
use serde_json::Value;
use std::collections::BTreeSet;

fn golden() -> Value {
    serde_json::from_str(include_str!("../../../tests/vectors/ledger.json")).unwrap()
}

fn bytes(value: &Value) -> Vec<u8> {
    hex::decode(value.as_str().unwrap().strip_prefix("0x").unwrap()).unwrap()
}

fn array<const N: usize>(value: &Value) -> [u8; N] {
    bytes(value).try_into().unwrap()
}

#[test]
fn history_of_every_kind_is_as_golden() {
    let golden = golden();
    let genesis = Genesis::decode(&bytes(&golden["genesis"]["encoded"])).unwrap();
    assert_eq!(genesis.exchange, array(&golden["genesis"]["exchange_id"]));
    assert_eq!(genesis.engine_key, array(&golden["genesis"]["engine_key"]));
    let mut head = array(&golden["genesis"]["head"]);
    assert_eq!(genesis.head(), head);
    let mut state = State::new(genesis).unwrap();
    let mut kinds = BTreeSet::new();
    for entry in golden["transactions"].as_array().unwrap() {
        let signed = SignedTransaction { bytes: bytes(&entry["encoded"]), signature: array(&entry["signature"]) };
        let transaction = Transaction::decode(&signed.bytes).unwrap();
        assert_eq!(transaction.encode(), signed.bytes);
        assert_eq!(
            (u64::from(transaction.kind.code()), transaction.head_before),
            (entry["kind"].as_u64().unwrap(), head)
        );
        assert_eq!(entry["name"], transaction.kind.name());
        assert_eq!(signed_message(&signed.bytes), bytes(&entry["message"]));
        assert_eq!(state.key_of(transaction.kind.signer()), Ok(array(&entry["key"])));
        if let ballast_ledger::transaction::Kind::RotateKey { account, key, .. } = &transaction.kind {
            let message = possession_message(&head, transaction.sequence, *account, key);
            assert_eq!(message, bytes(&golden["possession_message"]));
        }
        kinds.insert(transaction.kind.code());
        head = head_after(&head, &signed.bytes);
        assert_eq!(head, array(&entry["head_after"]));
        state.apply(&signed).unwrap();
        assert_eq!(state.position().head, head);
    }
    assert_eq!(kinds, (1..=18).collect());
    assert_eq!(state.encode(), bytes(&golden["state"]));
    assert_eq!(state.digest(), array(&golden["state_digest"]));
}

#[test]
fn simulated_history_is_as_golden() {
    let golden = &golden()["simulated"];
    let number = |name: &str| golden[name].as_str().unwrap().parse().unwrap();
    let simulation = Simulation {
        accounts: golden["accounts"].as_u64().unwrap() as u32,
        transactions: number("transactions"),
        seed: number("seed"),
        exchange: array(&golden["exchange_id"]),
    };
    assert_eq!(simulation.genesis().unwrap().head(), array(&golden["genesis_head"]));
    let state = simulation.run(|_| Ok::<_, ()>(())).unwrap();
    assert_eq!(state.position().sequence, simulation.transactions);
    assert_eq!(state.position().head, array(&golden["head"]));
    assert_eq!(state.digest(), array(&golden["state_digest"]));
}
