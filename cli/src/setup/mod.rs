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

use crate::{context::Context, subcommands::subcommands};

subcommands! {
    /// Proving keys: those of the INSECURE development setup, and those of a ceremony
    pub enum Setup(context: &Context) {
        development::Development(context),
        export_r1cs::ExportR1cs(),
        begin::Begin(),
        contribute::Contribute(),
        beacon::Beacon(),
        verify::Verify(context),
        import::Import(context),
    }
}
