//! What every call of the exchange's authority shares: the chains it is made on, and whether it is only simulated.

use ballast_relayer::{
    chains::{Action, ChainName},
    config::Section,
    failure::Failure,
    jobs::govern,
};

use crate::{
    output::Output,
    session::{Access, Session},
    context::Context,
};

/// How calls of the authority are made.
pub struct Governing<'a> {
    pub context: &'a Context,
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
        Session::open(self.context, &self.chains, access, more).await
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
