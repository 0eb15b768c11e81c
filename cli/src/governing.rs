//! What every call of the exchange's authority shares: the chains it is made on, and whether it is
//! only simulated.

use std::fmt;

use ballast_relayer::{
    chains::{Action, ChainName},
    config::Section,
    failure::Failure,
    jobs::govern::{self, GovernReport, Governed, Outcome},
};

use crate::{
    output::Output,
    session::{Access, Session},
    settings::Settings,
    text::{Text, count},
};

/// How calls of the authority are made.
pub struct Governing<'a> {
    pub settings: &'a Settings,
    pub chains: Vec<ChainName>,
    /// Simulate, sign and send nothing.
    pub dry_run: bool,
}

impl Governing<'_> {
    /// Opens what the calls need, and what `more` sections of the settings name.
    ///
    /// # Errors
    /// Those of [`Session::open`].
    pub async fn open(&self, more: &[Section]) -> Result<Session, Failure> {
        let access = if self.dry_run { Access::Read } else { Access::Open };
        Session::open(self.settings, &self.chains, access, more).await
    }

    /// Makes the call that `action` has for each chain.
    ///
    /// # Errors
    /// Those of [`govern::govern`].
    pub async fn act(
        &self,
        session: &Session,
        action: impl Fn(ChainName) -> Option<Action>,
    ) -> Result<Output, Failure> {
        Output::new(&govern::govern(&session.chains, session.store.as_ref(), action).await?)
    }

    /// Opens and makes the same call on every chain.
    ///
    /// # Errors
    /// Those of [`Governing::open`] and [`Governing::act`].
    pub async fn act_alike(&self, action: Action) -> Result<Output, Failure> {
        let session = self.open(&[]).await?;
        self.act(&session, |_| Some(action.clone())).await
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
