//! `ballast reserves`.

mod verify;

use ballast_relayer::failure::Failure;
use clap::Subcommand;

use crate::{context::Context, output::Output};

/// Published reserves reports
#[derive(Debug, Subcommand)]
pub enum Reserves {
    Verify(verify::Verify),
}

impl Reserves {
    pub async fn execute(self, context: &Context) -> Result<Output, Failure> {
        match self {
            Self::Verify(command) => command.execute(context).await,
        }
    }
}
