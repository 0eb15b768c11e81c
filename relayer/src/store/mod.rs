//! The relayer's memory: what it fixed, proved and signed, written down before anything of it
//! leaves.
//!
//! SQLite with a write-ahead log and `synchronous = FULL`: what a call returned from is on the
//! disk. The chains remain the authority on what was posted; the store says what was meant, so that
//! a restart goes on with the same bytes.

mod epochs;
mod transactions;

use std::{
    ffi::OsString,
    fmt, io,
    path::{Path, PathBuf},
    sync::{Mutex, MutexGuard, PoisonError},
    time::{SystemTime, UNIX_EPOCH},
};

use ballast_durable::{Access, Lock, LockError, create_directory};
use rusqlite::{Connection, ErrorCode};

use crate::failure::{Classified, FailureKind};
pub use epochs::StoredEpoch;
pub use transactions::{NewTransaction, Settlement, State, StoredTransaction};

/// Applied in order, once each; `PRAGMA user_version` counts them.
const MIGRATIONS: &[&str] = &[include_str!("../../migrations/0001_initial.sql")];

/// Why the store cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    #[error("store {}: {source}", path.display())]
    File { path: PathBuf, source: io::Error },
    #[error("store: {0}")]
    Database(#[from] rusqlite::Error),
    /// The file system failed the database; what was to be written was taken back.
    #[error(
        "store {}: {what} cannot be written: {reason}. Is the disk full? Nothing of it was kept: make room in that folder and \
         run the same command again",
        path.display()
    )]
    Unwritten { path: PathBuf, what: String, reason: rusqlite::Error },
    #[error("store {} is in use: {reason}, and one relayer works at a time", path.display())]
    Locked { path: PathBuf, reason: LockError },
    #[error("store {} is of version {found}, this program knows {known}: use the newer program", path.display())]
    Newer { path: PathBuf, known: i64, found: i64 },
    #[error(
        "the store belongs to {name} {expected}, the settings name {found}: use another store.path (nothing was changed)"
    )]
    BoundElsewhere { name: String, expected: String, found: String },
    #[error("epoch {epoch} is in the store with another {what}: it was fixed before and cannot change")]
    Fixed { epoch: u64, what: &'static str },
    #[error("epoch {epoch} is not in the store")]
    EpochUnknown { epoch: u64 },
    #[error("the store holds what this program did not write: {0}")]
    Corrupt(String),
}

impl Classified for StoreError {
    fn failure_kind(&self) -> FailureKind {
        match self {
            Self::BoundElsewhere { .. } | Self::Newer { .. } | Self::EpochUnknown { .. } => FailureKind::BadInput,
            Self::File { .. }
            | Self::Database(_)
            | Self::Unwritten { .. }
            | Self::Locked { .. }
            | Self::Fixed { .. }
            | Self::Corrupt(_) => FailureKind::Other,
        }
    }
}

/// An open store. Calls are short and may come from any thread.
#[derive(Debug)]
pub struct Store {
    path: PathBuf,
    connection: Mutex<Connection>,
    _lock: Lock,
}

impl Store {
    /// Opens the store for one relayer, making it when it is not there.
    ///
    /// # Errors
    /// [`StoreError::Locked`] when another process has it.
    pub fn open(path: &Path) -> Result<Self, StoreError> {
        let file = |source| StoreError::File { path: path.into(), source };
        if let Some(directory) = path.parent().filter(|directory| !directory.as_os_str().is_empty()) {
            create_directory(directory, Access::Everyone).map_err(file)?;
        }
        let lock = lock(path)?;
        create_private(path).map_err(file)?;
        let mut connection = Connection::open(path).map_err(unwritten(path, "the database"))?;
        prepare(&mut connection, path).map_err(|error| match error {
            StoreError::Database(source) => unwritten(path, "the database")(source),
            other => other,
        })?;
        Ok(Self { path: path.into(), connection: Mutex::new(connection), _lock: lock })
    }

    /// Says of a failed write what was to be written, and where.
    fn unwritten(&self, what: impl fmt::Display) -> impl FnOnce(rusqlite::Error) -> StoreError {
        unwritten(&self.path, what)
    }

    fn connection(&self) -> MutexGuard<'_, Connection> {
        // A panic elsewhere cannot leave a transaction half done: SQLite rolls it back.
        self.connection.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Ties the store to `name = value` at the first call, and holds every later one to it.
    ///
    /// # Errors
    /// [`StoreError::BoundElsewhere`].
    pub fn bind(&self, name: &str, value: &str) -> Result<(), StoreError> {
        let connection = self.connection();
        connection
            .execute("INSERT INTO bindings (name, value) VALUES (?1, ?2) ON CONFLICT DO NOTHING", (name, value))
            .map_err(self.unwritten(name))?;
        let expected: String =
            connection.query_row("SELECT value FROM bindings WHERE name = ?1", [name], |row| row.get(0))?;
        if expected == value {
            Ok(())
        } else {
            Err(StoreError::BoundElsewhere { name: name.into(), expected, found: value.into() })
        }
    }
}

fn prepare(connection: &mut Connection, path: &Path) -> Result<(), StoreError> {
    connection.pragma_update(None, "journal_mode", "WAL")?;
    connection.pragma_update(None, "synchronous", "FULL")?;
    connection.pragma_update(None, "foreign_keys", true)?;
    migrate(connection, path)
}

/// SQLite says "disk I/O error" of a full disk, and neither what it wrote nor where.
fn unwritten(path: &Path, what: impl fmt::Display) -> impl FnOnce(rusqlite::Error) -> StoreError {
    let (path, what) = (path.to_owned(), what.to_string());
    move |source| match source.sqlite_error_code() {
        Some(ErrorCode::DiskFull | ErrorCode::SystemIoFailure | ErrorCode::CannotOpen | ErrorCode::ReadOnly) => {
            StoreError::Unwritten { path, what, reason: source }
        }
        _ => StoreError::Database(source),
    }
}

fn migrate(connection: &mut Connection, path: &Path) -> Result<(), StoreError> {
    let found: i64 = connection.pragma_query_value(None, "user_version", |row| row.get(0))?;
    let known = MIGRATIONS.len() as i64;
    if found > known {
        return Err(StoreError::Newer { path: path.into(), known, found });
    }
    for (version, sql) in (1..).zip(MIGRATIONS).skip(found as usize) {
        let transaction = connection.transaction()?;
        transaction.execute_batch(sql)?;
        transaction.pragma_update(None, "user_version", version)?;
        transaction.commit()?;
    }
    Ok(())
}

/// Takes the lock in the file `STORE.lock`.
fn lock(store: &Path) -> Result<Lock, StoreError> {
    let mut name = OsString::from(store);
    name.push(".lock");
    let path = PathBuf::from(name);
    Lock::take(&path).map_err(|error| match error {
        LockError::Held { .. } => StoreError::Locked { path: store.into(), reason: error },
        LockError::Io(source) => StoreError::File { path, source },
        LockError::NotALock => StoreError::File { path, source: io::Error::other(error) },
    })
}

/// Has a file at `path` that only its owner may read. SQLite would make one by the umask; its other
/// files get the mode of this one.
fn create_private(path: &Path) -> io::Result<()> {
    match ballast_durable::create_new(path, Access::Owner, &[]) {
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => close_to_others(path),
        created => created,
    }
}

#[cfg(unix)]
fn close_to_others(path: &Path) -> io::Result<()> {
    use std::os::unix::fs::PermissionsExt;
    std::fs::set_permissions(path, std::fs::Permissions::from_mode(0o600))
}

#[cfg(not(unix))]
fn close_to_others(_path: &Path) -> io::Result<()> {
    Ok(())
}

/// Unix seconds, by this machine's clock: for the record only, nothing is judged by it.
fn now() -> i64 {
    SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |elapsed| elapsed.as_secs() as i64)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn path(directory: &tempfile::TempDir) -> PathBuf {
        directory.path().join("deep/relayer.sqlite")
    }

    #[test]
    fn what_was_written_survives_and_is_written_safely() {
        let directory = tempfile::tempdir().unwrap();
        let store = Store::open(&path(&directory)).unwrap();
        store.bind("exchange", "0xaa").unwrap();
        let pragma = |name: &str| -> String {
            let value: rusqlite::types::Value =
                store.connection().pragma_query_value(None, name, |row| row.get(0)).unwrap();
            format!("{value:?}")
        };
        assert_eq!(pragma("journal_mode"), "Text(\"wal\")");
        assert_eq!(pragma("synchronous"), "Integer(2)");
        assert_eq!(pragma("foreign_keys"), "Integer(1)");
        drop(store);
        let again = Store::open(&path(&directory)).unwrap();
        assert!(again.bind("exchange", "0xaa").is_ok());
        let other = again.bind("exchange", "0xbb").unwrap_err();
        assert!(matches!(&other, StoreError::BoundElsewhere { expected, .. } if expected == "0xaa"), "{other}");
        assert!(again.bind("solana", "genesis").is_ok());
    }

    #[test]
    fn only_its_owner_may_read_it() {
        use std::os::unix::fs::PermissionsExt;
        let directory = tempfile::tempdir().unwrap();
        let modes = || {
            let files = std::fs::read_dir(directory.path().join("deep")).unwrap();
            files.map(|file| file.unwrap().metadata().unwrap().permissions().mode() & 0o777).collect::<Vec<_>>()
        };
        let store = Store::open(&path(&directory)).unwrap();
        assert_eq!(modes(), [0o600; 4], "the database, its log and index, and the lock");
        drop(store);
        std::fs::set_permissions(path(&directory), std::fs::Permissions::from_mode(0o644)).unwrap();
        let _store = Store::open(&path(&directory)).unwrap();
        assert_eq!(modes(), [0o600; 4], "one that others could read is closed to them");
    }

    #[test]
    fn a_lock_that_is_another_file_is_left_alone() {
        let directory = tempfile::tempdir().unwrap();
        let store = directory.path().join("relayer.sqlite");
        let (lock, precious) = (directory.path().join("relayer.sqlite.lock"), directory.path().join("precious"));
        std::fs::write(&precious, "12345 accounts").unwrap();
        let refused = || {
            let error = Store::open(&store).unwrap_err();
            assert!(matches!(&error, StoreError::File { path, .. } if *path == lock), "{error}");
            assert!(!store.exists());
            assert_eq!(std::fs::read_to_string(&precious).unwrap(), "12345 accounts");
        };
        std::os::unix::fs::symlink(&precious, &lock).unwrap();
        refused();
        std::fs::remove_file(&lock).unwrap();
        std::fs::hard_link(&precious, &lock).unwrap();
        refused();
    }

    #[test]
    fn two_relayers_never_share_a_store() {
        let directory = tempfile::tempdir().unwrap();
        let first = Store::open(&path(&directory)).unwrap();
        let refused = Store::open(&path(&directory)).unwrap_err();
        let own = format!("process {}", std::process::id());
        assert!(matches!(&refused, StoreError::Locked { .. }), "{refused}");
        assert!(refused.to_string().contains(&own), "{refused}");
        drop(first);
        assert!(Store::open(&path(&directory)).is_ok());
    }

    #[test]
    fn a_store_of_a_newer_program_is_left_alone() {
        let directory = tempfile::tempdir().unwrap();
        let store = Store::open(&path(&directory)).unwrap();
        store.connection().pragma_update(None, "user_version", 99).unwrap();
        drop(store);
        assert!(matches!(Store::open(&path(&directory)), Err(StoreError::Newer { found: 99, .. })));
    }

    #[test]
    fn a_full_disk_is_said_to_be_one_with_what_was_lost_and_where() {
        let directory = tempfile::tempdir().unwrap();
        let path = path(&directory);
        let store = Store::open(&path).unwrap();
        store.begin_epoch(1, "plan", &[1; 32]).unwrap();
        // The database may not grow: what SQLite has then is what it has on a full disk.
        let pages: i64 = store.connection().pragma_query_value(None, "page_count", |row| row.get(0)).unwrap();
        store.connection().pragma_update_and_check(None, "max_page_count", pages, |_| Ok(())).unwrap();
        let large = "x".repeat(1 << 20);
        let refused = [
            ("exchange", store.bind("exchange", &large)),
            ("epoch 2", store.begin_epoch(2, &large, &[1; 32])),
            ("the post of shard 3 of epoch 1", store.add_post(1, 3, large.as_bytes())),
        ];
        for (what, result) in refused {
            let error = result.unwrap_err();
            let text = error.to_string();
            assert!(matches!(error, StoreError::Unwritten { .. }), "{text}");
            let named = format!("store {}: {what} cannot be written", path.display());
            assert!(text.starts_with(&named) && text.contains("Is the disk full?"), "{text}");
        }
        assert_eq!((store.epoch(2).unwrap(), store.posts(1).unwrap()), (None, vec![]));
    }

    #[test]
    fn a_database_that_cannot_be_made_is_named() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("relayer.sqlite");
        std::fs::create_dir(&path).unwrap();
        let error = Store::open(&path).unwrap_err();
        assert!(error.to_string().contains("relayer.sqlite: the database cannot be written"), "{error}");
    }

    #[test]
    fn a_file_that_is_no_store_is_refused() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("text");
        std::fs::write(&path, "these bytes are no database at all, not even a short one".repeat(100)).unwrap();
        assert!(matches!(Store::open(&path), Err(StoreError::Database(_))));
    }
}
