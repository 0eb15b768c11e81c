//! `contracts/abi`: the interfaces of the contracts that others read with alloy's `sol!`.

use std::{fs, process::Command};

use anyhow::{Context, Result, ensure};
use ballast_durable::{Access, create_directory};
use serde_json::Value;

const CONTRACTS: [&str; 4] = ["Reserves", "CircuitRegistry", "CircuitVerifier", "Witnesses"];

/// Compiles the contracts and writes the ABI of each, in the order in which the compiler gives it.
pub fn run() -> Result<()> {
    let root = crate::root();
    let status = Command::new("npm")
        .args(["run", "--silent", "build"])
        .current_dir(&root)
        .status()
        .context("npm did not start; the contracts' compiler comes from `npm ci`")?;
    ensure!(status.success(), "`npm run build` failed ({status}); was `npm ci` run?");
    let folder = root.join("contracts/abi");
    create_directory(&folder, Access::Everyone).with_context(|| format!("creating {}", folder.display()))?;
    for contract in CONTRACTS {
        let from = root.join(format!("contracts/out/{contract}.sol/{contract}.json"));
        let artifact = fs::read(&from).with_context(|| format!("reading {}", from.display()))?;
        let artifact: Value =
            serde_json::from_slice(&artifact).with_context(|| format!("parsing {}", from.display()))?;
        let abi = artifact["abi"].as_array().filter(|entries| !entries.is_empty());
        let abi = abi.with_context(|| format!("{} holds no ABI", from.display()))?;
        let to = folder.join(format!("{contract}.json"));
        let text = serde_json::to_string_pretty(abi)? + "\n";
        ballast_durable::write(&to, Access::Everyone, text.as_bytes())
            .with_context(|| format!("writing {}", to.display()))?;
    }
    Ok(())
}
