//! `ballast setup`.

use std::path::PathBuf;

use clap::Subcommand;

use super::choice::{Bytes, ClassChoice, SnarkjsChoice, hexadecimal};

#[derive(Debug, Subcommand)]
pub enum SetupCommand {
    /// Make the INSECURE development key of a class, and keep it where the settings say
    Development {
        #[command(flatten)]
        class: ClassChoice,
        /// Where the circuit file goes, which `migrate circuit` registers
        #[arg(long, value_name = "FILE")]
        circuit: Option<PathBuf>,
    },
    /// Write the constraints of a class in circom's format
    ExportR1cs {
        #[command(flatten)]
        class: ClassChoice,
        /// An .r1cs file
        file: PathBuf,
    },
    /// Begin a ceremony: a key without contributions
    Begin {
        #[command(flatten)]
        class: ClassChoice,
        /// Powers of tau, prepared for the second phase
        #[arg(long, value_name = "FILE")]
        ptau: PathBuf,
        /// The .zkey that is written
        out: PathBuf,
        #[command(flatten)]
        snarkjs: SnarkjsChoice,
    },
    /// Contribute to a ceremony with this machine's randomness
    Contribute {
        /// The .zkey so far
        input: PathBuf,
        /// The .zkey that is written
        output: PathBuf,
        /// Whose contribution it is, for the record
        #[arg(long)]
        name: String,
        #[command(flatten)]
        snarkjs: SnarkjsChoice,
    },
    /// End a ceremony with randomness that nobody could choose
    Beacon {
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
    },
    /// Verify a ceremony's files from beginning to end; exit code 3 if snarkjs refuses them
    Verify {
        #[command(flatten)]
        files: CeremonyFiles,
    },
    /// Verify a ceremony's files, and write the proving key
    Import {
        #[command(flatten)]
        files: CeremonyFiles,
        /// Directory of proving keys; by default the setting circuit.keys
        #[arg(long, value_name = "DIR")]
        out: Option<PathBuf>,
        /// Where the circuit file goes, which `migrate circuit` registers
        #[arg(long, value_name = "FILE")]
        circuit: Option<PathBuf>,
    },
}

/// What a ceremony leaves.
#[derive(Clone, Debug, clap::Args)]
pub struct CeremonyFiles {
    #[command(flatten)]
    pub class: ClassChoice,
    /// Powers of tau
    #[arg(long, value_name = "FILE")]
    pub ptau: PathBuf,
    /// The last key
    #[arg(long, value_name = "FILE")]
    pub zkey: PathBuf,
    #[command(flatten)]
    pub snarkjs: SnarkjsChoice,
}
