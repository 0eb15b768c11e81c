//! `ballast exchange register`.

use ballast_relayer::{
    chains::{Action, ChainName, Destination},
    config::Config,
    failure::Failure,
    session::Chains,
};
use ballast_sdk::chain::Address;
use clap::Args;

use crate::{governing::Governing, output::Output};

/// Register the exchange of the settings
#[derive(Debug, Args)]
pub struct Register {}

impl Register {
    pub async fn execute(self, governing: &Governing<'_>) -> Result<Output, Failure> {
        let actions = async |config: &Config, _: &Chains<dyn Destination>| {
            let exchange = config.exchange()?;
            let action = |chain| Action::Register {
                name: exchange.name.clone(),
                cadence: exchange.cadence,
                counterpart: match chain {
                    ChainName::Solana => Address::Evm(exchange.evm_authority),
                    ChainName::Evm => Address::Solana(exchange.solana_authority),
                },
            };
            Ok(governing.chains.iter().map(|chain| (*chain, action(*chain))).collect())
        };
        governing.act(&[], actions).await
    }
}
