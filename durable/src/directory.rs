//! Directories, made with their mode and flushed.

use std::{fs, io, path::Path};

use crate::access::{Access, set_directory_mode};

/// Makes a directory and those above it that are missing, each for `access`.
///
/// A directory that exists keeps its mode. The umask never opens a directory further than `access`.
///
/// # Errors
/// Those of the file system; a file that has the name of one of the directories.
pub fn create_directory(path: &Path, access: Access) -> io::Result<()> {
    let mut missing = Vec::new();
    for directory in path.ancestors().filter(|directory| !directory.as_os_str().is_empty()) {
        if directory.is_dir() {
            break;
        }
        missing.push(directory);
    }
    let mut builder = fs::DirBuilder::new();
    set_directory_mode(&mut builder, access);
    for directory in missing.into_iter().rev() {
        match builder.create(directory) {
            // Another process made it meanwhile.
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists && directory.is_dir() => {}
            made => made?,
        }
        flush(containing(directory))?;
    }
    Ok(())
}

/// The directory that contains `path`.
pub(crate) fn containing(path: &Path) -> &Path {
    path.parent().filter(|directory| !directory.as_os_str().is_empty()).unwrap_or(Path::new("."))
}

/// A new or changed name is on the disk once its directory is flushed.
#[cfg(unix)]
pub(crate) fn flush(directory: &Path) -> io::Result<()> {
    fs::File::open(directory)?.sync_all()
}

#[cfg(not(unix))]
pub(crate) fn flush(_directory: &Path) -> io::Result<()> {
    Ok(())
}

#[cfg(all(test, unix))]
pub(crate) mod tests {
    use super::*;
    use std::os::unix::fs::PermissionsExt;

    pub(crate) fn mode(path: &Path) -> u32 {
        fs::metadata(path).unwrap().permissions().mode() & 0o777
    }

    #[test]
    fn a_private_directory_and_those_made_above_it_are_closed_to_others() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("a/b");
        create_directory(&path, Access::Owner).unwrap();
        assert_eq!((mode(&path), mode(path.parent().unwrap())), (0o700, 0o700));
    }

    #[test]
    fn a_directory_that_exists_keeps_its_mode() {
        let directory = tempfile::tempdir().unwrap();
        let open = directory.path().join("open");
        create_directory(&open, Access::Everyone).unwrap();
        let before = mode(&open);
        create_directory(&open, Access::Owner).unwrap();
        create_directory(&open.join("closed"), Access::Owner).unwrap();
        assert_eq!((mode(&open), mode(&open.join("closed"))), (before, 0o700));
    }

    #[test]
    fn many_may_make_the_same_directory() {
        let directory = tempfile::tempdir().unwrap();
        let path = &directory.path().join("a/b/c/d/e/f");
        std::thread::scope(|scope| {
            let made = [(); 8].map(|()| scope.spawn(|| create_directory(path, Access::Owner)));
            made.into_iter().for_each(|made| made.join().unwrap().unwrap());
        });
        assert!(path.is_dir());
    }

    #[test]
    fn a_file_in_the_way_is_an_error() {
        let directory = tempfile::tempdir().unwrap();
        let file = directory.path().join("file");
        fs::write(&file, "content").unwrap();
        for path in [file.clone(), file.join("deeper")] {
            assert!(create_directory(&path, Access::Owner).is_err(), "{}", path.display());
        }
        assert_eq!(fs::read_to_string(&file).unwrap(), "content");
    }
}
