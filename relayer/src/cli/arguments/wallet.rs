//! `ballast wallet`.

use std::path::PathBuf;

use ballast_sdk::chain::Address;
use clap::Subcommand;

use super::choice::{Bytes, ChainChoice, hexadecimal};
use crate::chains::ChainName;

#[derive(Debug, Subcommand)]
pub enum WalletCommand {
    /// Register a wallet, which agrees by its key or by a signature made elsewhere; for ever
    Register {
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
        /// The chain of the wallet
        #[arg(long, value_enum)]
        chain: ChainName,
    },
    /// What an EVM wallet must sign (EIP-712), as JSON
    Message { wallet: Address },
    /// Let a wallet count no more, for ever
    Retire { wallet: Address },
    /// Declare that a token counts for an asset, for ever
    Declare {
        /// Address of a mint or an ERC-20 contract, or native
        token: String,
        /// Symbol on the exchange's list
        #[arg(long)]
        asset: String,
        /// The chain of the token
        #[arg(long, value_enum)]
        chain: ChainName,
    },
    /// Wallets, tokens, and what was seen for the latest epoch
    List {
        #[command(flatten)]
        chains: ChainChoice,
    },
}
