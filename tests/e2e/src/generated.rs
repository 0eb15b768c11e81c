//! Generated exchanges, the same every time: one that needs two shards, and one that fills a
//! circuit class.

use std::{
    fmt::Write as _,
    fs::{self, File},
    io::{BufWriter, Write},
    path::Path,
};

use anyhow::Result;
use ballast_core::{circuit::Class, leaf::SLOTS};

use crate::network::Source;

/// Decimals of every asset.
const DECIMALS: usize = 2;
/// When the figures are true.
const AS_OF: u64 = 1_795_392_000;

/// What was generated.
pub struct Generated {
    pub source: Source,
    /// By asset, symbol and what is owed in units of a hundredth.
    pub totals: Vec<(String, u128)>,
    /// A customer.
    pub account: String,
}

/// The asset of which [`two_shards`] holds too little.
pub const SHORT: &str = "A7";

/// Six leaves more than one shard of the smallest class holds. The account that is returned has two
/// leaves, and there is one unit less of [`SHORT`] than is owed.
pub fn two_shards(folder: &Path) -> Result<Generated> {
    const ASSETS: usize = 12;
    let wide = Class::SMALLEST.leaves() - 1;
    // Ten balances and more take a second leaf.
    let first = |account: usize| if account == wide { (0, ASSETS) } else { (account % ASSETS, 1) };
    write(folder, Class::SMALLEST, ASSETS, (0..wide + 6).map(first), wide, Some(SHORT))
}

/// As many accounts as the class has leaves, of nine balances each among 53 assets, all covered.
pub fn full(folder: &Path, class: Class) -> Result<Generated> {
    const ASSETS: usize = 53;
    let held = (0..class.leaves()).map(|account| (account * SLOTS % (ASSETS - SLOTS + 1), SLOTS));
    write(folder, class, ASSETS, held, class.leaves() / 2, None)
}

/// Writes the files of an exchange. An account is the first asset that it holds, and how many from
/// there on.
fn write(
    folder: &Path,
    class: Class,
    assets: usize,
    accounts: impl Iterator<Item = (usize, usize)>,
    account: usize,
    short: Option<&str>,
) -> Result<Generated> {
    fs::create_dir_all(folder)?;
    let declared = folder.join("generated.toml");
    let (snapshot, reserves) = (folder.join("generated.csv"), folder.join("generated-reserves.toml"));
    let source = Source::new(snapshot, Some(declared), reserves, class.depth);
    let mut totals = vec![0u128; assets];
    let mut rows = BufWriter::new(File::create(&source.snapshot)?);
    writeln!(rows, "account,asset,available,in_orders,lent_unborrowed")?;
    for (account, (first, count)) in accounts.enumerate() {
        for (asset, total) in totals.iter_mut().enumerate().skip(first).take(count) {
            let units = (account * 7_919 + asset * 104_729) % 1_000_003 + 1;
            *total += units as u128;
            writeln!(rows, "customer-{account},A{asset},{}.{:02},0,0", units / 100, units % 100)?;
        }
    }
    rows.flush()?;
    let mut declaration = format!("as_of = {AS_OF}\n");
    let mut reserves = String::from("sources = \"Generated figures for a test\"\n\n[amounts]\n");
    for (asset, total) in totals.iter().enumerate() {
        let symbol = format!("A{asset}");
        writeln!(declaration, "\n[[assets]]\nsymbol = \"{symbol}\"\ndecimals = {DECIMALS}")?;
        let held = total - u128::from(short == Some(&symbol));
        writeln!(reserves, "{symbol} = \"{}.{:02}\"", held / 100, held % 100)?;
    }
    fs::write(folder.join("generated.toml"), declaration)?;
    fs::write(&source.reserves, reserves)?;
    let totals = totals.iter().enumerate().map(|(asset, total)| (format!("A{asset}"), *total)).collect();
    Ok(Generated { source, totals, account: format!("customer-{account}") })
}
