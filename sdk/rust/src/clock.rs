//! This machine's clock, against which a node's word is held.

use std::time::{SystemTime, UNIX_EPOCH};

/// The time by this machine's clock, Unix seconds; 0 before 1970.
pub(crate) fn own_clock() -> u64 {
    SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |time| time.as_secs())
}
