//! Which chains a command asks.

use ballast_relayer::chains::ChainName;
use clap::{
    Args,
    builder::{PossibleValuesParser, TypedValueParser},
};

/// Which chains are asked.
#[derive(Clone, Debug, Args)]
pub struct ChainChoice {
    /// Only this chain; both when not given
    #[arg(long, value_parser = chain_name())]
    chain: Option<ChainName>,
}

/// Which chains are asked, for a command with sub-commands: the flag may stand after those too.
#[derive(Clone, Debug, Args)]
pub struct GlobalChainChoice {
    /// Only this chain; both when not given
    #[arg(long, value_parser = chain_name(), global = true)]
    chain: Option<ChainName>,
}

impl ChainChoice {
    /// The chains that are asked.
    pub fn chains(&self) -> Vec<ChainName> {
        one_or_all(self.chain)
    }
}

impl GlobalChainChoice {
    /// The chains that are asked.
    pub fn chains(&self) -> Vec<ChainName> {
        one_or_all(self.chain)
    }
}

fn one_or_all(chain: Option<ChainName>) -> Vec<ChainName> {
    chain.map_or(ChainName::ALL.to_vec(), |chain| vec![chain])
}

/// Parses a chain's name.
pub fn chain_name() -> impl TypedValueParser<Value = ChainName> {
    let expected = || format!("expected {}", ChainName::ALL.map(ChainName::name).join(" or "));
    PossibleValuesParser::new(ChainName::ALL.map(ChainName::name))
        .try_map(move |name| ChainName::parse(&name).ok_or_else(expected))
}
