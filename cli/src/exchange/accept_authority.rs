//! `ballast exchange accept-authority`.

use ballast_relayer::{
    chains::{Action, Destination},
    config::Config,
    failure::Failure,
    session::Chains,
};
use clap::Args;

use crate::{governing::Governing, output::Output};

/// Accept with the authority keys of the settings, where they are proposed
#[derive(Debug, Args)]
pub struct AcceptAuthority {}

impl AcceptAuthority {
    pub async fn execute(self, governing: &Governing<'_>) -> Result<Output, Failure> {
        let accepting = async |_: &Config, chains: &Chains<dyn Destination>| {
            let accepting =
                |chain: &dyn Destination| Ok((chain.name(), Action::AcceptAuthority { proposed: chain.authority()? }));
            chains.iter().map(accepting).collect()
        };
        governing.act(&[], accepting).await
    }
}
