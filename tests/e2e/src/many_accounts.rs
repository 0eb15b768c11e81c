//! A generated exchange with more leaves than a shard of the smallest class holds, one unit short of what it owes in one asset.

use std::{fmt::Write, fs, path::Path};

use anyhow::Result;
use ballast_core::circuit::Class;

use crate::network::Source;

/// Accounts of one leaf before the one that straddles, and behind it.
const BEFORE: usize = Class::SMALLEST.leaves() - 1;
const BEHIND: usize = 5;
const ASSETS: usize = 12;
/// Decimals of every asset.
const DECIMALS: usize = 2;
pub const AS_OF: u64 = 1_795_392_000;
/// The asset of which there is too little.
pub const SHORT: &str = "A7";

/// What was generated.
pub struct Generated {
    pub source: Source,
    /// By asset, symbol and what is owed in units of a hundredth.
    pub totals: Vec<(String, u128)>,
    /// The account with a leaf in each of the two shards.
    pub straddling: String,
}

/// Writes the exchange's files into `folder`. They are the same every time.
pub fn source(folder: &Path) -> Result<Generated> {
    fs::create_dir_all(folder)?;
    let mut totals = [0u128; ASSETS];
    let mut rows = String::from("account,asset,available,in_orders,lent_unborrowed\n");
    let mut add = |account: usize, asset: usize| -> Result<()> {
        let units = (account * 7_919 + asset * 104_729) % 1_000_003 + 1;
        totals[asset] += units as u128;
        Ok(writeln!(rows, "customer-{account},A{asset},{}.{:02},0,0", units / 100, units % 100)?)
    };
    for account in 0..=BEFORE + BEHIND {
        // Ten balances and more take a second leaf.
        let held = if account == BEFORE { 0..ASSETS } else { account % ASSETS..account % ASSETS + 1 };
        held.into_iter().try_for_each(|asset| add(account, asset))?;
    }
    let mut declaration = format!("as_of = {AS_OF}\n");
    let mut reserves = String::from("sources = \"Generated figures for a test\"\n\n[amounts]\n");
    for (asset, total) in totals.iter().enumerate() {
        let symbol = format!("A{asset}");
        writeln!(declaration, "\n[[assets]]\nsymbol = \"{symbol}\"\ndecimals = {DECIMALS}")?;
        let held = if symbol == SHORT { total - 1 } else { *total };
        writeln!(reserves, "{symbol} = \"{}.{:02}\"", held / 100, held % 100)?;
    }
    let source = Source {
        snapshot: folder.join("many.csv"),
        assets: Some(folder.join("many.toml")),
        reserves: folder.join("many-reserves.toml"),
        borrows: "refuse",
        accounts: None,
    };
    fs::write(&source.snapshot, rows)?;
    fs::write(folder.join("many.toml"), declaration)?;
    fs::write(&source.reserves, reserves)?;
    let totals = totals.iter().enumerate().map(|(asset, total)| (format!("A{asset}"), *total)).collect();
    Ok(Generated { source, totals, straddling: format!("customer-{BEFORE}") })
}
