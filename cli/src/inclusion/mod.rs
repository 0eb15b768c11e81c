//! `ballast inclusion`.

mod make;
mod verify;

use ballast_relayer::failure::Failure;
use clap::Subcommand;

use crate::{context::Context, output::Output};

/// One customer's inclusion file
#[derive(Debug, Subcommand)]
pub enum Inclusion {
    Make(make::Make),
    Verify(verify::Verify),
}

impl Inclusion {
    pub async fn execute(self, context: &Context) -> Result<Output, Failure> {
        match self {
            Self::Make(command) => command.execute(context).await,
            Self::Verify(command) => command.execute(context).await,
        }
    }
}
