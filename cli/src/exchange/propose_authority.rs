//! `ballast exchange propose-authority`.

use ballast_relayer::{
    chains::{Action, ChainName},
    failure::Failure,
    jobs::govern::{check_named, of_chain},
};
use ballast_sdk::chain::Address;
use clap::Args;

use crate::{governing::Governing, output::Output};

/// Propose other authorities; each must accept
#[derive(Debug, Args)]
pub struct ProposeAuthority {
    /// A Solana or EVM address; a chain without one is left alone
    #[arg(value_name = "ADDRESS", required_unless_present = "withdraw")]
    proposed: Vec<Address>,
    /// Take back what was proposed
    #[arg(long, conflicts_with = "proposed")]
    withdraw: bool,
}

impl ProposeAuthority {
    pub async fn execute(self, governing: &Governing<'_>) -> Result<Output, Failure> {
        if self.withdraw {
            return governing.act_alike(Action::ProposeAuthority(None)).await;
        }
        check_named(&self.proposed, &governing.chains, 1)?;
        let proposal = |chain: &ChainName| {
            let proposed = of_chain(&self.proposed, *chain).first().copied()?;
            Some((*chain, Action::ProposeAuthority(Some(proposed))))
        };
        let actions = governing.chains.iter().filter_map(proposal).collect();
        governing.act(&[], async |_, _| Ok(actions)).await
    }
}
