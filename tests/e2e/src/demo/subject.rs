//! The exchange that the demonstration is about.

use std::{fs, path::Path};

use anyhow::{Context, Result};
use ballast_core::circuit::Class;
use ballast_e2e::{generated, network::Source, nodes::project};
use serde_json::Value;

/// What the demonstration commits to, and who asks.
pub struct Subject {
    source: Source,
    /// A customer, who checks that they were counted.
    account: String,
    /// An asset, of which solvency is asked.
    symbol: String,
}

impl Subject {
    /// The whole sample. Four of its accounts have borrowed.
    pub fn sample() -> Result<Self> {
        let source = Source {
            snapshot: project().join("examples/ledger-500x53.json"),
            assets: None,
            reserves: project().join("examples/reserves.toml"),
            borrows: "gross",
            accounts: None,
            depth: Class::SMALLEST.depth,
        };
        let sample: Value = serde_json::from_str(&fs::read_to_string(&source.snapshot)?)?;
        let accounts = sample["accounts"].as_object().context("the sample has no accounts")?;
        let account = accounts.keys().next().context("the sample has no account")?.clone();
        Ok(Self { source, account, symbol: "ABC".into() })
    }

    /// As many accounts as the class has leaves.
    pub fn full(folder: &Path, class: Class) -> Result<Self> {
        println!("\nGenerating {} accounts.", class.leaves());
        let generated = generated::full(folder, class)?;
        Ok(Self { source: generated.source, account: generated.account, symbol: "A0".into() })
    }

    pub fn source(&self) -> &Source {
        &self.source
    }

    pub fn class(&self) -> Class {
        Class::new(self.source.depth)
    }

    pub fn account(&self) -> &str {
        &self.account
    }

    pub fn symbol(&self) -> &str {
        &self.symbol
    }
}
