//! `ballast exchange propose-authority`.

use ballast_relayer::{
    chains::Action,
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
        let session = governing.open(&[]).await?;
        let proposed = |chain| of_chain(&self.proposed, chain).first().copied();
        governing.act(&session, |chain| proposed(chain).map(|proposed| Action::ProposeAuthority(Some(proposed)))).await
    }
}
