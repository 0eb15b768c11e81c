//! `ballast exchange set-posters`.

use ballast_relayer::{
    chains::{Action, Destination},
    config::Config,
    failure::Failure,
    jobs::govern::{check_named, of_chain},
    session::Chains,
};
use ballast_sdk::chain::Address;
use clap::Args;

use crate::{
    governing::{Actions, Governing},
    output::Output,
};

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
        let actions = async |_: &Config, chains: &Chains<dyn Destination>| {
            let mut actions = Actions::new();
            for chain in chains.iter() {
                let posters = match self.posters.is_empty() {
                    true => vec![chain.poster()?],
                    false => of_chain(&self.posters, chain.name()),
                };
                if !posters.is_empty() {
                    actions.insert(chain.name(), Action::SetPosters(posters));
                }
            }
            Ok(actions)
        };
        governing.act(&[], actions).await
    }
}
