//! `ballast secret`.

mod epoch_key;
mod new;

use ballast_relayer::failure::Failure;
use clap::Subcommand;

use crate::{context::Context, output::Output};

/// The secret from which every epoch's key is derived
#[derive(Debug, Subcommand)]
pub enum Secret {
    New(new::New),
    EpochKey(epoch_key::EpochKey),
}

impl Secret {
    pub fn execute(self, context: &Context) -> Result<Output, Failure> {
        match self {
            Self::New(command) => command.execute(context),
            Self::EpochKey(command) => command.execute(context),
        }
    }
}
