//! snarkjs as a program: its failures are failures here.

use std::{fs, path::Path};

use ballast_prover::{
    phases::Stop,
    setup::{
        contribution::Beacon,
        snarkjs::{Snarkjs, SnarkjsError, StepFailure},
    },
};

use crate::files::{POWER, beacon, ceremony, edited, folder, fresh, section, snarkjs};

fn reason(result: Result<(), SnarkjsError>) -> StepFailure {
    result.unwrap_err().reason
}

#[test]
fn another_program_is_refused() {
    let error = Snarkjs::new(Path::new("/bin/echo")).unwrap_err();
    assert!(matches!(&error.reason, StepFailure::Version { found } if found.contains("echo")), "{error}");
    let missing = Snarkjs::new(Path::new("/nowhere/snarkjs")).unwrap_err();
    assert!(matches!(missing.reason, StepFailure::NotInstalled), "{missing}");
    let words = missing.to_string();
    assert!(words.contains("/nowhere/snarkjs") && words.contains("npm install snarkjs@0.7"), "{words}");
}

#[test]
fn nothing_is_overwritten() {
    let powers = &ceremony().powers;
    assert!(matches!(reason(snarkjs().new_powers(POWER, powers)), StepFailure::OutputExists { .. }));
}

#[test]
fn a_step_that_is_given_up_is_killed_and_leaves_no_file() {
    let folder = tempfile::tempdir().unwrap();
    let (many, powers) = (22, folder.path().join("powers.ptau"));
    let entries = |folder: &Path| fs::read_dir(folder).unwrap().count();
    let place = folder.path().to_owned();
    // It is given up once it writes, wherever that is.
    let stopped = snarkjs().clone().until(Stop::when(move || entries(&place) > 0)).new_powers(many, &powers);
    assert!(matches!(reason(stopped), StepFailure::Stopped(_)));
    assert_eq!(entries(folder.path()), 0, "a part of a file is left");
}

#[test]
fn a_failure_that_exits_with_0_is_one() {
    // snarkjs sees that these powers are too few, says so and exits with 0.
    let few = fresh("few");
    let prepared = fresh("few-prepared");
    snarkjs().new_powers(3, &few).unwrap();
    snarkjs().prepare_powers(&few, &prepared).unwrap();
    let folder = tempfile::tempdir_in(folder()).unwrap();
    let key = folder.path().join("key");
    let StepFailure::Failed { status, log } = reason(snarkjs().new_key(&ceremony().sixty_four.r1cs, &prepared, &key))
    else {
        panic!("no failure of the step")
    };
    assert!(status.success() && log.contains("too big"), "{log}");
    assert!(!log.contains('\x1b'), "its colours: {log:?}");
    // It had begun to write the key, which would have blocked the next try.
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 0);
    snarkjs().new_key(&ceremony().sixty_four.r1cs, &ceremony().powers, &key).unwrap();
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1, "the key alone");
}

#[test]
fn a_failure_that_exits_with_another_status_is_one() {
    let nowhere = Path::new("/nowhere/powers");
    let unwritable = reason(snarkjs().new_powers(POWER, &fresh("missing").join("powers")));
    assert!(matches!(&unwritable, StepFailure::Io(error) if error.to_string().contains("missing")), "{unwritable}");
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
    // The digest of the transcript that the first contribution of a key ends in, and the beacon's
    // value.
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
