//! `ballast exchange set-posters`.

use ballast_relayer::{
    chains::Action,
    failure::Failure,
    jobs::govern::{check_named, of_chain},
};
use ballast_sdk::chain::Address;
use clap::Args;

use crate::{governing::Governing, output::Output};

/// Say who may post; by default the posters of the settings
#[derive(Debug, Args)]
pub struct SetPosters {
    /// A Solana or EVM address; each chain gets its own
    #[arg(long = "poster", value_name = "ADDRESS")]
    posters: Vec<Address>,
}

impl SetPosters {
    pub async fn execute(self, governing: &Governing<'_>) -> Result<Output, Failure> {
        check_named(&self.posters, &governing.chains, usize::MAX)?;
        let session = governing.open(&[]).await?;
        let posters = match self.posters.is_empty() {
            true => session.chains.iter().map(|chain| chain.poster()).collect::<Result<_, _>>()?,
            false => self.posters,
        };
        let action = |posters: Vec<Address>| (!posters.is_empty()).then_some(Action::SetPosters(posters));
        governing.act(&session, |chain| action(of_chain(&posters, chain))).await
    }
}
