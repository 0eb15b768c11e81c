//! `ballast solvency`.

use std::fmt;

use ballast_core::{circuit::SetupKind, observation::WINDOW, solvency::Standing};
use ballast_ledger::amount;
use ballast_relayer::{
    failure::Failure,
    jobs::read::{self, Answers},
    session::Reading,
};
use ballast_sdk::solvency::Known;
use clap::Args;

use crate::{
    chain_choice::ChainChoice,
    context::Context,
    output::Output,
    session::open,
    text::{Text, date},
};

/// Ask the chains whether an asset is covered; exit code 3 unless every answer is fresh
#[derive(Debug, Args)]
pub struct Solvency {
    /// Symbol on the exchange's list
    asset: String,
    /// Seconds that may have passed since the figures were true
    #[arg(long, value_name = "SECONDS")]
    max_age: u64,
    /// Count only what each chain saw for itself in the exchange's wallets
    #[arg(long)]
    witnessed: bool,
    /// With --witnessed: seconds that may lie between the first look and the last
    #[arg(long, value_name = "SECONDS", requires = "witnessed", default_value_t = WINDOW)]
    max_span: u64,
    #[command(flatten)]
    chains: ChainChoice,
}

impl Solvency {
    pub async fn execute(self, context: &Context) -> Result<Output, Failure> {
        let (_, session) = open(Reading, context, &self.chains.chains(), &[]).await?;
        let max_span = self.max_span;
        let known = if self.witnessed { Known::Witnessed { max_span } } else { Known::Reported };
        let answers = read::solvency(&session.chains, &self.asset, self.max_age, known).await?;
        Output::answer(&answers, answers.verdict())
    }
}

impl Text for Answers {
    fn write(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for answer in &self.chains {
            let standing = match answer.standing {
                Standing::Fresh => "fresh",
                Standing::Stale => "STALE",
                Standing::Overdue => "OVERDUE",
                Standing::Development => "NOT PROVED",
                Standing::Retired => "RETIRED CIRCUIT",
                Standing::Insolvent => "INSOLVENT",
                Standing::Missing => "MISSING",
            };
            write!(f, "{}: {} {standing}", answer.chain, answer.symbol)?;
            if let (Some(decimals), Some(setup)) = (answer.decimals, answer.setup) {
                write!(
                    f,
                    ": owes {} ({}), holds {} ({}; epoch {}, as of {}; {})",
                    amount::format(answer.liability, decimals),
                    owed(setup),
                    amount::format(answer.reserve, decimals),
                    known(answer.known),
                    answer.epoch,
                    date(answer.as_of),
                    setup.label()
                )?;
            }
            writeln!(f)?;
        }
        Ok(())
    }
}

/// Says how it is known what is owed: a proof under a development setup shows nothing.
const fn owed(setup: SetupKind) -> &'static str {
    match setup {
        SetupKind::Development => "stated",
        SetupKind::Ceremony => "proved",
    }
}

/// Says how it is known what is held.
const fn known(known: Known) -> &'static str {
    match known {
        Known::Reported => "reported",
        Known::Witnessed { .. } => "witnessed by the chain",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use ballast_sdk::{chain::Chain, solvency::Answer};

    fn answer(known: Known) -> Answer {
        Answer {
            chain: Chain::Solana,
            exchange: [1; 32],
            symbol: "BTC".into(),
            decimals: Some(2),
            max_age: 60,
            standing: Standing::Fresh,
            epoch: 3,
            as_of: 1_796_077_926,
            liability: 100,
            reserve: 250,
            known,
            looks: None,
            ratio_bps: 25_000,
            setup: Some(SetupKind::Ceremony),
            circuit: [2; 32],
        }
    }

    #[test]
    fn an_answer_says_how_its_figures_are_known() {
        let told = |known| Answers { fresh: true, chains: vec![answer(known)] }.text().to_string();
        let expected = "solana: BTC fresh: owes 1.00 (proved), holds 2.50 (reported; epoch 3, \
                        as of 2026-11-30 22:32:06 UTC (1796077926); ceremony)\n";
        assert_eq!(told(Known::Reported), expected);
        let told = told(Known::Witnessed { max_span: 600 });
        assert!(told.contains("holds 2.50 (witnessed by the chain; epoch 3"), "{told}");
        let setup = Some(SetupKind::Development);
        let insecure = Answer { standing: Standing::Development, setup, ..answer(Known::Reported) };
        let told = Answers { fresh: false, chains: vec![insecure] }.text().to_string();
        assert!(told.starts_with("solana: BTC NOT PROVED: owes 1.00 (stated), holds 2.50 (reported;"), "{told}");
    }
}
