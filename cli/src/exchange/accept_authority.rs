//! `ballast exchange accept-authority`.

use ballast_relayer::{chains::Action, failure::Failure, jobs::govern::of_chain};
use ballast_sdk::chain::Address;
use clap::Args;

use crate::{governing::Governing, output::Output};

/// Accept with the authority keys of the settings, where they are proposed
#[derive(Debug, Args)]
pub struct AcceptAuthority {}

impl AcceptAuthority {
    pub async fn execute(self, governing: &Governing<'_>) -> Result<Output, Failure> {
        let session = governing.open(&[]).await?;
        let keys: Vec<Address> = session.chains.iter().map(|chain| chain.authority()).collect::<Result<_, _>>()?;
        let accepting = |chain| of_chain(&keys, chain).first().copied();
        governing.act(&session, |chain| accepting(chain).map(|proposed| Action::AcceptAuthority { proposed })).await
    }
}
