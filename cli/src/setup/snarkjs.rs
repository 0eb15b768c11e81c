//! The program that runs ceremonies.

use std::path::PathBuf;

use clap::Args;

/// The program that runs ceremonies.
#[derive(Clone, Debug, Args)]
pub struct SnarkjsChoice {
    /// snarkjs 0.7
    #[arg(long, default_value = "node_modules/.bin/snarkjs", value_name = "PATH")]
    pub snarkjs: PathBuf,
}
