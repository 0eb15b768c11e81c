//! Reserves files: what is refused about them, and the bytes of the published report.

use ballast_core::{
    assets::{Asset, AssetList},
    digest::sha256,
    reserves::reserves_digest,
};
use ballast_ledger::{
    amount::AmountError,
    reserves::{Occasion, ReadHoldings, Reason, Reserves, ReservesError, ReservesReport, Stated},
};

const GOOD: &str = "sources = \"cold \\\"wallets\\\"\"\n[amounts]\nUSDC = \"1900000.000001\"\nBTC = \"812.5\"\n";

fn assets() -> AssetList {
    AssetList::new(vec![Asset::new("BTC", 8).unwrap(), Asset::new("USDC", 6).unwrap()]).unwrap()
}

fn parse(text: &str) -> Result<Reserves, ReservesError> {
    at(text, 1_795_389_392)
}

fn at(text: &str, as_of: u64) -> Result<Reserves, ReservesError> {
    let assets = assets();
    let occasion = Occasion { exchange: &[7; 32], as_of, assets: &assets };
    Reserves::new(&occasion, &Stated::parse(text, &assets)?, &ReadHoldings::default(), None)
}

#[test]
fn the_report_and_its_digest() {
    let reserves = parse(GOOD).unwrap();
    assert_eq!(reserves.amounts, [81_250_000_000, 1_900_000_000_001]);
    let report = concat!(
        r#"{"version":2,"as_of":1795389392,"sources":"cold \"wallets\"","reserves":["#,
        r#"{"symbol":"BTC","decimals":8,"amount":"812.50000000","stated":"812.50000000","read":"0.00000000","signed":"0.00000000"},"#,
        r#"{"symbol":"USDC","decimals":6,"amount":"1900000.000001","stated":"1900000.000001","read":"0.000000","signed":"0.000000"}"#,
        r#"],"blocks":[],"holdings":[],"messages":[]}"#,
        "\n"
    );
    assert_eq!(String::from_utf8(reserves.report.clone()).unwrap(), report);
    assert_eq!(reserves.sources, sha256(&[report.as_bytes()]));
    assert_eq!(reserves.digest(), reserves_digest(&[81_250_000_000, 1_900_000_000_001], &reserves.sources));
}

#[test]
fn every_figure_changes_the_digest() {
    let digest = |text: &str, as_of| at(text, as_of).unwrap().digest();
    let good = digest(GOOD, 1_795_389_392);
    assert_ne!(digest(GOOD, 1_795_389_393), good);
    assert_ne!(digest(&GOOD.replace("cold", "warm"), 1_795_389_392), good);
    assert_ne!(digest(&GOOD.replace("812.5", "812.50000001"), 1_795_389_392), good);
    // The same amount, written otherwise.
    assert_eq!(digest(&GOOD.replace("812.5", "812.50"), 1_795_389_392), good);
}

fn refusal(from: &str, to: &str, words: &[&str]) -> Reason {
    let error = parse(&GOOD.replace(from, to)).unwrap_err();
    for word in words {
        assert!(error.to_string().contains(word), "{error} does not name {word:?}");
    }
    error.reason
}

#[test]
fn every_declared_asset_and_no_other_has_an_amount() {
    assert!(matches!(refusal("BTC", "DOGE", &["DOGE", "not declared"]), Reason::AssetUndeclared));
    assert!(matches!(refusal("BTC = \"812.5\"\n", "", &["BTC", "no amount"]), Reason::AmountMissing));
    assert!(matches!(refusal("USDC = ", "BTC = ", &["line 4", "duplicate"]), Reason::Toml(_)));
    assert!(matches!(refusal("[amounts]", "custodian = \"x\"\n[amounts]", &["line 2", "custodian"]), Reason::Toml(_)));
}

#[test]
fn amounts_are_decimal_strings_below_2_to_the_112() {
    use AmountError::*;
    let forms = [
        ("812.500000001", TooManyDecimals { expected: 8, found: 9 }),
        ("NaN", NotANumber),
        ("8e2", Exponent),
        ("+8", PlusSign),
        ("", Empty),
        ("51922968585348276285304963.29220096", TooLarge { bits: 112 }),
    ];
    for (form, expected) in forms {
        let reason = refusal("812.5", form, &["BTC"]);
        assert!(matches!(reason, Reason::Amount(found) if found == expected), "{form:?}: {reason:?}");
    }
    let largest = parse(&GOOD.replace("812.5", "51922968585348276285304963.29220095")).unwrap();
    assert_eq!(largest.amounts[0], (1 << 112) - 1);
    assert!(matches!(refusal("812.5", "-812.5", &["BTC", "negative"]), Reason::Negative));
    for number in ["812.5", "812", "nan"] {
        assert!(matches!(refusal("\"812.5\"", number, &["line 4"]), Reason::Toml(_)), "{number}");
    }
}

#[test]
fn what_is_stated_is_compared_with_a_report() {
    let stated = Stated::parse(GOOD, &assets()).unwrap();
    let report = ReservesReport::parse(&parse(GOOD).unwrap().report).unwrap();
    assert_eq!(stated.difference(&report), None);
    for (from, to, expected) in [("812.5", "812.6", "amounts"), ("cold", "warm", "sources")] {
        let other = Stated::parse(&GOOD.replace(from, to), &assets()).unwrap();
        assert_eq!(other.difference(&report), Some(expected));
    }
    let message = "[[messages]]\nnetwork = \"bitcoin\"\naddress = \"a\"\nmessage = \"m\"\nsignature = \"s\"\nasset = \"BTC\"\namount = \"1.5\"\n";
    let other = Stated::parse(&format!("{GOOD}{message}"), &assets()).unwrap();
    assert_eq!((other.difference(&report), &other.messages[0].amount[..]), (Some("messages"), "1.50000000"));
    let wrong = |from: &str, to: &str| Stated::parse(&format!("{GOOD}{}", message.replace(from, to)), &assets());
    assert!(matches!(wrong("BTC", "DOGE").unwrap_err().reason, Reason::AssetUndeclared));
    assert!(matches!(wrong("1.5", "-1.5").unwrap_err().reason, Reason::Negative));
    assert!(matches!(wrong("network = \"bitcoin\"\n", "").unwrap_err().reason, Reason::Toml(_)));
    let error = wrong("1.5", "1.000000001").unwrap_err();
    assert!(
        matches!(error.reason, Reason::Amount(AmountError::TooManyDecimals { .. }))
            && error.to_string().contains("message of a"),
        "{error}"
    );
}

#[test]
fn sources_are_said() {
    assert!(matches!(refusal("cold \\\"wallets\\\"", "", &["sources"]), Reason::SourcesInvalid { found: 0 }));
    assert!(matches!(refusal("cold", &"c".repeat(2_000), &["sources"]), Reason::SourcesInvalid { .. }));
    assert!(matches!(refusal("sources", "source", &["line 1"]), Reason::Toml(_)));
    assert!(parse("").is_err());
}

#[test]
fn files_are_named() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("reserves.toml");
    assert!(Stated::read(&path, &assets()).unwrap_err().to_string().contains("reserves.toml"));
    std::fs::write(&path, GOOD).unwrap();
    assert_eq!(Stated::read(&path, &assets()).unwrap().amounts[0], 81_250_000_000);
    std::fs::write(&path, GOOD.replace("BTC", "DOGE")).unwrap();
    let text = Stated::read(&path, &assets()).unwrap_err().to_string();
    assert!(text.contains("reserves.toml: DOGE"), "{text}");
    std::fs::write(&path, format!("{GOOD}#{}", " ".repeat(1 << 20))).unwrap();
    assert!(Stated::read(&path, &assets()).unwrap_err().to_string().contains("longer"));
}

#[test]
fn a_symbol_with_a_dot_is_quoted() {
    let both = GOOD.replace("BTC = \"812.5\"", "BTC = \"812.5\"\nBTC.b = \"1\"");
    let reversed = GOOD.replace("BTC = \"812.5\"", "BTC.b = \"1\"\nBTC = \"812.5\"");
    let [one, nested] = ["BTC.b", "BTC.b.c"].map(|key| GOOD.replace("BTC = ", &format!("{key} = ")));
    for dotted in [one, nested, both, reversed] {
        let error = parse(&dotted).unwrap_err();
        let text = error.to_string();
        assert!(
            matches!(error.reason, Reason::Toml(_)) && text.contains("a symbol with a dot is written in quotes"),
            "{text}"
        );
    }
    refusal("BTC = ", "BTC.b = ", &["line 4", "key \"b\"", "\"SYMBOL.b\""]);
    // Quoted, it is a symbol like any other.
    assert!(matches!(refusal("BTC = ", "\"BTC.b\" = ", &["BTC.b", "not declared"]), Reason::AssetUndeclared));
    let assets = AssetList::new(vec![Asset::new("BTC.b", 8).unwrap()]).unwrap();
    let stated = Stated::parse("sources = \"x\"\n[amounts]\n\"BTC.b\" = \"10\"\n", &assets).unwrap();
    assert_eq!(stated.amounts, [1_000_000_000]);
    // Whatever else stands there is told what belongs there.
    for value in ["812.5", "812", "true", "[]", "1979-05-27", "{}"] {
        assert!(matches!(refusal("\"812.5\"", value, &["line 4", "amount"]), Reason::Toml(_)), "{value}");
    }
}

#[test]
fn a_symbol_that_only_looks_like_a_declared_one() {
    let reason = refusal("BTC = ", "\"\u{412}TC\" = ", &["\\u{412}TC: ", "looks like \"BTC\""]);
    assert!(matches!(reason, Reason::AssetLookalike { declared } if declared == "BTC"));
}

#[test]
fn amounts_may_be_padded_with_zeros() {
    assert_eq!(parse(&GOOD.replace("812.5", "812.500000000000000000")).unwrap().amounts[0], 81_250_000_000);
}

#[test]
fn what_a_file_says_cannot_draw_on_a_terminal() {
    for hostile in ["\\u001b[2J", "\\u202e", "\\n"] {
        for (from, to) in [("BTC = ", format!("\"{hostile}\" = ")), ("sources", format!("\"{hostile}\""))] {
            let text = parse(&GOOD.replace(from, &to)).unwrap_err().to_string();
            assert!(!text.chars().any(|c| c.is_control() || c == '\u{202e}'), "{text:?}");
        }
    }
}
