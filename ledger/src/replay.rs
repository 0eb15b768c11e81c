//! From a log to the state that it makes, every rule and signature checked.
//!
//! Transactions are applied in order on one thread, since whose key must sign depends on all
//! before. The signatures of one chunk are verified on all threads while the next chunk is applied.
//! A state is returned only when every signature of it is verified, and a failure names the first
//! transaction that is wrong, whatever the number of threads.

use rayon::{ThreadPool, ThreadPoolBuildError, ThreadPoolBuilder};
use std::{
    path::{Path, PathBuf},
    time::{Duration, Instant},
};

use crate::{
    checkpoint::{self, CheckpointError},
    log::{LogError, LogReader, TornTail, read_genesis},
    signature::{Claim, SignatureInvalid, verify_all},
    state::{
        Refused, State,
        invariant::{self, Broken},
    },
    transaction::{Genesis, SignedTransaction, Transaction},
};

/// Transactions applied while those before are verified.
const CHUNK: usize = 8192;
/// Bytes of messages at which a chunk ends early.
const CHUNK_BYTES: usize = 1 << 23;

/// What is replayed and how.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Options {
    /// Whether signatures are verified. **Without them the state is what the log says, not what
    /// anyone signed.**
    pub signatures: bool,
    /// The last transaction to apply; none for the whole log.
    pub at: Option<u64>,
    /// The latest time, Unix milliseconds: the replay ends before the first transaction after it.
    /// None for the whole log.
    pub until: Option<u64>,
    /// The number of threads; 0 takes one for each processor.
    pub threads: usize,
    /// A checkpoint to begin from, instead of the genesis. It is trusted; see
    /// [`crate::checkpoint`].
    pub checkpoint: Option<PathBuf>,
}

impl Default for Options {
    fn default() -> Self {
        Self { signatures: true, at: None, until: None, threads: 0, checkpoint: None }
    }
}

/// A replayed state, and what it took.
#[derive(Clone, Debug)]
pub struct Replayed {
    pub state: State,
    /// The number of transactions applied.
    pub transactions: u64,
    /// The number of signatures verified: more than transactions where keys were rotated, 0 when
    /// none were to be verified.
    pub signatures: u64,
    pub elapsed: Duration,
    /// The record at the end of the log that was begun and never finished; none when there is no
    /// such record.
    pub torn: Option<TornTail>,
}

impl Replayed {
    /// Whole transactions per second, for a message.
    pub fn per_second(&self) -> u128 {
        u128::from(self.transactions) * 1_000_000_000 / self.elapsed.as_nanos().max(1)
    }
}

/// Why a log cannot be replayed.
#[derive(Debug, thiserror::Error)]
pub enum ReplayError {
    #[error(transparent)]
    Log(#[from] LogError),
    #[error(transparent)]
    Checkpoint(#[from] CheckpointError),
    /// A transaction that the rules refuse.
    #[error("{}, offset {offset}: {refused}", file.display())]
    Refused { file: PathBuf, offset: u64, refused: Box<Refused> },
    /// A genesis that the rules refuse.
    #[error("{0}")]
    Genesis(Box<Refused>),
    #[error(transparent)]
    Signature(#[from] SignatureInvalid),
    #[error("after transaction {sequence}: {broken}")]
    Invariant { sequence: u64, broken: Broken },
    #[error("expected a log up to transaction {expected}, found its end after transaction {found}")]
    Ended { expected: u64, found: u64 },
    #[error("expected a checkpoint at or before transaction {expected}, found one at {found}")]
    CheckpointTooLate { expected: u64, found: u64 },
    #[error("checkpoint {}: expected {what} {expected} of the log's genesis, found {found}", file.display())]
    CheckpointOfAnother { file: PathBuf, what: &'static str, expected: String, found: String },
    #[error("{}: the log has no transaction to replay: expected at least one", directory.display())]
    Nothing { directory: PathBuf },
    #[error("threads: {0}")]
    Threads(#[from] ThreadPoolBuildError),
    #[error("the replay was given up after transaction {sequence}")]
    Stopped { sequence: u64 },
}

/// Replays the log in `directory`.
///
/// # Errors
/// The first thing wrong, by file and offset or by sequence, and a log without transactions. A
/// state that is only partly checked is never returned.
pub fn replay(directory: &Path, options: &Options) -> Result<Replayed, ReplayError> {
    replay_until(directory, options, &|| false)
}

/// [`replay`], given up once `stop` says so. It is asked after some thousands of transactions.
///
/// # Errors
/// As [`replay`]; [`ReplayError::Stopped`] when it is given up.
pub fn replay_until(
    directory: &Path,
    options: &Options,
    stop: &(dyn Fn() -> bool + Sync),
) -> Result<Replayed, ReplayError> {
    let pool = ThreadPoolBuilder::new().num_threads(options.threads).build()?;
    let start = Instant::now();
    let (state, reader) = match &options.checkpoint {
        Some(path) => {
            let state = checkpoint::read(path)?;
            check_genesis(path, state.genesis(), &read_genesis(directory)?)?;
            let reader = LogReader::open_after(directory, &state.position())?;
            (state, reader)
        }
        None => {
            let reader = LogReader::open(directory)?;
            let state = State::new(reader.genesis().clone());
            (state.map_err(|refused| ReplayError::Genesis(Box::new(refused)))?, reader)
        }
    };
    let first = state.position().sequence;
    if let Some(expected) = options.at.filter(|at| *at < first) {
        return Err(ReplayError::CheckpointTooLate { expected, found: first });
    }
    let mut replay = Replay { state, reader, at: options.at, until: options.until, keep: options.signatures };
    let signatures = replay.run(&pool, stop)?;
    let Replay { state, reader, .. } = replay;
    let sequence = state.position().sequence;
    if let Some(expected) = options.at.filter(|at| *at != sequence) {
        return Err(ReplayError::Ended { expected, found: sequence });
    }
    if sequence == 0 {
        return Err(ReplayError::Nothing { directory: directory.to_owned() });
    }
    invariant::check_state(&state).map_err(|broken| ReplayError::Invariant { sequence, broken })?;
    let torn = reader.torn().cloned();
    Ok(Replayed { state, transactions: sequence - first, signatures, elapsed: start.elapsed(), torn })
}

/// A checkpoint goes on with the log of its own genesis only: the keys and assets in it decide what
/// comes next, and a position alone does not show that they are the log's.
fn check_genesis(file: &Path, found: &Genesis, expected: &Genesis) -> Result<(), ReplayError> {
    let symbols = |genesis: &Genesis| {
        let assets = genesis.assets.as_slice().iter();
        assets.map(|asset| format!("{}/{}", asset.symbol(), asset.decimals)).collect::<Vec<_>>().join(" ")
    };
    for (what, expected, found) in [
        ("exchange", hex::encode(expected.exchange), hex::encode(found.exchange)),
        ("engine key", hex::encode(expected.engine_key), hex::encode(found.engine_key)),
        ("assets", symbols(expected), symbols(found)),
    ] {
        if expected != found {
            return Err(ReplayError::CheckpointOfAnother { file: file.to_owned(), what, expected, found });
        }
    }
    Ok(())
}

struct Replay {
    state: State,
    reader: LogReader,
    at: Option<u64>,
    until: Option<u64>,
    /// Whether claims are kept, to be verified.
    keep: bool,
}

impl Replay {
    /// Applies everything and returns how many signatures were verified.
    fn run(&mut self, pool: &ThreadPool, stop: &(dyn Fn() -> bool + Sync)) -> Result<u64, ReplayError> {
        let mut verified = 0;
        let mut pending = Vec::new();
        loop {
            if stop() {
                return Err(ReplayError::Stopped { sequence: self.state.position().sequence });
            }
            let mut claims = Vec::new();
            let (checked, applied) = pool.join(|| verify_all(&pending), || self.chunk(&mut claims));
            // Whatever stopped the chunk, a signature before it is the first thing wrong.
            checked?;
            verified += pending.len() as u64;
            if applied.is_err() {
                pool.install(|| verify_all(&claims))?;
            }
            let applied = applied?;
            if applied == 0 {
                return Ok(verified);
            }
            pending = claims;
        }
    }

    /// Whether a transaction is after the latest time. One that cannot be read is refused later,
    /// where it is applied.
    fn is_too_late(&self, signed: &SignedTransaction) -> bool {
        let later = |until| Transaction::decode(&signed.bytes).is_ok_and(|transaction| transaction.time > until);
        self.until.is_some_and(later)
    }

    /// Applies up to a chunk of transactions, and returns how many. On failure the claims are of
    /// those before it.
    fn chunk(&mut self, claims: &mut Vec<Claim>) -> Result<usize, ReplayError> {
        let mut bytes = 0;
        let mut applied = 0;
        while applied < CHUNK && bytes < CHUNK_BYTES && self.at != Some(self.state.position().sequence) {
            let Some(entry) = self.reader.read()? else { break };
            if self.is_too_late(&entry.signed) {
                self.at = Some(self.state.position().sequence);
                break;
            }
            let new = self.state.apply_unverified(&entry.signed).map_err(|refused| {
                let file = self.reader.file().to_owned();
                ReplayError::Refused { file, offset: entry.offset, refused: Box::new(refused) }
            })?;
            if self.keep {
                bytes += new.iter().map(|claim| claim.message.len()).sum::<usize>();
                claims.extend(new);
            }
            applied += 1;
        }
        Ok(applied)
    }
}
