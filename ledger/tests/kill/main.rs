//! The writer killed a hundred times at any moment, at every moment with a name, and on a full
//! disk: nothing acknowledged is ever lost, and the log goes on.
//!
//! No harness: the same program is the writer that is killed, and a writer is no test that passes.

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
    let arguments: Vec<String> = env::args().skip(1).collect();
    let filters: Vec<_> = arguments.iter().filter(|argument| !argument.starts_with('-')).collect();
    let wanted = |name: &str| filters.is_empty() || filters.iter().any(|filter| name.contains(filter.as_str()));
    let listed = arguments.iter().any(|argument| argument == "--list");
    for (name, test) in TESTS.into_iter().filter(|(name, _)| wanted(name)) {
        if listed {
            println!("{name}: test");
        } else {
            println!("test {name} ...");
            test();
            println!("test {name} ... ok");
        }
    }
}
