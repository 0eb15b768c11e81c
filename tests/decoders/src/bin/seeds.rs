//! Writes every decoder's seeds into a folder of its name: `seeds DIR`.

use std::{fs, path::PathBuf};

use anyhow::{Context, Result, ensure};
use ballast_decoders::DECODERS;

fn main() -> Result<()> {
    let folder = PathBuf::from(std::env::args_os().nth(1).context("usage: seeds DIR")?);
    for decoder in DECODERS {
        let seeds = (decoder.seeds)().with_context(|| decoder.name)?;
        ensure!(!seeds.is_empty(), "{}: no seed", decoder.name);
        let folder = folder.join(decoder.name);
        fs::create_dir_all(&folder)?;
        for seed in seeds {
            let name: String = seed.name.chars().map(|c| if c.is_ascii_alphanumeric() { c } else { '-' }).collect();
            fs::write(folder.join(format!("seed-{name}")), seed.bytes)?;
        }
        // On a line of its own, for the script that fuzzes them.
        println!("{}", decoder.name);
    }
    Ok(())
}
