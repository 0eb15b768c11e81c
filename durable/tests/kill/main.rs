//! A process that writes files and takes locks is killed: at every crash point, and from outside at
//! random moments. What it leaves is whole, has the right mode and stands in nobody's way.
//!
//! The test program starts itself as the process that is killed.

mod child;
mod lock;
#[path = "../one_at_a_time/mod.rs"]
mod one_at_a_time;
mod write;

const TESTS: [(&str, fn()); 10] = [
    ("a_file_is_old_or_new_and_whole_after_a_kill_at_any_moment", write::random_kills),
    ("a_file_is_old_or_new_and_whole_after_a_crash_at_any_point", write::crash_points),
    ("a_crash_point_with_a_count_is_passed_until_then", write::passage_count),
    ("a_file_that_is_new_is_whole_or_absent_after_a_crash", write::new_file_crash_points),
    ("what_a_killed_writer_left_is_not_taken_from_a_living_one", write::two_writers),
    ("modes_are_right_at_every_point_whatever_the_umask", write::modes),
    ("a_lock_is_refused_while_its_process_lives_and_free_once_it_is_killed", lock::dies_with_its_process),
    ("a_lock_is_for_its_owner_alone_whatever_the_umask", lock::mode),
    ("many_processes_never_hold_a_lock_together", lock::one_holder),
    ("a_crash_point_that_is_not_listed_stops_the_process_at_its_start", child::unknown_crash_point),
];

fn main() {
    if child::run() {
        return;
    }
    // A child that is being started holds every lock of this process for a moment.
    one_at_a_time::run(TESTS);
}
