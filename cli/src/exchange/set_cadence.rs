//! `ballast exchange set-cadence`.

use ballast_relayer::{
    chains::{Action, Destination},
    config::Config,
    failure::Failure,
    session::Chains,
};
use clap::Args;

use crate::{governing::Governing, output::Output};

/// Promise the settings' cadence, from the next epoch on
#[derive(Debug, Args)]
pub struct SetCadence {}

impl SetCadence {
    pub async fn execute(self, governing: &Governing<'_>) -> Result<Output, Failure> {
        let actions = async |config: &Config, _: &Chains<dyn Destination>| {
            let cadence = config.exchange()?.cadence;
            Ok(governing.chains.iter().map(|chain| (*chain, Action::SetCadence(cadence))).collect())
        };
        governing.act(&[], actions).await
    }
}
