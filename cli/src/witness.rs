//! `ballast witness`.

use std::fmt;

use ballast_core::escaped::Escaped;
use ballast_relayer::{
    chains::{LookOutcome, looks::ShownHolding},
    failure::Failure,
    jobs::wallets::{self, Looked, LookedAt, Outcome},
    session::{Rehearsing, Sending},
};
use clap::Args;

use crate::{
    chain_choice::ChainChoice,
    context::Context,
    output::Output,
    session::open,
    text::{Text, count, date},
};

/// Have the chains look at the wallets for their latest epoch, where they have not yet
///
/// `ballast run` does so by itself. Exit code 3 when a chain refused, 2 when no chain had anything
/// to look at.
#[derive(Debug, Args)]
pub struct Witness {
    /// List what would be looked at and simulate the first look; sign and send nothing
    #[arg(long)]
    dry_run: bool,
    #[command(flatten)]
    chains: ChainChoice,
}

impl Witness {
    pub async fn execute(self, context: &Context) -> Result<Output, Failure> {
        let chains = self.chains.chains();
        let looked = match self.dry_run {
            true => wallets::rehearse_witness(&open(Rehearsing, context, &chains, &[]).await?.1).await?,
            false => wallets::witness_latest(&open(Sending, context, &chains, &[]).await?.1).await?,
        };
        Output::answer(&looked, looked.verdict())
    }
}

impl Text for LookedAt {
    fn write(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{}epoch {}", if self.dry_run { "dry run: " } else { "" }, self.epoch)?;
        self.chains.iter().try_for_each(|looked| looked.write(f))
    }
}

impl Text for Looked {
    fn write(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { chain, outcome, warning } = self;
        match outcome {
            Outcome::Refused(refused) => writeln!(f, "{chain}: reserves NOT WITNESSED: {}", Escaped(&refused.problem))?,
            Outcome::Ended(LookOutcome::Looked { holdings }) => {
                writeln!(f, "{chain}: witnessed {}", count(*holdings, "holding", "holdings"))?;
            }
            Outcome::Ended(LookOutcome::WouldLook { shown }) => {
                writeln!(f, "{chain}: dry run: would look at {}", count(shown.len(), "holding", "holdings"))?;
                for ShownHolding { wallet, account, token } in shown {
                    writeln!(f, "  wallet {wallet}, account {account}, token {token}")?;
                }
            }
            Outcome::Ended(LookOutcome::LookedBefore { holdings, began }) => {
                let (holdings, began) = (count(*holdings, "holding", "holdings"), date(*began));
                writeln!(f, "{chain}: looked at {holdings} before, from {began} on")?;
            }
            Outcome::Ended(LookOutcome::NothingToLookAt) => {
                writeln!(f, "{chain}: nothing to look at: no registered wallet has an account of a declared token")?;
            }
            Outcome::Ended(LookOutcome::NotConfigured) => {
                writeln!(f, "{chain}: does not look: evm.witnesses is not set")?
            }
        }
        warning.iter().try_for_each(|warning| writeln!(f, "{chain}: warning: {warning}"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use ballast_relayer::{chains::ChainName, failure::FailureKind, jobs::wallets::Refused};

    fn told(outcome: Outcome, warning: Option<&str>) -> String {
        Looked { chain: ChainName::Evm, outcome, warning: warning.map(Into::into) }.text().to_string()
    }

    #[test]
    fn a_chain_that_did_not_look_says_why() {
        let refused = |problem: &str| Outcome::Refused(Refused { problem: problem.into(), kind: FailureKind::Refused });
        assert_eq!(told(refused("WalletUnknown"), None), "evm: reserves NOT WITNESSED: WalletUnknown\n");
        let drawn = told(refused("no\nevm: witnessed 2 holdings"), None);
        assert_eq!(drawn.lines().count(), 1, "{drawn}");
        assert!(told(Outcome::Ended(LookOutcome::NotConfigured), None).contains("evm.witnesses is not set"));
        assert!(told(Outcome::Ended(LookOutcome::NothingToLookAt), None).contains("nothing to look at"));
    }

    #[test]
    fn a_warning_stands_below_what_it_is_about() {
        let before = Outcome::Ended(LookOutcome::LookedBefore { holdings: 1, began: 1_796_077_926 });
        let expected = "evm: looked at 1 holding before, from 2026-11-30 22:32:06 UTC (1796077926) on\n\
                        evm: warning: expected a first look later\n";
        assert_eq!(told(before, Some("expected a first look later")), expected);
        assert_eq!(told(Outcome::Ended(LookOutcome::Looked { holdings: 2 }), None), "evm: witnessed 2 holdings\n");
    }
}
