//! A published reserves report: what it must be to count as an epoch's, and every way in which it
//! may not be.

use ballast_core::{
    Digest,
    assets::{Asset, AssetList},
    digest::sha256,
};
use ballast_ledger::reserves::{
    BackingLine, BlockLine, Holding, LendingLine, Occasion, ReadHoldings, Recorded, ReportError, Reserves,
    ReservesReport, Stated,
    ownership::{OwnershipError, message},
};
use bip322::sign_simple_encoded;

macro_rules! refused {
    ($change:expr, $expected:pat $(if $guard:expr)?) => {
        let error = $crate::refusal($change);
        assert!(matches!(&error, $expected $(if $guard)?), "{error:?}");
    };
}

#[path = "../addresses/mod.rs"]
mod addresses;
mod ownership;
mod places;

use addresses::{ON_BITCOIN, ON_EVM, ON_SOLANA};

const EXCHANGE: Digest = [7; 32];
const AS_OF: u64 = 1_795_389_392;

fn assets() -> AssetList {
    let asset = |symbol, decimals| Asset::new(symbol, decimals).unwrap();
    AssetList::new(vec![asset("BTC", 8), asset("USDC", 6), asset("SOL", 9)]).unwrap()
}

fn signed(address: &str, text: &str) -> String {
    sign_simple_encoded(address, text, &[ON_BITCOIN.key], None).unwrap()
}

fn stated() -> Stated {
    let text = message(&EXCHANGE, "bitcoin");
    let line = |address: &str, amount: &str| {
        let signature = signed(address, &text);
        format!(
            "[[messages]]\nnetwork = \"bitcoin\"\naddress = \"{address}\"\nmessage = \"{text}\"\nsignature = \"{signature}\"\n\
             asset = \"BTC\"\namount = \"{amount}\"\n"
        )
    };
    let amounts = "sources = \"custodian\"\n[amounts]\nBTC = \"1\"\nUSDC = \"10\"\nSOL = \"0\"\n";
    Stated::parse(&format!("{amounts}{}{}", line(ON_BITCOIN.segwit, "2.5"), line(ON_BITCOIN.taproot, "0.5")), &assets())
        .unwrap()
}

fn holding(chain: &str, [wallet, account, token]: [&str; 3], decimals: u8, asset: u16, balance: u128) -> Holding {
    let [chain, wallet, account, token] = [chain, wallet, account, token].map(str::to_owned);
    Holding { chain, wallet, account, token, decimals, asset, balance }
}

fn read() -> ReadHoldings {
    let block = |chain: &str, hash: String| BlockLine { chain: chain.into(), height: 9, hash, time: AS_OF };
    let lamports = "11111111111111111111111111111111";
    ReadHoldings {
        blocks: vec![block("solana", ON_SOLANA.mint.into()), block("evm:31337", format!("0x{}", "ab".repeat(32)))],
        holdings: vec![
            holding("solana", [ON_SOLANA.wallet, ON_SOLANA.wallet, lamports], 9, 3, 5_000_000_001),
            holding("solana", [ON_SOLANA.wallet, ON_SOLANA.account, ON_SOLANA.mint], 6, 2, 7_000_000),
            // Rounded down: 1.9999999 of seven decimals is 1.999999.
            holding("evm:31337", [ON_EVM.wallet, ON_EVM.wallet, ON_EVM.token], 7, 2, 19_999_999),
        ],
    }
}

fn lending() -> Option<Vec<LendingLine>> {
    let backing = vec![BackingLine { symbol: "BTC".into(), amount: "0.25000000".into() }];
    let [lent_and_borrowed, left] = ["3.000000", "1.000000"].map(str::to_owned);
    Some(vec![LendingLine { symbol: "USDC".into(), lent_and_borrowed, left, backing }])
}

fn reserves() -> Reserves {
    let assets = assets();
    let occasion = Occasion { exchange: &EXCHANGE, as_of: AS_OF, assets: &assets };
    Reserves::new(&occasion, &stated(), &read(), lending()).unwrap()
}

/// Checks a report as if the epoch had been recorded with it.
fn check(report: &ReservesReport, amounts: &[u128]) -> Result<(), ReportError> {
    let (assets, sources) = (assets(), sha256(&[&report.bytes().unwrap()]));
    report.check(&Recorded { exchange: &EXCHANGE, as_of: AS_OF, assets: &assets, amounts, sources: &sources })
}

fn refusal(change: impl FnOnce(&mut ReservesReport)) -> ReportError {
    let reserves = reserves();
    let mut report = ReservesReport::parse(&reserves.report).unwrap();
    check(&report, &reserves.amounts).unwrap();
    change(&mut report);
    check(&report, &reserves.amounts).unwrap_err()
}

#[test]
fn stated_read_and_signed_are_added_up() {
    let reserves = reserves();
    assert_eq!(reserves.amounts, [400_000_000, 18_999_999, 5_000_000_001]);
    let report = ReservesReport::parse(&reserves.report).unwrap();
    let line = &report.reserves[1];
    assert_eq!(
        [&line.amount, &line.stated, &line.read, &line.signed],
        ["18.999999", "10.000000", "8.999999", "0.000000"]
    );
    assert_eq!(report.reserves[0].signed, "3.00000000");
    let text = String::from_utf8(reserves.report).unwrap();
    let first = r#"{"version":2,"as_of":1795389392,"sources":"custodian","reserves":[{"symbol":"BTC","decimals":8,"amount":"4.00000000","stated":"1.00000000","read":"0.00000000","signed":"3.00000000"},"#;
    assert!(text.starts_with(first) && text.ends_with("]}]}\n"), "{text}");
    let holding = format!(
        r#"{{"chain":"solana","wallet":"{}","account":"{}","token":"{}","decimals":6,"symbol":"USDC","balance":"7000000","amount":"7.000000"}}"#,
        ON_SOLANA.wallet, ON_SOLANA.account, ON_SOLANA.mint
    );
    assert!(text.contains(&holding), "{text}");
    assert!(text.contains(r#""blocks":[{"chain":"solana","height":9,"hash":"EPjF"#), "{text}");
}

#[test]
fn only_one_way_of_writing_is_read() {
    let bytes = reserves().report;
    let text = String::from_utf8(bytes.clone()).unwrap();
    assert_eq!(ReservesReport::parse(&bytes).unwrap().bytes().unwrap(), bytes);
    let refused = |text: &str| ReservesReport::parse(text.as_bytes()).unwrap_err();
    for other in [
        text.replace("\"version\":2,\"as_of\":1795389392", "\"as_of\":1795389392,\"version\":2"),
        text.replace("\"blocks\":", "\"blocks\": "),
        text.trim_end().into(),
        format!("{text}\n"),
        text.replace("custodian", "cust\\u006fdian"),
    ] {
        assert!(matches!(refused(&other), ReportError::NotCanonical { .. }), "{other}");
    }
    for other in [
        text.replace("\"sources\"", "\"extra\":1,\"sources\""),
        text.replace("\"height\":9,", ""),
        text.replace("\"read\":\"8.999999\",", ""),
        text.replace("\"height\":9", "\"height\":9.0"),
        text.replace("\"as_of\":1795389392", "\"as_of\":1,\"as_of\":1795389392"),
        String::new(),
    ] {
        assert!(matches!(refused(&other), ReportError::Json(_)), "{other}");
    }
    let other = text.replace("\"version\":2", "\"version\":3");
    assert!(matches!(refused(&other), ReportError::VersionUnknown { found: 3 }));
    let null = text.replace("\"lending\":[{", "\"lending\":null,\"x\":[{");
    assert!(matches!(refused(&null), ReportError::Json(_)));
    assert!(matches!(ReservesReport::parse(&vec![b' '; 17 << 20]), Err(ReportError::TooLong { .. })));
}

#[test]
fn version_1_stays_readable() {
    let text = concat!(
        r#"{"version":1,"as_of":1795389392,"sources":"cold","reserves":[{"symbol":"BTC","decimals":8,"amount":"4.00000000"},"#,
        r#"{"symbol":"USDC","decimals":6,"amount":"1.000000"},{"symbol":"SOL","decimals":9,"amount":"0.000000000"}]}"#,
        "\n"
    );
    let report = ReservesReport::parse(text.as_bytes()).unwrap();
    assert_eq!(report.bytes().unwrap(), text.as_bytes());
    assert_eq!((&report.reserves[0].stated[..], &report.reserves[0].read[..]), ("4.00000000", "0.00000000"));
    check(&report, &[400_000_000, 1_000_000, 0]).unwrap();
    assert!(matches!(check(&report, &[400_000_001, 1_000_000, 0]), Err(ReportError::SumMismatch { .. })));
    let newer = text.replace("]}", r#"],"blocks":[]}"#);
    assert!(matches!(ReservesReport::parse(newer.as_bytes()), Err(ReportError::Json(_))));
}

#[test]
fn the_report_is_the_one_that_was_recorded() {
    let (reserves, assets) = (reserves(), assets());
    let report = ReservesReport::parse(&reserves.report).unwrap();
    let recorded = Recorded {
        exchange: &EXCHANGE,
        as_of: AS_OF,
        assets: &assets,
        amounts: &reserves.amounts,
        sources: &reserves.sources,
    };
    report.check(&recorded).unwrap();
    let error = report.check(&Recorded { sources: &[1; 32], ..recorded }).unwrap_err();
    assert!(matches!(error, ReportError::DigestMismatch { expected: [1, ..], .. }), "{error}");
    let error = report.check(&Recorded { as_of: AS_OF + 1, ..recorded }).unwrap_err();
    assert!(matches!(error, ReportError::AsOfMismatch { .. }), "{error}");
    let error = report.check(&Recorded { amounts: &[400_000_000, 18_999_999, 0], ..recorded }).unwrap_err();
    assert!(
        error.to_string().contains("SOL") && error.to_string().contains("expected 0.000000000, found 5.000000001"),
        "{error}"
    );
    let error = report.check(&Recorded { amounts: &reserves.amounts[..2], ..recorded }).unwrap_err();
    assert!(matches!(error, ReportError::AssetCountMismatch { expected: 3, found: 2 }), "{error}");
    let error = report.check(&Recorded { exchange: &[8; 32], ..recorded }).unwrap_err();
    assert!(matches!(error, ReportError::Ownership { error: OwnershipError::MessageMismatch { .. }, .. }), "{error}");
}

#[test]
fn every_sum_is_added_again() {
    refused!(|report| report.reserves[0].amount = "4.00000001".into(), ReportError::SumMismatch { what: "amount", .. });
    refused!(|report| report.reserves[1].read = "9.000000".into(), ReportError::SumMismatch { what: "read", .. });
    refused!(|report| report.reserves[0].signed = "2.00000000".into(), ReportError::SumMismatch { what: "signed", .. });
    refused!(|report| report.reserves[0].stated = "2.00000000".into(), ReportError::SumMismatch { what: "amount", .. });
    refused!(|report| report.messages[0].amount = "2.60000000".into(), ReportError::SumMismatch { what: "signed", .. });
    refused!(|report| drop(report.holdings.pop()), ReportError::SumMismatch { what: "read", .. });
    // Rounded up.
    refused!(|report| report.holdings[2].amount = "2.000000".into(), ReportError::HoldingMismatch { .. });
    refused!(|report| report.holdings[2].balance = "29999999".into(), ReportError::HoldingMismatch { .. });
    refused!(|report| report.holdings[2].decimals = 6, ReportError::HoldingMismatch { .. });
    refused!(|report| report.holdings[2].decimals = 37, ReportError::TokenDecimalsInvalid { found: 37, .. });
    refused!(|report| report.holdings[2].decimals = 255, ReportError::TokenDecimalsInvalid { found: 255, .. });
    refused!(|report| drop(report.reserves.pop()), ReportError::AssetCountMismatch { expected: 3, found: 2 });
    refused!(|report| report.reserves.swap(0, 1), ReportError::AssetMismatch { number: 1, .. });
    refused!(|report| report.reserves[0].decimals = 7, ReportError::AssetMismatch { number: 1, .. });
    refused!(|report| report.sources.clear(), ReportError::SourcesInvalid { found: 0 });
}

#[test]
fn amounts_have_one_form() {
    refused!(|report| report.reserves[0].amount = "4.0".into(), ReportError::AmountForm { .. });
    refused!(|report| report.reserves[0].amount = "-4.00000000".into(), ReportError::Amount { .. });
    refused!(|report| report.holdings[1].balance = "7000000.0".into(), ReportError::Amount { .. });
    refused!(|report| report.holdings[1].balance = "07000000".into(), ReportError::Amount { .. });
    refused!(|report| report.holdings[1].balance = "-7000000".into(), ReportError::Amount { .. });
    refused!(|report| report.holdings[1].amount = "7".into(), ReportError::AmountForm { .. });
    // 2^112 of committed units, and what is above 128 bits when it is scaled.
    refused!(|report| report.holdings[1].balance = (1u128 << 112).to_string(), ReportError::Amount { .. });
    refused!(|report| report.holdings[1].decimals = 0, ReportError::HoldingMismatch { .. });
    let most = u128::MAX.to_string();
    refused!(|report| report.holdings[0].balance = most, ReportError::Amount { .. });
}

#[test]
fn lending_names_declared_assets_once() {
    let lending =
        |change: fn(&mut Vec<LendingLine>)| move |report: &mut ReservesReport| change(report.lending.as_mut().unwrap());
    refused!(lending(|lines| lines.push(lines[0].clone())), ReportError::LendingTwice { .. });
    refused!(lending(|lines| lines[0].symbol = "DOGE".into()), ReportError::AssetUndeclared { .. });
    refused!(lending(|lines| lines[0].left = "1.0".into()), ReportError::AmountForm { .. });
    refused!(
        lending(|lines| lines[0].left = "3.000001".into()),
        ReportError::LeftTooLarge { symbol, .. } if symbol == "USDC"
    );
    refused!(lending(|lines| lines[0].backing[0].amount = "-0.25000000".into()), ReportError::Amount { .. });
    refused!(
        lending(|lines| lines[0].backing = vec![lines[0].backing[0].clone(); 2]),
        ReportError::LendingTwice { .. }
    );
}

#[test]
fn reserves_that_would_be_refused_are_not_made() {
    let assets = assets();
    let occasion = Occasion { exchange: &EXCHANGE, as_of: AS_OF, assets: &assets };
    let refused =
        |stated: &Stated, read: &ReadHoldings| Reserves::new(&occasion, stated, read, None).unwrap_err().to_string();
    let mut read_twice = read();
    read_twice.holdings.push(read_twice.holdings[0].clone());
    assert!(refused(&stated(), &read_twice).contains("counted twice"));
    let mut unknown = read();
    unknown.holdings[0].asset = 4;
    assert!(refused(&stated(), &unknown).contains("asset 4"));
    unknown.holdings[0].asset = 0;
    assert!(refused(&stated(), &unknown).contains("asset 0"));
    let mut vast = read();
    vast.holdings[0].balance = 1 << 112;
    assert!(refused(&stated(), &vast).contains("SOL"));
    let mut scaled = read();
    scaled.holdings[0].decimals = 200;
    assert!(refused(&stated(), &scaled).contains("SOL"));
    let other = Occasion { exchange: &[8; 32], ..occasion };
    let error = Reserves::new(&other, &stated(), &read(), None).unwrap_err();
    assert!(error.to_string().contains(ON_BITCOIN.segwit) && error.to_string().contains("0x0808"), "{error}");
}
