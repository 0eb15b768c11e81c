//! Ctrl-C and SIGTERM end the binary within a second: what it computes is abandoned, what it writes
//! is whole, and the same command goes on.

use std::{fs, time::Duration};

use crate::{
    folder::Folder,
    interruption::{SIGNALS, has_computed, interrupt},
};

/// Long enough for reading the settings, and for the first of what is computed.
const BEGUN: Duration = Duration::from_millis(400);
/// More transactions than are simulated or replayed meanwhile.
const MANY: &str = "150000";

/// Names of what is in the folder, sorted.
fn names(folder: &Folder) -> Vec<String> {
    let entries = fs::read_dir(folder.0.path()).unwrap();
    let mut names: Vec<String> = entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
    names.sort();
    names
}

fn succeeds(folder: &Folder, arguments: &[&str]) {
    let (code, _, errors) = folder.ballast(arguments);
    assert_eq!(code, 0, "{arguments:?}: {errors}");
}

#[test]
fn a_simulation_that_is_interrupted_leaves_nothing_and_a_replay_changes_nothing() {
    let folder = Folder::new();
    let simulate = ["ledger", "simulate", "--accounts", "100", "--transactions", MANY, "--seed", "9"];
    for signal in SIGNALS {
        interrupt(&mut folder.command(&simulate), signal, |process| has_computed(process, BEGUN));
        assert_eq!(names(&folder), ["ballast.toml"], "{signal:?}: something is left");
    }
    succeeds(&folder, &simulate);
    let before = names(&folder);
    for (signal, command) in SIGNALS.into_iter().zip(["verify", "replay"]) {
        interrupt(&mut folder.command(&["ledger", command]), signal, |process| has_computed(process, BEGUN));
        assert_eq!(names(&folder), before);
    }
    succeeds(&folder, &["ledger", "verify", "--own"]);
}

#[test]
fn a_proof_that_is_interrupted_is_abandoned_at_once_even_of_the_largest_class() {
    let folder = Folder::new();
    for (signal, depth) in SIGNALS.into_iter().zip(["7", "10"]) {
        let mut bench = folder.command(&["bench", "--depth", depth, "--argument-only"]);
        interrupt(&mut bench, signal, |process| has_computed(process, 5 * BEGUN));
    }
    assert_eq!(names(&folder), ["ballast.toml"]);
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
