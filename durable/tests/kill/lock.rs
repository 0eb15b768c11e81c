//! Locks between processes that live and die.

use super::child::{HOLDS, Task, start};
use ballast_durable::{Lock, LockError};
use std::{fs, os::unix::fs::PermissionsExt};

pub fn dies_with_its_process() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("lock");
    let mut child = start(Task::Lock, &path, 1, None);
    assert_eq!(child.line().as_deref(), Some("held"));
    let holder = child.process.id();
    let refused = Lock::take(&path).unwrap_err();
    assert!(matches!(refused, LockError::Held { holder: Some(found) } if found == holder), "{refused}");
    assert!(refused.to_string().contains(&holder.to_string()), "{refused}");
    assert_eq!(start(Task::Lock, &path, 1, None).end().1, [format!("held by {holder}")]);
    child.kill();
    let own = Lock::take(&path).unwrap();
    let number = std::process::id();
    assert_eq!(start(Task::Lock, &path, 1, None).end().1, [format!("held by {number}")]);
    drop(own);
    assert_eq!(start(Task::Lock, &path, 1, None).end(), (true, vec!["held".into()]));
}

pub fn mode() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("lock");
    assert_eq!(start(Task::Lock, &path, 1, None).end(), (true, vec!["held".into()]));
    assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
}

pub fn one_holder() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("lock");
    let children: Vec<_> = (0..6).map(|_| start(Task::Contend, &path, 1, None)).collect();
    for child in children {
        assert_eq!(child.end(), (true, vec![format!("held {HOLDS}")]));
    }
}
