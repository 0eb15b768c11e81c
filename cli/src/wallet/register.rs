//! `ballast wallet register`.

use std::path::PathBuf;

use ballast_relayer::{
    chains::{Action, Agreement, ChainName},
    failure::Failure,
};
use ballast_sdk::chain::Address;
use clap::Args;
use solana_sdk::signer::Signer;

use super::check_chain;
use crate::{
    chain_choice::chain_name,
    governing::Governing,
    hexadecimal::{Bytes, hexadecimal},
    output::Output,
};

/// Register a wallet permanently: it agrees by its key, or by a signature made elsewhere
#[derive(Debug, Args)]
pub struct Register {
    /// File of the wallet's key: solana-keygen's, 64 hexadecimal digits, or a keystore
    #[arg(long, value_name = "FILE", required_unless_present = "signature")]
    signer: Option<PathBuf>,
    /// File with the keystore's password
    #[arg(long, value_name = "FILE", requires = "signer")]
    unlock: Option<PathBuf>,
    /// Address of an EVM wallet that signed elsewhere what `ballast wallet message` prints
    #[arg(long, conflicts_with = "signer", requires = "signature")]
    wallet: Option<Address>,
    /// Its signature
    #[arg(long, value_parser = hexadecimal, value_name = "HEX", requires = "wallet")]
    signature: Option<Bytes>,
    /// The deadline that it signed, Unix seconds
    #[arg(long, value_name = "SECONDS", requires = "signature")]
    deadline: Option<u64>,
    /// The chain of the wallet
    #[arg(long, value_parser = chain_name())]
    chain: ChainName,
}

impl Register {
    pub async fn execute<'a>(self, governing: impl Fn(ChainName) -> Governing<'a>) -> Result<Output, Failure> {
        let (chain, password) = (self.chain, self.unlock);
        let (wallet, agreement) = match (self.signer, self.wallet, self.signature, self.deadline) {
            (Some(file), ..) => {
                let wallet = match chain {
                    ChainName::Solana => Address::Solana(ballast_keys::read_solana(Some(&file), "--signer")?.pubkey()),
                    ChainName::Evm => {
                        let key = ballast_keys::read_evm(Some(&file), password.as_deref(), "--signer", "--unlock")?;
                        Address::Evm(key.address())
                    }
                };
                (wallet, Agreement::Key { file, password })
            }
            (None, Some(wallet), Some(signature), Some(deadline)) => {
                (wallet, Agreement::Signature { signature: signature.0, deadline })
            }
            _ => return Err(Failure::bad_input("expected --signer, or --wallet, --signature and --deadline")),
        };
        check_chain(wallet, chain)?;
        governing(chain).act_alike(Action::RegisterWallet { wallet, agreement }).await
    }
}
