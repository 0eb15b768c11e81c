//! The writer killed a hundred times at any moment: nothing acknowledged is ever lost.

use super::exchange::*;
use ballast_ledger::{
    log::{Reader, Writer, WriterOptions},
    replay::{Options, replay},
    transaction::SignedTransaction,
};
use std::{
    env,
    io::{BufRead, BufReader, Write},
    path::Path,
    process::{Command, Stdio},
    thread::sleep,
    time::Duration,
};

const DIRECTORY: &str = "BALLAST_KILLED_WRITER_DIRECTORY";
const TRANSACTIONS: u64 = 200_000;
const KILLS: u64 = 100;

fn stream() -> Vec<SignedTransaction> {
    // Deposits alone, unsigned: the log does not look at signatures, and a child must begin at once.
    let exchange = Exchange::new(1);
    let mut position = ballast_core::statement::LedgerPosition { sequence: 0, head: genesis(1).head() };
    let mut log = exchange.log;
    for signed in &log {
        let head = ballast_ledger::transaction::head_after(&position.head, &signed.bytes);
        position = ballast_core::statement::LedgerPosition { sequence: position.sequence + 1, head };
    }
    while position.sequence < TRANSACTIONS {
        let transaction = ballast_ledger::transaction::Transaction {
            sequence: position.sequence + 1,
            head_before: position.head,
            time: START,
            kind: deposit(1 + (position.sequence % 3) as u32, BTC, 1 + position.sequence),
        };
        let signed = SignedTransaction { bytes: transaction.encode(), signature: [0; 64] };
        let head = ballast_ledger::transaction::head_after(&position.head, &signed.bytes);
        position = ballast_core::statement::LedgerPosition { sequence: position.sequence + 1, head };
        log.push(signed);
    }
    log
}

/// The child: appends what follows, in batches of 1 to 40, and prints each position that was acknowledged.
#[test]
fn killed_writer() {
    let Some(directory) = env::var_os(DIRECTORY) else { return };
    let log = stream();
    let options = WriterOptions { segment_bytes: 100_000 };
    let (mut writer, torn) = Writer::open(Path::new(&directory), options).unwrap();
    let mut out = std::io::stdout();
    if torn.is_some() {
        writeln!(out, "torn").unwrap();
    }
    writeln!(out, "open {}", writer.position().sequence).unwrap();
    out.flush().unwrap();
    let mut size = 1;
    while (writer.position().sequence as usize) < log.len() {
        let from = writer.position().sequence as usize;
        let acknowledged = writer.append(&log[from..log.len().min(from + size)]).unwrap();
        writeln!(out, "acknowledged {}", acknowledged.sequence).unwrap();
        out.flush().unwrap();
        size = size % 40 + 1;
    }
}

#[test]
fn nothing_acknowledged_is_lost_by_a_hundred_kills() {
    let directory = tempfile::tempdir().unwrap();
    drop(Writer::create(directory.path(), &genesis(1), WriterOptions::default()).unwrap());
    let mut acknowledged = 0;
    let mut kills = 0;
    for kill in 0..KILLS {
        let mut child = Command::new(env::current_exe().unwrap())
            .args(["kill::killed_writer", "--exact", "--nocapture"])
            .env(DIRECTORY, directory.path())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
        let open = lines.by_ref().map(Result::unwrap).find(|line| line.contains("open ")).expect("the log opens");
        let found: u64 = open.rsplit(' ').next().unwrap().parse().unwrap();
        assert!(found >= acknowledged, "kill {kill}: {acknowledged} were acknowledged, {found} are there");
        // At any moment: the times are of no multiple of what an append takes.
        sleep(Duration::from_micros(137 * (kill * 61 % 97)));
        kills += u64::from(child.try_wait().unwrap().is_none());
        child.kill().unwrap();
        let last =
            lines.map_while(Result::ok).filter_map(|line| line.strip_prefix("acknowledged ")?.parse().ok()).last();
        acknowledged = last.unwrap_or(acknowledged).max(found);
        child.wait().unwrap();
        // What is on disk is a log, with a torn end at most, and has all that was acknowledged.
        let mut reader = Reader::open(directory.path()).unwrap();
        while reader.read().unwrap().is_some() {}
        assert!(reader.position().sequence >= acknowledged, "kill {kill}");
    }
    assert_eq!(kills, KILLS, "some children ended by themselves");
    assert!(acknowledged > 0);
    let replayed = replay(directory.path(), &Options { signatures: false, ..Options::default() }).unwrap();
    assert!(replayed.state.position().sequence >= acknowledged);
}
