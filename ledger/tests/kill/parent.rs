//! What starts writers, ends them and looks at what they leave.

use super::{DIRECTORY, SEED, writer};
use ballast_core::statement::LedgerPosition;
use ballast_durable::crash_point::VARIABLE;
use ballast_ledger::{
    log::{LogReader, TornTail, Writer, WriterOptions},
    replay::{Options, replay},
    simulate::Simulation,
};
use rand_chacha::{
    ChaCha20Rng,
    rand_core::{RngCore, SeedableRng},
};
use std::{
    collections::{BTreeMap, hash_map::RandomState},
    env, fs,
    hash::BuildHasher,
    io::{BufRead, BufReader},
    path::Path,
    process::{Child, Command, Stdio},
    thread::sleep,
    time::Duration,
};
use tempfile::TempDir;

const KILLS: u64 = 100;
/// Kills of one log: every start reads all of it.
const KILLS_OF_A_LOG: u64 = 10;
/// Set to run the kills of a seed that was printed again.
const PARENT_SEED: &str = "BALLAST_KILL_SEED";

/// Has the writer write slowly and never end by itself: no batch has so many pieces.
const SLOWLY: &str = "batch-part-written:1000000000";

/// A log with two customers.
fn log() -> TempDir {
    let directory = tempfile::tempdir().unwrap();
    let simulation = Simulation { accounts: 2, transactions: 5, seed: 1, exchange: [1; 32] };
    let options = WriterOptions { segment_bytes: writer::SEGMENT_BYTES, ..WriterOptions::default() };
    let mut writer = Writer::create(directory.path(), &simulation.genesis().unwrap(), options).unwrap();
    simulation.run(|batch| writer.append(batch).map(drop)).unwrap();
    directory
}

/// The writer in a process of its own, `through` a shell line or directly.
fn start(directory: &Path, seed: u64, environment: &[(&str, &str)], through: Option<&str>) -> Child {
    let program = env::current_exe().unwrap();
    let mut command = match through {
        Some(line) => {
            let mut shell = Command::new("sh");
            shell.args(["-c", line]).arg(program);
            shell
        }
        None => Command::new(program),
    };
    command.env(DIRECTORY, directory).env(SEED, seed.to_string()).envs(environment.iter().copied());
    command.stdout(Stdio::piped()).stderr(Stdio::null()).spawn().unwrap()
}

/// What a writer said.
#[derive(Debug, Default)]
struct Said {
    open: u64,
    /// The last transaction that it was told is safe, or that it found.
    acknowledged: u64,
    /// Of the batch that it was appending when it ended.
    appending: Option<u64>,
    failed: Option<String>,
    poisoned: bool,
}

impl Said {
    fn hear(&mut self, line: &str) {
        let (word, rest) = line.split_once(' ').unwrap_or((line, ""));
        let number = || rest.parse().unwrap();
        match word {
            "open" => (self.open, self.acknowledged) = (number(), number()),
            "appending" => self.appending = Some(number()),
            "acknowledged" => (self.acknowledged, self.appending) = (number(), None),
            "failed" => self.failed = Some(rest.into()),
            "poisoned" => self.poisoned = true,
            other => panic!("{other}"),
        }
    }
}

/// What is on disk: a log, with a torn end at most.
fn found(directory: &Path) -> (LedgerPosition, Option<TornTail>) {
    let mut reader = LogReader::open(directory).unwrap();
    while reader.read().unwrap().is_some() {}
    (reader.position(), reader.torn().cloned())
}

/// The log is what was acknowledged or more, opens with what is torn cut off, and goes on. Returns
/// what was torn.
fn check(directory: &Path, said: &Said) -> Option<TornTail> {
    let (position, torn) = found(directory);
    assert!(position.sequence >= said.acknowledged, "{said:?}: found {position:?}");
    let most = said.acknowledged + said.appending.unwrap_or(0);
    assert!(position.sequence <= most, "{said:?}: found {position:?}");
    let options = WriterOptions { segment_bytes: writer::SEGMENT_BYTES, ..WriterOptions::default() };
    let (mut writer, cut) = Writer::open(directory, options).unwrap();
    assert_eq!((writer.position(), &cut), (position, &torn));
    writer.append(&writer::deposits(position, 1)).unwrap();
    assert_eq!(found(directory), (writer.position(), None));
    torn
}

fn check_state(directory: &Path) {
    let options = Options { signatures: false, ..Options::default() };
    let replayed = replay(directory, &options).unwrap();
    assert_eq!(replayed.state.position(), found(directory).0);
}

pub fn random_kills() {
    let seed = env::var(PARENT_SEED).map_or_else(|_| RandomState::new().hash_one(0), |seed| seed.parse().unwrap());
    println!("{PARENT_SEED}={seed}");
    let mut random = ChaCha20Rng::seed_from_u64(seed);
    let mut phases: BTreeMap<&str, u64> = BTreeMap::new();
    let mut directory = log();
    for kill in 0..KILLS {
        if kill > 0 && kill % KILLS_OF_A_LOG == 0 {
            check_state(directory.path());
            directory = log();
        }
        // Half of them write slowly: a write of the usual kind is over before a kill can fall into
        // it.
        let slowly: &[_] = if kill % 2 == 0 { &[(VARIABLE, SLOWLY)] } else { &[] };
        let mut child = start(directory.path(), random.next_u64(), slowly, None);
        let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
        let mut said = Said::default();
        said.hear(&lines.next().expect("the log opens").unwrap());
        sleep(Duration::from_micros(random.next_u64() % 20_000));
        assert_eq!(child.try_wait().unwrap(), None, "the writer ended by itself");
        child.kill().unwrap();
        lines.map_while(Result::ok).for_each(|line| said.hear(&line));
        child.wait().unwrap();
        let (at, appending) = (said.acknowledged, said.appending);
        let (position, _) = found(directory.path());
        let torn = check(directory.path(), &said);
        let phase = match appending {
            _ if torn.is_some() => "a record was torn",
            None => "nothing was being appended",
            Some(_) if position.sequence == at => "nothing of a batch was written",
            Some(count) if position.sequence == at + count => "a batch was written, not acknowledged",
            Some(_) => "a batch was written in part",
        };
        *phases.entry(phase).or_default() += 1;
    }
    check_state(directory.path());
    println!("{phases:?}");
    assert_eq!(phases.values().sum::<u64>(), KILLS);
    assert!(phases.len() >= 3, "kills at too few moments: {phases:?}");
    #[cfg(debug_assertions)]
    assert!(phases.get("a record was torn").is_some_and(|torn| *torn >= 3), "too few torn records: {phases:?}");
}

#[cfg(debug_assertions)]
pub fn named_moments() {
    /// Whether the log has the batch, in part or whole, and whether a file is left beside.
    const MOMENTS: [(&str, &str, bool); 7] = [
        ("batch-part-written", "part", false),
        ("batch-written", "whole", false),
        ("batch-flushed", "whole", false),
        ("file-begun", "nothing", true),
        ("file-written", "nothing", true),
        ("file-renamed", "nothing", false),
        ("segment-begun", "nothing", false),
    ];
    for (moment, expected, beside) in MOMENTS {
        let directory = log();
        for seed in 0..4 {
            let child = start(directory.path(), seed, &[(VARIABLE, moment)], None);
            let output = child.wait_with_output().unwrap();
            assert!(!output.status.success(), "{moment}: the writer did not end there");
            let mut said = Said::default();
            String::from_utf8(output.stdout).unwrap().lines().for_each(|line| said.hear(line));
            let count = said.appending.unwrap_or_else(|| panic!("{moment}: {said:?}"));
            let (position, _) = found(directory.path());
            let got = match position.sequence - said.acknowledged {
                0 if count > 1 || expected == "nothing" => "nothing",
                all if all == count => "whole",
                _ => "part",
            };
            assert_eq!(got, if count == 1 && expected == "part" { "part" } else { expected }, "{moment}: {said:?}");
            let left = fs::read_dir(directory.path()).unwrap().map(|entry| entry.unwrap().path());
            let left = left.filter(|path| path.extension().is_some_and(|extension| extension == "unfinished")).count();
            assert_eq!(left, usize::from(beside), "{moment}");
            check(directory.path(), &said);
        }
        check_state(directory.path());
    }
}

#[cfg(not(debug_assertions))]
pub fn named_moments() {
    println!("built without named moments");
}

pub fn full_disk() {
    let directory = log();
    // A file can grow to 300 to 600 KB, as the shell counts blocks; signals of that are ignored.
    let limit = "trap '' XFSZ; ulimit -f 600; exec \"$0\"";
    for seed in 0..4 {
        let output = start(directory.path(), seed, &[], Some(limit)).wait_with_output().unwrap();
        assert!(output.status.success(), "{output:?}");
        let mut said = Said::default();
        String::from_utf8(output.stdout).unwrap().lines().for_each(|line| said.hear(line));
        let failed = said.failed.clone().expect("the disk was never full");
        assert!(failed.contains(".segment, offset ") && failed.contains("File too large"), "{failed}");
        assert!(said.poisoned, "{said:?}");
        check(directory.path(), &said);
    }
    check_state(directory.path());
}
