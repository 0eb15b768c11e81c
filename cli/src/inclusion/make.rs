//! `ballast inclusion make`.

use std::{fmt, path::PathBuf};

use ballast_core::digest::sha256;
use ballast_relayer::{
    artifacts::Artifacts,
    config::Section,
    failure::Failure,
    jobs::include::{self, Made},
    session::Reading,
};
use clap::Args;

use crate::{
    chain_choice::ChainChoice,
    context::Context,
    output::Output,
    session::open,
    text::{Text, count},
};

/// Make a customer's file, and verify it as the customer will
#[derive(Debug, Args)]
pub struct Make {
    /// Number of the epoch
    epoch: u64,
    /// The exchange's public id of the customer
    account: String,
    /// Where the file goes; inclusion-EPOCH-DIGEST.json in the private directory by default
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
    #[command(flatten)]
    chains: ChainChoice,
}

impl Make {
    pub async fn execute(self, context: &Context) -> Result<Output, Failure> {
        let more = &[Section::Secret, Section::Artifacts];
        let (config, session) = open(Reading, context, &self.chains.chains(), more).await?;
        let (epoch, account) = (self.epoch, &self.account[..]);
        let artifacts = Artifacts::new(config.artifacts()?);
        let master = ballast_keys::read_master(&config.secret()?.file)?;
        let out = self.out.unwrap_or_else(|| {
            // The account's own name need not be a valid file name.
            let digest = hex::encode(&sha256(&[account.as_bytes()])[..8]);
            artifacts.private(epoch).join(format!("inclusion-{epoch}-{digest}.json"))
        });
        Output::new(&include::make(&session.chains, &artifacts, &master, (epoch, account), &out).await?)
    }
}

impl Text for Made {
    fn write(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let leaves = count(self.leaves, "leaf", "leaves");
        writeln!(f, "{} shows {leaves} of epoch {}; it is PRIVATE to its customer", self.file, self.epoch)
    }
}
