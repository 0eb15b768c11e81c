//! The files of a ceremony, as arguments.

use std::path::PathBuf;

use ballast_relayer::jobs::setup::Files;
use clap::Args;

use super::snarkjs::SnarkjsChoice;
use crate::class_choice::ClassChoice;

/// What a ceremony leaves.
#[derive(Clone, Debug, Args)]
pub struct CeremonyFiles {
    #[command(flatten)]
    pub class: ClassChoice,
    /// Powers of tau
    #[arg(long, value_name = "FILE")]
    ptau: PathBuf,
    /// The last key
    #[arg(long, value_name = "FILE")]
    zkey: PathBuf,
    #[command(flatten)]
    pub snarkjs: SnarkjsChoice,
}

impl CeremonyFiles {
    pub fn files(&self) -> Files<'_> {
        Files { ptau: &self.ptau, zkey: &self.zkey }
    }
}
