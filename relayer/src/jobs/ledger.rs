//! The exchange's log: verified, replayed, simulated, looked at.

use std::{fs, io, path::Path};

use ballast_core::{Digest, hexadecimal, statement::LedgerPosition};
use ballast_ledger::{
    lending::{AssetLending, LendingReport},
    listed::ListedAssets,
    log::{LogReader, Writer, WriterOptions},
    replay::{Options, Replayed, replay_until},
    simulate::{ACCOUNTS_MIN, Simulation, SimulationError},
    state::State,
};
use serde::Serialize;
use tempfile::TempDir;
use tokio_util::sync::CancellationToken;

use crate::{
    blocking::{Cancelled, compute, write},
    events::{Events, Stage},
    failure::Failure,
};

/// What a log makes of the accounts, and what it took.
#[derive(Clone, Debug, Serialize)]
pub struct ReplayReport {
    #[serde(with = "hexadecimal")]
    pub exchange: Digest,
    pub sequence: u64,
    #[serde(with = "hexadecimal")]
    pub head: Digest,
    /// Of the last transaction, Unix milliseconds.
    pub time: u64,
    pub accounts: usize,
    pub transactions: u64,
    /// Verified; 0 when they were not looked at.
    pub signatures: u64,
    /// Transactions a second, signatures verified.
    pub per_second: String,
    /// The same without signatures; only of a replay, which is done once more for this figure.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub per_second_without_signatures: Option<String>,
    /// A last record that was never finished.
    pub torn: Option<String>,
    pub assets: Vec<AssetState>,
}

/// One asset. Units are committed units, as decimal strings.
#[derive(Clone, Debug, Serialize)]
pub struct AssetState {
    pub symbol: String,
    pub decimals: u8,
    /// Available, in orders, or lent and not borrowed, of all accounts: what is owed and must be
    /// held.
    #[serde(with = "ballast_core::units")]
    pub physical: u128,
    /// What was lent and borrowed, and where it went.
    pub lending: AssetLending,
}

/// Where a log ends.
#[derive(Clone, Debug, Serialize)]
pub struct Inspected {
    #[serde(with = "hexadecimal")]
    pub exchange: Digest,
    pub assets: Vec<String>,
    pub segments: Vec<Segment>,
    pub sequence: u64,
    #[serde(with = "hexadecimal")]
    pub head: Digest,
    pub torn: Option<String>,
}

#[derive(Clone, Debug, Serialize)]
pub struct Segment {
    pub file: String,
    pub first: u64,
    pub last: u64,
    pub bytes: u64,
}

/// What was simulated.
#[derive(Clone, Debug, Serialize)]
pub struct Simulated {
    pub notice: &'static str,
    /// Opened, without the exchange's own.
    pub accounts: usize,
    pub sequence: u64,
    #[serde(with = "hexadecimal")]
    pub head: Digest,
    pub assets: Vec<AssetState>,
}

/// What whoever verifies a log knows of its end. A copy that was cut between two records looks
/// whole, and one that was cut within a record looks like a log whose writer was stopped.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum KnownEnd {
    /// Nothing: a log that ends within a record is refused.
    Nothing,
    /// The log is where its writer left it: a record that was begun and not finished was never
    /// acknowledged.
    OwnLog,
    /// The head after the last record, as the owner or a chain says it.
    Head(Digest),
}

/// Replays the whole log, signatures and all.
///
/// # Errors
/// The first thing wrong, by file and offset, or by transaction; a log without transactions.
/// Refused when the log's end is not what is known of it.
pub async fn verified(log: &Path, end: KnownEnd) -> Result<ReplayReport, Failure> {
    let log = log.to_owned();
    let verified = compute(move |token| {
        let replayed = replay_until(&log, &Options::default(), &|| token.is_cancelled())?;
        check_not_empty(&log, replayed.state.position().sequence)?;
        check_end(&log, end, &replayed)?;
        Ok(report(&replayed, None))
    });
    verified.await?
}

fn check_end(log: &Path, end: KnownEnd, replayed: &Replayed) -> Result<(), Failure> {
    let LedgerPosition { sequence, head } = replayed.state.position();
    let found = format!("transaction {sequence}, head {}", hexadecimal::encode(head));
    match (end, &replayed.torn) {
        (KnownEnd::Head(expected), _) if expected != head => {
            let goes_on = match after(log, &expected)? {
                Some(earlier) => format!("that is the head after transaction {earlier}, and the log goes on"),
                None => "records are missing at its end, or it is another log".into(),
            };
            let expected = hexadecimal::encode(expected);
            Err(Failure::refused(format!(
                "{}: expected a log that ends with head {expected}, found its end after {found}: {goes_on}",
                log.display()
            )))
        }
        (KnownEnd::Nothing, Some(torn)) => Err(Failure::refused(format!(
            "{torn}. Before it the log is whole, up to {found}. If it is your own log, say so with --own; if you were sent \
             it, ask for the head of its last transaction and give it with --expect-head"
        ))),
        _ => Ok(()),
    }
}

/// The transaction after which the log has this head.
fn after(log: &Path, head: &Digest) -> Result<Option<u64>, Failure> {
    let mut reader = LogReader::open(log)?;
    while reader.position().head != *head {
        if reader.read()?.is_none() {
            return Ok(None);
        }
    }
    Ok(Some(reader.position().sequence))
}

/// Replays the log up to `at`, and once more without signatures, for the sake of the figure.
///
/// # Errors
/// The first thing wrong, by file and offset, or by transaction; no transaction to be replayed.
pub async fn replayed(log: &Path, at: Option<u64>) -> Result<ReplayReport, Failure> {
    let log = log.to_owned();
    let replayed = compute(move |token| {
        let stop = || token.is_cancelled();
        let options = Options { at, ..Options::default() };
        let full = replay_until(&log, &options, &stop)?;
        check_not_empty(&log, full.state.position().sequence)?;
        let fast = replay_until(&log, &Options { signatures: false, ..options }, &stop)?;
        Ok(report(&full, Some(fast.per_second().to_string())))
    });
    replayed.await?
}

/// Nothing is not a success.
fn check_not_empty(log: &Path, sequence: u64) -> Result<(), Failure> {
    match sequence {
        0 => Err(Failure::bad_input(format!("{}: the log has no transaction: expected at least one", log.display()))),
        _ => Ok(()),
    }
}

fn report(replayed: &Replayed, without_signatures: Option<String>) -> ReplayReport {
    let state = &replayed.state;
    let position = state.position();
    ReplayReport {
        exchange: state.genesis().exchange,
        sequence: position.sequence,
        head: position.head,
        time: state.time(),
        accounts: state.accounts().len(),
        transactions: replayed.transactions,
        signatures: replayed.signatures,
        per_second: replayed.per_second().to_string(),
        per_second_without_signatures: without_signatures,
        torn: replayed.torn.as_ref().map(ToString::to_string),
        assets: assets(state),
    }
}

fn assets(state: &State) -> Vec<AssetState> {
    let physical = |asset: u16| state.accounts().iter().map(|account| account.balance(asset).physical()).sum();
    let asset = |(number, lending): (u16, AssetLending)| AssetState {
        symbol: lending.symbol.clone(),
        decimals: lending.decimals,
        physical: physical(number),
        lending,
    };
    (1..).zip(LendingReport::new(state).assets).map(asset).collect()
}

/// Reads the log's bytes from end to end.
///
/// # Errors
/// The first thing wrong, by file and offset; a log without transactions.
pub async fn inspect(log: &Path) -> Result<Inspected, Failure> {
    let log = log.to_owned();
    compute(move |token| read_through(&log, token)).await?
}

fn read_through(log: &Path, token: &CancellationToken) -> Result<Inspected, Failure> {
    let mut reader = LogReader::open(log)?;
    let mut segments: Vec<Segment> = Vec::new();
    let mut listed = ListedAssets::new(reader.genesis());
    while let Some(entry) = reader.read()? {
        listed.take(&entry)?;
        if token.is_cancelled() {
            return Err(Cancelled.into());
        }
        let file = reader.file().display().to_string();
        match segments.last_mut().filter(|segment| segment.file == file) {
            Some(segment) => (segment.last, segment.bytes) = (entry.sequence, reader.offset()),
            None => {
                segments.push(Segment { file, first: entry.sequence, last: entry.sequence, bytes: reader.offset() });
            }
        }
    }
    let position = reader.position();
    check_not_empty(log, position.sequence)?;
    let genesis = reader.genesis();
    Ok(Inspected {
        exchange: genesis.exchange,
        assets: listed.list().as_slice().iter().map(|asset| asset.symbol()).collect(),
        segments,
        sequence: position.sequence,
        head: position.head,
        torn: reader.torn().map(ToString::to_string),
    })
}

/// Writes the log of an invented exchange, whole or not at all.
///
/// # Errors
/// A log that is there already, or numbers that make none.
pub async fn simulate(log: &Path, simulation: &Simulation, events: &Events) -> Result<Simulated, Failure> {
    let (log, simulation, events) = (log.to_owned(), *simulation, events.clone());
    write(move |token| simulate_until(&log, &simulation, &events, token)).await?
}

fn simulate_until(
    log: &Path,
    simulation: &Simulation,
    events: &Events,
    token: &CancellationToken,
) -> Result<Simulated, Failure> {
    // Before anything is written.
    let (accounts, transactions) = (simulation.accounts, simulation.transactions);
    if accounts < ACCOUNTS_MIN || transactions == 0 {
        let error = SimulationError::<Failure>::TooSmall { accounts, transactions };
        return Err(Failure::bad_input(error));
    }
    let genesis = simulation.genesis().map_err(|refusal| Failure::bad_input(refusal.to_string()))?;
    check_free(log)?;
    let file_error = |error: io::Error| Failure::other(error).context(format!("log {}", log.display()));
    let parent = log.parent().filter(|parent| !parent.as_os_str().is_empty()).unwrap_or(Path::new("."));
    fs::create_dir_all(parent).map_err(file_error)?;
    // Beside its place, which it takes when it is whole; until then it goes with whatever ends
    // this.
    let unfinished = TempDir::with_prefix_in(".unfinished-log-", parent).map_err(file_error)?;
    let mut writer = Writer::create(unfinished.path(), &genesis, WriterOptions::default())?;
    let running = events.begin(Stage::SimulateLog, Some(simulation.transactions));
    let simulated = simulation.run(|batch| {
        if token.is_cancelled() {
            return Err(Failure::from(Cancelled));
        }
        writer.append(batch)?;
        running.advance(batch.len() as u64);
        Ok(())
    });
    let state = simulated.map_err(|error| match error {
        SimulationError::Sink(failure) => failure,
        SimulationError::TooSmall { .. } => Failure::bad_input(error.to_string()),
        other => Failure::other(anyhow::Error::msg(other.to_string())),
    })?;
    drop((running, writer));
    fs::rename(unfinished.path(), log).map_err(file_error)?;
    // The name that it had is gone.
    let _ = unfinished.keep();
    let position = state.position();
    let accounts = state.accounts().len().saturating_sub(1);
    let assets = assets(&state);
    Ok(Simulated { notice: NOTICE, accounts, sequence: position.sequence, head: position.head, assets })
}

/// Refuses to write where something is.
fn check_free(log: &Path) -> Result<(), Failure> {
    match fs::read_dir(log).map(|mut entries| entries.next().is_none()) {
        Ok(true) => Ok(()),
        Ok(false) => Err(Failure::bad_input(format!(
            "{}: expected an empty directory or none, found files: a log is never written over",
            log.display()
        ))),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
        Err(error) => Err(Failure::bad_input(format!("{}: {error}", log.display()))),
    }
}

const NOTICE: &str = "INSECURE: an invented exchange, whose keys follow from its seed";

#[cfg(test)]
mod tests {
    use super::*;
    use crate::events::Event;

    fn simulation(transactions: u64) -> Simulation {
        Simulation { accounts: 20, transactions, seed: 3, exchange: [1; 32] }
    }

    #[tokio::test]
    async fn a_simulation_that_is_given_up_or_fails_leaves_no_log_and_can_be_begun_again() {
        let folder = tempfile::tempdir().unwrap();
        let (log, events) = (folder.path().join("logs/log"), Events::default());
        let mut listener = events.subscribe();
        let enough = simulation(100_000_000);
        let begun = async { while !matches!(listener.recv().await.unwrap(), Event::StageAdvanced { .. }) {} };
        tokio::select! {
            simulated = simulate(&log, &enough, &events) => panic!("{simulated:?}"),
            () = begun => {}
        }
        assert_eq!(fs::read_dir(folder.path().join("logs")).unwrap().count(), 0, "something is left");
        let again = simulate(&log, &simulation(500), &events).await.unwrap();
        assert_eq!(verified(&log, KnownEnd::OwnLog).await.unwrap().head, again.head);
        let refused = simulate(&log, &simulation(500), &events).await.unwrap_err();
        assert!(refused.to_string().contains("never written over"), "{refused}");
        assert_eq!(fs::read_dir(folder.path().join("logs")).unwrap().count(), 1);
    }

    #[tokio::test]
    async fn a_listener_hears_how_far_a_simulation_is() {
        let folder = tempfile::tempdir().unwrap();
        let events = Events::default();
        let mut listener = events.subscribe();
        simulate(&folder.path().join("log"), &simulation(9_000), &events).await.unwrap();
        let heard: Vec<Event> = std::iter::from_fn(|| listener.try_recv().ok()).collect();
        let (stage, steps) = (Stage::SimulateLog, Some(9_000));
        let expected = [
            Event::StageBegun { stage: stage.clone(), steps },
            Event::StageAdvanced { stage: stage.clone(), done: 8_192, steps },
            Event::StageAdvanced { stage: stage.clone(), done: 9_000, steps },
            Event::StageEnded { stage, done: 9_000, steps },
        ];
        assert_eq!(heard, expected);
    }
}
