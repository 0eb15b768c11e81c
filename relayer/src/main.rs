//! The binary `ballast`: see the library.

use std::process::ExitCode;

fn main() -> ExitCode {
    ballast_relayer::cli::main()
}
