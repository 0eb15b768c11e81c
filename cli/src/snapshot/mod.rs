//! `ballast snapshot`.

mod check;

use crate::{context::Context, subcommands::subcommands};

subcommands! {
    /// Look at a snapshot
    pub enum Snapshot(context: &Context) {
        check::Check(context),
    }
}
