//! Kills of a process that writes a file.

use super::child::{CONTENT_PART_WRITTEN, SLOWLY, Started, Task, number_of, start, version};
use ballast_durable::{Access, create_new, write};
use rand::Rng;
use std::{
    fs,
    io::ErrorKind,
    os::unix::fs::PermissionsExt,
    path::{Path, PathBuf},
    thread,
    time::{Duration, Instant},
};
use tempfile::TempDir;

const KILLS: u64 = 60;

fn target() -> (TempDir, PathBuf) {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("file");
    (directory, path)
}

/// The files in a directory by name, each with its mode.
fn entries(directory: &Path) -> Vec<(String, u32)> {
    let entries = fs::read_dir(directory).unwrap().filter_map(|entry| {
        let entry = entry.unwrap();
        // A file that was renamed since is no longer there.
        let mode = entry.metadata().ok()?.permissions().mode() & 0o777;
        Some((entry.file_name().into_string().unwrap(), mode))
    });
    let mut entries: Vec<_> = entries.collect();
    entries.sort();
    entries
}

fn found(path: &Path) -> u64 {
    number_of(&fs::read(path).unwrap())
}

fn last(said: &[String], word: &str) -> Option<u64> {
    said.iter().rev().find_map(|line| line.strip_prefix(word)?.trim().parse().ok())
}

pub fn random_kills() {
    let (directory, path) = target();
    write(&path, Access::Owner, &version(1)).unwrap();
    let mut random = rand::thread_rng();
    let (mut version_before, mut unfinished) = (1, 0);
    for kill in 0..KILLS {
        // Half of them write slowly, so that many kills fall into a write.
        let mut child = start(Task::Replace, &path, version_before + 1, (kill % 2 == 0).then_some(SLOWLY));
        let mut said = vec![child.line().expect("the child writes")];
        let until = Instant::now() + Duration::from_micros(random.gen_range(0..20_000));
        while Instant::now() < until {
            let version = found(&path);
            assert!(version >= version_before, "found {version} after {version_before}");
            version_before = version;
            for (name, mode) in entries(directory.path()) {
                assert_eq!(mode, 0o600, "{name}");
            }
        }
        assert_eq!(child.process.try_wait().unwrap(), None, "the child ended by itself");
        said.extend(child.kill());
        assert!(last(&said, "failed").is_none() && !said.iter().any(|line| line.starts_with("failed")), "{said:?}");
        let (writing, written) = (last(&said, "writing").unwrap(), last(&said, "written").unwrap_or(0));
        let version = found(&path);
        assert!((version_before.max(written)..=writing).contains(&version), "found {version}: {said:?}");
        version_before = version;
        let left = entries(directory.path()).len();
        assert!(left <= 2, "litter: {:?}", entries(directory.path()));
        unfinished += left - 1;
    }
    println!("{KILLS} kills, {unfinished} of them in a write, {version_before} versions");
    assert!(unfinished >= 5, "too few kills in a write: {unfinished}");
    write(&path, Access::Owner, &version(7)).unwrap();
    assert_eq!((found(&path), entries(directory.path()).len()), (7, 1), "the last litter is gone");
}

/// Each point, whether the new content has the name by then, and whether an unfinished file is
/// left.
#[cfg(debug_assertions)]
const POINTS: [(&str, bool, bool); 4] = [
    ("file-begun", false, true),
    (CONTENT_PART_WRITTEN, false, true),
    ("file-written", false, true),
    ("file-renamed", true, false),
];
#[cfg(not(debug_assertions))]
const POINTS: [(&str, bool, bool); 0] = [];

fn crash(task: Task, path: &Path, number: u64, point: &str) {
    let (well, said) = start(task, path, number, Some(point)).end();
    assert!(!well && last(&said, "written").is_none(), "{point} was not reached: {said:?}");
}

pub fn crash_points() {
    for (point, is_new, left) in POINTS {
        for before in [None, Some(1)] {
            let (directory, path) = target();
            if let Some(before) = before {
                write(&path, Access::Owner, &version(before)).unwrap();
            }
            crash(Task::ReplaceOnce, &path, 2, point);
            let expected = if is_new { Some(2) } else { before };
            assert_eq!(path.exists().then(|| found(&path)), expected, "{point}, {before:?}");
            let count = usize::from(expected.is_some()) + usize::from(left);
            assert_eq!(entries(directory.path()).len(), count, "{point}, {before:?}");
            write(&path, Access::Owner, &version(3)).unwrap();
            assert_eq!((found(&path), entries(directory.path()).len()), (3, 1), "{point}, {before:?}");
        }
    }
}

/// With a passage count the process ends at that passage and not before.
pub fn passage_count() {
    #[cfg(debug_assertions)]
    {
        let (_directory, path) = target();
        let (well, said) = start(Task::Replace, &path, 1, Some("file-written:3")).end();
        assert!(!well, "{said:?}");
        assert_eq!((last(&said, "writing"), last(&said, "written"), found(&path)), (Some(3), Some(2), 2), "{said:?}");
    }
}

pub fn new_file_crash_points() {
    for (point, is_new, _) in POINTS.into_iter().filter(|(point, ..)| *point != CONTENT_PART_WRITTEN) {
        let (directory, path) = target();
        crash(Task::Create, &path, 2, point);
        assert_eq!(path.exists(), is_new, "{point}");
        match create_new(&path, Access::Owner, &version(3)) {
            Ok(()) => assert!(!is_new, "{point}: a file was replaced"),
            Err(error) => assert!(is_new && error.kind() == ErrorKind::AlreadyExists, "{point}: {error}"),
        }
        let number = if is_new { 2 } else { 3 };
        assert_eq!((found(&path), entries(directory.path()).len()), (number, 1), "{point}");
    }
}

/// Waits until a child's unfinished file is there.
fn begun(child: &mut Started, path: &Path) {
    child.line().unwrap();
    let unfinished = path.with_file_name(".file.unfinished");
    while !unfinished.exists() {
        assert_eq!(child.process.try_wait().unwrap(), None, "the child ended before it was seen writing");
        thread::yield_now();
    }
}

pub fn two_writers() {
    #[cfg(debug_assertions)]
    {
        let (directory, path) = target();
        let mut child = start(Task::ReplaceOnce, &path, 37, Some(SLOWLY));
        begun(&mut child, &path);
        write(&path, Access::Owner, &version(3)).unwrap();
        let (well, said) = child.end();
        assert!(well && last(&said, "written") == Some(37), "{said:?}");
        assert_eq!((found(&path), entries(directory.path()).len()), (3, 1), "the later writer comes last");
    }
    let (directory, path) = target();
    thread::scope(|scope| {
        for writer in 0..8 {
            let path = &path;
            scope.spawn(move || (0..40).for_each(|n| write(path, Access::Owner, &version(writer * 40 + n)).unwrap()));
        }
    });
    found(&path);
    assert_eq!(entries(directory.path()).len(), 1);
}

pub fn modes() {
    for (point, is_new, left) in POINTS {
        let (directory, path) = target();
        write(&path, Access::Everyone, &version(1)).unwrap();
        crash(Task::ReplaceOnce, &path, 2, point);
        let mut expected = vec![("file".to_owned(), if is_new { 0o600 } else { 0o644 })];
        if left {
            expected.insert(0, (".file.unfinished".into(), 0o600));
        }
        assert_eq!(entries(directory.path()), expected, "{point}");
    }
    for (task, mode) in [(Task::ReplaceOnce, 0o600), (Task::ReplaceForEveryone, 0o644), (Task::Create, 0o600)] {
        let (directory, path) = target();
        assert!(start(task, &path, 1, None).end().0);
        assert_eq!(entries(directory.path()), [("file".to_owned(), mode)], "{task:?}");
    }
    for (task, mode) in [(Task::Directory, 0o700), (Task::DirectoryForEveryone, 0o755)] {
        let (directory, path) = target();
        assert!(start(task, &path.join("b/c"), 1, None).end().0);
        let expected = |name: &str| vec![(name.to_owned(), mode)];
        assert_eq!(entries(directory.path()), expected("file"), "{task:?}");
        assert_eq!(entries(&path), expected("b"), "{task:?}");
        assert_eq!(entries(&path.join("b")), expected("c"), "{task:?}");
    }
}
