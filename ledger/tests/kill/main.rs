//! The writer killed a hundred times at any moment, at every moment with a name, and on a full
//! disk: nothing acknowledged is ever lost, and the log goes on.
//!
//! The test program starts itself as the writer that is killed.

#[path = "../../../durable/tests/one_at_a_time/mod.rs"]
mod one_at_a_time;
mod parent;
mod writer;

use std::env;

/// Names the log's directory to the writer that is started.
const DIRECTORY: &str = "BALLAST_KILLED_WRITER_DIRECTORY";
/// Seeds the batches of the writer that is started.
const SEED: &str = "BALLAST_KILLED_WRITER_SEED";

const TESTS: [(&str, fn()); 3] = [
    ("nothing_acknowledged_is_lost_by_a_hundred_kills", parent::random_kills),
    ("nothing_acknowledged_is_lost_at_any_named_moment", parent::named_moments),
    ("full_disk_stops_the_writer_and_loses_nothing", parent::full_disk),
];

fn main() {
    if let Some(directory) = env::var_os(DIRECTORY) {
        let seed = env::var(SEED).unwrap().parse().unwrap();
        return writer::run(directory.as_ref(), seed);
    }
    // Kills are timed.
    one_at_a_time::run(TESTS);
}
