//! The small example exchange with another time, so that one snapshot follows another.

use std::{
    fs,
    path::{Path, PathBuf},
};

use anyhow::{Context, Result, ensure};

use crate::{network::Source, nodes::project};

/// A source in `folder` that is one shard, with five assets and ample reserves. Its first time is
/// `as_of(0)`.
pub fn source(folder: &Path) -> Result<Source> {
    fs::create_dir_all(folder)?;
    let [snapshot, assets, reserves] = ["snapshot.csv", "assets.toml", "reserves.toml"].map(|name| folder.join(name));
    let source = Source::new(snapshot, Some(assets), reserves, 7);
    fs::copy(project().join("examples/small-exchange.csv"), &source.snapshot)?;
    let amounts: String =
        ["BTC", "ETH", "USDC", "SOL", "DOGE"].map(|symbol| format!("{symbol} = \"9000000\"\n")).concat();
    fs::write(&source.reserves, format!("sources = \"Invented figures for a test\"\n\n[amounts]\n{amounts}"))?;
    date(folder, 0)?;
    Ok(source)
}

/// The time of snapshot number `number`, in Unix seconds.
pub fn as_of(number: u64) -> u64 {
    1_795_392_000 + 60 * number
}

/// Makes the snapshot in `folder` the one of this number.
pub fn date(folder: &Path, number: u64) -> Result<()> {
    let example: PathBuf = project().join("examples/small-exchange.toml");
    let text = fs::read_to_string(&example).with_context(|| format!("read {}", example.display()))?;
    let old = format!("as_of = {}", as_of(0));
    ensure!(text.contains(&old), "{} does not say {old}", example.display());
    fs::write(folder.join("assets.toml"), text.replace(&old, &format!("as_of = {}", as_of(number))))?;
    Ok(())
}
