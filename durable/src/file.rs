//! Whole-file writes.
//!
//! The content goes into `.NAME.unfinished` beside the file, which is flushed and then renamed. The
//! writer holds a lock on that file, so that the next writer can tell what a killed process left
//! behind, which it removes, from what a living process is writing, for which it waits.

use std::{
    ffi::OsString,
    fs::{self, File, OpenOptions},
    io::{self, BufWriter, Write},
    path::Path,
};

use same_file::Handle;
use tempfile::NamedTempFile;

use crate::{
    access::{Access, refuse_links, set_file_mode},
    crash_point::CrashPoints,
    directory::{containing, flush},
};

/// The unfinished file exists and is empty.
const BEGUN: &str = "file-begun";
/// The unfinished file is complete and flushed.
const WRITTEN: &str = "file-written";
/// The file has its name, and its directory is not flushed.
const RENAMED: &str = "file-renamed";

/// The crash points of a whole-file write, in the order in which it passes them.
pub static CRASH_POINTS: CrashPoints = CrashPoints::new(&[&[BEGUN, WRITTEN, RENAMED]]);

/// Bytes that are gathered before they go to the file: keys are written a point of a curve at a
/// time.
const BUFFER: usize = 1 << 20;

/// Writes a file, replacing the one that has its name. A reader finds the old content or the new
/// content, each whole, whenever the writer is killed.
///
/// # Errors
/// Those of the file system, after which the old file is as it was; a `path` that names a link, a
/// directory or a device.
pub fn write(path: &Path, access: Access, bytes: &[u8]) -> io::Result<()> {
    write_with(path, access, |file| file.write_all(bytes))
}

/// Does what [`write()`] does with the content that `content` writes.
///
/// # Errors
/// Those of [`write()`] and of `content`.
pub fn write_with(
    path: &Path,
    access: Access,
    content: impl FnOnce(&mut BufWriter<&File>) -> io::Result<()>,
) -> io::Result<()> {
    refuse_other_than_file(path)?;
    let file = unfinished(path, access, content)?;
    file.persist(path)?;
    finish(path)
}

/// Writes a file that does not exist yet. It is there whole or not at all.
///
/// # Errors
/// [`io::ErrorKind::AlreadyExists`] when anything has the name, which stays as it was; those of the
/// file system.
pub fn create_new(path: &Path, access: Access, bytes: &[u8]) -> io::Result<()> {
    let file = unfinished(path, access, |file| file.write_all(bytes))?;
    file.persist_noclobber(path)?;
    finish(path)
}

/// A rename would replace a link where its target was meant, or a device such as `/dev/null`.
fn refuse_other_than_file(path: &Path) -> io::Result<()> {
    let kind = match fs::symlink_metadata(path) {
        Ok(metadata) => metadata.file_type(),
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(()),
        Err(error) => return Err(error),
    };
    let found = match kind {
        kind if kind.is_file() => return Ok(()),
        kind if kind.is_symlink() => "a symbolic link",
        kind if kind.is_dir() => "a directory",
        _ => "a device, pipe or socket",
    };
    let what = format!("expected a regular file or nothing under this name, found {found}");
    Err(io::Error::new(io::ErrorKind::InvalidInput, what))
}

fn finish(path: &Path) -> io::Result<()> {
    CRASH_POINTS.pass(RENAMED);
    flush(containing(path))
}

/// The whole content, flushed, under the name of an unfinished file. Dropping it removes it.
fn unfinished(
    path: &Path,
    access: Access,
    content: impl FnOnce(&mut BufWriter<&File>) -> io::Result<()>,
) -> io::Result<NamedTempFile> {
    let file = begin(path, access)?;
    CRASH_POINTS.pass(BEGUN);
    let mut writer = BufWriter::with_capacity(BUFFER, file.as_file());
    content(&mut writer)?;
    writer.flush()?;
    drop(writer);
    file.as_file().sync_all()?;
    CRASH_POINTS.pass(WRITTEN);
    Ok(file)
}

/// Creates the unfinished file and locks it.
fn begin(path: &Path, access: Access) -> io::Result<NamedTempFile> {
    let name = unfinished_name(path)?;
    let mut builder = tempfile::Builder::new();
    builder.prefix(&name).rand_bytes(0);
    set_file_mode(&mut builder, access);
    loop {
        match builder.tempfile_in(containing(path)) {
            Ok(file) => {
                file.as_file().lock()?;
                if is_at(file.as_file(), file.path())? {
                    return Ok(file);
                }
                // Another writer took it for abandoned before it was locked. The name is no longer
                // ours to remove.
                let _ = file.into_temp_path().keep();
            }
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {
                remove_abandoned(&containing(path).join(&name))?;
            }
            Err(error) => return Err(error),
        }
    }
}

/// Removes an unfinished file once no process writes it.
fn remove_abandoned(path: &Path) -> io::Result<()> {
    let mut options = OpenOptions::new();
    options.read(true);
    refuse_links(&mut options);
    let file = match options.open(path) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(()),
        opened => opened?,
    };
    file.lock()?;
    // While this process waited, the file may have got its name, and another one have been begun.
    if is_at(&file, path)? { fs::remove_file(path) } else { Ok(()) }
}

/// Whether `path` still names the open `file`.
fn is_at(file: &File, path: &Path) -> io::Result<bool> {
    match Handle::from_path(path) {
        Ok(found) => Ok(found == Handle::from_file(file.try_clone()?)?),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(false),
        Err(error) => Err(error),
    }
}

fn unfinished_name(path: &Path) -> io::Result<OsString> {
    let name = path.file_name().ok_or(io::ErrorKind::InvalidFilename)?;
    let mut unfinished = OsString::from(".");
    unfinished.push(name);
    unfinished.push(".unfinished");
    Ok(unfinished)
}

#[cfg(all(test, unix))]
mod tests {
    use super::*;
    use crate::directory::tests::mode;
    use std::os::unix::fs::symlink;

    #[test]
    fn a_file_is_replaced_whole_and_leaves_nothing_beside_it() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("statement.json");
        write(&path, Access::Everyone, b"first").unwrap();
        assert_eq!(mode(&path) & 0o600, 0o600);
        write(&path, Access::Owner, b"second").unwrap();
        assert_eq!(fs::read(&path).unwrap(), b"second");
        assert_eq!(mode(&path), 0o600);
        assert_eq!(fs::read_dir(directory.path()).unwrap().count(), 1);
        assert!(write(&directory.path().join("no/such/place"), Access::Everyone, b"x").is_err());
    }

    #[test]
    fn content_that_fails_leaves_the_old_file_and_nothing_else() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("statement.json");
        write(&path, Access::Owner, b"first").unwrap();
        let failed = write_with(&path, Access::Owner, |file| {
            file.write_all(b"second")?;
            Err(io::Error::other("no more content"))
        });
        assert_eq!(failed.unwrap_err().to_string(), "no more content");
        assert_eq!(fs::read(&path).unwrap(), b"first");
        assert_eq!(fs::read_dir(directory.path()).unwrap().count(), 1);
    }

    #[test]
    fn a_new_file_never_replaces_another() {
        let directory = tempfile::tempdir().unwrap();
        let (path, dangling) = (directory.path().join("secret"), directory.path().join("dangling"));
        create_new(&path, Access::Owner, b"first").unwrap();
        symlink(directory.path().join("nothing"), &dangling).unwrap();
        for path in [&path, &dangling] {
            let refused = create_new(path, Access::Owner, b"second").unwrap_err();
            assert_eq!(refused.kind(), io::ErrorKind::AlreadyExists);
        }
        assert_eq!(fs::read(&path).unwrap(), b"first");
        assert_eq!(fs::read_dir(directory.path()).unwrap().count(), 2);
    }

    #[test]
    fn of_many_writers_of_a_new_file_one_succeeds() {
        for _ in 0..20 {
            let directory = tempfile::tempdir().unwrap();
            let path = directory.path().join("secret");
            let write = &|writer: u8| create_new(&path, Access::Owner, &[writer; 1000]).is_ok();
            let written: Vec<u8> = std::thread::scope(|scope| {
                let writers = [0, 1, 2, 3].map(|writer| (writer, scope.spawn(move || write(writer))));
                writers.into_iter().filter_map(|(writer, done)| done.join().unwrap().then_some(writer)).collect()
            });
            assert_eq!(written.len(), 1, "{written:?}");
            assert_eq!(fs::read(&path).unwrap(), [written[0]; 1000]);
        }
    }

    #[test]
    fn links_directories_and_devices_are_not_replaced() {
        let directory = tempfile::tempdir().unwrap();
        let file = directory.path().join("file");
        fs::write(&file, "content").unwrap();
        let path = directory.path().join("path");
        let refused = |found: &str| {
            let error = write(&path, Access::Owner, b"new").unwrap_err();
            assert!(error.to_string().ends_with(found), "{error}");
        };
        symlink(&file, &path).unwrap();
        refused("a symbolic link");
        fs::remove_file(&path).unwrap();
        fs::create_dir(&path).unwrap();
        refused("a directory");
        fs::remove_dir(&path).unwrap();
        rustix::fs::mkfifoat(rustix::fs::CWD, &path, rustix::fs::Mode::RWXU).unwrap();
        refused("a device, pipe or socket");
        assert_eq!(fs::read(&file).unwrap(), b"content");
        for nameless in ["/", ".."] {
            assert!(write(Path::new(nameless), Access::Owner, b"new").is_err(), "{nameless}");
        }
    }

    #[test]
    fn something_else_under_the_unfinished_name_is_an_error_and_stays() {
        let directory = tempfile::tempdir().unwrap();
        let (file, precious) = (directory.path().join("file"), directory.path().join("precious"));
        fs::write(&precious, "content").unwrap();
        symlink(&precious, directory.path().join(".file.unfinished")).unwrap();
        assert!(write(&file, Access::Owner, b"new").is_err());
        assert_eq!(fs::read(&precious).unwrap(), b"content");
        assert!(!file.exists());
    }

    #[test]
    fn a_relative_name_is_written_in_the_current_directory() {
        assert_eq!(containing(Path::new("name")), Path::new("."));
        assert_eq!(unfinished_name(Path::new("name")).unwrap(), ".name.unfinished");
    }
}
