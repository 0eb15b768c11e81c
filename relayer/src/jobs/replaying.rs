//! From the exchange's log to what an epoch commits to, with a checkpoint so that the next replay
//! is short.

use std::{
    fs::File,
    path::{Path, PathBuf},
};

use ballast_core::{Digest, hexadecimal, statement::LedgerPosition};
use ballast_durable::{Access, create_directory};
use ballast_ledger::{
    checkpoint,
    log::LogReader,
    replay::{self, Replayed, replay_until},
    snapshot::Snapshot,
    state::State,
};

use tokio_util::sync::CancellationToken;

use crate::{
    blocking::{compute, write},
    config::LedgerLog,
    events::{Events, Stage},
    failure::{Failure, FailureKind},
};

/// Where a replay ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum End {
    /// After the transaction with this sequence.
    At(u64),
    /// Before the first transaction that is later than this, Unix seconds.
    Until(u64),
}

/// What becomes of the checkpoint.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Checkpoint {
    /// The state is kept as the checkpoint of the next time.
    Write,
    /// A rehearsal leaves it as it is.
    Leave,
}

/// What the log owes as of `as_of`, Unix seconds: the next transaction, if there is one, is later.
/// What is returned is on the disk.
///
/// # Errors
/// Bad input: the log of another exchange, one that cannot be replayed, or one without a
/// transaction by then.
pub async fn committed(
    log: &LedgerLog,
    exchange: &Digest,
    as_of: u64,
    checkpoint: Checkpoint,
    events: &Events,
) -> Result<(State, Snapshot), Failure> {
    let state = replayed(log, exchange, End::Until(as_of), events).await?.state;
    let directory = log.directory.clone();
    let snapshot = compute(move |_| -> Result<_, Failure> {
        flush(&directory, &state.position())?;
        let snapshot = state.snapshot(as_of)?;
        Ok((state, snapshot))
    });
    let (state, snapshot) = snapshot.await??;
    let (Some(path), Checkpoint::Write) = (log.checkpoint.clone(), checkpoint) else { return Ok((state, snapshot)) };
    write(move |_| {
        if let Some(directory) = path.parent() {
            create_directory(directory, Access::Owner)
                .map_err(|error| Failure::other(error).context(format!("checkpoint {}", path.display())))?;
        }
        checkpoint::write(&path, &state)?;
        Ok((state, snapshot))
    })
    .await?
}

/// Replays the log of `exchange` up to `end`, from the checkpoint where that is not later.
///
/// # Errors
/// Bad input, naming the log or the checkpoint.
pub async fn replayed(log: &LedgerLog, exchange: &Digest, end: End, events: &Events) -> Result<Replayed, Failure> {
    let _running = events.begin(Stage::ReplayLog, None);
    let (log, exchange) = (log.clone(), *exchange);
    compute(move |token| replay_log(&log, &exchange, end, token)).await?
}

fn replay_log(log: &LedgerLog, exchange: &Digest, end: End, token: &CancellationToken) -> Result<Replayed, Failure> {
    let reader = LogReader::open(&log.directory)?;
    check_owner(&format!("log {}", log.directory.display()), &reader.genesis().exchange, exchange)?;
    let checkpoint = usable(log.checkpoint.as_deref(), exchange, end)?;
    let (at, until) = match end {
        End::At(sequence) => (Some(sequence), None),
        End::Until(seconds) => (None, Some(seconds.saturating_mul(1000))),
    };
    let options =
        replay::Options { at, until, checkpoint: checkpoint.map(Path::to_owned), ..replay::Options::default() };
    let replayed = replay_until(&log.directory, &options, &|| token.is_cancelled());
    let replayed = replayed.map_err(|error| match checkpoint {
        Some(path) => Failure::from(error).context(format!(
            "begun from checkpoint {}, without which the log is replayed from its first transaction",
            path.display()
        )),
        None => error.into(),
    })?;
    if let Some(torn) = &replayed.torn {
        tracing::warn!(%torn, "the log ends in a record that was never finished");
    }
    let (transactions, per_second) = (replayed.transactions, replayed.per_second());
    tracing::info!(transactions, per_second = %per_second, "replayed the log");
    Ok(replayed)
}

/// The checkpoint, if there is one and it is not beyond `end`: it may be later than an epoch that
/// is gone on with.
fn usable<'a>(path: Option<&'a Path>, exchange: &Digest, end: End) -> Result<Option<&'a Path>, Failure> {
    let Some(path) = path.filter(|path| path.exists()) else { return Ok(None) };
    let state = checkpoint::read(path)?;
    check_owner(&format!("checkpoint {}", path.display()), &state.genesis().exchange, exchange)?;
    let beyond = match end {
        End::At(sequence) => state.position().sequence > sequence,
        End::Until(seconds) => state.time() > seconds.saturating_mul(1000),
    };
    Ok((!beyond).then_some(path))
}

/// Has the disk keep what leads to `position`: a writer at work may have written records that it
/// has not flushed yet, and an epoch must not be bound to what a power cut could take back. Returns
/// the segment of the last of them; those before were flushed before it was begun.
fn flush(log: &Path, position: &LedgerPosition) -> Result<PathBuf, Failure> {
    let reader = LogReader::open_after(log, position)?;
    let segment = reader.file();
    let flushed = File::open(segment).and_then(|file| file.sync_all());
    flushed.map_err(|error| Failure::new(FailureKind::Other, error).context(format!("flush {}", segment.display())))?;
    Ok(segment.to_owned())
}

/// Refuses what is of another exchange.
fn check_owner(what: &str, found: &Digest, expected: &Digest) -> Result<(), Failure> {
    if found == expected {
        return Ok(());
    }
    let [found, expected] = [found, expected].map(hexadecimal::encode);
    Err(Failure::bad_input(format!("{what}: expected that of exchange {expected}, found that of {found}")))
}

#[cfg(test)]
mod tests {
    use super::*;
    use ballast_ledger::{
        log::{Writer, WriterOptions},
        simulate::Simulation,
        transaction::{SignedTransaction, Transaction},
    };
    use tempfile::TempDir;

    const EXCHANGE: Digest = [1; 32];
    /// They take more than a second.
    const COUNT: usize = 1_000;
    /// Later than all transactions.
    const LATE: u64 = 4_000_000_000;

    fn wait<T>(future: impl Future<Output = T>) -> T {
        tokio::runtime::Runtime::new().unwrap().block_on(future)
    }

    /// The transactions of a simulated exchange, some of which are in a log.
    struct Folder {
        directory: TempDir,
        writer: Writer,
        transactions: Vec<SignedTransaction>,
        log: LedgerLog,
    }

    impl Folder {
        /// With the first `count` transactions in the log.
        fn new(exchange: Digest, count: usize) -> Self {
            let directory = tempfile::tempdir().unwrap();
            let simulation = Simulation { accounts: 20, transactions: COUNT as u64, seed: 3, exchange };
            let mut transactions = Vec::new();
            simulation
                .run(|batch| {
                    transactions.extend_from_slice(batch);
                    Ok::<_, ()>(())
                })
                .unwrap();
            let log = LedgerLog {
                directory: directory.path().join("log"),
                checkpoint: Some(directory.path().join("a/state")),
            };
            let options = WriterOptions { segment_bytes: 20_000, ..WriterOptions::default() };
            let writer = Writer::create(&log.directory, &simulation.genesis().unwrap(), options).unwrap();
            let mut folder = Self { directory, writer, transactions, log };
            folder.grow(0, count);
            folder
        }

        fn grow(&mut self, from: usize, to: usize) {
            for batch in self.transactions[from..to].chunks(50) {
                self.writer.append(batch).unwrap();
            }
        }

        fn committed(&self, as_of: u64, checkpoint: Checkpoint) -> Result<(State, Snapshot), Failure> {
            wait(committed(&self.log, &EXCHANGE, as_of, checkpoint, &Events::default()))
        }

        fn replayed(&self, end: End) -> Result<Replayed, Failure> {
            wait(replayed(&self.log, &EXCHANGE, end, &Events::default()))
        }

        fn checkpoint(&self) -> &Path {
            self.log.checkpoint.as_deref().unwrap()
        }

        /// Unix milliseconds, of a transaction by its sequence.
        fn time(&self, sequence: usize) -> u64 {
            Transaction::decode(&self.transactions[sequence - 1].bytes).unwrap().time
        }
    }

    fn refused(outcome: Result<Replayed, Failure>) -> String {
        let failure = outcome.unwrap_err();
        assert_eq!(failure.kind, FailureKind::BadInput, "{failure}");
        failure.to_string()
    }

    #[test]
    fn a_log_that_has_grown_is_replayed_from_the_checkpoint() {
        let mut folder = Folder::new(EXCHANGE, 500);
        let first = folder.replayed(End::Until(LATE)).unwrap();
        assert_eq!(first.transactions, 500, "without a checkpoint all of it");
        folder.committed(LATE, Checkpoint::Write).unwrap();
        assert_eq!(folder.replayed(End::Until(LATE)).unwrap().transactions, 0, "at its end");
        folder.grow(500, COUNT);
        let grown = folder.replayed(End::Until(LATE)).unwrap();
        assert_eq!((grown.transactions, grown.state.position().sequence), (500, COUNT as u64));
        std::fs::remove_file(folder.checkpoint()).unwrap();
        assert_eq!(folder.replayed(End::Until(LATE)).unwrap().state, grown.state);
    }

    #[test]
    fn a_checkpoint_that_is_too_late_is_not_begun_from() {
        let folder = Folder::new(EXCHANGE, COUNT);
        folder.committed(LATE, Checkpoint::Write).unwrap();
        let replayed = folder.replayed(End::At(400)).unwrap();
        assert_eq!((replayed.transactions, replayed.state.position().sequence), (400, 400));
        assert_eq!(folder.replayed(End::At(COUNT as u64)).unwrap().transactions, 0);
        let before = folder.time(1) / 1000 - 1;
        let nothing = folder.replayed(End::Until(before)).unwrap_err();
        assert_eq!(nothing.kind, FailureKind::BadInput);
        assert!(nothing.to_string().contains("expected at least one"), "{nothing}");
    }

    #[test]
    fn a_checkpoint_beyond_the_end_of_the_log_is_named() {
        let (long, short) = (Folder::new(EXCHANGE, COUNT), Folder::new(EXCHANGE, 500));
        long.committed(LATE, Checkpoint::Write).unwrap();
        let log = LedgerLog { checkpoint: long.log.checkpoint.clone(), ..short.log.clone() };
        let told = refused(wait(replayed(&log, &EXCHANGE, End::Until(LATE), &Events::default())));
        assert!(told.contains(&format!("begun from checkpoint {}", long.checkpoint().display())), "{told}");
        assert!(told.contains("1000") && told.contains("500"), "{told}");
    }

    #[test]
    fn the_log_of_another_exchange_leaves_the_checkpoint_as_it_is() {
        let (own, other) = (Folder::new(EXCHANGE, COUNT), Folder::new([2; 32], COUNT));
        own.committed(LATE, Checkpoint::Write).unwrap();
        let kept = std::fs::read(own.checkpoint()).unwrap();
        let log = LedgerLog { directory: other.log.directory.clone(), ..own.log.clone() };
        let failure = wait(committed(&log, &EXCHANGE, LATE, Checkpoint::Write, &Events::default())).unwrap_err();
        let told = failure.to_string();
        assert!(told.starts_with(&format!("log {}", log.directory.display())), "{told}");
        assert!(told.contains("expected that of exchange 0x0101") && told.contains("found that of 0x0202"), "{told}");
        assert_eq!(std::fs::read(own.checkpoint()).unwrap(), kept);
        // Without a checkpoint none is made.
        let log = LedgerLog { checkpoint: Some(own.directory.path().join("new")), ..log };
        wait(committed(&log, &EXCHANGE, LATE, Checkpoint::Write, &Events::default())).unwrap_err();
        assert!(!own.directory.path().join("new").exists());
    }

    #[test]
    fn the_checkpoint_of_another_exchange_is_named() {
        let (own, other) = (Folder::new(EXCHANGE, COUNT), Folder::new([2; 32], COUNT));
        wait(committed(&other.log, &[2; 32], LATE, Checkpoint::Write, &Events::default())).unwrap();
        let log = LedgerLog { checkpoint: other.log.checkpoint.clone(), ..own.log.clone() };
        let told = refused(wait(replayed(&log, &EXCHANGE, End::Until(LATE), &Events::default())));
        assert!(told.starts_with(&format!("checkpoint {}", other.checkpoint().display())), "{told}");
        std::fs::write(other.checkpoint(), "short").unwrap();
        let told = refused(wait(replayed(&log, &EXCHANGE, End::Until(LATE), &Events::default())));
        assert!(told.starts_with(&format!("checkpoint {}", other.checkpoint().display())), "{told}");
    }

    #[test]
    fn a_checkpoint_is_of_what_was_committed_to() {
        let folder = Folder::new(EXCHANGE, COUNT);
        folder.committed(LATE, Checkpoint::Leave).unwrap();
        assert!(!folder.checkpoint().exists(), "a rehearsal writes nothing");
        // No transaction by then, so no snapshot.
        let failure = folder.committed(folder.time(1) / 1000 - 1, Checkpoint::Write).unwrap_err();
        assert!(failure.to_string().contains("expected at least one"), "{failure}");
        assert!(!folder.checkpoint().exists());
        let (state, snapshot) = folder.committed(LATE, Checkpoint::Write).unwrap();
        assert_eq!(checkpoint::read(folder.checkpoint()).unwrap(), state);
        assert_eq!((snapshot.ledger, snapshot.as_of), (state.position(), LATE));
    }

    #[test]
    fn what_is_later_than_the_as_of_time_is_left_for_the_next_epoch() {
        let folder = Folder::new(EXCHANGE, COUNT);
        // Of a second in the middle, all that is at or before it counts, though the log has more.
        let as_of = folder.time(300) / 1000 + 1;
        let (state, snapshot) = folder.committed(as_of, Checkpoint::Write).unwrap();
        let last = state.position().sequence as usize;
        assert!((300..COUNT).contains(&last), "{last}");
        assert!(folder.time(last) <= as_of * 1000 && folder.time(last + 1) > as_of * 1000);
        assert_eq!(snapshot.ledger.sequence, last as u64);
        // The next epoch has them.
        let rest = folder.replayed(End::Until(LATE)).unwrap();
        assert_eq!(rest.transactions, (COUNT - last) as u64);
    }

    #[test]
    fn the_segment_of_the_last_record_is_flushed() {
        let folder = Folder::new(EXCHANGE, COUNT);
        let mut reader = LogReader::open(&folder.log.directory).unwrap();
        let mut files = Vec::new();
        while let Some(entry) = reader.read().unwrap() {
            files.push(reader.file().to_owned());
            if [1, 299, 300, COUNT as u64].contains(&entry.sequence) {
                assert_eq!(flush(&folder.log.directory, &reader.position()).unwrap(), reader.file());
            }
        }
        files.dedup();
        assert!(files.len() > 2, "{}", files.len());
        let missing = LedgerPosition { sequence: COUNT as u64 + 1, head: [0; 32] };
        assert_eq!(flush(&folder.log.directory, &missing).unwrap_err().kind, FailureKind::BadInput);
    }
}
