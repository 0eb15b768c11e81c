//! What an exchange says of its balances and reserves, in its own files.

use anyhow::Result;
use ballast_core::assets::{Asset, AssetList};
use ballast_ledger::{
    reserves::Stated,
    snapshot::{self, Borrows, Declaration, Options},
};

use crate::{Seed, read, said};

const OPTIONS: Options = Options { borrows: Borrows::Gross, limit: Some(3), as_of: None, ledger: None };

const DECLARATION: &str =
    "as_of = 1795392000\n[[assets]]\nsymbol = \"BTC\"\ndecimals = 8\n[[assets]]\nsymbol = \"USDC\"\ndecimals = 6\n";

/// The rows of a CSV snapshot, of two assets.
pub fn csv(bytes: &[u8]) -> bool {
    let Ok(declaration) = Declaration::parse(DECLARATION) else { return false };
    let strict = snapshot::csv::read(&declaration, bytes, &Options::default());
    let loose = snapshot::csv::read(&declaration, bytes, &OPTIONS);
    said(strict).is_some() | said(loose).is_some()
}

pub fn csv_seeds() -> Result<Vec<Seed>> {
    let header = snapshot::csv::HEADER.join(",");
    let rows = format!("{header}\nalice,BTC,0.5,0.25,0\nalice,USDC,1200.000001,0,300\nbob,BTC,2,0,0\n");
    Ok(vec![
        Seed::new("two customers", rows.as_bytes(), true),
        Seed::new("of a spreadsheet", format!("\u{feff}{}", rows.replace('\n', "\r\n")), true),
        Seed::new("a borrow", format!("{header}\nalice,BTC,-0.5,0.2500000000000,0\n"), true),
        Seed::new("small-exchange", read("examples/small-exchange.csv")?, false),
    ])
}

/// A JSON snapshot.
pub fn json(bytes: &[u8]) -> bool {
    let strict = snapshot::json::read(bytes, &Options::default());
    let loose = snapshot::json::read(bytes, &OPTIONS);
    said(strict).is_some() | said(loose).is_some()
}

pub fn json_seeds() -> Result<Vec<Seed>> {
    let text = r#"{"timestamp":1795389392939,"assets":{"BTC":{"usdt_decimals":0,"balance_decimals":6,"price":1}},
        "accounts":{"alice":{"BTC":5},"b\u006fb":{"BTC":-7},"":{}}}"#;
    let whole = r#"{"timestamp":1795389392939,"assets":{"BTC":{"usdt_decimals":0,"balance_decimals":6,"price":1}},"accounts":{"alice":{"BTC":5}}}"#;
    Ok(vec![
        Seed::new("one customer", whole, true),
        Seed::new("of an editor", format!("\u{feff}{whole}"), true),
        Seed::new("a borrow and an empty id", text, false),
    ])
}

/// The TOML declaration beside a CSV snapshot.
pub fn declaration(bytes: &[u8]) -> bool {
    let Ok(text) = std::str::from_utf8(bytes) else { return false };
    let Some(declaration) = said(Declaration::parse(text)) else { return false };
    let rows = format!("{}\nalice,BTC,1,0,0\n", snapshot::csv::HEADER.join(","));
    let _ = said(snapshot::csv::read(&declaration, rows.as_bytes(), &OPTIONS));
    true
}

pub fn declaration_seeds() -> Result<Vec<Seed>> {
    let ledger = format!("[ledger]\nsequence = 9\nhead = \"0x{}\"\n", "ab".repeat(32));
    Ok(vec![
        Seed::new("two assets", DECLARATION, true),
        Seed::new("a ledger", format!("{ledger}{DECLARATION}").replace("as_of = 1795392000\n", ""), true),
        Seed::new("small-exchange", read("examples/small-exchange.toml")?, true),
    ])
}

/// The TOML file of stated reserves, of two assets.
pub fn stated_reserves(bytes: &[u8]) -> bool {
    let Ok(text) = std::str::from_utf8(bytes) else { return false };
    let assets = [("BTC", 8), ("USDC", 6)].into_iter().map(|(symbol, decimals)| Asset::new(symbol, decimals));
    let Ok(assets) = assets.collect::<Result<Vec<_>, _>>().and_then(AssetList::new) else { return false };
    said(Stated::parse(text, &assets)).is_some()
}

pub fn stated_reserves_seeds() -> Result<Vec<Seed>> {
    let amounts = "sources = \"custodian\"\n[amounts]\nBTC = \"812.5000000000\"\nUSDC = \"19\"\n";
    let message = "[[messages]]\nnetwork = \"bitcoin\"\naddress = \"bc1q\"\nmessage = \"m\"\nsignature = \"smp\"\nasset = \"BTC\"\namount = \"1\"\n";
    Ok(vec![
        Seed::new("two assets", amounts, true),
        Seed::new("a message", format!("{amounts}{message}"), true),
        Seed::new("a dot", amounts.replace("BTC", "BTC.b"), false),
        Seed::new("reserves", read("examples/reserves.toml")?, false),
    ])
}
