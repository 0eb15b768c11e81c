//! Moments of a write at which a test has the process end, as a kill or a failure of power would end it.
//!
//! In a build with debug assertions a process ends at the moment that the environment variable names. Other builds have
//! none of this.

use std::{
    fs::File,
    io::{self, Write},
};

/// Name of the environment variable.
#[cfg(debug_assertions)]
const VARIABLE: &str = "BALLAST_LEDGER_FAIL_POINT";

/// Half of a batch's bytes are written.
#[cfg(debug_assertions)]
const HALF_WRITTEN: &str = "half-written";
/// No end: a batch is written in pieces with pauses, so that a kill from outside comes between them.
#[cfg(debug_assertions)]
const SLOWLY: &str = "slowly";
/// A batch is written and not flushed.
pub(super) const WRITTEN: &str = "written";
/// A batch is flushed, and nobody was told.
pub(super) const FLUSHED: &str = "flushed";
/// A whole file is beside the place it will have.
pub(super) const BESIDE: &str = "beside";
/// A new segment has its name and no record.
pub(super) const ROLLED: &str = "rolled";

/// Whether the process is to end here.
#[cfg(debug_assertions)]
fn is_set(point: &str) -> bool {
    std::env::var_os(VARIABLE).is_some_and(|set| set == point)
}

/// Ends the process, without any destructor, where that is asked for.
#[cfg(debug_assertions)]
pub(super) fn pass(point: &str) {
    if is_set(point) {
        std::process::abort();
    }
}

#[cfg(not(debug_assertions))]
pub(super) fn pass(_: &str) {}

/// Writes all of a batch.
#[cfg(debug_assertions)]
pub(super) fn write_all(file: &mut File, bytes: &[u8]) -> io::Result<()> {
    if is_set(HALF_WRITTEN) {
        file.write_all(bytes.split_at(bytes.len() / 2).0)?;
        pass(HALF_WRITTEN);
    }
    if is_set(SLOWLY) {
        return bytes.chunks(1000).try_for_each(|piece| {
            std::thread::sleep(std::time::Duration::from_micros(200));
            file.write_all(piece)
        });
    }
    file.write_all(bytes)
}

#[cfg(not(debug_assertions))]
pub(super) fn write_all(file: &mut File, bytes: &[u8]) -> io::Result<()> {
    file.write_all(bytes)
}
