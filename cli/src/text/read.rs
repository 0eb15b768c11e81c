//! Epochs that were not read.

use std::fmt;

use super::count;

/// Says of a history that was read from epoch `first` on what was not read again; nothing when it
/// was read from epoch 1.
pub fn not_read_again(f: &mut fmt::Formatter<'_>, first: u64) -> fmt::Result {
    let Some(before) = first.checked_sub(1).filter(|before| *before > 0) else { return Ok(()) };
    let before = count(before, "epoch", "epochs");
    writeln!(f, "  read from epoch {first} on: {before} before it NOT READ AGAIN, verified another time")
}
