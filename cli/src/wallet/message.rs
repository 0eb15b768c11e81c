//! `ballast wallet message`.

use std::fmt;

use ballast_relayer::{
    chains::{ChainName, signature_deadline},
    failure::Failure,
    jobs::wallets,
    session::Reading,
};
use ballast_sdk::{
    chain::Address,
    evm::{Registration, registration_message},
};
use clap::Args;

use crate::{context::Context, output::Output, session::open, text::Text};

/// Print what an EVM wallet must sign (EIP-712), as JSON
#[derive(Debug, Args)]
pub struct Message {
    /// Address of the wallet
    wallet: Address,
    /// Until when the signature may be used, Unix seconds; an hour from now when it is not given
    #[arg(long, value_name = "SECONDS")]
    deadline: Option<u64>,
}

impl Message {
    pub async fn execute(self, context: &Context) -> Result<Output, Failure> {
        let Address::Evm(address) = self.wallet else {
            return Err(Failure::bad_input(
                "a Solana wallet signs the transaction itself: `ballast wallet register --signer`",
            ));
        };
        let (config, session) = open(Reading, context, &[ChainName::Evm], &[]).await?;
        let chains = session.chains;
        let witnesses = config.evm()?.witnesses.ok_or_else(|| Failure::bad_input("evm.witnesses is not set"))?;
        let chain_id = chains.get(ChainName::Evm).and_then(|chain| chain.client().chain().evm_id());
        let chain_id = chain_id.ok_or_else(|| Failure::other(anyhow::anyhow!("the EVM chain has no id")))?;
        let agreed = Registration {
            chain_id,
            witnesses,
            exchange: chains.exchange,
            wallet: address,
            deadline: self.deadline.unwrap_or_else(signature_deadline),
        };
        Output::new(&wallets::Message(registration_message(&agreed)))
    }
}

impl Text for wallets::Message {
    fn write(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{:#}", self.0)
    }
}
