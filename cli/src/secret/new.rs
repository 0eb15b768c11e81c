//! `ballast secret new`.

use std::path::PathBuf;

use ballast_relayer::{config::Section, failure::Failure};
use clap::Args;

use crate::{context::Context, output::Output};

/// Write a new master secret, readable by its owner only; never overwrites a file
#[derive(Debug, Args)]
pub struct New {
    /// By default the setting secret.file
    file: Option<PathBuf>,
}

impl New {
    pub fn execute(self, context: &Context) -> Result<Output, Failure> {
        let file = match self.file {
            Some(file) => file,
            None => context.settings.read(&[Section::Secret])?.secret()?.file.clone(),
        };
        ballast_keys::create_master(&file)?;
        Output::note(format!("wrote a master secret to {}; keep a copy, and keep it secret", file.display()))
    }
}
