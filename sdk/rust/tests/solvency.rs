//! A chain's answer is believed as far as it agrees with itself, and never read more favourably
//! than its figures.

mod sample;

use ballast_core::{
    circuit::SetupKind,
    solvency::{Latest, Solvency, Standing},
};
use ballast_sdk::{
    Error,
    chain::Chain,
    solvency::{Answer, Known, Question},
};
use sample::*;

/// The field that is named, and the change that it names.
type Case<T> = (&'static str, fn(&mut T));

fn asked(symbol: &str, answer: Solvency) -> Result<Answer, Error> {
    let exchange = exchange(Chain::Solana, &punctual(Chain::Solana, 4));
    Answer::new(&Question::new(&exchange, symbol, 60, Known::Witnessed), answer)
}

fn latest() -> Latest {
    Latest { epoch: 4, as_of: START, liability: 300, reserve: 451, setup: SetupKind::Development }
}

fn judged(latest: Latest, clock: u64) -> Solvency {
    Solvency::judge(Some(latest), 60, clock)
}

fn field(result: Result<Answer, Error>) -> String {
    let Error::BadData(bad) = result.unwrap_err() else { panic!() };
    bad.field
}

#[test]
fn only_fresh_is_a_yes() {
    let short = Latest { reserve: 299, ..latest() };
    for (answer, standing, yes) in [
        (judged(latest(), START), Standing::Fresh, true),
        (judged(latest(), START + 61), Standing::Stale, false),
        (judged(short, START), Standing::Insolvent, false),
        (judged(short, START + 61), Standing::Insolvent, false),
        (Solvency::MISSING, Standing::Missing, false),
    ] {
        let answer = asked("BTC", answer).unwrap();
        assert_eq!((answer.standing, answer.is_fresh(), answer.known), (standing, yes, Known::Witnessed));
    }
}

#[test]
fn an_asset_that_is_not_on_the_list_is_missing_or_nothing() {
    let answer = asked("ETH", Solvency::MISSING).unwrap();
    assert_eq!((answer.decimals, answer.is_fresh()), (None, false));
    assert_eq!(field(asked("ETH", judged(latest(), START))), "solvency(ETH).standing");
}

#[test]
fn an_answer_that_contradicts_itself_is_refused() {
    let cases: [Case<Solvency>; 12] = [
        ("standing", |answer| answer.standing = Standing::Insolvent),
        ("standing", |answer| answer.standing = Standing::Missing),
        ("ratio_bps", |answer| answer.ratio_bps += 1),
        ("ratio_bps", |answer| answer.reserve = 299),
        ("ratio_bps", |answer| answer.liability += 10),
        ("setup", |answer| answer.setup = None),
        ("epoch", |answer| answer.epoch = 0),
        ("standing", |answer| {
            answer.reserve = 299;
            answer.ratio_bps = 9_966;
        }),
        ("liability and reserve", |answer| {
            answer.reserve = 1 << 112;
            answer.ratio_bps = u64::MAX;
        }),
        ("standing", |answer| {
            *answer = Solvency::MISSING;
            answer.as_of = 1;
        }),
        ("standing", |answer| {
            *answer = Solvency::MISSING;
            answer.setup = Some(SetupKind::Ceremony);
        }),
        ("setup", |answer| {
            *answer = Solvency::MISSING;
            answer.standing = Standing::Fresh;
        }),
    ];
    for (number, (name, change)) in cases.into_iter().enumerate() {
        let mut answer = judged(latest(), START);
        change(&mut answer);
        assert_eq!(field(asked("BTC", answer)), format!("solvency(BTC).{name}"), "case {number}");
    }
}

#[test]
fn the_json_has_amounts_as_digits_and_the_setup_with_its_label() {
    let most = (1 << 112) - 1;
    let answer = judged(Latest { liability: most, reserve: most, ..latest() }, START);
    let json = serde_json::to_value(asked("USDT", answer).unwrap()).unwrap();
    assert_eq!(json["liability"], "5192296858534827628530496329220095");
    assert_eq!((&json["standing"], &json["decimals"]), (&"fresh".into(), &6.into()));
    assert_eq!((&json["setup"], &json["setup_label"]), (&"development".into(), &"INSECURE development setup".into()));
    let json = serde_json::to_value(asked("USDT", Solvency::MISSING).unwrap()).unwrap();
    assert_eq!((&json["setup"], &json["setup_label"]), (&serde_json::Value::Null, &serde_json::Value::Null));
}
