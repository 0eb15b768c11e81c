//! `ballast reserves verify`.

use std::{fmt, path::PathBuf};

use ballast_relayer::{
    failure::Failure,
    jobs::reserves::{self, VerifiedChain, VerifiedReport},
    session::Reading,
};
use clap::Args;

use crate::{
    chain_choice::ChainChoice,
    context::Context,
    output::Output,
    session::open,
    text::{Text, compared_holdings, count},
};

/// Verify that a report is the epoch's, and that wallets and tokens in it are the exchange's;
/// exit code 3 if not
#[derive(Debug, Args)]
pub struct Verify {
    /// Number of the epoch
    epoch: u64,
    /// The published report
    file: PathBuf,
    #[command(flatten)]
    chains: ChainChoice,
}

impl Verify {
    pub async fn execute(self, context: &Context) -> Result<Output, Failure> {
        let bytes = reserves::read(&self.file)?;
        let (_, session) = open(Reading, context, &self.chains.chains(), &[]).await?;
        Output::new(&reserves::verify(&session.chains, self.epoch, &bytes).await?)
    }
}

impl Text for VerifiedReport {
    fn write(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { epoch, chains, not_compared, messages } = self;
        for VerifiedChain { chain, compared } in chains {
            writeln!(f, "{chain}: the report is that of epoch {epoch}")?;
            compared_holdings(f, compared)?;
        }
        let messages = count(*messages, "signed message", "signed messages");
        writeln!(f, "{messages} for this exchange: ownership signed, balances stated")?;
        not_compared
            .iter()
            .try_for_each(|chain| writeln!(f, "{chain}: wallets and tokens NOT COMPARED, the chain was not asked"))
    }
}
