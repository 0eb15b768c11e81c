//! `ballast secret`.

mod new;

use ballast_relayer::failure::Failure;
use clap::Subcommand;

use crate::{context::Context, output::Output};

/// The secret that salts are derived from
#[derive(Debug, Subcommand)]
pub enum Secret {
    New(new::New),
}

impl Secret {
    pub fn execute(self, context: &Context) -> Result<Output, Failure> {
        match self {
            Self::New(command) => command.execute(context),
        }
    }
}
