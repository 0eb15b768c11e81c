//! `ballast setup development`.

use std::path::PathBuf;

use ballast_relayer::{failure::Failure, jobs::setup};
use clap::Args;

use crate::{class_choice::ClassChoice, context::Context, output::Output};

/// Make the INSECURE development key of a class, and keep it where the settings say
#[derive(Debug, Args)]
pub struct Development {
    #[command(flatten)]
    class: ClassChoice,
    /// Where the circuit file goes, which `migrate circuit` registers
    #[arg(long, value_name = "FILE")]
    circuit: Option<PathBuf>,
}

impl Development {
    pub async fn execute(self, context: &Context) -> Result<Output, Failure> {
        let keys = context.settings.keys()?;
        Output::new(&setup::development(self.class.class(), &keys, self.circuit.as_deref(), &context.events).await?)
    }
}
