//! Solvency in a word.

use ballast_sdk::epoch::Status;

/// Names a status; what is bad stands in capitals.
pub const fn status(status: Status) -> &'static str {
    match status {
        Status::Solvent => "solvent",
        Status::Insolvent => "INSOLVENT",
    }
}
