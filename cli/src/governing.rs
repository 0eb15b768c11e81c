//! What every call of the exchange's authority shares: the chains it is made on, and whether it is
//! only simulated.

use std::{collections::BTreeMap, fmt};

use ballast_relayer::{
    chains::{Action, ChainName, Destination},
    config::{Config, Section},
    failure::Failure,
    jobs::govern::{self, GovernReport, Governed, Outcome},
    session::{Chains, Rehearsing, Sending},
};

use crate::{
    context::Context,
    output::Output,
    session::open,
    text::{Text, count},
};

/// What is to be done, on the chains that need something done.
pub type Actions = BTreeMap<ChainName, Action>;

/// How calls of the authority are made.
pub struct Governing<'a> {
    pub context: &'a Context,
    pub chains: Vec<ChainName>,
    /// Simulate, sign and send nothing.
    pub dry_run: bool,
}

impl Governing<'_> {
    /// Opens a session, with which `actions` says what is to be done on each chain, and does it.
    /// `more` are the sections of the settings that it needs besides those of the chains.
    ///
    /// # Errors
    /// Those of [`open`], of `actions`, and of [`govern::govern`].
    pub async fn act(
        &self,
        more: &[Section],
        actions: impl AsyncFnOnce(&Config, &Chains<dyn Destination>) -> Result<Actions, Failure>,
    ) -> Result<Output, Failure> {
        let of = |actions: Actions| move |chain: ChainName| actions.get(&chain).cloned();
        if self.dry_run {
            let (config, session) = open(Rehearsing, self.context, &self.chains, more).await?;
            let action = of(actions(&config, &session.chains).await?);
            return Output::new(&govern::rehearse(&session, action).await?);
        }
        let (config, session) = open(Sending, self.context, &self.chains, more).await?;
        let action = of(actions(&config, &session.chains).await?);
        Output::new(&govern::govern(&session, action).await?)
    }

    /// Does the same on every chain.
    ///
    /// # Errors
    /// Those of [`Governing::act`].
    pub async fn act_alike(&self, action: Action) -> Result<Output, Failure> {
        let actions = self.chains.iter().map(|chain| (*chain, action.clone())).collect();
        self.act(&[], async |_, _| Ok(actions)).await
    }
}

impl Text for GovernReport {
    fn write(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "exchange {}", self.exchange)?;
        for Governed { chain, action, outcome, transactions } in &self.chains {
            let outcome = match outcome {
                Outcome::Done => format!("done in {}", count(*transactions, "transaction", "transactions")),
                Outcome::Already => "was so already".into(),
                Outcome::WouldBeDone => "dry run: would be done".into(),
            };
            writeln!(f, "{chain}: {action}: {outcome}")?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_done_is_told_with_its_transactions() {
        let governed =
            |outcome, transactions| Governed { chain: ChainName::Evm, action: "pause".into(), outcome, transactions };
        let chains = vec![
            governed(Outcome::Done, 1),
            governed(Outcome::Done, 2),
            governed(Outcome::Already, 0),
            governed(Outcome::WouldBeDone, 0),
        ];
        let told = GovernReport { exchange: "0x01".into(), dry_run: false, chains }.text().to_string();
        let expected = "exchange 0x01\n\
                        evm: pause: done in 1 transaction\n\
                        evm: pause: done in 2 transactions\n\
                        evm: pause: was so already\n\
                        evm: pause: dry run: would be done\n";
        assert_eq!(told, expected);
    }
}
