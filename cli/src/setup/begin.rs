//! `ballast setup begin`.

use std::path::PathBuf;

use ballast_relayer::{failure::Failure, jobs::setup};
use clap::Args;

use super::snarkjs::SnarkjsChoice;
use crate::{class_choice::ClassChoice, output::Output};

/// Begin a ceremony: a key without contributions
#[derive(Debug, Args)]
pub struct Begin {
    #[command(flatten)]
    class: ClassChoice,
    /// Powers of tau, prepared for the second phase
    #[arg(long, value_name = "FILE")]
    ptau: PathBuf,
    /// The .zkey that is written
    out: PathBuf,
    #[command(flatten)]
    snarkjs: SnarkjsChoice,
}

impl Begin {
    pub async fn execute(self) -> Result<Output, Failure> {
        Output::new(&setup::begin(self.class.class(), &self.ptau, &self.snarkjs.snarkjs, &self.out).await?)
    }
}
