//! A chain's answer is believed as far as it agrees with itself and with this machine's clock, and
//! never read more favourably than its figures.

mod sample;

use ballast_core::{
    cadence::Cadence,
    circuit::SetupKind,
    observation::Seen,
    solvency::{Latest, Solvency, Standing, WitnessedSolvency},
};
use ballast_sdk::{
    Error,
    chain::Chain,
    solvency::{Answer, Known, Looks, Question},
};
use sample::*;

/// The field that is named, and the change that it names.
type Case<T> = (&'static str, fn(&mut T));

const WITNESSED: Known = Known::Witnessed { max_span: 30 };

fn asked(symbol: &str, answer: Solvency, clock: u64) -> Result<Answer, Error> {
    let exchange = exchange(Chain::Solana, &punctual(Chain::Solana, 4));
    Answer::new(&Question::new(&exchange, symbol, 60, Known::Reported), answer, clock)
}

fn seen(answer: WitnessedSolvency, clock: u64) -> Result<Answer, Error> {
    let exchange = exchange(Chain::Solana, &punctual(Chain::Solana, 4));
    Answer::witnessed(&Question::new(&exchange, "BTC", 60, WITNESSED), answer, clock)
}

fn latest() -> Latest {
    Latest {
        epoch: 4,
        as_of: START,
        liability: 300,
        reserve: 451,
        circuit: [7; 32],
        setup: SetupKind::Ceremony,
        retired: false,
        cadence: Cadence(DAY),
    }
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
    let development = Latest { setup: SetupKind::Development, ..latest() };
    let late = START + 2 * DAY;
    for (answer, standing, yes) in [
        (judged(latest(), START), Standing::Fresh, true),
        (judged(latest(), START + 61), Standing::Stale, false),
        (judged(latest(), late), Standing::Overdue, false),
        (judged(development, START), Standing::Development, false),
        (judged(Latest { retired: true, ..latest() }, START), Standing::Retired, false),
        (judged(Latest { retired: true, ..development }, START), Standing::Retired, false),
        (judged(short, START), Standing::Insolvent, false),
        (judged(short, late), Standing::Insolvent, false),
        (Solvency::MISSING, Standing::Missing, false),
    ] {
        let answer = asked("BTC", answer, START).unwrap();
        assert_eq!((answer.standing, answer.is_fresh(), answer.known), (standing, yes, Known::Reported));
    }
}

/// A node that stands still would show an exchange that stopped as punctual.
#[test]
fn this_machines_clock_is_asked_as_well() {
    let standing = |answer, clock| asked("BTC", answer, clock).unwrap().standing;
    let fresh = judged(latest(), START);
    assert_eq!(standing(fresh, START + 60), Standing::Fresh);
    assert_eq!(standing(fresh, START + 61), Standing::Stale);
    assert_eq!(standing(fresh, START + 2 * DAY), Standing::Overdue);
    assert_eq!(standing(fresh, 5), Standing::Fresh, "this machine's clock runs behind");
    let stale = judged(latest(), START + 61);
    assert_eq!(standing(stale, START), Standing::Stale);
    let graver = judged(Latest { reserve: 299, ..latest() }, START);
    assert_eq!(standing(graver, START + 2 * DAY), Standing::Insolvent);
}

#[test]
fn what_was_seen_is_as_old_as_the_older_and_within_the_span() {
    let judge = |first_look, last_look| {
        let seen = Seen { amount: 307, first_look, last_look };
        WitnessedSolvency::judge(Some(latest()), Some(seen), 60, 30, START)
    };
    let before = judge(START - 50, START - 20);
    let answer = seen(before, START + 10).unwrap();
    assert_eq!((answer.standing, answer.reserve, answer.as_of), (Standing::Fresh, 307, START));
    assert_eq!(answer.looks, Some(Looks { first_look: START - 50, span: 30 }));
    assert_eq!(seen(before, START + 11).unwrap().standing, Standing::Stale);
    let after = judge(START + 50, START + 50);
    assert_eq!(seen(after, START + 60).unwrap().standing, Standing::Fresh);
    let longer = WitnessedSolvency { span: 31, ..before };
    assert_eq!(field(seen(longer, START)), "solvency(BTC).span");
    let missing = seen(WitnessedSolvency::MISSING, START).unwrap();
    assert_eq!((missing.standing, missing.looks), (Standing::Missing, None));
    let half = WitnessedSolvency { first_look: 1, ..WitnessedSolvency::MISSING };
    assert_eq!(field(seen(half, START)), "solvency(BTC).first_look");
}

#[test]
fn an_asset_that_is_not_on_the_list_is_missing_or_nothing() {
    let answer = asked("ETH", Solvency::MISSING, START).unwrap();
    assert_eq!((answer.decimals, answer.is_fresh()), (None, false));
    assert_eq!(field(asked("ETH", judged(latest(), START), START)), "solvency(ETH).standing");
}

#[test]
fn an_answer_that_contradicts_itself_is_refused() {
    let cases: [Case<Solvency>; 15] = [
        ("standing", |answer| answer.standing = Standing::Insolvent),
        ("standing", |answer| answer.standing = Standing::Missing),
        ("standing", |answer| answer.standing = Standing::Development),
        ("standing", |answer| answer.setup = Some(SetupKind::Development)),
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
            answer.circuit = [1; 32];
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
    for (field_of, change) in cases {
        let mut answer = judged(latest(), START);
        change(&mut answer);
        assert_eq!(field(asked("BTC", answer, START)), format!("solvency(BTC).{field_of}"), "{answer:?}");
    }
}

#[test]
fn the_json_has_amounts_as_digits_and_the_setup_with_its_label() {
    let most = (1 << 112) - 1;
    let development = Latest { liability: most, reserve: most, setup: SetupKind::Development, ..latest() };
    let json = serde_json::to_value(asked("USDT", judged(development, START), START).unwrap()).unwrap();
    assert_eq!(json["liability"], "5192296858534827628530496329220095");
    assert_eq!((&json["standing"], &json["decimals"]), (&"development".into(), &6.into()));
    assert_eq!((&json["setup"], &json["setup_label"]), (&"development".into(), &"INSECURE development setup".into()));
    assert_eq!((&json["known"], &json["max_span"]), (&"reported".into(), &serde_json::Value::Null));
    let json = serde_json::to_value(asked("USDT", Solvency::MISSING, START).unwrap()).unwrap();
    assert_eq!((&json["setup"], &json["setup_label"]), (&serde_json::Value::Null, &serde_json::Value::Null));
    let json = serde_json::to_value(seen(WitnessedSolvency::MISSING, START).unwrap()).unwrap();
    assert_eq!((&json["known"], &json["max_span"]), (&"witnessed".into(), &30.into()));
}
