//! `ballast setup verify`.

use ballast_relayer::{failure::Failure, jobs::setup};
use clap::Args;

use super::ceremony_files::CeremonyFiles;
use crate::{context::Context, output::Output};

/// Verify a ceremony's files from beginning to end; exit code 3 if snarkjs refuses them
#[derive(Debug, Args)]
pub struct Verify {
    #[command(flatten)]
    files: CeremonyFiles,
}

impl Verify {
    pub async fn execute(self, context: &Context) -> Result<Output, Failure> {
        let CeremonyFiles { class, snarkjs, .. } = &self.files;
        Output::new(&setup::verify(class.class(), &self.files.files(), &snarkjs.snarkjs, &context.events).await?)
    }
}
