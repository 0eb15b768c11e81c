//! snarkjs as a program: its failures are failures here.

use std::path::Path;

use ballast_prover::{
    phases::Stop,
    setup::{
        contribution::Beacon,
        snarkjs::{Snarkjs, SnarkjsError, StepFailure},
    },
};

use crate::files::{POWER, beacon, ceremony, edited, fresh, section, snarkjs};

fn reason(result: Result<(), SnarkjsError>) -> StepFailure {
    result.unwrap_err().reason
}

#[test]
fn another_program_is_refused() {
    let error = Snarkjs::new(Path::new("/bin/echo")).unwrap_err();
    assert!(matches!(&error.reason, StepFailure::Version { found } if found.contains("echo")), "{error}");
    let missing = Snarkjs::new(Path::new("/nowhere/snarkjs")).unwrap_err();
    assert!(matches!(missing.reason, StepFailure::Io(_)));
    assert!(missing.to_string().contains("/nowhere/snarkjs"));
}

#[test]
fn nothing_is_overwritten() {
    let powers = &ceremony().powers;
    assert!(matches!(reason(snarkjs().new_powers(POWER, powers)), StepFailure::OutputExists { .. }));
}

#[test]
fn a_step_that_is_given_up_is_killed_and_leaves_no_file() {
    // Enough powers that snarkjs is far from their end when it has begun to write them.
    let (many, powers) = (22, fresh("given-up"));
    let begun = powers.clone();
    let stopped = snarkjs().clone().until(Stop::when(move || begun.exists())).new_powers(many, &powers);
    assert!(matches!(reason(stopped), StepFailure::Stopped(_)));
    assert!(!powers.exists(), "a part of a file is left");
}

#[test]
fn a_failure_that_exits_with_0_is_one() {
    // snarkjs sees that these powers are too few, says so and exits with 0.
    let few = fresh("few");
    let prepared = fresh("few-prepared");
    snarkjs().new_powers(3, &few).unwrap();
    snarkjs().prepare_powers(&few, &prepared).unwrap();
    let result = snarkjs().new_key(&ceremony().sixty_four.r1cs, &prepared, &fresh("key"));
    assert!(
        matches!(reason(result), StepFailure::Failed { status, log } if status.success() && log.contains("too big"))
    );
}

#[test]
fn a_failure_that_exits_with_another_status_is_one() {
    let nowhere = Path::new("/nowhere/powers");
    let results = [
        snarkjs().prepare_powers(nowhere, &fresh("prepared")),
        snarkjs().contribute_powers(nowhere, &fresh("contributed"), "first"),
    ];
    for result in results {
        assert!(matches!(reason(result), StepFailure::Failed { status, .. } if !status.success()));
    }
}

#[test]
fn a_beacon_that_snarkjs_would_not_take_is_refused() {
    let take = |bytes: usize, exponent| {
        let beacon = Beacon { value: vec![1; bytes], exponent };
        reason(snarkjs().beacon_key(&ceremony().eight.initial, &fresh("key"), &beacon, "last"))
    };
    for (bytes, exponent) in [(0, 10), (256, 10), (32, 9), (32, 64)] {
        assert!(matches!(take(bytes, exponent), StepFailure::Beacon { .. }), "{bytes} {exponent}");
    }
}

#[test]
fn a_changed_contribution_is_seen_by_snarkjs() {
    let ceremony = ceremony();
    let snarkjs = snarkjs();
    // The digest of the transcript that the first contribution of a key ends in, and the beacon's value.
    let key = edited(&ceremony.eight.key, |sections| section(sections, 10)[68 + 320] ^= 1);
    let result = snarkjs.verify_key(&ceremony.eight.r1cs, &ceremony.powers, &key);
    assert!(matches!(reason(result), StepFailure::Failed { .. }));
    let powers = edited(&ceremony.powers, |sections| *section(sections, 7).last_mut().unwrap() ^= 1);
    assert!(matches!(reason(snarkjs.verify_powers(&powers)), StepFailure::Failed { .. }));
}

#[test]
fn a_verification_that_says_nothing_is_none() {
    // Not a step that ends in a verdict: what it prints must not pass for one.
    let silent = Snarkjs::new(Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/snarkjs/silent.sh").as_path()).unwrap();
    let ceremony = ceremony();
    let result = silent.verify_key(&ceremony.eight.r1cs, &ceremony.powers, &ceremony.eight.key);
    assert!(matches!(reason(result), StepFailure::NotVerified { expected: "ZKey Ok!", .. }));
    let missing = silent.beacon_key(&ceremony.eight.initial, &fresh("key"), &beacon(), "last");
    assert!(matches!(reason(missing), StepFailure::OutputMissing { .. }));
}
