//! Ctrl-C and SIGTERM end the binary within a second: what it computes is abandoned, what it writes
//! is whole, and the same command goes on.

mod interruption;

use std::{fs, path::PathBuf, process::Command, time::Duration};

use interruption::{SIGNALS, has_computed, interrupt};
use tempfile::TempDir;

/// Long enough for reading the settings, and for the first of what is computed.
const BEGUN: Duration = Duration::from_millis(400);
/// More transactions than are simulated or replayed meanwhile.
const MANY: &str = "150000";

struct Folder(TempDir);

impl Folder {
    fn new() -> Self {
        let folder = TempDir::new().unwrap();
        fs::write(folder.path().join("ballast.toml"), include_str!("../ballast.example.toml")).unwrap();
        Self(folder)
    }

    fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_ballast"));
        command.current_dir(self.0.path()).args(arguments).env_remove("BALLAST_CONFIG").env_remove("BALLAST_LOG");
        command
    }

    fn run(&self, arguments: &[&str]) {
        let output = self.command(arguments).output().unwrap();
        assert!(output.status.success(), "{arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
    }

    fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    /// Names of what is in the folder, sorted.
    fn names(&self) -> Vec<String> {
        let entries = fs::read_dir(self.0.path()).unwrap();
        let mut names: Vec<String> = entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
        names.sort();
        names
    }
}

#[test]
fn a_simulation_that_is_interrupted_leaves_nothing_and_a_replay_changes_nothing() {
    let folder = Folder::new();
    let simulate = ["ledger", "simulate", "--accounts", "100", "--transactions", MANY, "--seed", "9"];
    for signal in SIGNALS {
        interrupt(&mut folder.command(&simulate), signal, |process| has_computed(process, BEGUN));
        assert_eq!(folder.names(), ["ballast.toml"], "{signal:?}: something is left");
    }
    folder.run(&simulate);
    let before = folder.names();
    for (signal, command) in SIGNALS.into_iter().zip(["verify", "replay"]) {
        interrupt(&mut folder.command(&["ledger", command]), signal, |process| has_computed(process, BEGUN));
        assert_eq!(folder.names(), before);
    }
    folder.run(&["ledger", "verify"]);
}

#[test]
fn a_proof_that_is_interrupted_is_abandoned_at_once_even_of_the_largest_class() {
    let folder = Folder::new();
    for (signal, depth) in SIGNALS.into_iter().zip(["7", "10"]) {
        let mut bench = folder.command(&["bench", "--depth", depth, "--argument-only"]);
        interrupt(&mut bench, signal, |process| has_computed(process, 5 * BEGUN));
    }
    assert_eq!(folder.names(), ["ballast.toml"]);
}

#[test]
fn a_key_that_is_interrupted_in_its_making_is_not_there() {
    let folder = Folder::new();
    let keys = folder.path("keys");
    let setting = format!("circuit.keys={}", keys.display());
    for signal in SIGNALS {
        let mut development = folder.command(&["setup", "development", "--depth", "7", "--set", &setting]);
        interrupt(&mut development, signal, |process| has_computed(process, 5 * BEGUN));
        assert!(fs::read_dir(&keys).map_or(0, Iterator::count) == 0, "{signal:?}: something is left");
    }
}
