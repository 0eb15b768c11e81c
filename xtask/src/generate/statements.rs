//! Sections 3 and 4: contexts, public vectors, records and heads.

use anyhow::{Result, ensure};
use ballast_core::{
    Element,
    circuit::Class,
    opening::{OPENING_POINTS, Opening},
    public_vector::PublicVector,
    record::{EpochRecord, Roots, first_head, next_head},
    reserves::reserves_digest,
    statement::{LedgerPosition, ShardPosition, Statement},
};
use serde_json::{Value, json};

use super::{arbitrary, decimal, hexadecimal};

pub fn vectors() -> Result<Value> {
    Ok(json!({
        "statements": statements(),
        "reserves": reserves(),
        "public_vectors": public_vectors()?,
        "records": records(),
        "field_elements": field_elements(),
    }))
}

fn statement(epoch: u64, shard: ShardPosition) -> Statement {
    Statement {
        exchange: arbitrary("exchange"),
        epoch,
        as_of: 1_795_389_392,
        asset_list: arbitrary("asset list"),
        shard,
        circuit: arbitrary("circuit"),
        ledger: LedgerPosition { sequence: epoch.wrapping_mul(1_000), head: arbitrary("ledger head") },
        reserves: arbitrary("reserves"),
        head_before: arbitrary("head"),
    }
}

fn statements() -> Vec<Value> {
    let cases = [(1, 0, 1), (2, 1, 2), (u64::MAX, 127, 128)];
    let positions = cases.map(|(epoch, index, count)| statement(epoch, ShardPosition { index, count }));
    positions
        .iter()
        .map(|s| {
            json!({
                "exchange": hexadecimal(s.exchange),
                "epoch": decimal(s.epoch),
                "as_of": decimal(s.as_of),
                "asset_list": hexadecimal(s.asset_list),
                "shard_index": s.shard.index,
                "shard_count": s.shard.count,
                "circuit": hexadecimal(s.circuit),
                "ledger_sequence": decimal(s.ledger.sequence),
                "ledger_head": hexadecimal(s.ledger.head),
                "reserves": hexadecimal(s.reserves),
                "head_before": hexadecimal(s.head_before),
                "context": hexadecimal(s.context()),
            })
        })
        .collect()
}

fn reserves() -> Vec<Value> {
    let sources = arbitrary("sources");
    let cases: [&[u128]; 3] = [&[0], &[1, (1 << 112) - 1], &[5; 128]];
    cases
        .iter()
        .map(|amounts| {
            json!({
                "amounts": amounts.iter().map(|amount| decimal(*amount)).collect::<Vec<_>>(),
                "sources": hexadecimal(sources),
                "digest": hexadecimal(reserves_digest(amounts, &sources)),
            })
        })
        .collect()
}

fn public_vectors() -> Result<Vec<Value>> {
    let mut largest = ballast_core::field::ORDER;
    largest[31] -= 1;
    let largest = Element::new(largest)?;
    let context = statement(1, ShardPosition { index: 0, count: 1 }).context();
    let cases: [(Element, Vec<Element>); 3] = [
        (Element::ZERO, Vec::new()),
        (largest, vec![largest; 128]),
        (Element::from(5u64), (1..=53u64).map(|a| Element::from(u128::from(a) << 64)).collect()),
    ];
    cases
        .iter()
        .map(|(root, totals)| {
            let vector = PublicVector::new(Class::SMALLEST, &context, *root, totals, &opening(largest));
            ensure!(vector.is_some(), "more totals than positions");
            let vector = vector.into_iter().next();
            Ok(vector.map_or(Value::Null, |vector| {
                let inputs = vector.inputs(vector.digest());
                json!({
                    "context": hexadecimal(context),
                    "elements": prefixed(vector.elements()),
                    "digest": hexadecimal(inputs.digest.as_bytes()),
                    "challenge": hexadecimal(inputs.challenge.as_bytes()),
                    "evaluation": hexadecimal(inputs.evaluation.as_bytes()),
                })
            }))
        })
        .collect()
}

/// An opening of nothing: its coordinates are any 256 bits, its scalars elements of all sizes.
fn opening(largest: Element) -> Opening {
    let coordinate = |axis: &str, point: usize| arbitrary(&format!("opening point {point} {axis}"));
    let mut points = [[0; 64]; OPENING_POINTS];
    for (number, point) in points.iter_mut().enumerate() {
        point[..32].copy_from_slice(&coordinate("x", number));
        point[32..].copy_from_slice(&coordinate("y", number));
    }
    let scalar = |number: usize| if number == 0 { largest } else { Element::from(1u128 << (17 * number)) };
    Opening { points, scalars: std::array::from_fn(scalar) }
}

fn prefixed(elements: &[Element]) -> Vec<Value> {
    elements.iter().map(|element| hexadecimal(element.as_bytes())).collect()
}

/// A history of three epochs.
fn records() -> Vec<Value> {
    let exchange = arbitrary("exchange");
    let mut head = first_head(&exchange);
    (1..=3u64)
        .map(|epoch| {
            let roots: Vec<Element> = (0..epoch).map(|shard| Element::from(100 * epoch + shard)).collect();
            let liabilities: Vec<u128> = (0..epoch).map(|asset| u128::from(asset + 1) << 80).collect();
            let record = EpochRecord {
                exchange,
                epoch,
                as_of: 1_795_389_392 + 600 * epoch,
                asset_list: arbitrary("asset list"),
                circuit: arbitrary("circuit"),
                ledger: LedgerPosition { sequence: epoch, head: arbitrary("ledger head") },
                reserves: arbitrary("reserves"),
                shard_count: roots.len() as u16,
                roots: Roots::of(&roots),
                liabilities: &liabilities,
            };
            let before = head;
            head = next_head(&head, &record.digest());
            json!({
                "exchange": hexadecimal(exchange),
                "epoch": decimal(epoch),
                "as_of": decimal(record.as_of),
                "asset_list": hexadecimal(record.asset_list),
                "circuit": hexadecimal(record.circuit),
                "ledger_sequence": decimal(record.ledger.sequence),
                "ledger_head": hexadecimal(record.ledger.head),
                "reserves": hexadecimal(record.reserves),
                "roots": prefixed(&roots),
                "roots_digest": hexadecimal(record.roots.0),
                "liabilities": liabilities.iter().map(|amount| decimal(*amount)).collect::<Vec<_>>(),
                "record": hexadecimal(record.digest()),
                "head_before": hexadecimal(before),
                "head_after": hexadecimal(head),
            })
        })
        .collect()
}

/// Which 32 bytes are a field element.
fn field_elements() -> Vec<Value> {
    let order = ballast_core::field::ORDER;
    let shifted = |delta: i8| {
        let mut bytes = order;
        bytes[31] = bytes[31].wrapping_add_signed(delta);
        bytes
    };
    [[0; 32], shifted(-1), order, shifted(1), ballast_core::field::BASE_ORDER, [0xff; 32]]
        .into_iter()
        .map(|bytes| json!({ "bytes": hexadecimal(bytes), "canonical": Element::new(bytes).is_ok() }))
        .collect()
}
