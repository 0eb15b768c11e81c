//! Everything that is refused about a CSV snapshot and its declaration, each with the place that
//! the refusal names.

use ballast_core::statement::LedgerPosition;
mod refusals;

use ballast_ledger::{
    amount::AmountError,
    snapshot::{self, Borrows, Declaration, LimitExceeded, Options, Reason, Snapshot, SnapshotError},
};

const HEADER: &str = "account,asset,available,in_orders,lent_unborrowed\n";

const ASSETS: &str = r#"
[[assets]]
symbol = "BTC"
decimals = 8

[[assets]]
symbol = "USDC"
decimals = 6
"#;

fn declaration() -> Declaration {
    Declaration::parse(&format!("as_of = 1795392000\n{ASSETS}")).unwrap()
}

fn read_with(rows: &str, options: &Options) -> Result<Snapshot, SnapshotError> {
    snapshot::csv::read(&declaration(), format!("{HEADER}{rows}").as_bytes(), options)
}

fn read(rows: &str) -> Result<Snapshot, SnapshotError> {
    read_with(rows, &Options::default())
}

/// The refusal of these rows, which must name each of `words`.
#[track_caller]
fn refusal(rows: &str, words: &[&str]) -> Reason {
    refusals::reason(read(rows), words)
}

#[test]
fn a_good_file_is_read() {
    let read = read("alice,USDC,1.5,0.25,0\nalice,BTC,0.00000001,0,2\nbob,BTC,0,0,0\n").unwrap();
    assert_eq!((read.as_of, read.ledger, read.left_out), (1_795_392_000, LedgerPosition::default(), 0));
    assert_eq!(read.totals, [200_000_001, 1_750_000]);
    assert_eq!(read.gross_borrows, [0, 0]);
    let accounts: Vec<_> = read.accounts.iter().map(|account| (account.id.as_str(), &account.balances)).collect();
    let slot = |asset, balance| snapshot::Slot { asset, balance };
    assert_eq!(accounts, [("alice", &vec![slot(1, 200_000_001), slot(2, 1_750_000)]), ("bob", &vec![])]);
}

#[test]
fn carriage_returns_before_line_feeds_are_read() {
    let text = format!("{HEADER}alice,BTC,1,0,0\n").replace('\n', "\r\n");
    let read = snapshot::csv::read(&declaration(), text.as_bytes(), &Options::default()).unwrap();
    assert_eq!(read.totals, [100_000_000, 0]);
}

#[test]
fn an_undeclared_asset() {
    let reason = refusal("alice,BTC,1,0,0\nalice,DOGE,1,0,0\n", &["line 3", "\"alice\"", "\"DOGE\"", "not declared"]);
    assert!(matches!(reason, Reason::AssetUndeclared));
    assert!(matches!(refusal("alice,btc,1,0,0\n", &["line 2", "\"btc\""]), Reason::AssetUndeclared));
}

#[test]
fn an_account_that_comes_again() {
    let rows = "alice,BTC,1,0,0\nbob,BTC,1,0,0\nalice,USDC,1,0,0\n";
    let reason = refusal(rows, &["line 4", "\"alice\"", "was there before"]);
    assert!(matches!(reason, Reason::AccountRepeated));
}

#[test]
fn an_asset_twice_in_an_account() {
    let rows = "alice,BTC,1,0,0\nalice,USDC,1,0,0\nalice,BTC,0,0,0\n";
    assert!(matches!(refusal(rows, &["line 4", "\"alice\"", "\"BTC\"", "twice"]), Reason::AssetRepeated));
    // Also when the first was nothing.
    assert!(matches!(refusal("alice,BTC,0,0,0\nalice,BTC,1,0,0\n", &["line 3"]), Reason::AssetRepeated));
}

#[test]
fn too_many_decimals() {
    let reason = refusal("alice,USDC,1,0,0.1234567\n", &["line 2", "\"alice\"", "\"USDC\"", "lent_unborrowed"]);
    assert!(matches!(reason, Reason::Amount(AmountError::TooManyDecimals { expected: 6, found: 7 })));
}

#[test]
fn each_amount_and_their_sum_fit_in_64_bits() {
    // 2^64 - 1 and 2^64 units of BTC.
    assert_eq!(read("alice,BTC,184467440737.09551615,0,0\n").unwrap().totals, [u64::MAX.into(), 0]);
    for (row, field) in [
        ("alice,BTC,184467440737.09551616,0,0\n", "available"),
        ("alice,BTC,0,184467440737.09551616,0\n", "in_orders"),
        ("alice,BTC,0,0,184467440737.09551616\n", "lent_unborrowed"),
    ] {
        let reason = refusal(row, &["line 2", "\"alice\"", "\"BTC\"", field, "64 bits"]);
        assert!(matches!(reason, Reason::Amount(AmountError::TooLarge { bits: 64 })));
    }
    let sum = "alice,BTC,184467440737.09551615,0.00000001,0\n";
    assert!(matches!(refusal(sum, &["line 2", "\"alice\"", "\"BTC\"", "64 bits"]), Reason::SumTooLarge));
    let halves = "alice,BTC,92233720368.54775808,92233720368.54775808,0\n";
    assert!(matches!(refusal(halves, &["line 2"]), Reason::SumTooLarge));
}

#[test]
fn a_total_of_more_than_64_bits_is_kept() {
    let rows: String = (0..3).map(|i| format!("customer-{i},BTC,184467440737.09551615,0,0\n")).collect();
    assert_eq!(read(&rows).unwrap().totals, [3 * u128::from(u64::MAX), 0]);
}

#[test]
fn other_forms_of_numbers() {
    use AmountError::*;
    let forms = [
        ("NaN", NotANumber),
        ("inf", NotANumber),
        ("1e5", Exponent),
        ("+1", PlusSign),
        ("0x10", Hexadecimal),
        ("", Empty),
        (" 1", WhiteSpace),
        ("1 ", WhiteSpace),
        ("-0", NegativeZero),
        ("1_000", Character('_')),
    ];
    for (form, expected) in forms {
        let reason = refusal(&format!("alice,BTC,1,{form},0\n"), &["line 2", "\"alice\"", "\"BTC\"", "in_orders"]);
        assert!(matches!(reason, Reason::Amount(found) if found == expected), "{form:?}: {reason:?}");
    }
}

#[test]
fn a_borrow_is_refused_unless_counted_gross() {
    let rows = "alice,BTC,5,-3,0\nbob,BTC,-1.5,0,0\n";
    let reason = refusal(rows, &["line 2", "\"alice\"", "\"BTC\"", "borrow"]);
    assert!(matches!(reason, Reason::Borrow));
    let read = read_with(rows, &Options { borrows: Borrows::Gross, ..Options::default() }).unwrap();
    // Never less: the 3 do not lower the 5, nor bob's debt what alice is owed.
    assert_eq!(read.totals, [500_000_000, 0]);
    assert_eq!(read.gross_borrows, [450_000_000, 0]);
    assert_eq!(read.accounts[1].balances, []);
}

#[test]
fn a_borrow_of_more_than_64_bits_is_refused_too() {
    let rows = "alice,BTC,-184467440737.09551616,0,0\n";
    let error = read_with(rows, &Options { borrows: Borrows::Gross, ..Options::default() }).unwrap_err();
    assert!(matches!(error.reason, Reason::Amount(AmountError::TooLarge { bits: 64 })), "{error}");
}

#[test]
fn account_ids_are_short_and_printable() {
    assert!(read(&format!("{},BTC,1,0,0\n", "a".repeat(128))).is_ok());
    let reason = refusal(&format!("{},BTC,1,0,0\n", "a".repeat(129)), &["line 2", "129 bytes"]);
    assert!(matches!(reason, Reason::AccountIdInvalid { found: 129 }));
    for id in ["", " alice", "alice ", "al\tice", "al\u{200b}ice", "al\0ice"] {
        let reason = refusal(&format!("{id},BTC,1,0,0\n"), &["line 2"]);
        assert!(matches!(reason, Reason::AccountIdInvalid { .. }), "{id:?}: {reason:?}");
    }
}

#[test]
fn missing_and_further_columns() {
    let reason = refusal("alice,BTC,1,0,0\nbob,BTC,1,0\n", &["line 3", "\"bob\"", "expected 5 columns, found 4"]);
    assert!(matches!(reason, Reason::ColumnCount { expected: 5, found: 4 }));
    assert!(matches!(refusal("alice,BTC,1,0,0,0\n", &["line 2"]), Reason::ColumnCount { expected: 5, found: 6 }));
    assert!(matches!(refusal("alice\n", &["line 2"]), Reason::ColumnCount { expected: 5, found: 1 }));
    // Grouped digits are further columns.
    assert!(matches!(refusal("alice,BTC,1,000,0,0\n", &["line 2"]), Reason::ColumnCount { .. }));
}

#[test]
fn quotation_marks() {
    for row in ["\"alice\",BTC,1,0,0\n", "alice,BTC,\"1\"2,0,0\n", "alice,BTC,1,0,\"0\n"] {
        assert!(matches!(refusal(row, &["line 2", "quotation"]), Reason::Quoted), "{row:?}");
    }
}

fn header_refusal(text: &str, words: &[&str]) -> Reason {
    let error = snapshot::csv::read(&declaration(), text.as_bytes(), &Options::default()).unwrap_err();
    for word in words {
        assert!(error.to_string().contains(word), "{error} does not name {word:?}");
    }
    error.reason
}

#[test]
fn another_header() {
    let reason = header_refusal("account,asset,available,in_orders\na,BTC,1,0\n", &["line 1", "lent_unborrowed"]);
    assert!(matches!(reason, Reason::HeaderMismatch { column: 5, .. }));
    let swapped = "account,asset,in_orders,available,lent_unborrowed\na,BTC,1,0,0\n";
    assert!(matches!(header_refusal(swapped, &["column 3"]), Reason::HeaderMismatch { column: 3, .. }));
    let further = "account,asset,available,in_orders,lent_unborrowed,note\na,BTC,1,0,0,x\n";
    assert!(matches!(header_refusal(further, &["line 1"]), Reason::ColumnCount { expected: 5, found: 6 }));
}

#[test]
fn a_missing_header_does_not_show_the_first_customer() {
    let error = snapshot::csv::read(&declaration(), "alice,BTC,77.5,0,0\n".as_bytes(), &Options::default());
    let text = error.unwrap_err().to_string();
    assert!(text.contains("column 1") && !text.contains("alice") && !text.contains("77"), "{text}");
}

#[test]
fn nothing_is_never_a_snapshot() {
    assert!(matches!(header_refusal("", &["empty"]), Reason::Empty));
    assert!(matches!(header_refusal("\n\n", &["empty"]), Reason::Empty));
    assert!(matches!(header_refusal(HEADER, &["at least one account"]), Reason::NoAccount));
    let error = read_with("alice,BTC,1,0,0\n", &Options { limit: Some(0), ..Options::default() }).unwrap_err();
    assert!(matches!(error.reason, Reason::LimitZero));
}

#[test]
fn a_file_cut_short_within_a_line() {
    let reason = refusal("alice,BTC,1,0,0\nbob,BTC,1,0,1", &["3", "cut short"]);
    assert!(matches!(reason, Reason::Limit(LimitExceeded::LineUnended { line: 3 })));
}

#[test]
fn a_line_that_does_not_end() {
    let long = format!("alice,BTC,1,0,0\n{},BTC,1,0,0\n", "a".repeat(2_000));
    let reason = refusal(&long, &["line 3", "longer"]);
    assert!(matches!(reason, Reason::Limit(LimitExceeded::Line { line: 3 })));
}

#[test]
fn bytes_that_are_no_text() {
    let mut bytes = format!("{HEADER}alice,BTC,1,0,0\n").into_bytes();
    bytes.extend(b"b\xffb,BTC,1,0,0\n");
    let error = snapshot::csv::read(&declaration(), bytes.as_slice(), &Options::default()).unwrap_err();
    assert!(matches!(error.reason, Reason::NotText) && error.to_string().contains("line 3"), "{error}");
}

#[test]
fn the_limit_keeps_the_first_accounts_and_checks_the_rest() {
    let limited = |rows: &str| read_with(rows, &Options { limit: Some(2), ..Options::default() });
    let rows = "a,BTC,1,0,0\nb,BTC,2,0,0\nc,BTC,-4,0,0\nd,BTC,8,0,0\n";
    let read = limited(rows).unwrap();
    assert_eq!((read.accounts.len(), read.left_out, read.totals[0]), (2, 2, 300_000_000));
    assert!(matches!(limited(&rows.replace("d,", "a,")).unwrap_err().reason, Reason::AccountRepeated));
    assert!(matches!(limited(&rows.replace("8", "8e1")).unwrap_err().reason, Reason::Amount(_)));
    assert!(matches!(limited(&rows.replace("b,BTC,2", "b,BTC,-2")).unwrap_err().reason, Reason::Borrow));
    let gross = Options { limit: Some(2), borrows: Borrows::Gross, ..Options::default() };
    assert_eq!(read_with(rows, &gross).unwrap().gross_borrows, [0, 0]);
}

fn declaration_refusal(text: &str, words: &[&str]) -> Reason {
    let error = Declaration::parse(text).unwrap_err();
    for word in words {
        assert!(error.to_string().contains(word), "{error} does not name {word:?}");
    }
    error.reason
}

#[test]
fn declarations_that_are_refused() {
    let asset = |symbol: &str, decimals: u32| format!("[[assets]]\nsymbol = {symbol:?}\ndecimals = {decimals}\n");
    assert!(matches!(declaration_refusal("", &["at least one asset"]), Reason::NoAsset));
    assert!(matches!(declaration_refusal("as_of = 5\n", &[]), Reason::NoAsset));
    let twice = asset("BTC", 8) + &asset("BTC", 6);
    assert!(matches!(declaration_refusal(&twice, &["\"BTC\"", "twice"]), Reason::AssetDeclaredTwice));
    assert!(matches!(declaration_refusal(&asset("B TC", 8), &["\"B TC\""]), Reason::AssetInvalid { .. }));
    assert!(matches!(declaration_refusal(&asset("BTC", 37), &["\"BTC\"", "37"]), Reason::AssetInvalid { .. }));
    let many: String = (0..129).map(|i| asset(&format!("A{i}"), 0)).collect();
    assert!(matches!(declaration_refusal(&many, &["\"A128\"", "128", "129"]), Reason::TooManyAssets { found: 129 }));
    assert!(matches!(declaration_refusal(&format!("price = 1\n{ASSETS}"), &["line 1", "price"]), Reason::Toml(_)));
    assert!(matches!(declaration_refusal(&format!("{ASSETS}price = 1\n"), &["line 9", "price"]), Reason::Toml(_)));
    assert!(matches!(declaration_refusal(&format!("as_of = -1\n{ASSETS}"), &["line 1"]), Reason::Toml(_)));
    assert!(matches!(declaration_refusal(&format!("as_of = 1.5\n{ASSETS}"), &["line 1"]), Reason::Toml(_)));
    assert!(matches!(declaration_refusal(&format!("[ledger]\nsequence = 1\n{ASSETS}"), &["head"]), Reason::Toml(_)));
}

#[test]
fn the_time_is_known_once_and_plausible() {
    let read = |file: Option<u64>, caller: Option<u64>| {
        let declaration = Declaration { as_of: file, ..declaration() };
        let options = Options { as_of: caller, ..Options::default() };
        let text = format!("{HEADER}alice,BTC,1,0,0\n");
        snapshot::csv::read(&declaration, text.as_bytes(), &options).map(|read| read.as_of).map_err(|e| e.reason)
    };
    assert!(matches!(read(Some(7), None), Ok(7)));
    assert!(matches!(read(None, Some(8)), Ok(8)));
    assert!(matches!(read(Some(9), Some(9)), Ok(9)));
    assert!(matches!(read(Some(7), Some(8)), Err(Reason::AsOfConflict { file: 7, caller: 8 })));
    assert!(matches!(read(None, None), Err(Reason::AsOfMissing)));
    assert!(matches!(read(Some(0), None), Err(Reason::AsOfOutOfRange { found: 0 })));
    assert!(matches!(read(Some(snapshot::AS_OF_MAX), None), Ok(snapshot::AS_OF_MAX)));
    // Milliseconds.
    assert!(matches!(read(Some(1_795_389_392_939), None), Err(Reason::AsOfOutOfRange { .. })));
    assert!(matches!(read(None, Some(u64::MAX)), Err(Reason::AsOfOutOfRange { .. })));
}

#[test]
fn the_ledger_position_is_known_once_and_whole() {
    let position = |sequence, byte| Some(LedgerPosition { sequence, head: [byte; 32] });
    let read = |file, caller| {
        let declaration = Declaration { ledger: file, ..declaration() };
        let options = Options { ledger: caller, ..Options::default() };
        let text = format!("{HEADER}alice,BTC,1,0,0\n");
        snapshot::csv::read(&declaration, text.as_bytes(), &options).map(|read| read.ledger).map_err(|e| e.reason)
    };
    assert_eq!(read(position(5, 1), None).ok(), position(5, 1));
    assert_eq!(read(None, position(5, 1)).ok(), position(5, 1));
    assert_eq!(read(None, None).ok(), position(0, 0));
    assert!(matches!(read(position(5, 1), position(5, 2)), Err(Reason::LedgerConflict)));
    assert!(matches!(read(position(0, 1), None), Err(Reason::LedgerHalfZero)));
    assert!(matches!(read(None, position(5, 0)), Err(Reason::LedgerHalfZero)));
    let head = format!("0x{}", "ab".repeat(32));
    let parsed = Declaration::parse(&format!("[ledger]\nsequence = 9\nhead = {head:?}\n{ASSETS}")).unwrap();
    assert_eq!(parsed.ledger, position(9, 0xab));
}

#[test]
fn zeros_past_the_committed_unit_are_read_and_anything_else_there_is_refused() {
    let read = read("alice,BTC,0.050000000000000000,1.000,0\nalice,USDC,2.000000000000000000,0,0.0\n").unwrap();
    assert_eq!(read.totals, [105_000_000, 2_000_000]);
    let reason = refusal("alice,USDC,2.000000000000000001,0,0\n", &["line 2", "available", "too many decimals"]);
    assert!(matches!(reason, Reason::Amount(AmountError::TooManyDecimals { expected: 6, found: 18 })));
    assert!(matches!(refusal("alice,USDC,0,0.00000010,0\n", &["in_orders"]), Reason::Amount(_)));
}

#[test]
fn a_symbol_that_only_looks_like_a_declared_one() {
    for (symbol, escaped) in [("US\u{421}D", "US\\u{421}D"), ("USD\u{421}", "USD\\u{421}"), ("BT\u{421}", "BT\\u{421}")]
    {
        let row = format!("alice,{symbol},1,0,0\n");
        let text = read(&row).unwrap_err().to_string();
        assert!(text.contains(escaped) && text.contains("line 2") && !text.contains(symbol), "{text}");
    }
    let words = ["line 2", "\"USD\\u{421}\"", "not declared", "looks like \"USDC\""];
    let reason = refusal("alice,USD\u{421},1,0,0\n", &words);
    assert!(matches!(reason, Reason::AssetLookalike { declared } if declared == "USDC"));
    let text = declaration_text_refusal("\u{412}TC");
    assert!(text.contains("asset \"\\u{412}TC\"") && text.contains("A-Z a-z 0-9"), "{text}");
}

/// What a declaration of this symbol is told.
fn declaration_text_refusal(symbol: &str) -> String {
    Declaration::parse(&format!("[[assets]]\nsymbol = {symbol:?}\ndecimals = 6\n")).unwrap_err().to_string()
}

#[test]
fn symbols_in_other_scripts_are_refused_and_never_a_panic() {
    // Sixteen bytes and less, of one to four bytes a character.
    for symbol in ["\u{5e01}\u{5b89}\u{4eba}\u{751f}", "ÿÿÿÿÿÿÿÿ", "€", "\u{1f680}\u{1f680}\u{1f680}\u{1f680}", "a€"]
    {
        let error = declaration_text_refusal(symbol);
        assert!(error.contains("expected a symbol of 1 to 16 characters of A-Z a-z 0-9"), "{error}");
        assert!(error.is_ascii(), "{error}");
        refusal(&format!("alice,{symbol},1,0,0\n"), &["line 2", "not declared"]);
    }
}

#[test]
fn a_carriage_return_alone_ends_no_line() {
    for rows in ["alice,BTC,1,0,0\rbob,BTC,1,0,0\n", "alice,BTC,1,0,0\n\rbob,BTC,1,0,0\n", "alice,BTC,1,0,0\r\r\n"] {
        let reason = refusal(rows, &["carriage return"]);
        assert!(matches!(reason, Reason::Limit(LimitExceeded::CarriageReturn { line: 2 | 3 })), "{rows:?}");
    }
    // Old spreadsheets end every line so.
    let text = format!("{HEADER}alice,BTC,1,0,0\n").replace('\n', "\r");
    let error = snapshot::csv::read(&declaration(), text.as_bytes(), &Options::default()).unwrap_err();
    assert!(matches!(error.reason, Reason::Limit(LimitExceeded::CarriageReturn { line: 1 })), "{error}");
    let reason = refusal("alice,BTC,1,0,0\n\r", &["3"]);
    assert!(matches!(reason, Reason::Limit(LimitExceeded::LineUnended { line: 3 })));
}

#[test]
fn a_byte_order_mark_before_a_file_of_a_spreadsheet_is_skipped() {
    let text = format!("\u{feff}{HEADER}alice,BTC,1,0,0\n").replace('\n', "\r\n");
    let read = snapshot::csv::read(&declaration(), text.as_bytes(), &Options::default()).unwrap();
    assert_eq!(read.totals, [100_000_000, 0]);
    assert_eq!(Declaration::parse(&format!("\u{feff}as_of = 5\n{ASSETS}")).unwrap().as_of, Some(5));
}

#[test]
fn the_file_that_has_a_wrong_time_is_the_one_that_is_named() {
    let folder = tempfile::tempdir().unwrap();
    let (rows, assets) = (folder.path().join("rows.csv"), folder.path().join("assets.toml"));
    std::fs::write(&rows, format!("{HEADER}alice,BTC,1,0,0\n")).unwrap();
    let refused = |as_of: &str, options: &Options| {
        std::fs::write(&assets, format!("{as_of}\n{ASSETS}")).unwrap();
        snapshot::read(&rows, Some(&assets), options).unwrap_err().to_string()
    };
    for (as_of, word) in [
        ("as_of = 1795392000000", "1795392000000: a time in milliseconds?"),
        ("as_of = 0", "found 0"),
        ("as_of = -1", "line 1"),
        ("", "found none"),
        (
            "as_of = 1795392000\n[ledger]\nsequence = 0\nhead = \"0x0100000000000000000000000000000000000000000000000000000000000000\"",
            "both zero",
        ),
    ] {
        let text = refused(as_of, &Options::default());
        assert!(text.contains("assets.toml") && !text.contains("rows.csv") && text.contains(word), "{text}");
    }
    let conflict = refused("as_of = 1795392000", &Options { as_of: Some(1_795_392_001), ..Options::default() });
    assert!(conflict.contains("assets.toml") && conflict.contains("as_of"), "{conflict}");
    std::fs::write(&assets, format!("as_of = 1795392000\n{ASSETS}")).unwrap();
    assert!(snapshot::read(&rows, Some(&assets), &Options::default()).is_ok());
}

#[test]
fn what_a_file_says_cannot_draw_on_a_terminal() {
    for hostile in ["\x1b[2J", "\u{202e}", "\u{9b}31m", "\u{2066}"] {
        let texts = [
            read(&format!("al{hostile}ice,BTC,1,0,0\n")).unwrap_err().to_string(),
            read(&format!("alice,B{hostile}TC,1,0,0\n")).unwrap_err().to_string(),
            read(&format!("alice,BTC,1{hostile},0,0\n")).unwrap_err().to_string(),
            Declaration::parse(&format!("\"{}\" = 1\n{ASSETS}", toml_escaped(hostile))).unwrap_err().to_string(),
        ];
        for text in texts {
            assert!(!text.chars().any(|c| c.is_control() || ('\u{2000}'..'\u{2070}').contains(&c)), "{text:?}");
        }
    }
}

/// As a key in quotes may have it, where control characters are not allowed as they are.
fn toml_escaped(text: &str) -> String {
    text.chars().map(|character| format!("\\U{:08x}", u32::from(character))).collect()
}
