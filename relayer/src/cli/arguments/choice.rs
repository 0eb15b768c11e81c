//! Flags that several commands have.

use std::path::PathBuf;

use ballast_core::circuit::Class;

use crate::chains::ChainName;

/// A circuit class.
#[derive(Clone, Debug, clap::Args)]
pub struct ClassChoice {
    /// Of the class: 7 to 10
    #[arg(long)]
    pub depth: u8,
}

impl ClassChoice {
    pub fn get(&self) -> Class {
        Class::new(self.depth)
    }
}

/// The program that runs ceremonies.
#[derive(Clone, Debug, clap::Args)]
pub struct SnarkjsChoice {
    /// snarkjs 0.7
    #[arg(long, default_value = "node_modules/.bin/snarkjs", value_name = "PATH")]
    pub snarkjs: PathBuf,
}

/// Bytes of an argument.
#[derive(Clone, Debug)]
pub struct Bytes(pub Vec<u8>);

/// Which chains are asked.
#[derive(Clone, Debug, clap::Args)]
pub struct ChainChoice {
    /// Only this chain; both when not given
    #[arg(long, value_enum)]
    pub chain: Option<ChainName>,
}

/// The same for a command with sub-commands of its own.
#[derive(Clone, Debug, clap::Args)]
pub struct GlobalChainChoice {
    /// Only this chain; both when not given
    #[arg(long, value_enum, global = true)]
    pub chain: Option<ChainName>,
}

/// The chains that are asked.
pub fn chosen(chain: Option<ChainName>) -> Vec<ChainName> {
    chain.map_or(ChainName::ALL.to_vec(), |chain| vec![chain])
}

/// Bytes of an argument, with or without 0x.
pub fn hexadecimal(text: &str) -> Result<Bytes, String> {
    hex::decode(text.trim_start_matches("0x")).map(Bytes).map_err(|error| error.to_string())
}
