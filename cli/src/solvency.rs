//! `ballast solvency`.

use ballast_relayer::{failure::Failure, jobs::read};
use ballast_sdk::solvency::Known;
use clap::Args;

use crate::{
    chain_choice::ChainChoice,
    context::Context,
    output::Output,
    session::{Access, Session},
};

/// The chains' own answers; exit code 3 unless all are fresh
#[derive(Debug, Args)]
pub struct Solvency {
    asset: String,
    /// Seconds that may have passed since the figures were true
    #[arg(long, value_name = "SECONDS")]
    max_age: u64,
    /// Count only what each chain saw for itself in the exchange's wallets
    #[arg(long)]
    witnessed: bool,
    #[command(flatten)]
    chains: ChainChoice,
}

impl Solvency {
    pub async fn execute(self, context: &Context) -> Result<Output, Failure> {
        let session = Session::open(&context.settings, &self.chains.chains(), Access::Read, &[]).await?;
        let known = if self.witnessed { Known::Witnessed } else { Known::Reported };
        let answers = read::solvency(&session.chains, &self.asset, self.max_age, known).await?;
        Output::answer(&answers, answers.verdict())
    }
}
