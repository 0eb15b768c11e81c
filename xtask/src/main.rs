//! Regenerates what is committed but derived: vectors, IDL, ABI. `git diff --exit-code` after it
//! must find nothing.

mod abi;
mod generate;
mod idl;

use anyhow::Result;
use clap::Parser;

#[derive(Parser)]
#[command(name = "cargo xtask", about = "Regenerate what is committed but derived")]
enum Task {
    /// The contracts' interface descriptions in contracts/abi.
    Abi,
    /// Golden and negative vectors in tests/vectors.
    Generate,
    /// The program's interface description in idls.
    Idl,
}

fn main() -> Result<()> {
    match Task::parse() {
        Task::Abi => abi::run(),
        Task::Generate => generate::run(),
        Task::Idl => idl::run(),
    }
}

/// The folder that holds the whole project.
fn root() -> std::path::PathBuf {
    std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}
