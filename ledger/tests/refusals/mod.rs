//! What a test of a refused snapshot asks.

use ballast_ledger::snapshot::{Reason, Snapshot, SnapshotError};

/// Why a snapshot was refused; the error's text must name each of `words`.
#[track_caller]
pub fn reason(read: Result<Snapshot, SnapshotError>, words: &[&str]) -> Reason {
    let error = read.unwrap_err();
    let text = error.to_string();
    for word in words {
        assert!(text.contains(word), "{text:?} does not name {word:?}");
    }
    error.reason
}
