//! `ballast setup contribute`.

use std::path::PathBuf;

use ballast_relayer::{failure::Failure, jobs::setup};
use clap::Args;

use super::snarkjs::SnarkjsChoice;
use crate::output::Output;

/// Contribute to a ceremony with this machine's randomness
#[derive(Debug, Args)]
pub struct Contribute {
    /// The .zkey so far
    input: PathBuf,
    /// The .zkey that is written
    output: PathBuf,
    /// Whose contribution it is, for the record
    #[arg(long)]
    name: String,
    #[command(flatten)]
    snarkjs: SnarkjsChoice,
}

impl Contribute {
    pub async fn execute(self) -> Result<Output, Failure> {
        Output::new(&setup::contribute(&self.input, &self.output, &self.name, &self.snarkjs.snarkjs).await?)
    }
}
