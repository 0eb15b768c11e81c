//! Everything that is refused about a JSON snapshot, each with the place that the refusal names.

mod refusals;

use ballast_ledger::{
    amount::AmountError,
    snapshot::{self, Borrows, LimitExceeded, Options, Reason, Snapshot, SnapshotError},
};

const BTC: &str = r#""BTC": {"usdt_decimals": 0, "balance_decimals": 6, "price": 22344}"#;
const SOL: &str = r#""SOL": {"usdt_decimals": 3, "balance_decimals": 9, "price": 1}"#;

fn read(text: &str) -> Result<Snapshot, SnapshotError> {
    snapshot::json::read(text.as_bytes(), &Options::default())
}

fn file(accounts: &str) -> String {
    format!("{{\"timestamp\": 1795389392939,\n\"assets\": {{{SOL}, {BTC}}},\n\"accounts\": {{{accounts}}}}}\n")
}

/// The refusal of this text, which must name each of `words`.
#[track_caller]
fn refusal(text: &str, words: &[&str]) -> Reason {
    refusals::reason(read(text), words)
}

#[test]
fn a_good_file_is_read() {
    let read = read(&file(r#""alice": {"BTC": 5, "SOL": 7}, "bob": {"BTC": 0}, "carol": {}"#)).unwrap();
    assert_eq!((read.as_of, read.left_out), (1_795_389_392, 0));
    // In the order of the file, not of the alphabet.
    assert_eq!((read.assets.number("SOL"), read.assets.number("BTC")), (Some(1), Some(2)));
    assert_eq!(read.assets.get(2).map(|asset| asset.decimals), Some(6));
    assert_eq!(read.totals, [7, 5]);
    let slot = |asset, balance| snapshot::Slot { asset, balance };
    let accounts: Vec<_> = read.accounts.iter().map(|account| (account.id.as_str(), &account.balances)).collect();
    assert_eq!(accounts, [("alice", &vec![slot(1, 7), slot(2, 5)]), ("bob", &vec![]), ("carol", &vec![])]);
}

#[test]
fn the_time_may_come_last() {
    let text =
        format!("{{\"assets\": {{{BTC}}}, \"accounts\": {{\"a\": {{\"BTC\": 1}}}}, \"timestamp\": 1795389392000}}");
    assert_eq!(read(&text).unwrap().as_of, 1_795_389_392);
}

#[test]
fn an_undeclared_asset() {
    let reason = refusal(&file(r#""alice": {"DOGE": 1}"#), &["line 3", "\"alice\"", "\"DOGE\"", "not declared"]);
    assert!(matches!(reason, Reason::AssetUndeclared));
}

#[test]
fn an_account_twice() {
    let twice = file(r#""alice": {"BTC": 1}, "bob": {"BTC": 1}, "alice": {"SOL": 1}"#);
    assert!(matches!(refusal(&twice, &["line 3", "\"alice\""]), Reason::AccountRepeated));
    let escaped = file(r#""alice": {"BTC": 1}, "\u0061lice": {"BTC": 1}"#);
    assert!(matches!(refusal(&escaped, &["\"alice\""]), Reason::AccountRepeated));
}

#[test]
fn an_asset_twice_in_an_account() {
    for text in [r#""alice": {"BTC": 1, "BTC": 2}"#, r#""alice": {"BTC": 0, "SOL": 1, "B\u0054C": 2}"#] {
        assert!(matches!(refusal(&file(text), &["line 3", "\"alice\"", "\"BTC\"", "twice"]), Reason::AssetRepeated));
    }
}

#[test]
fn boundaries_of_64_bits() {
    for value in [0u64, (1 << 63) - 1, 1 << 63, u64::MAX] {
        assert_eq!(read(&file(&format!(r#""alice": {{"BTC": {value}}}"#))).unwrap().totals, [0, value.into()]);
    }
    for value in ["18446744073709551616", "340282366920938463463374607431768211457"] {
        let text = file(&format!(r#""alice": {{"BTC": {value}}}"#));
        let reason = refusal(&text, &["line 3", "column", "\"alice\"", "\"BTC\"", "64 bits"]);
        assert!(matches!(reason, Reason::Amount(AmountError::TooLarge { bits: 64 })));
    }
}

#[test]
fn other_forms_of_numbers() {
    use AmountError::*;
    let forms = [
        ("1.0", NotAnInteger),
        ("1e5", Exponent),
        ("1E5", Exponent),
        ("-0", NegativeZero),
        ("\"1\"", NotANumber),
        ("null", NotANumber),
        ("true", NotANumber),
    ];
    for (form, expected) in forms {
        let text = file(&format!(r#""alice": {{"BTC": {form}}}"#));
        let reason = refusal(&text, &["line 3", "\"alice\"", "\"BTC\""]);
        assert!(matches!(reason, Reason::Amount(found) if found == expected), "{form}: {reason:?}");
    }
    // Not JSON at all: the place is still named.
    for form in ["NaN", "Infinity", "-Infinity", "+1", "01", "", ".5"] {
        let text = file(&format!(r#""alice": {{"BTC": {form}}}"#));
        assert!(matches!(refusal(&text, &["line 3", "\"alice\"", "\"BTC\""]), Reason::Json(_)), "{form}");
    }
    for form in ["0x10", "1_000"] {
        let text = file(&format!(r#""alice": {{"BTC": {form}}}"#));
        assert!(matches!(refusal(&text, &["line 3", "\"alice\""]), Reason::Json(_)), "{form}");
    }
}

#[test]
fn a_borrow_is_refused_unless_counted_gross() {
    let text = file(r#""alice": {"BTC": 5}, "bob": {"BTC": -3, "SOL": 2}"#);
    let reason = refusal(&text, &["line 3", "\"bob\"", "\"BTC\"", "borrow"]);
    assert!(matches!(reason, Reason::Borrow));
    let gross = Options { borrows: Borrows::Gross, ..Options::default() };
    let read = snapshot::json::read(text.as_bytes(), &gross).unwrap();
    assert_eq!((read.totals, read.gross_borrows), (vec![2, 5], vec![0, 3]));
}

#[test]
fn values_of_another_kind_are_not_repeated() {
    for value in ["12345", "\"12345\"", "null", "true"] {
        let text = file(&format!(r#""alice": {value}"#));
        assert!(matches!(refusal(&text, &["line 3", "\"alice\""]), Reason::BalancesNotAnObject), "{value}");
        assert!(!read(&text).unwrap_err().to_string().contains("12345"));
    }
    assert!(matches!(read("5"), Err(SnapshotError { reason: Reason::Json(_), .. })));
    assert!(matches!(read(r#"{"assets": 5}"#), Err(SnapshotError { reason: Reason::Json(_), .. })));
}

#[test]
fn account_ids_are_short_and_printable() {
    for id in ["", " alice", "al\\u0000ice", "al\\nice", "al\\u200bice"] {
        let text = file(&format!(r#""{id}": {{"BTC": 1}}"#));
        assert!(matches!(refusal(&text, &["line 3"]), Reason::AccountIdInvalid { .. }), "{id:?}");
    }
    let long = |length: usize| file(&format!(r#""{}": {{"BTC": 1}}"#, "a".repeat(length)));
    assert!(read(&long(128)).is_ok());
    assert!(matches!(refusal(&long(129), &["129"]), Reason::AccountIdInvalid { found: 129 }));
}

#[test]
fn members_are_known_and_there_once() {
    let accounts = r#""accounts": {"a": {"BTC": 1}}"#;
    let unknown = format!("{{\"timestamp\": 1795389392939, \"version\": 2, \"assets\": {{{BTC}}}, {accounts}}}");
    assert!(matches!(refusal(&unknown, &["\"version\""]), Reason::MemberUnknown(_)));
    let asset = BTC.replace("\"price\"", "\"cost\"");
    let unknown = format!("{{\"timestamp\": 1795389392939, \"assets\": {{{asset}}}, {accounts}}}");
    assert!(matches!(refusal(&unknown, &["\"BTC\"", "\"cost\""]), Reason::MemberUnknown(_)));
    for (text, name) in [
        (
            format!(
                "{{\"timestamp\": 1795389392939, \"timestamp\": 1795389392939, \"assets\": {{{BTC}}}, {accounts}}}"
            ),
            "timestamp",
        ),
        (
            format!("{{\"timestamp\": 1795389392939, \"assets\": {{{BTC}}}, \"assets\": {{{BTC}}}, {accounts}}}"),
            "assets",
        ),
        (format!("{{\"timestamp\": 1795389392939, \"assets\": {{{BTC}}}, {accounts}, {accounts}}}"), "accounts"),
        (file("").replace("\"price\": 1}", "\"price\": 1, \"price\": 1}"), "price"),
        (file("").replace("\"price\": 1}", "\"price\": 1, \"balance_decimals\": 9}"), "balance_decimals"),
        (file("").replace("\"price\": 1}", "\"price\": 1, \"usdt_decimals\": 9}"), "usdt_decimals"),
    ] {
        assert!(matches!(refusal(&text, &[name, "twice"]), Reason::MemberRepeated(found) if found == name), "{text}");
    }
    for (text, name) in [
        (format!("{{\"assets\": {{{BTC}}}, {accounts}}}"), "timestamp"),
        ("{\"timestamp\": 1795389392939}".to_owned(), "assets"),
        (format!("{{\"timestamp\": 1795389392939, \"assets\": {{{BTC}}}}}"), "accounts"),
        (file("").replace(", \"price\": 1}", "}"), "price"),
        (file("").replace("\"balance_decimals\": 9, ", ""), "balance_decimals"),
        (file("").replace("\"usdt_decimals\": 3, ", ""), "usdt_decimals"),
    ] {
        assert!(matches!(refusal(&text, &[name, "missing"]), Reason::MemberMissing(found) if found == name), "{text}");
    }
}

#[test]
fn assets_are_declared_once_and_first() {
    let after = format!("{{\"timestamp\": 1795389392939, \"accounts\": {{}}, \"assets\": {{{BTC}}}}}");
    assert!(matches!(refusal(&after, &["\"assets\" before \"accounts\""]), Reason::AssetsAfterAccounts));
    let twice = file(r#""a": {"BTC": 1}"#).replace(SOL, BTC);
    assert!(matches!(refusal(&twice, &["line 2", "\"BTC\"", "twice"]), Reason::AssetDeclaredTwice));
    let none = "{\"timestamp\": 1795389392939, \"assets\": {}, \"accounts\": {\"a\": {}}}";
    assert!(matches!(refusal(none, &["at least one asset"]), Reason::NoAsset));
    let symbol = file("").replace("\"SOL\"", "\"S OL\"");
    assert!(matches!(refusal(&symbol, &["\"S OL\""]), Reason::AssetInvalid { .. }));
    let decimals = file("").replace("\"balance_decimals\": 9", "\"balance_decimals\": 37");
    assert!(matches!(refusal(&decimals, &["\"SOL\"", "37"]), Reason::AssetInvalid { decimals: 37 }));
    let many: Vec<_> = (0..129).map(|i| BTC.replace("BTC", &format!("A{i}"))).collect();
    let many = format!("{{\"timestamp\": 1795389392939, \"assets\": {{{}}}, \"accounts\": {{}}}}", many.join(","));
    assert!(matches!(refusal(&many, &["\"A128\"", "129"]), Reason::TooManyAssets { found: 129 }));
    for (from, to) in [("9", "256"), ("9", "-1"), ("9", "1.5"), ("9", "\"9\"")] {
        let bad = file("").replace(&format!("\"balance_decimals\": {from}"), &format!("\"balance_decimals\": {to}"));
        assert!(matches!(refusal(&bad, &["line 2", "\"SOL\"", "balance_decimals"]), Reason::Json(_)), "{to}");
    }
    let price = file("").replace("\"price\": 1}", "\"price\": 1.5}");
    assert!(matches!(refusal(&price, &["\"SOL\"", "price"]), Reason::Json(_)));
}

#[test]
fn nothing_is_never_a_snapshot() {
    assert!(matches!(refusal("", &["empty"]), Reason::Empty));
    assert!(matches!(refusal(" \n", &["empty or cut short"]), Reason::CutShort));
    assert!(matches!(refusal("{}", &["missing"]), Reason::MemberMissing(_)));
    assert!(matches!(refusal(&file(""), &["at least one account"]), Reason::NoAccount));
    let zero = Options { limit: Some(0), ..Options::default() };
    let error = snapshot::json::read(file(r#""a": {"BTC": 1}"#).as_bytes(), &zero).unwrap_err();
    assert!(matches!(error.reason, Reason::LimitZero));
}

#[test]
fn a_text_cut_short_anywhere() {
    let text = file(r#""alice": {"BTC": 5, "SOL": 7}, "bob": {"BTC": 0}"#);
    let text = text.trim_end();
    assert!(read(text).is_ok());
    for length in 1..text.len() {
        let reason = read(&text[..length]).unwrap_err().reason;
        assert!(matches!(reason, Reason::CutShort), "{length}: {reason:?}");
    }
    let cut = &text[..text.find("7}").unwrap()];
    refusal(cut, &["line 3", "\"alice\"", "\"SOL\"", "cut short"]);
}

#[test]
fn text_behind_the_object() {
    for behind in ["x", "{}", ",", "}", "0"] {
        let text = file(r#""a": {"BTC": 1}"#) + behind;
        assert!(matches!(refusal(&text, &["line 4"]), Reason::Json(_)), "{behind}");
    }
    assert!(read(&(file(r#""a": {"BTC": 1}"#) + " \n\t")).is_ok());
}

#[test]
fn timestamps_are_plausible_milliseconds() {
    let at = |timestamp: &str| read(&file(r#""a": {"BTC": 1}"#).replace("1795389392939", timestamp));
    assert!(matches!(at("0").unwrap_err().reason, Reason::TimestampOutOfRange { found: 0 }));
    assert!(matches!(at("1795389392").unwrap_err().reason, Reason::TimestampOutOfRange { .. }), "seconds");
    assert!(at("1000000000000").is_ok());
    assert!(matches!(at("253402300800000").unwrap_err().reason, Reason::AsOfOutOfRange { .. }));
    assert!(matches!(at("18446744073709551615").unwrap_err().reason, Reason::AsOfOutOfRange { .. }));
    for other in ["18446744073709551616", "-1", "1795389392939.0", "1.8e12", "\"1795389392939\"", "null", "{}"] {
        let error = at(other).unwrap_err();
        assert!(matches!(error.reason, Reason::Json(_)) && error.to_string().contains("timestamp"), "{error}");
    }
    let options = Options { as_of: Some(5), ..Options::default() };
    let error = snapshot::json::read(file(r#""a": {"BTC": 1}"#).as_bytes(), &options).unwrap_err();
    assert!(matches!(error.reason, Reason::AsOfConflict { file: 1_795_389_392, caller: 5 }));
}

#[test]
fn nothing_is_held_that_no_snapshot_needs() {
    let id = file(&format!(r#""{}": {{"BTC": 1}}"#, "a".repeat(2_000)));
    assert!(matches!(refusal(&id, &["line 3"]), Reason::Limit(LimitExceeded::Token { line: 3 })));
    // A quotation mark and a comma inside a string do not end it.
    let id = file(&format!(r#""{}": {{"BTC": 1}}"#, "\\\", ".repeat(500)));
    assert!(matches!(refusal(&id, &["line 3"]), Reason::Limit(LimitExceeded::Token { line: 3 })));
    let number = file(&format!(r#""a": {{"BTC": 1{}}}"#, "0".repeat(2_000)));
    assert!(matches!(refusal(&number, &["line 3"]), Reason::Limit(LimitExceeded::Token { line: 3 })));
    let deep = file(r#""a": {"BTC": {"amount": 1}}"#);
    assert!(matches!(refusal(&deep, &["line 3"]), Reason::Limit(LimitExceeded::Depth { line: 3 })));
    let list = file(r#""a": {"BTC": [1, 2]}"#);
    assert!(matches!(refusal(&list, &["line 3"]), Reason::Limit(LimitExceeded::List { line: 3 })));
}

#[test]
fn the_limit_keeps_the_first_accounts_and_checks_the_rest() {
    let limited = |accounts: &str| {
        snapshot::json::read(file(accounts).as_bytes(), &Options { limit: Some(1), ..Options::default() })
    };
    let read = limited(r#""a": {"BTC": 1}, "b": {"BTC": 2}, "c": {"BTC": -4}"#).unwrap();
    assert_eq!((read.accounts.len(), read.left_out, read.totals), (1, 2, vec![0, 1]));
    assert!(matches!(limited(r#""a": {"BTC": 1}, "b": {}, "b": {}"#).unwrap_err().reason, Reason::AccountRepeated));
    assert!(matches!(limited(r#""a": {"BTC": 1}, "b": {"BTC": 0.5}"#).unwrap_err().reason, Reason::Amount(_)));
}

#[test]
fn a_byte_order_mark_before_the_object_is_skipped_once() {
    let text = file(r#""alice": {"BTC": 5}"#);
    assert_eq!(read(&format!("\u{feff}{text}")).unwrap(), read(&text).unwrap());
    assert!(matches!(refusal(&format!("\u{feff}\u{feff}{text}"), &["line 1"]), Reason::Json(_)));
    assert!(matches!(refusal("\u{feff}", &["empty"]), Reason::Empty));
    for cut in [&b"\xef"[..], b"\xef\xbb", b"\xef\xbb{"] {
        assert!(snapshot::json::read(cut, &Options::default()).is_err(), "{cut:?}");
    }
}

#[test]
fn a_symbol_that_only_looks_like_a_declared_one() {
    let text = file("\"alice\": {\"\u{412}TC\": 5}");
    let reason = refusal(&text, &["line 3", "\"\\u{412}TC\"", "looks like \"BTC\""]);
    assert!(matches!(reason, Reason::AssetLookalike { declared } if declared == "BTC"));
    let declared = file("").replace("\"BTC\"", "\"\u{5e01}\u{5b89}\u{4eba}\u{751f}\"");
    assert!(matches!(refusal(&declared, &["\\u{5e01}", "A-Z a-z 0-9"]), Reason::AssetInvalid { .. }));
}

#[test]
fn a_time_in_seconds_is_called_one() {
    refusal(
        &file(r#""a": {"BTC": 1}"#).replace("1795389392939", "1795389392"),
        &["milliseconds", "a time in seconds?"],
    );
}

#[test]
fn what_a_file_says_cannot_draw_on_a_terminal() {
    for hostile in ["\\u001b[2J", "\\u202e", "\\u009b31m", "\\n"] {
        let inserted = |place: &str| read(&file(r#""a": {"BTC": 1}"#).replacen(place, &format!("{place}{hostile}"), 1));
        for place in ["\"time", "\"S", "\"usdt_", "{\"", "\"BT"] {
            let text = inserted(place).unwrap_err().to_string();
            assert!(!text.chars().any(|c| c.is_control() || c == '\u{202e}'), "{place}: {text:?}");
        }
    }
}
