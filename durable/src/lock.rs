//! Locks between processes.

use std::{
    fs::{File, OpenOptions, TryLockError},
    io::{self, Read, Seek, Write},
    path::Path,
};

use crate::access::refuse_links;

/// A lock file that this process holds. It is released when the value is dropped or the process
/// ends, however it ends. The file stays: a file that came and went could be locked twice.
///
/// A child that is being started at that moment has the lock, too, until its program begins.
#[derive(Debug)]
#[must_use]
pub struct Lock {
    _file: File,
}

/// Why a lock was not taken.
#[derive(Debug, thiserror::Error)]
pub enum LockError {
    #[error("{} holds the lock", name(*holder))]
    Held {
        /// The process that holds the lock, where its file says so.
        holder: Option<u32>,
    },
    #[error(
        "expected a lock file (empty, or with the number of a process), found something else; it was left as it is"
    )]
    NotALock,
    #[error(transparent)]
    Io(#[from] io::Error),
}

/// A lock file has the number of a process, with up to ten digits, and a line feed.
const LENGTH_MAX: u64 = 11;

impl Lock {
    /// Takes the lock whose file is at `path`, at once or not at all. The file is made if it is not
    /// there, for its owner alone, and then says which process holds the lock. No link is followed.
    ///
    /// # Errors
    /// [`LockError::Held`] names the process that has the lock. [`LockError::NotALock`] when the
    /// file at `path` is none that this function wrote: nothing in it is changed.
    pub fn take(path: &Path) -> Result<Self, LockError> {
        let mut file = open(path)?;
        if !file.metadata()?.is_file() {
            return Err(LockError::NotALock);
        }
        let locked = file.try_lock();
        let mut content = Vec::new();
        (&mut file).take(LENGTH_MAX + 1).read_to_end(&mut content)?;
        match locked {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => return Err(LockError::Held { holder: holder(&content) }),
            Err(TryLockError::Error(error)) => return Err(error.into()),
        }
        if !is_lock(&content) {
            return Err(LockError::NotALock);
        }
        file.set_len(0)?;
        file.rewind()?;
        file.write_all(format!("{}\n", std::process::id()).as_bytes())?;
        Ok(Self { _file: file })
    }
}

fn open(path: &Path) -> io::Result<File> {
    let mut options = OpenOptions::new();
    options.read(true).write(true).create(true).truncate(false);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, crate::Access::Owner.file_mode());
    refuse_links(&mut options);
    options.open(path)
}

/// Whether a lock file can have this content. A process that was killed, or the power failed, while
/// it took the lock leaves a part of a number, or zeros.
fn is_lock(content: &[u8]) -> bool {
    content.len() as u64 <= LENGTH_MAX && content.iter().all(|byte| byte.is_ascii_digit() || matches!(byte, b'\n' | 0))
}

fn name(holder: Option<u32>) -> String {
    holder.map_or_else(|| "another process".into(), |process| format!("process {process}"))
}

/// The process that a lock file names.
fn holder(content: &[u8]) -> Option<u32> {
    std::str::from_utf8(content).ok()?.strip_suffix('\n')?.parse().ok()
}

#[cfg(all(test, unix))]
mod tests {
    use super::*;
    use std::{fs, path::PathBuf};

    fn place() -> (tempfile::TempDir, PathBuf) {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("lock");
        (directory, path)
    }

    #[test]
    fn a_lock_is_refused_until_it_is_dropped() {
        let (_directory, path) = place();
        let first = Lock::take(&path).unwrap();
        let own = std::process::id();
        assert!(matches!(Lock::take(&path), Err(LockError::Held { holder: Some(holder) }) if holder == own));
        drop(first);
        let _second = Lock::take(&path).unwrap();
        assert_eq!(fs::read_to_string(&path).unwrap(), format!("{own}\n"));
    }

    #[test]
    fn a_lock_file_of_a_process_that_ended_is_taken_over() {
        for left in ["", "4294967295\n", "42949", "\0\0\0\0\0\0"] {
            let (_directory, path) = place();
            fs::write(&path, left).unwrap();
            let _lock = Lock::take(&path).unwrap();
            assert_eq!(fs::read_to_string(&path).unwrap(), format!("{}\n", std::process::id()));
        }
    }

    #[test]
    fn a_file_that_is_not_a_lock_is_left_as_it_is() {
        for content in ["precious", "-1\n", "12 \n", "42949672950\n", "4294967295\n\n", &"0".repeat(100_000)] {
            let (_directory, path) = place();
            fs::write(&path, content).unwrap();
            assert!(matches!(Lock::take(&path), Err(LockError::NotALock)), "{content:?}");
            assert_eq!(fs::read_to_string(&path).unwrap(), content);
        }
    }

    #[test]
    fn no_link_is_followed() {
        let (directory, path) = place();
        let other = directory.path().join("other");
        fs::write(&other, "").unwrap();
        std::os::unix::fs::symlink(&other, &path).unwrap();
        assert!(matches!(Lock::take(&path), Err(LockError::Io(_))));
        assert_eq!(fs::read(&other).unwrap(), b"");
        fs::remove_file(&other).unwrap();
        assert!(matches!(Lock::take(&path), Err(LockError::Io(_))));
        assert!(!other.exists(), "nothing is created where the link points");
    }

    #[test]
    fn a_directory_or_a_pipe_is_not_a_lock() {
        let (_directory, path) = place();
        fs::create_dir(&path).unwrap();
        assert!(matches!(Lock::take(&path), Err(LockError::Io(_))));
        fs::remove_dir(&path).unwrap();
        rustix::fs::mkfifoat(rustix::fs::CWD, &path, rustix::fs::Mode::RWXU).unwrap();
        assert!(matches!(Lock::take(&path), Err(LockError::NotALock)));
    }
}
