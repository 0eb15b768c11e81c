//! Files, directories and locks that stay sound when a process is killed or the power fails, and
//! files of others, read within bounds.
//!
//! | item | guarantee |
//! | --- | --- |
//! | [`write()`], [`write_with`] | A reader finds the old content or the new content, each whole. |
//! | [`create_new`] | The file is there whole or not at all, and never replaces another. |
//! | [`create_directory`] | Every directory that is made has the mode that was asked for. |
//! | [`open_plain`], [`read_bounded`], [`read_text_bounded`] | No pipe is waited for, and no more is read than was allowed. |
//! | [`Lock`] | One process holds it, and the system releases it when that process ends. |
//! | [`crash_point`] | A test can end the process between any two steps of a write. |
//!
//! When a call that writes returns without an error, its effect survives a power failure: the
//! content is flushed before the file gets its name, and the directory is flushed after that. A
//! file or directory for its [owner](Access::Owner) is closed to others from the moment it exists.
//!
//! # What is not guaranteed
//! - The content reaches the disk only if the disk keeps its promise to flush.
//! - Several files are not written as one: a caller that needs that writes a last file which says
//!   that the others are complete.
//! - A process that is killed while it writes leaves `.NAME.unfinished` beside the file. The next
//!   write of the same file removes it. Two processes that write one file at the same time take
//!   turns, and the last one's content stays.
//! - The system has to support `flock` on the file system in use.
//! - On systems other than Unix, modes are not set and directories are not flushed.
#![cfg_attr(not(test), deny(clippy::unwrap_used, clippy::expect_used, clippy::panic))]

mod access;
mod bounded_file;
pub mod crash_point;
mod directory;
mod file;
mod lock;

pub use access::Access;
pub use bounded_file::{open_plain, read_bounded, read_text_bounded};
pub use directory::create_directory;
pub use file::{CRASH_POINTS, create_new, write, write_with};
pub use lock::{Lock, LockError};
