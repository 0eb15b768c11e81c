//! Moments of a write at which a test has the process end, as a kill or a failure of power would end it.
//!
//! In a build with debug assertions a process ends at the moment that the environment variable names. Other builds have
//! none of this.

/// Name of the environment variable.
#[cfg(debug_assertions)]
const VARIABLE: &str = "BALLAST_LEDGER_FAIL_POINT";

/// Half of a batch's bytes are written.
pub(super) const HALF_WRITTEN: &str = "half-written";
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
pub(super) fn is_set(point: &str) -> bool {
    std::env::var_os(VARIABLE).is_some_and(|set| set == point)
}

#[cfg(not(debug_assertions))]
pub(super) fn is_set(_: &str) -> bool {
    false
}

/// Ends the process, without any destructor, where that is asked for.
pub(super) fn pass(point: &str) {
    if is_set(point) {
        std::process::abort();
    }
}
