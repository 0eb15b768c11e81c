//! Section 7: what `solvency` and `witnessed_solvency` answer.

use anyhow::Result;
use ballast_core::{
    cadence::Cadence,
    circuit::SetupKind,
    observation::Seen,
    solvency::{Latest, Solvency, WitnessedSolvency},
};
use serde_json::{Value, json};

use super::{arbitrary, decimal, hexadecimal};

const MOST: u128 = (1 << 112) - 1;
const ALWAYS: u64 = u64::MAX;

fn fresh() -> Latest {
    Latest {
        epoch: 4,
        as_of: 10_000,
        liability: 300,
        reserve: 451,
        circuit: arbitrary("circuit"),
        setup: SetupKind::Ceremony,
        retired: false,
        cadence: Cadence(600),
    }
}

/// What is known, the greatest age and the chain's clock.
fn stated() -> Vec<(Latest, u64, u64)> {
    let fresh = fresh();
    let development = Latest { setup: SetupKind::Development, ..fresh };
    let retired = Latest { retired: true, ..fresh };
    let insolvent = Latest { reserve: 299, ..fresh };
    let daily = Latest { cadence: Cadence(86_400), ..fresh };
    vec![
        (fresh, 60, 10_060),
        (fresh, 60, 10_061),
        (fresh, 0, 10_000),
        (Latest { reserve: 300, ..fresh }, 60, 10_000),
        // The cadence and its grace, whatever age is allowed; a clock that ran backwards.
        (fresh, ALWAYS, 10_660),
        (fresh, ALWAYS, 10_661),
        (fresh, ALWAYS, 9_999),
        (daily, ALWAYS, 100_000),
        (daily, ALWAYS, 100_001),
        (Latest { cadence: Cadence(9), ..fresh }, ALWAYS, 10_010),
        (Latest { cadence: Cadence(u64::MAX), ..fresh }, ALWAYS, i64::MAX as u64),
        // Each reason alone, and each beside the next graver one.
        (development, 60, 10_000),
        (retired, 60, 10_000),
        (insolvent, 60, 10_000),
        (fresh, 0, 10_661),
        (development, ALWAYS, 10_661),
        (Latest { retired: true, ..development }, 60, 10_000),
        (Latest { reserve: 299, ..retired }, 60, 10_000),
        (Latest { reserve: 299, retired: true, ..development }, 0, 19_000),
        // Ratios.
        (Latest { liability: 0, reserve: 0, ..fresh }, 60, 10_000),
        (Latest { liability: 1, reserve: MOST, ..fresh }, 60, 10_000),
        (Latest { liability: MOST, reserve: MOST, ..fresh }, 60, 10_000),
    ]
}

/// What is known, what was seen, the greatest age and span, and the chain's clock.
fn witnessed() -> Vec<(Latest, Seen, u64, u64, u64)> {
    let fresh = fresh();
    let seen = |first_look, last_look| Seen { amount: 307, first_look, last_look };
    vec![
        (fresh, seen(10_010, 10_020), 60, 10, 10_060),
        (fresh, seen(10_010, 10_020), 60, 10, 10_061),
        (fresh, seen(10_010, 10_021), 60, 10, 10_060),
        // As old as the older of the two.
        (fresh, seen(9_990, 10_000), 60, 10, 10_050),
        (fresh, seen(9_989, 9_999), 60, 10, 10_050),
        // Within an hour of the epoch.
        (fresh, seen(6_400, 6_400), ALWAYS, 0, 10_000),
        (fresh, seen(6_399, 6_400), ALWAYS, 600, 10_000),
        (Latest { cadence: Cadence(86_400), ..fresh }, seen(13_600, 13_600), ALWAYS, 0, 13_600),
        (Latest { cadence: Cadence(86_400), ..fresh }, seen(13_600, 13_601), ALWAYS, 600, 13_601),
        (fresh, Seen { amount: 299, ..seen(10_000, 10_000) }, 60, 0, 10_000),
        (fresh, seen(10_000, 10_600), ALWAYS, ALWAYS, 10_661),
        (Latest { setup: SetupKind::Development, ..fresh }, seen(10_000, 10_000), 60, 0, 10_000),
        (Latest { retired: true, ..fresh }, seen(10_000, 10_000), 60, 0, 10_000),
        (Latest { liability: MOST, ..fresh }, Seen { amount: MOST, ..seen(10_000, 10_000) }, 60, 0, 10_000),
    ]
}

pub fn vectors() -> Result<Value> {
    let stated = stated().into_iter().map(|(latest, max_age, clock)| {
        let answer = Solvency::judge(Some(latest), max_age, clock);
        described(latest, max_age, clock, answer, json!({ "encoded": hexadecimal(answer.encode()) }))
    });
    let witnessed = witnessed().into_iter().map(|(latest, seen, max_age, max_span, clock)| {
        let answer = WitnessedSolvency::judge(Some(latest), Some(seen), max_age, max_span, clock);
        let more = json!({
            "amount": decimal(seen.amount),
            "first_look": decimal(seen.first_look),
            "last_look": decimal(seen.last_look),
            "max_span": decimal(max_span),
            "encoded": hexadecimal(answer.encode()),
        });
        described(latest, max_age, clock, answer.figures, more)
    });
    Ok(json!({
        "stated": stated.collect::<Vec<_>>(),
        "witnessed": witnessed.collect::<Vec<_>>(),
        "missing": hexadecimal(Solvency::MISSING.encode()),
        "missing_witnessed": hexadecimal(WitnessedSolvency::MISSING.encode()),
    }))
}

fn described(latest: Latest, max_age: u64, clock: u64, answer: Solvency, more: Value) -> Value {
    let mut value = json!({
        "epoch": decimal(latest.epoch),
        "as_of": decimal(latest.as_of),
        "liability": decimal(latest.liability),
        "reserve": decimal(latest.reserve),
        "circuit": hexadecimal(latest.circuit),
        "setup": latest.setup as u8,
        "retired": latest.retired,
        "cadence": decimal(latest.cadence.0),
        "max_age": decimal(max_age),
        "clock": decimal(clock),
        "standing": answer.standing.name(),
        "ratio_bps": decimal(answer.ratio_bps),
    });
    if let (Value::Object(value), Value::Object(more)) = (&mut value, more) {
        value.extend(more);
    }
    value
}
