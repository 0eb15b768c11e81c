//! `ballast wallet retire`.

use ballast_relayer::{
    chains::{Action, ChainName},
    failure::Failure,
};
use ballast_sdk::chain::Address;
use clap::Args;

use crate::{governing::Governing, output::Output};

/// Retire a wallet permanently: it no longer counts
#[derive(Debug, Args)]
pub struct Retire {
    /// Address of the wallet
    wallet: Address,
}

impl Retire {
    pub async fn execute<'a>(self, governing: impl Fn(ChainName) -> Governing<'a>) -> Result<Output, Failure> {
        let chain = match self.wallet {
            Address::Solana(_) => ChainName::Solana,
            Address::Evm(_) => ChainName::Evm,
        };
        governing(chain).act_alike(Action::RetireWallet(self.wallet)).await
    }
}
