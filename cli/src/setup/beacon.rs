//! `ballast setup beacon`.

use std::path::PathBuf;

use ballast_prover::setup::contribution;
use ballast_relayer::{failure::Failure, jobs::setup};
use clap::Args;

use super::snarkjs::SnarkjsChoice;
use crate::{
    hexadecimal::{Bytes, hexadecimal},
    output::Output,
};

/// End a ceremony with randomness that nobody could choose
#[derive(Debug, Args)]
pub struct Beacon {
    /// The .zkey so far
    input: PathBuf,
    /// The .zkey that is written
    output: PathBuf,
    /// What was not known before the last contribution: 1 to 255 bytes, hexadecimal
    #[arg(long, value_parser = hexadecimal, value_name = "HEX")]
    value: Bytes,
    /// The value is hashed 2^EXPONENT times: 10 to 63
    #[arg(long, default_value_t = 10)]
    exponent: u8,
    /// Where the value comes from, for the record
    #[arg(long)]
    name: String,
    #[command(flatten)]
    snarkjs: SnarkjsChoice,
}

impl Beacon {
    pub async fn execute(self) -> Result<Output, Failure> {
        let beacon = contribution::Beacon { value: self.value.0, exponent: self.exponent };
        Output::new(&setup::beacon(&self.input, &self.output, &beacon, &self.name, &self.snarkjs.snarkjs).await?)
    }
}
