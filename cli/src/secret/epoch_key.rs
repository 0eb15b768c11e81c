//! `ballast secret epoch-key`.

use std::path::PathBuf;

use ballast_keys::GivenEpoch;
use ballast_relayer::{config::Section, failure::Failure, session::configured_exchange};
use clap::Args;

use crate::{context::Context, output::Output};

/// Write the key of one epoch, which gives an auditor that epoch alone; never overwrites a file
#[derive(Debug, Args)]
pub struct EpochKey {
    /// Number of the epoch
    #[arg(value_parser = clap::value_parser!(u64).range(1..))]
    epoch: u64,
    /// The file, which is PRIVATE: its holder can test guesses of that epoch's balances
    #[arg(long, value_name = "FILE")]
    out: PathBuf,
}

impl EpochKey {
    pub fn execute(self, context: &Context) -> Result<Output, Failure> {
        let config = context.settings.read(&[Section::Exchange, Section::Secret])?;
        let exchange = configured_exchange(config.exchange()?)?;
        let master = ballast_keys::read_master(&config.secret()?.file)?;
        let key = master.epoch_key(&exchange, self.epoch);
        GivenEpoch { exchange, epoch: self.epoch, key }.create(&self.out)?;
        let (file, epoch) = (self.out.display(), self.epoch);
        Output::note(format!(
            "wrote the key of epoch {epoch} to {file}; whoever has it can test guesses of its balances"
        ))
    }
}
