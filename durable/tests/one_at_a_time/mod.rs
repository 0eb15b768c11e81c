//! Runs tests that no other test of the same process may disturb. The ledger's tests use it too.

use libtest_mimic::{Arguments, Trial};

/// Runs these tests one after the other, unless the command line says how many at once, and ends
/// the process.
pub fn run(tests: impl IntoIterator<Item = (&'static str, fn())>) -> ! {
    let mut arguments = Arguments::from_args();
    arguments.test_threads.get_or_insert(1);
    let trials = tests.into_iter().map(|(name, test)| {
        Trial::test(name, move || {
            test();
            Ok(())
        })
    });
    libtest_mimic::run(&arguments, trials.collect()).exit()
}
