//! Points of a write at which a test has the process end.

use ballast_durable::crash_point::CrashPoints;

/// A part of a batch's bytes is written.
pub(super) const BATCH_PART_WRITTEN: &str = "batch-part-written";
/// A batch is written and not flushed.
pub(super) const BATCH_WRITTEN: &str = "batch-written";
/// A batch is flushed, and nobody was told.
pub(super) const BATCH_FLUSHED: &str = "batch-flushed";
/// A new segment has its name and no record.
pub(super) const SEGMENT_BEGUN: &str = "segment-begun";

/// The crash points of a log's writer, in the order in which it passes them. It passes those of
/// [`ballast_durable::CRASH_POINTS`] when it begins a segment.
pub static CRASH_POINTS: CrashPoints =
    CrashPoints::new(&[&[SEGMENT_BEGUN, BATCH_PART_WRITTEN, BATCH_WRITTEN, BATCH_FLUSHED]]);
