//! Ctrl-C and SIGTERM in proving, auditing and posting: the relayer ends at once, and the same
//! command goes on.

use std::{
    process::{Child, Command, Output, Stdio},
    time::{Duration, Instant},
};

use ballast_e2e::small_exchange;
use rusqlite::{Connection, OpenFlags};
use tempfile::TempDir;

use crate::kill::Exchange;

/// A second, and as much again for a machine that is busy with other tests.
const LIMIT: Duration = Duration::from_secs(2);
const PATIENCE: Duration = Duration::from_secs(300);
/// Enough for any command to be in the middle of what it does.
pub const A_WHILE: Duration = Duration::from_millis(1_500);

/// Sends a signal to the process, and expects it to end at once with that signal's exit code.
pub fn interrupt(child: Child, (name, code): (&str, i32), during: &str) -> Output {
    let sent = Command::new("kill").args(["-s", name, &child.id().to_string()]).status().unwrap();
    assert!(sent.success());
    let start = Instant::now();
    let output = child.wait_with_output().unwrap();
    let (elapsed, errors) = (start.elapsed(), String::from_utf8_lossy(&output.stderr));
    assert_eq!(output.status.code(), Some(code), "SIG{name} during {during}: {errors}");
    assert!(elapsed < LIMIT, "SIG{name} during {during}: it went on for {elapsed:?}");
    assert!(errors.contains("goes on where it stopped") && output.stdout.is_empty(), "{during}: {errors}");
    output
}

impl Exchange {
    fn begin(&self, arguments: &[&str]) -> Child {
        self.ballast.command(arguments).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap()
    }

    /// Begins `run --once`, and waits until the store has a row that `condition` selects.
    async fn begin_until(&self, condition: &str) -> Child {
        let mut child = self.begin(&["run", "--once"]);
        let start = Instant::now();
        while self.rows(condition) == 0 {
            assert!(start.elapsed() < PATIENCE, "there is never a row of {condition}");
            assert!(child.try_wait().unwrap().is_none(), "it was over before it could be interrupted");
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        child
    }

    /// Rows of the store that `condition` selects, while another process may have it.
    fn rows(&self, condition: &str) -> i64 {
        let path = self.folder.path().join("relayer.sqlite");
        let connection = Connection::open_with_flags(path, OpenFlags::SQLITE_OPEN_READ_ONLY).unwrap();
        connection.query_row(&format!("SELECT COUNT(*) FROM {condition}"), [], |row| row.get(0)).unwrap()
    }
}

const POSTING: [(&str, (&str, i32)); 3] = [
    ("transactions WHERE purpose = 'open-buffer'", ("TERM", 143)),
    ("transactions WHERE purpose = 'post-shard' AND chain = 'solana'", ("INT", 130)),
    ("transactions WHERE purpose = 'post-shard' AND chain = 'evm'", ("TERM", 143)),
];

#[tokio::test(flavor = "multi_thread")]
async fn a_relayer_that_is_interrupted_is_finished_by_the_same_command() {
    let folder = TempDir::new().unwrap();
    let source = small_exchange::source(folder.path()).unwrap();
    let exchange = Exchange::new("Interrupted", folder, &source).await;
    exchange.ballast.register().unwrap();

    // In the proof: its epoch is fixed, and no shard is proved.
    let proving = exchange.begin_until("epochs").await;
    tokio::time::sleep(A_WHILE).await;
    interrupt(proving, ("INT", 130), "the proof");
    assert_eq!((exchange.rows("epochs"), exchange.rows("shards")), (1, 0));

    for (condition, signal) in POSTING {
        let posting = exchange.begin_until(condition).await;
        interrupt(posting, signal, condition);
    }
    exchange.ballast.run(&["run", "--once"]).unwrap();
    assert_eq!(exchange.rows("shards"), 1);
    exchange.assert_posted(1, 1, "signals").await;
}
