//! Section 7: what `solvency` answers.

use anyhow::Result;
use ballast_core::{
    circuit::SetupKind,
    solvency::{Latest, Solvency, Standing},
};
use serde_json::{Value, json};

use super::{decimal, hexadecimal};

pub fn vectors() -> Result<Value> {
    let latest = Latest { epoch: 4, as_of: 1_000, liability: 300, reserve: 451, setup: SetupKind::Development };
    let most = (1 << 112) - 1;
    let cases = [
        (latest, 60, 1_060),
        (latest, 60, 1_061),
        (latest, 0, 1_000),
        (latest, u64::MAX, 999),
        (Latest { reserve: 300, ..latest }, 60, 1_000),
        (Latest { reserve: 299, ..latest }, 60, 1_000),
        (Latest { reserve: 299, ..latest }, 60, 9_000),
        (Latest { liability: 0, reserve: 0, ..latest }, 60, 1_000),
        (Latest { liability: 1, reserve: most, ..latest }, 60, 1_000),
        (Latest { liability: most, reserve: most, ..latest }, 60, 1_000),
    ];
    let judged = cases.iter().map(|(latest, max_age, clock)| {
        let answer = Solvency::judge(Some(*latest), *max_age, *clock);
        json!({
            "epoch": decimal(latest.epoch),
            "as_of": decimal(latest.as_of),
            "liability": decimal(latest.liability),
            "reserve": decimal(latest.reserve),
            "setup": latest.setup as u8,
            "max_age": decimal(*max_age),
            "clock": decimal(*clock),
            "standing": name(answer.standing),
            "ratio_bps": decimal(answer.ratio_bps),
            "encoded": hexadecimal(answer.encode()),
        })
    });
    Ok(json!({ "judged": judged.collect::<Vec<_>>(), "missing": hexadecimal(Solvency::MISSING.encode()) }))
}

fn name(standing: Standing) -> &'static str {
    match standing {
        Standing::Missing => "Missing",
        Standing::Stale => "Stale",
        Standing::Insolvent => "Insolvent",
        Standing::Fresh => "Fresh",
    }
}
