//! `ballast wallet declare`.

use ballast_relayer::{
    chains::{Action, ChainName},
    failure::Failure,
    session::Rehearsing,
};
use ballast_sdk::chain::Address;
use clap::Args;

use super::check_chain;
use crate::{chain_choice::chain_name, context::Context, governing::Governing, output::Output, session::open};

/// Declare permanently that a token counts for an asset
#[derive(Debug, Args)]
pub struct Declare {
    /// Address of a mint or an ERC-20 contract, or native
    token: String,
    /// Symbol on the exchange's list
    #[arg(long)]
    asset: String,
    /// The chain of the token
    #[arg(long, value_parser = chain_name())]
    chain: ChainName,
}

impl Declare {
    pub async fn execute<'a>(
        self,
        context: &Context,
        governing: impl Fn(ChainName) -> Governing<'a>,
    ) -> Result<Output, Failure> {
        let Self { token, asset: symbol, chain } = self;
        let token = match (&token[..], chain) {
            ("native", ChainName::Solana) => Address::Solana(Default::default()),
            ("native", ChainName::Evm) => Address::Evm(Default::default()),
            (address, _) => address.parse().map_err(Failure::bad_input)?,
        };
        check_chain(token, chain)?;
        let chains = open(Rehearsing, context, &[chain], &[]).await?.1.chains;
        let mut asset = None;
        if let Some(chain) = chains.get(chain) {
            let exchange = chain.confirmed().exchange(&chains.exchange).await?;
            asset = exchange.assets.and_then(|assets| assets.number(&symbol));
        }
        let asset = asset
            .ok_or_else(|| Failure::bad_input(format!("asset {symbol:?} is not on the exchange's list on {chain}")))?;
        governing(chain).act_alike(Action::DeclareToken { token, asset, symbol }).await
    }
}
