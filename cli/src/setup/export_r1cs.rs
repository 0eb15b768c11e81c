//! `ballast setup export-r1cs`.

use std::path::PathBuf;

use ballast_relayer::{failure::Failure, jobs::setup};
use clap::Args;

use crate::{class_choice::ClassChoice, output::Output};

/// Write the constraints of a class in circom's format
#[derive(Debug, Args)]
pub struct ExportR1cs {
    #[command(flatten)]
    class: ClassChoice,
    /// An .r1cs file
    file: PathBuf,
}

impl ExportR1cs {
    pub async fn execute(self) -> Result<Output, Failure> {
        Output::new(&setup::export_r1cs(self.class.class(), &self.file).await?)
    }
}
