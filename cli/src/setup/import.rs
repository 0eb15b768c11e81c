//! `ballast setup import`.

use std::path::PathBuf;

use ballast_relayer::{failure::Failure, jobs::setup};
use clap::Args;

use super::ceremony_files::CeremonyFiles;
use crate::{context::Context, output::Output};

/// Verify a ceremony's files, and write the proving key
#[derive(Debug, Args)]
pub struct Import {
    #[command(flatten)]
    files: CeremonyFiles,
    /// Directory of proving keys; by default the setting circuit.keys
    #[arg(long, value_name = "DIR")]
    out: Option<PathBuf>,
    /// Where the circuit file goes, which `migrate circuit` registers
    #[arg(long, value_name = "FILE")]
    circuit: Option<PathBuf>,
}

impl Import {
    pub async fn execute(self, context: &Context) -> Result<Output, Failure> {
        let keys = self.out.map_or_else(|| context.settings.keys(), Ok)?;
        let CeremonyFiles { class, snarkjs, .. } = &self.files;
        let (files, circuit) = (self.files.files(), self.circuit.as_deref());
        Output::new(&setup::import(class.class(), &files, &snarkjs.snarkjs, &keys, circuit, &context.events).await?)
    }
}
