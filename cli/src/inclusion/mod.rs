//! `ballast inclusion`.

mod make;
mod verify;

use crate::{context::Context, subcommands::subcommands};

subcommands! {
    /// One customer's inclusion file
    pub enum Inclusion(context: &Context) {
        make::Make(context),
        verify::Verify(context),
    }
}
