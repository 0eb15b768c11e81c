//! Reading files that were handed over: only plain ones, and only as much as such a file can have.
//!
//! A name may stand for a pipe, whose reader waits for ever, or for a sparse file of terabytes that
//! takes no room on the disk it comes from.

use std::{
    fs::{self, File},
    io::{self, ErrorKind, Read},
    path::Path,
};

/// Opens a plain file, following links.
///
/// # Errors
/// The file system's, and [`ErrorKind::InvalidInput`] for a folder, a pipe, a socket or a device.
pub fn open_plain(path: &Path) -> io::Result<File> {
    // Before it is opened, since to open a pipe is to wait for who writes to it; and after, since
    // names change.
    check_plain(&fs::metadata(path)?)?;
    let file = File::open(path)?;
    check_plain(&file.metadata()?)?;
    Ok(file)
}

fn check_plain(found: &fs::Metadata) -> io::Result<()> {
    if found.is_file() {
        return Ok(());
    }
    let what = if found.is_dir() { "a folder" } else { "a pipe, socket or device" };
    Err(io::Error::new(ErrorKind::InvalidInput, format!("expected a plain file, found {what}")))
}

/// The bytes of a plain file of at most `max` bytes.
///
/// # Errors
/// Those of [`open_plain`], and [`ErrorKind::FileTooLarge`].
pub fn read_bounded(path: &Path, max: u64) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    open_plain(path)?.take(max.saturating_add(1)).read_to_end(&mut bytes)?;
    if bytes.len() as u64 <= max {
        return Ok(bytes);
    }
    Err(io::Error::new(ErrorKind::FileTooLarge, format!("expected at most {max} bytes, found more")))
}

/// [`read_bounded`], of UTF-8 text.
///
/// # Errors
/// Those of [`read_bounded`], and [`ErrorKind::InvalidData`].
pub fn read_text_bounded(path: &Path, max: u64) -> io::Result<String> {
    String::from_utf8(read_bounded(path, max)?)
        .map_err(|_| io::Error::new(ErrorKind::InvalidData, "expected UTF-8 text, found other bytes"))
}

#[cfg(all(test, unix))]
mod tests {
    use super::*;
    use std::os::unix::{fs::symlink, net::UnixListener};

    #[test]
    fn a_file_is_read_up_to_its_bound() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("file");
        fs::write(&path, "12345").unwrap();
        assert_eq!(read_bounded(&path, 5).unwrap(), b"12345");
        assert_eq!(read_bounded(&path, u64::MAX).unwrap(), b"12345");
        assert_eq!(read_bounded(&path, 4).unwrap_err().kind(), ErrorKind::FileTooLarge);
        let link = folder.path().join("link");
        symlink(&path, &link).unwrap();
        assert_eq!(read_text_bounded(&link, 5).unwrap(), "12345");
        fs::write(&path, b"\xff").unwrap();
        assert_eq!(read_text_bounded(&path, 5).unwrap_err().kind(), ErrorKind::InvalidData);
    }

    #[test]
    fn a_sparse_file_takes_no_memory() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("file");
        File::create(&path).unwrap().set_len(1 << 40).unwrap();
        assert_eq!(read_bounded(&path, 1 << 10).unwrap_err().kind(), ErrorKind::FileTooLarge);
    }

    #[test]
    fn what_is_no_plain_file_is_refused_at_once() {
        let folder = tempfile::tempdir().unwrap();
        let (pipe, socket) = (folder.path().join("pipe"), folder.path().join("socket"));
        rustix::fs::mkfifoat(rustix::fs::CWD, &pipe, rustix::fs::Mode::RWXU).unwrap();
        let _listening = UnixListener::bind(&socket).unwrap();
        for path in [folder.path(), &pipe, &socket, Path::new("/dev/zero")] {
            let error = read_bounded(path, 1 << 20).unwrap_err();
            assert_eq!(error.kind(), ErrorKind::InvalidInput, "{}: {error}", path.display());
        }
    }
}
