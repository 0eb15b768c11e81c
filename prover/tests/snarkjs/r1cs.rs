//! Constraints as a file: as snarkjs reads them, and as they are compared.

use std::{fs, process::Command};

use ark_bn254::Fr;
use ark_ff::{AdditiveGroup, Field};
use ballast_prover::setup::r1cs::R1cs;
use serde_json::json;

use crate::{
    circuit::{INPUTS, Small},
    files::{Container, assert_refused, ceremony, edited, fresh, mangled, section},
};

const HEADER: u32 = 1;
const CONSTRAINTS: u32 = 2;
const LABELS: u32 = 3;

fn circuit() -> Small {
    Small::eight([Fr::ONE; 3])
}

#[track_caller]
fn refused(in_section: u32, reason: &str, change: impl FnOnce(&mut Container)) {
    let circuit = circuit();
    assert_refused(circuit.r1cs().compare(&edited(&ceremony().eight.r1cs, change)), in_section, reason);
}

#[test]
fn what_is_written_compares_equal_and_is_the_same_each_time() {
    let path = fresh("r1cs");
    circuit().r1cs().export(&path).unwrap();
    circuit().r1cs().compare(&path).unwrap();
    assert_eq!(fs::read(&path).unwrap(), fs::read(&ceremony().eight.r1cs).unwrap());
}

#[test]
fn snarkjs_reads_the_same_constraints() {
    let path = fresh("r1cs.json");
    let program = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../node_modules/.bin/snarkjs");
    let exported =
        Command::new(program).args(["r1cs", "export", "json"]).args([&ceremony().eight.r1cs, &path]).output().unwrap();
    assert!(exported.status.success());
    let found: serde_json::Value = serde_json::from_slice(&fs::read(&path).unwrap()).unwrap();
    let numbers = ["nVars", "nOutputs", "nPubInputs", "nPrvInputs", "nLabels", "nConstraints", "n8"];
    assert_eq!(numbers.map(|name| found[name].as_u64().unwrap()), [9, 0, 3, 5, 9, 4, 32]);
    let minus_one = (-Fr::ONE).to_string();
    let expected = json!([
        [{"1": "1"}, {"2": "1"}, {"5": "1"}],
        [{"5": "1"}, {"3": "1"}, {"4": minus_one, "6": "1"}],
        [{"5": "3", "6": "2"}, {"0": "1"}, {"7": "1"}],
        [{"4": "1"}, {"4": "1"}, {"8": "1"}],
    ]);
    assert_eq!(found["constraints"], expected);
}

#[test]
fn a_file_of_other_constraints_is_refused() {
    let circuit = circuit();
    assert_refused(circuit.r1cs().compare(&ceremony().other_eight.r1cs), CONSTRAINTS, "entry");
    assert_refused(circuit.r1cs().compare(&ceremony().sixty_four.r1cs), HEADER, "number of wires");
    assert_refused(circuit.r1cs().compare(&ceremony().powers), 0, "first four letters");
    assert_refused(
        circuit.r1cs().compare(&mangled(&ceremony().eight.r1cs, |bytes| bytes[4] = 2)),
        0,
        "version of the format",
    );
}

#[test]
fn a_changed_number_is_refused() {
    for (position, what) in [
        (0, "bytes of a field element (32 on bn128)"),
        (4, "order of the scalar field (of bn128)"),
        (36, "number of wires"),
        (40, "number of public outputs"),
        (44, "number of public inputs"),
        (48, "number of private inputs"),
        (52, "number of labels"),
        (60, "number of constraints"),
    ] {
        refused(HEADER, what, |sections| section(sections, HEADER)[position] ^= 1);
    }
    refused(LABELS, "label of a wire", |sections| section(sections, LABELS)[8] = 2);
}

#[test]
fn a_changed_entry_is_refused() {
    // The first row of A: one entry, wire 1, coefficient 1.
    refused(CONSTRAINTS, "number of entries", |sections| section(sections, CONSTRAINTS)[0] = 2);
    refused(CONSTRAINTS, "entry", |sections| section(sections, CONSTRAINTS)[4] = 2);
    refused(CONSTRAINTS, "entry", |sections| section(sections, CONSTRAINTS)[8] = 2);
    for number in [HEADER, CONSTRAINTS, LABELS] {
        refused(number, "length in bytes", |sections| section(sections, number).push(0));
        refused(number, "length in bytes", |sections| _ = section(sections, number).pop());
    }
}

#[test]
fn matrices_that_are_no_system_are_none() {
    let Small { matrices, assignment } = circuit();
    let columns = assignment.len();
    assert!(R1cs::new(&matrices, INPUTS, columns).is_some());
    assert!(R1cs::new(&matrices[..2], INPUTS, columns).is_none());
    assert!(R1cs::new(&matrices, 0, columns).is_none());
    assert!(R1cs::new(&matrices, INPUTS, columns - 1).is_none(), "the last wire is in a row");
    assert!(R1cs::new(&matrices, columns + 1, columns).is_none());
    assert!(R1cs::new(&matrices, 1 << 27, 1 << 27).is_none(), "no domain is so large");
    assert!(R1cs::new(&matrices, INPUTS, 1 << 32).is_none());
    let mut uneven = matrices;
    uneven[1].push(vec![(Fr::ZERO, 0)]);
    assert!(R1cs::new(&uneven, INPUTS, columns).is_none());
}

#[test]
fn a_folder_that_is_not_there_is_named() {
    let error = circuit().r1cs().export(std::path::Path::new("/nowhere/at/all.r1cs")).unwrap_err();
    assert!(error.to_string().starts_with("/nowhere/at/all.r1cs: "), "{error}");
}
