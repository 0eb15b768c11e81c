//! Which circuit class a command is about.

use ballast_core::circuit::Class;
use clap::Args;

/// A circuit class.
#[derive(Clone, Debug, Args)]
pub struct ClassChoice {
    /// Depth of the circuit class: 7 to 10
    #[arg(long)]
    depth: u8,
}

impl ClassChoice {
    /// The class, which need not exist.
    pub fn class(&self) -> Class {
        Class::new(self.depth)
    }
}
