//! What `make demo` runs.

use std::process::{Command, Stdio};

use ballast_e2e::nodes::binary;

/// The steps that a reader of the demonstration's first screen is promised, in their order.
const STEPS: [&str; 6] = [
    "$ ballast prove",
    "$ ballast post",
    "both chains agree on     1 epoch",
    "evm:31337                development, holds 101.00 % of what is owed (INSECURE development setup)",
    "included in epoch        1 on solana and evm:31337 (INSECURE development setup)",
    "Both chains have ended with this program.",
];

#[test]
fn the_demonstration_tells_its_story_to_the_end() {
    let folder = tempfile::tempdir().unwrap();
    let place = folder.path().join("demo");
    let mut demo = Command::new(binary("demo").unwrap());
    let output = demo.arg("--folder").arg(&place).stdin(Stdio::null()).output().unwrap();
    let told = String::from_utf8(output.stdout).unwrap();
    assert!(output.status.success(), "{told}{}", String::from_utf8_lossy(&output.stderr));
    let mut rest = told.as_str();
    for step in STEPS {
        rest = rest.split_once(step).unwrap_or_else(|| panic!("{step:?} is not in what is left of: {told}")).1;
    }
    assert!(place.join("public/epoch-000001").is_dir() && place.join("ballast.toml").is_file());
}

#[test]
fn what_the_demonstration_does_not_know_is_named() {
    for (words, expected) in [
        (&["--dept", "8"][..], "found \"--dept\""),
        (&["--depth"], "expected a number after it"),
        (&["--folder"], "expected a path after it"),
    ] {
        let output = Command::new(binary("demo").unwrap()).args(words).stdin(Stdio::null()).output().unwrap();
        let errors = String::from_utf8(output.stderr).unwrap();
        assert!(!output.status.success() && errors.contains(expected), "{words:?}: {errors}");
    }
}
