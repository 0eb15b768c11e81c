//! `ballast bench`.

use ballast_relayer::{failure::Failure, jobs::bench};
use clap::Args;

use crate::{class_choice::ClassChoice, context::Context, output::Output};

/// Prove a random snapshot that fills a circuit class, and say what each phase costs
#[derive(Debug, Args)]
pub struct Bench {
    #[command(flatten)]
    class: ClassChoice,
    /// Leave the Groth16 step out, and its key
    #[arg(long)]
    argument_only: bool,
}

impl Bench {
    pub fn execute(self, context: &Context) -> Result<Output, Failure> {
        let keys = context.settings.keys()?;
        Output::new(&bench::run(self.class.class(), &keys, self.argument_only, &context.events)?)
    }
}
