//! `ballast reserves`.

mod verify;

use crate::{context::Context, subcommands::subcommands};

subcommands! {
    /// Published reserves reports
    pub enum Reserves(context: &Context) {
        verify::Verify(context),
    }
}
