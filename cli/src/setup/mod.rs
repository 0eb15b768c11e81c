//! `ballast setup`.

mod beacon;
mod begin;
mod ceremony_files;
mod contribute;
mod development;
mod export_r1cs;
mod import;
mod report;
mod snarkjs;
mod verify;

use ballast_relayer::failure::Failure;
use clap::Subcommand;

use crate::{context::Context, output::Output};

/// Proving keys: those of the INSECURE development setup, and those of a ceremony
#[derive(Debug, Subcommand)]
pub enum Setup {
    Development(development::Development),
    ExportR1cs(export_r1cs::ExportR1cs),
    Begin(begin::Begin),
    Contribute(contribute::Contribute),
    Beacon(beacon::Beacon),
    Verify(verify::Verify),
    Import(import::Import),
}

impl Setup {
    pub async fn execute(self, context: &Context) -> Result<Output, Failure> {
        match self {
            Self::Development(command) => command.execute(context).await,
            Self::ExportR1cs(command) => command.execute().await,
            Self::Begin(command) => command.execute().await,
            Self::Contribute(command) => command.execute().await,
            Self::Beacon(command) => command.execute().await,
            Self::Verify(command) => command.execute(context).await,
            Self::Import(command) => command.execute(context).await,
        }
    }
}
