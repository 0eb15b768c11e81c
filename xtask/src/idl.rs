//! The program's interface description: `idls/reserves.json`.

use anchor_lang_idl::build::IdlBuilder;
use anyhow::{Context, Result, ensure};
use ballast_durable::{Access, create_directory};
use std::{env, path::PathBuf, process::Command};

/// Set for the builder, which is this program once more.
const BUILDING: &str = "BALLAST_IDL_BUILDING";

/// Builds the description from the program's source and writes it.
pub fn run() -> Result<()> {
    let root = crate::root();
    if env::var_os(BUILDING).is_none() {
        // A folder of its own: with the description's features the program's library has another
        // content and, as that of every cdylib, the same file name, so that what links the library
        // next would find the wrong one.
        let target = env::var_os("CARGO_TARGET_DIR").map_or_else(|| root.join("target"), PathBuf::from).join("idl");
        let status = Command::new(env::current_exe()?)
            .arg("idl")
            .env(BUILDING, "1")
            .env("CARGO_TARGET_DIR", target)
            // The builder passes this variable of rustup's on in a way that cargo does not
            // understand.
            .env_remove("RUSTUP_TOOLCHAIN")
            .status()
            .context("starting the builder")?;
        ensure!(status.success(), "the builder failed: {status}");
        return Ok(());
    }
    let idl = IdlBuilder::new()
        .program_path(root.join("programs/reserves"))
        .cargo_args(vec!["--lib".into()])
        .build()
        .context("building the description of programs/reserves")?;
    ensure!(!idl.instructions.is_empty(), "the description has no instruction");
    let path = root.join("idls/reserves.json");
    create_directory(&root.join("idls"), Access::Everyone)?;
    let text = serde_json::to_string_pretty(&idl)? + "\n";
    ballast_durable::write(&path, Access::Everyone, text.as_bytes())
        .with_context(|| format!("writing {}", path.display()))
}
