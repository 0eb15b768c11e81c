//! Solvency in a word.

use ballast_sdk::epoch::Status;

/// What an epoch's record says of what is held and owed.
pub const fn status(status: Status) -> &'static str {
    match status {
        Status::Solvent => "solvent",
        Status::Insolvent => "INSOLVENT",
    }
}
