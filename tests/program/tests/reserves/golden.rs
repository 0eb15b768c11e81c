//! The rest of `tests/vectors`, negatives included, inside Solana's machine.

use std::{fs, path::Path};

use anchor_lang::prelude::Pubkey;
use ballast_core::{
    Refusal,
    post::ShardPost,
    solvency::{Solvency, WitnessedSolvency},
};
use reserves::{
    instructions::{RegisterCircuitArgs, RegisterExchangeArgs},
    state::{Asset, Circuit, Exchange, Witness},
};
use serde_json::Value;
use solana_signer::Signer;

use crate::{
    cluster::{Cluster, Outcome},
    history::{History, initialized},
    instructions::*,
    vectors,
};

fn read(path: &str) -> Value {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..").join(path);
    let text = fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    serde_json::from_str(&text).unwrap()
}

/// The entries of a list in a file of vectors, of which there is at least one.
fn entries(file: &str, list: &str) -> Vec<Value> {
    let entries = read(&format!("tests/vectors/{file}"))[list].as_array().unwrap().clone();
    assert!(!entries.is_empty(), "{file} has no {list}");
    entries
}

fn bytes(value: &Value) -> Vec<u8> {
    hex::decode(value.as_str().unwrap().strip_prefix("0x").unwrap()).unwrap()
}

fn array<const N: usize>(value: &Value) -> [u8; N] {
    bytes(value).try_into().unwrap()
}

fn integer<T: std::str::FromStr<Err: std::fmt::Debug>>(value: &Value) -> T {
    value.as_str().unwrap().parse().unwrap()
}

fn small(value: &Value) -> u64 {
    value.as_u64().unwrap()
}

/// Accepted where the vector names no refusal, else refused by that name.
#[track_caller]
fn as_vector_says(outcome: Outcome, refusal: &Value) -> bool {
    match refusal.as_str() {
        None => drop(outcome.accepted()),
        Some(name) => {
            let (_, number) = Refusal::ALL.iter().find(|(known, _)| *known == name).unwrap();
            outcome.refused_with(6_000 + number, &format!("Error Code: {name}."));
        }
    }
    refusal.is_null()
}

#[test]
fn exchange_ids() {
    let mut chain = Cluster::new();
    // The vectors' authorities are addresses of which nobody has the key.
    chain.svm = chain.svm.with_sigverify(false);
    for vector in entries("identifiers.json", "exchanges") {
        let authority = Pubkey::new_from_array(array(&vector["solana_authority"]));
        chain.fund(&authority);
        let args = RegisterExchangeArgs {
            name: vector["name"].as_str().unwrap().into(),
            evm_authority: array(&vector["evm_authority"]),
            cadence: 1,
        };
        let id = if vector["id"].is_null() { [0; 32] } else { array(&vector["id"]) };
        let outcome = chain.send_unsigned(&authority, register_exchange(authority, exchange_address(&id), args));
        if as_vector_says(outcome, &vector["refusal"]) {
            assert_eq!(chain.read::<Exchange>(&exchange_address(&id)).id, id);
        }
    }
}

#[test]
fn asset_lists() {
    for vector in entries("identifiers.json", "asset_lists") {
        let symbols: Vec<&str> = vector["symbols"].as_array().unwrap().iter().map(|s| s.as_str().unwrap()).collect();
        if symbols.iter().any(|symbol| symbol.len() > 16) {
            // An instruction has no room for such a symbol.
            assert_eq!(vector["refusal"], "AssetListInvalid");
            continue;
        }
        let decimals = vector["decimals"].as_array().unwrap().iter().map(|decimals| small(decimals) as u8);
        let assets: Vec<Asset> = symbols
            .iter()
            .zip(decimals)
            .map(|(symbol, decimals)| {
                let mut padded = [0; 16];
                padded[..symbol.len()].copy_from_slice(symbol.as_bytes());
                Asset { symbol: padded, decimals }
            })
            .collect();
        let mut history = History::registered(vectors::history());
        if assets.is_empty() {
            as_vector_says(history.append(0, vec![]), &vector["refusal"]);
        }
        let last = assets.chunks(50).count();
        for (piece, assets) in assets.chunks(50).enumerate() {
            let outcome = history.append(50 * piece as u16, assets.to_vec());
            if piece + 1 < last {
                outcome.accepted();
            } else if as_vector_says(outcome, &vector["refusal"]) {
                assert_eq!(history.exchange().asset_list_digest, array(&vector["digest"]));
            }
        }
    }
}

#[test]
fn circuit_ids_and_degenerate_keys() {
    for vector in entries("identifiers.json", "circuits") {
        let kinds = [(1, "id_development", "refusal"), (2, "id_ceremony", "refusal_as_ceremony")];
        for (setup, id, refusal) in kinds.map(|(setup, id, refusal)| (setup, &vector[id], &vector[refusal])) {
            let (mut chain, governor) = initialized(true);
            let args = RegisterCircuitArgs {
                depth: small(&vector["depth"]) as u8,
                assets: small(&vector["assets"]) as u16,
                setup,
                transcript: array(&vector["transcript"]),
                verifying_key: bytes(&vector["verifying_key"]),
            };
            let id = if id.is_null() { [0; 32] } else { array(id) };
            let call = register_circuit(governor.pubkey(), circuit_address(&id), args);
            if as_vector_says(chain.send(&[&governor], call), refusal) {
                let circuit: Circuit = chain.read(&circuit_address(&id));
                assert_eq!((circuit.id, circuit.setup), (id, setup));
            }
        }
    }
}

#[test]
fn posts() {
    let mut history = History::begin(vectors::history());
    let address = exchange_address(&history.id());
    // The vectors' posts are for the third epoch.
    history.chain.edit(&address, |exchange: &mut Exchange| exchange.next_epoch = 3);
    let poster = history.poster.insecure_clone();
    for vector in entries("posts.json", "posts") {
        let bytes = bytes(&vector["bytes"]);
        if bytes.is_empty() {
            // No buffer is empty.
            assert_eq!(vector["refusal"], "PostMalformed");
            continue;
        }
        history.fill_buffer(&poster, &bytes);
        let some = ShardPost::decode(&bytes).unwrap_or_else(|_| history.posts(0).remove(0));
        let call = post_shard(history.accounts(&some));
        let outcome = history.chain.send(&[&poster], call);
        if vector["refusal"].is_null() {
            // Right by itself, and the second shard of an epoch that has no first.
            outcome.refused(Refusal::ShardOutOfOrder { expected: 0, found: 1 });
        } else {
            as_vector_says(outcome, &vector["refusal"]);
        }
    }
}

/// Lets the chain know what a vector says of the latest epoch.
fn put_latest(history: &mut History, vector: &Value) -> Asked {
    let (id, epoch) = (history.id(), integer(&vector["epoch"]));
    let mut commitment = history.commitment(1);
    commitment.epoch = epoch;
    commitment.as_of = integer(&vector["as_of"]);
    commitment.circuit = array(&vector["circuit"]);
    commitment.liabilities[0] = integer(&vector["liability"]);
    commitment.reserves[0] = integer(&vector["reserve"]);
    commitment.setup = small(&vector["setup"]) as u8;
    history.chain.put(&commitment_address(&id, epoch), &commitment);
    let mut circuit: Circuit = history.chain.read(&circuit_address(&history.vectors.circuit.id()));
    circuit.id = commitment.circuit;
    circuit.retired = vector["retired"].as_bool().unwrap();
    history.chain.put(&circuit_address(&circuit.id), &circuit);
    history.chain.edit(&exchange_address(&id), |exchange: &mut Exchange| {
        exchange.next_epoch = epoch + 1;
        exchange.cadence = integer(&vector["cadence"]);
    });
    history.chain.set_clock(integer(&vector["clock"]));
    Asked { circuit: Some(circuit_address(&circuit.id)), ..history.asked(Some(epoch)) }
}

#[test]
fn answers() {
    let mut history = History::after(vectors::history(), 1);
    let anyone = history.chain.key();
    for vector in entries("answers.json", "stated") {
        let asked = put_latest(&mut history, &vector);
        let call = solvency(asked, 1, integer(&vector["max_age"]));
        let done = history.chain.send(&[&anyone], call).accepted();
        assert_eq!(done.return_data.data, bytes(&vector["encoded"]), "{vector}");
    }
    let missing = bytes(&read("tests/vectors/answers.json")["missing"]);
    assert_eq!(Solvency::MISSING.encode().as_slice(), missing);
}

#[test]
fn witnessed_answers() {
    let mut history = History::after(vectors::history(), 1);
    let anyone = history.chain.key();
    for vector in entries("answers.json", "witnessed") {
        let asked = put_latest(&mut history, &vector);
        let witness = Witness {
            version: Witness::VERSION,
            bump: 0,
            exchange: history.id(),
            epoch: integer(&vector["epoch"]),
            generation: 0,
            asset_list_digest: history.exchange().asset_list_digest,
            poster: history.poster.pubkey(),
            began: integer(&vector["first_look"]),
            last_look: integer(&vector["last_look"]),
            began_slot: 1,
            last_slot: 1,
            closed: true,
            holdings: 1,
            last_holding: history.poster.pubkey(),
            looked: 1,
            amounts: vec![integer(&vector["amount"]), 0, 0],
        };
        history.chain.put(&asked.witness.unwrap(), &witness);
        let call = witnessed_solvency(asked, 1, integer(&vector["max_age"]), integer(&vector["max_span"]));
        let done = history.chain.send(&[&anyone], call).accepted();
        assert_eq!(done.return_data.data, bytes(&vector["encoded"]), "{vector}");
    }
    let missing = bytes(&read("tests/vectors/answers.json")["missing_witnessed"]);
    assert_eq!(WitnessedSolvency::MISSING.encode().as_slice(), missing);
}

#[test]
fn the_interface_description_numbers_errors_as_the_vectors_do() {
    let expected: Vec<(String, u64)> = entries("posts.json", "refusals")
        .iter()
        .map(|refusal| (refusal["name"].as_str().unwrap().into(), 6_000 + small(&refusal["number"])))
        .collect();
    let description = read("idls/reserves.json");
    let found: Vec<(String, u64)> = description["errors"]
        .as_array()
        .unwrap()
        .iter()
        .map(|error| (error["name"].as_str().unwrap().into(), small(&error["code"])))
        .collect();
    assert_eq!(found, expected);
    assert_eq!(description["address"], reserves::ID.to_string());
}
