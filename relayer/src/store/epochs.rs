//! Epochs and their proved shards.

use ballast_core::Digest;
use rusqlite::{OptionalExtension, Row};

use super::{Store, StoreError, now};

/// An epoch that was begun.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StoredEpoch {
    pub epoch: u64,
    /// JSON, as it was given.
    pub plan: String,
    /// Digest of what is proved: the snapshot, and what its salts are derived from.
    pub source: Digest,
    pub completed: bool,
}

const COLUMNS: &str = "epoch, plan, source, completed_at IS NOT NULL";

fn read(row: &Row<'_>) -> rusqlite::Result<StoredEpoch> {
    Ok(StoredEpoch {
        epoch: row.get::<_, i64>(0)? as u64,
        plan: row.get(1)?,
        source: row.get(2)?,
        completed: row.get(3)?,
    })
}

impl Store {
    /// Fixes an epoch before anything of it is proved. The same again changes nothing.
    ///
    /// # Errors
    /// [`StoreError::Fixed`] when the epoch was begun otherwise.
    pub fn begin_epoch(&self, epoch: u64, plan: &str, source: &Digest) -> Result<(), StoreError> {
        let connection = self.connection();
        let fixed = connection.execute(
            "INSERT INTO epochs (epoch, plan, source, begun_at) VALUES (?1, ?2, ?3, ?4) ON CONFLICT DO NOTHING",
            (epoch as i64, plan, source, now()),
        );
        fixed.map_err(self.unwritten(format_args!("epoch {epoch}")))?;
        let (stored_plan, stored_source): (String, Digest) =
            connection.query_row("SELECT plan, source FROM epochs WHERE epoch = ?1", [epoch as i64], |row| {
                Ok((row.get(0)?, row.get(1)?))
            })?;
        match (stored_plan == plan, stored_source == *source) {
            (true, true) => Ok(()),
            (false, _) => Err(StoreError::Fixed { epoch, what: "plan" }),
            (true, false) => Err(StoreError::Fixed { epoch, what: "source" }),
        }
    }

    pub fn epoch(&self, epoch: u64) -> Result<Option<StoredEpoch>, StoreError> {
        let query = format!("SELECT {COLUMNS} FROM epochs WHERE epoch = ?1");
        Ok(self.connection().query_row(&query, [epoch as i64], read).optional()?)
    }

    /// The epoch that was begun and not completed, if any: the earliest, should there be more.
    pub fn unfinished_epoch(&self) -> Result<Option<StoredEpoch>, StoreError> {
        let query = format!("SELECT {COLUMNS} FROM epochs WHERE completed_at IS NULL ORDER BY epoch LIMIT 1");
        Ok(self.connection().query_row(&query, [], read).optional()?)
    }

    /// Fixes the post of a shard. The same again changes nothing.
    ///
    /// # Errors
    /// [`StoreError::Fixed`] when the shard has another post, [`StoreError::EpochUnknown`] when it
    /// has no epoch.
    pub fn add_post(&self, epoch: u64, shard: u16, post: &[u8]) -> Result<(), StoreError> {
        match self.add_first_post(epoch, shard, post)? {
            Some(first) if first != post => Err(StoreError::Fixed { epoch, what: "proof" }),
            _ => Ok(()),
        }
    }

    /// Fixes the post of a shard that has none. The shards of an epoch may be added in any order.
    /// Returns the post that the shard had before, which stays.
    ///
    /// # Errors
    /// [`StoreError::EpochUnknown`] when it has no epoch.
    pub fn add_first_post(&self, epoch: u64, shard: u16, post: &[u8]) -> Result<Option<Vec<u8>>, StoreError> {
        if self.epoch(epoch)?.is_none() {
            return Err(StoreError::EpochUnknown { epoch });
        }
        let connection = self.connection();
        let added = connection
            .execute(
                "INSERT INTO shards (epoch, shard, post) VALUES (?1, ?2, ?3) ON CONFLICT DO NOTHING",
                (epoch as i64, shard, post),
            )
            .map_err(self.unwritten(format_args!("the post of shard {shard} of epoch {epoch}")))?;
        if added > 0 {
            return Ok(None);
        }
        let query = "SELECT post FROM shards WHERE epoch = ?1 AND shard = ?2";
        Ok(Some(connection.query_row(query, (epoch as i64, shard), |row| row.get(0))?))
    }

    /// The posts of an epoch that are there, by shard.
    pub fn posts(&self, epoch: u64) -> Result<Vec<(u16, Vec<u8>)>, StoreError> {
        let connection = self.connection();
        let mut statement = connection.prepare("SELECT shard, post FROM shards WHERE epoch = ?1 ORDER BY shard")?;
        let rows = statement.query_map([epoch as i64], |row| Ok((row.get(0)?, row.get(1)?)))?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    /// Notes that both chains hold the epoch.
    pub fn complete_epoch(&self, epoch: u64) -> Result<(), StoreError> {
        let changed = self.connection().execute(
            "UPDATE epochs SET completed_at = ?2 WHERE epoch = ?1 AND completed_at IS NULL",
            (epoch as i64, now()),
        );
        let changed = changed.map_err(self.unwritten(format_args!("the end of epoch {epoch}")))?;
        if changed == 0 && self.epoch(epoch)?.is_none() {
            return Err(StoreError::EpochUnknown { epoch });
        }
        Ok(())
    }

    /// Forgets an epoch that is not completed, with its proofs. The caller owes that no chain holds
    /// it.
    pub fn discard_epoch(&self, epoch: u64) -> Result<(), StoreError> {
        let changed = self
            .connection()
            .execute("DELETE FROM epochs WHERE epoch = ?1 AND completed_at IS NULL", [epoch as i64])
            .map_err(self.unwritten(format_args!("the end of epoch {epoch}, which is dropped,")))?;
        if changed == 0 { Err(StoreError::EpochUnknown { epoch }) } else { Ok(()) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn store(directory: &tempfile::TempDir) -> Store {
        Store::open(&directory.path().join("relayer.sqlite")).unwrap()
    }

    #[test]
    fn an_epoch_is_fixed_once() {
        let directory = tempfile::tempdir().unwrap();
        let store = store(&directory);
        store.begin_epoch(1, "plan", &[1; 32]).unwrap();
        store.begin_epoch(1, "plan", &[1; 32]).unwrap();
        assert!(matches!(store.begin_epoch(1, "other", &[1; 32]), Err(StoreError::Fixed { what: "plan", .. })));
        assert!(matches!(store.begin_epoch(1, "plan", &[2; 32]), Err(StoreError::Fixed { what: "source", .. })));
        let expected = StoredEpoch { epoch: 1, plan: "plan".into(), source: [1; 32], completed: false };
        assert_eq!(store.epoch(1).unwrap(), Some(expected));
    }

    #[test]
    fn a_proved_shard_never_gets_another_proof_even_after_a_restart() {
        let directory = tempfile::tempdir().unwrap();
        let first = store(&directory);
        assert!(matches!(first.add_post(1, 0, b"a"), Err(StoreError::EpochUnknown { epoch: 1 })));
        first.begin_epoch(1, "plan", &[1; 32]).unwrap();
        first.add_post(1, 1, b"b").unwrap();
        first.add_post(1, 0, b"a").unwrap();
        drop(first);
        let again = store(&directory);
        again.add_post(1, 0, b"a").unwrap();
        assert!(matches!(again.add_post(1, 0, b"c"), Err(StoreError::Fixed { what: "proof", .. })));
        assert_eq!(again.posts(1).unwrap(), [(0, b"a".to_vec()), (1, b"b".to_vec())]);
    }

    #[test]
    fn unfinished_epochs_come_first_and_completed_ones_stay() {
        let directory = tempfile::tempdir().unwrap();
        let store = store(&directory);
        assert_eq!(store.unfinished_epoch().unwrap(), None);
        for epoch in [2, 1] {
            store.begin_epoch(epoch, "plan", &[1; 32]).unwrap();
        }
        assert_eq!(store.unfinished_epoch().unwrap().map(|stored| stored.epoch), Some(1));
        store.complete_epoch(1).unwrap();
        store.complete_epoch(1).unwrap();
        assert_eq!(store.unfinished_epoch().unwrap().map(|stored| stored.epoch), Some(2));
        assert!(matches!(store.discard_epoch(1), Err(StoreError::EpochUnknown { epoch: 1 })));
        store.add_post(2, 0, b"a").unwrap();
        store.discard_epoch(2).unwrap();
        assert_eq!(store.posts(2).unwrap(), []);
        assert!(matches!(store.complete_epoch(2), Err(StoreError::EpochUnknown { epoch: 2 })));
    }
}
