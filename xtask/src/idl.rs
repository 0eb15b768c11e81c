//! The program's interface description: `idls/reserves.json`.

use anchor_lang_idl::build::IdlBuilder;
use anyhow::{Context, Result, ensure};
use std::{env, fs, process::Command};

/// Builds the description from the program's source and writes it.
pub fn run() -> Result<()> {
    // The builder passes this variable of rustup's on in a way that cargo does not understand, and takes the compiler
    // flags away with which everything is compiled already.
    if env::var_os("RUSTUP_TOOLCHAIN").is_some() || env::var_os("CARGO_ENCODED_RUSTFLAGS").is_none() {
        let status = Command::new(env::current_exe()?)
            .arg("idl")
            .env_remove("RUSTUP_TOOLCHAIN")
            .env("CARGO_ENCODED_RUSTFLAGS", env!("XTASK_ENCODED_RUSTFLAGS"))
            .status()
            .context("starting the builder")?;
        ensure!(status.success(), "the builder failed: {status}");
        return Ok(());
    }
    let root = crate::root();
    let idl = IdlBuilder::new()
        .program_path(root.join("programs/reserves"))
        .cargo_args(vec!["--lib".into()])
        .build()
        .context("building the description of programs/reserves")?;
    ensure!(!idl.instructions.is_empty(), "the description has no instruction");
    let path = root.join("idls/reserves.json");
    fs::create_dir_all(root.join("idls"))?;
    fs::write(&path, serde_json::to_string_pretty(&idl)? + "\n").with_context(|| format!("writing {}", path.display()))
}
