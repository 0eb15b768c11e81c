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
    pub fn execute(self, context: &Context) -> Result<Output, Failure> {
        match self {
            Self::Development(command) => command.execute(context),
            Self::ExportR1cs(command) => command.execute(),
            Self::Begin(command) => command.execute(),
            Self::Contribute(command) => command.execute(),
            Self::Beacon(command) => command.execute(),
            Self::Verify(command) => command.execute(context),
            Self::Import(command) => command.execute(context),
        }
    }
}
