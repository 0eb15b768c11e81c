//! Powers of tau: what is read, and every way in which a file is refused.

use std::{fs, io::ErrorKind, path::Path, process::Command};

use ark_bn254::{Fq, Fq2, G1Affine, G2Affine, G2Projective};
use ark_ec::{AffineRepr, PrimeGroup, short_weierstrass::SWCurveConfig};
use ark_ff::{AdditiveGroup, Field, PrimeField};
use ballast_core::circuit::Class;
use ballast_prover::{
    kzg::srs_length,
    setup::{
        ceremony::{import_ptau, power_needed},
        ptau::Ptau,
        sections::{FileError, Reason},
    },
};

use crate::files::{
    Container, POWER, assert_refused, ceremony, edited, folder, fresh, mangled, section, snarkjs, stored, stored_g1,
    stored_g2,
};

const ALL: usize = (2 << POWER) - 1;
const HEADER: u32 = 1;
const TAU_G1: u32 = 2;
const TAU_G2: u32 = 3;
const ALPHA_G1: u32 = 4;
const BETA_G1: u32 = 5;
const BETA_G2: u32 = 6;
const CONTRIBUTIONS: u32 = 7;

/// Everything that can be asked of a file.
fn read(path: &Path) -> Result<(), FileError> {
    let mut powers = Ptau::open(path)?;
    powers.powers(ALL)?;
    powers.phase1(POWER)?;
    Ok(())
}

#[track_caller]
fn refused(in_section: u32, reason: &str, change: impl FnOnce(&mut Container)) {
    assert_refused(read(&edited(&ceremony().powers, change)), in_section, reason);
}

/// The record of the last contribution: 1504 bytes and its 42 bytes of parameters.
fn last_record(sections: &mut Container) -> &mut [u8] {
    let contributions = section(sections, CONTRIBUTIONS);
    let start = contributions.len() - 1546;
    &mut contributions[start..]
}

/// A point of G1 that no file has.
fn elsewhere() -> Vec<u8> {
    stored_g1(G1Affine::generator() * ark_bn254::Fr::from(1234567u64))
}

fn elsewhere_g2() -> Vec<u8> {
    stored_g2(G2Affine::generator() * ark_bn254::Fr::from(1234567u64))
}

fn put(bytes: &mut [u8], position: usize, point: &[u8]) {
    bytes[position..][..point.len()].copy_from_slice(point);
}

#[test]
fn powers_are_read_as_far_as_asked() {
    let path = &ceremony().powers;
    let all = import_ptau(path, ALL).unwrap();
    assert_eq!(all.g1.len(), ALL);
    assert_eq!(all.g1[0], G1Affine::generator());
    let some = import_ptau(path, 5).unwrap();
    assert_eq!(some.g1, all.g1[..5]);
    assert_eq!(some.tau_g2, all.tau_g2);
    assert_eq!(Ptau::open(path).unwrap().power(), POWER);
    read(path).unwrap();
}

#[test]
fn more_powers_than_there_are_are_refused() {
    assert_refused(import_ptau(&ceremony().powers, ALL + 1), TAU_G1, "powers of tau");
    let mut powers = Ptau::open(&ceremony().powers).unwrap();
    assert_refused(powers.phase1(POWER + 1), HEADER, "power of two of the powers of tau");
}

#[test]
fn powers_too_few_or_not_prepared_are_refused_before_a_key_is_begun() {
    let powers = Ptau::open(&ceremony().powers).unwrap();
    powers.expect_prepared(POWER).unwrap();
    let few = powers.expect_prepared(POWER + 1).unwrap_err();
    assert!(few.to_string().contains("expected at least 7, found 6"), "{few}");
    for number in 12..=15 {
        let without = edited(&ceremony().powers, |sections| sections.retain(|(found, _)| *found != number));
        let what = "number of sections with this number";
        assert_refused(Ptau::open(&without).unwrap().expect_prepared(POWER), number, what);
    }
}

#[test]
fn a_class_says_what_power_it_needs() {
    let needed = [7, 8, 9, 10].map(|depth| power_needed(Class::new(depth)).unwrap());
    assert_eq!(needed, [19, 19, 20, 22]);
    for depth in [7, 8, 9, 10] {
        // Two to the power and one more are the first powers of the file, less one.
        let (power, count) = (power_needed(Class::new(depth)).unwrap(), srs_length(depth));
        assert!(count < 2 << power, "depth {depth}");
    }
    assert!(power_needed(Class::new(6)).is_err());
}

#[test]
fn what_is_no_file_is_refused_at_once() {
    let pipe = fresh("pipe");
    assert!(Command::new("mkfifo").arg(&pipe).status().unwrap().success());
    for path in [&pipe, folder()] {
        let error = read(path).unwrap_err();
        assert!(matches!(&error.reason, Reason::Io(error) if error.kind() == ErrorKind::InvalidInput), "{error}");
        assert!(error.to_string().contains("expected a plain file"), "{error}");
    }
}

#[test]
fn garbage_is_refused() {
    let write = |bytes: &[u8]| {
        let path = fresh("garbage");
        fs::write(&path, bytes).unwrap();
        path
    };
    assert_refused(read(Path::new("/nowhere/powers")), 0, "No such file or directory (os error 2)");
    assert_refused(read(&write(b"")), 0, "length of the file in bytes");
    assert_refused(read(&write(&[0xa5; 4096])), 0, "first four letters");
    assert_refused(read(&write(b"ptau\x02\0\0\0")), 0, "version of the format");
    assert_refused(read(&ceremony().eight.key), 0, "first four letters");
}

#[test]
fn a_file_cut_short_anywhere_or_with_more_behind_is_refused() {
    let path = &ceremony().powers;
    let length = fs::metadata(path).unwrap().len() as usize;
    for cut in [3, 11, 12, 20, 60, 5000, length / 2, length - 1] {
        assert_refused(read(&mangled(path, |bytes| bytes.truncate(cut))), 0, "length of the file in bytes");
    }
    assert_refused(read(&mangled(path, |bytes| bytes.push(0))), 0, "length of the file in bytes");
    // A section that claims to go on for ever.
    let endless = mangled(path, |bytes| bytes[16..24].fill(0xff));
    assert_refused(read(&endless), 0, "length of the file in bytes");
}

#[test]
fn a_section_missing_or_there_twice_is_refused() {
    for number in [HEADER, TAU_G1, TAU_G2, ALPHA_G1, BETA_G1, BETA_G2, CONTRIBUTIONS] {
        let what = "number of sections with this number";
        refused(number, what, |sections| sections.retain(|(found, _)| *found != number));
        refused(number, what, |sections| sections.push((number, Vec::new())));
    }
}

#[test]
fn a_section_of_another_length_is_refused() {
    for number in [HEADER, TAU_G1, TAU_G2, ALPHA_G1, BETA_G1, BETA_G2, CONTRIBUTIONS] {
        refused(number, "length in bytes", |sections| section(sections, number).push(0));
        refused(number, "length in bytes", |sections| _ = section(sections, number).pop());
    }
}

#[test]
fn another_curve_is_refused() {
    let path = fresh("bls12-381");
    let program = Path::new(env!("CARGO_MANIFEST_DIR")).join("../node_modules/.bin/snarkjs");
    let made = Command::new(program).args(["powersoftau", "new", "bls12-381", "3"]).arg(&path).output().unwrap();
    assert!(made.status.success());
    assert_refused(read(&path), HEADER, "bytes of a field element (32 on bn128)");
    refused(HEADER, "order of the base field (of bn128)", |sections| section(sections, HEADER)[4] ^= 2);
}

#[test]
fn a_power_that_no_file_has_is_refused() {
    for power in [0, 29, u8::MAX] {
        refused(HEADER, "power", |sections| section(sections, HEADER)[36] = power);
    }
    refused(TAU_G1, "length in bytes", |sections| section(sections, HEADER)[36] = POWER as u8 + 1);
}

#[test]
fn powers_that_nobody_contributed_to_are_refused() {
    let path = fresh("new");
    snarkjs().new_powers(3, &path).unwrap();
    assert_refused(read(&path), CONTRIBUTIONS, "number of contributions");
    // Nor does a forged list of contributions help.
    let generator = stored_g2(G2Affine::generator());
    refused(TAU_G2, "expected a tau that somebody contributed to, found 1", |sections| {
        put(section(sections, TAU_G2), 128, &generator)
    });
}

#[test]
fn a_malformed_contribution_is_refused() {
    refused(CONTRIBUTIONS, "kind of a contribution", |sections| last_record(sections)[1500 - 4] = 2);
    refused(CONTRIBUTIONS, "number of a contribution's beacon parameters", |sections| {
        last_record(sections)[1500 - 4] = 0;
    });
    // The parameters' tags are 1, 2 and 3 in this order.
    refused(CONTRIBUTIONS, "tag of a contribution's parameter", |sections| last_record(sections)[1510] = 1);
    refused(CONTRIBUTIONS, "tag of a contribution's parameter", |sections| last_record(sections)[1510] = 4);
    // They end in the middle of the beacon's value.
    refused(CONTRIBUTIONS, "end of a contribution's parameters", |sections| last_record(sections)[1500] = 20);
}

#[test]
fn a_point_that_is_none_is_refused() {
    let modulus: Vec<u8> = Fq::MODULUS.0.into_iter().flat_map(u64::to_le_bytes).collect();
    let one = Fq::ONE;
    for number in [TAU_G1, ALPHA_G1, BETA_G1] {
        let with = |point: Vec<u8>| move |sections: &mut Container| put(section(sections, number), 64 * 3, &point);
        refused(number, "3: CoordinateNotCanonical { word: 0 }", with(modulus.clone()));
        refused(number, "3: NotOnCurve", with(stored(&[one, one])));
        refused(number, "3: Infinity", with(vec![0; 64]));
    }
    // On the curve of G2, outside the subgroup.
    let outside = (1u64..)
        .map(|x| Fq2::new(x.into(), Fq::ZERO))
        .find_map(|x| Some([x, (x * x * x + ark_bn254::g2::Config::COEFF_B).sqrt()?]))
        .map(|[x, y]| stored(&[x.c0, x.c1, y.c0, y.c1]))
        .unwrap();
    for (number, index) in [(TAU_G2, 1), (TAU_G2, 3), (BETA_G2, 0)] {
        let with = |point: Vec<u8>| move |sections: &mut Container| put(section(sections, number), 128 * index, &point);
        refused(number, &format!("{index}: OutsideSubgroup"), with(outside.clone()));
        refused(number, &format!("{index}: NotOnCurve"), with(stored(&[one; 4])));
        refused(number, &format!("{index}: Infinity"), with(vec![0; 128]));
        refused(number, &format!("{index}: CoordinateNotCanonical {{ word: 0 }}"), with(modulus.clone()));
    }
}

#[test]
fn points_without_a_common_tau_are_refused() {
    let reason = "expected each point to be tau times the one before, found others";
    for number in [TAU_G1, ALPHA_G1, BETA_G1] {
        for index in [0, 3, (1 << POWER) - 1] {
            refused(number, reason, |sections| put(section(sections, number), 64 * index, &elsewhere()));
        }
    }
    refused(TAU_G1, reason, |sections| put(section(sections, TAU_G1), 64 * (ALL - 1), &elsewhere()));
    let reason = "expected the powers of tau that tauG1 has, found other points";
    for index in [2, (1 << POWER) - 1] {
        refused(TAU_G2, reason, |sections| put(section(sections, TAU_G2), 128 * index, &elsewhere_g2()));
    }
    let twice = stored_g2(G2Projective::generator().double());
    refused(TAU_G2, "expected the generator as the first point, found another", |sections| {
        put(section(sections, TAU_G2), 0, &twice)
    });
}

#[test]
fn powers_of_one_tau_from_another_point_than_the_generator_are_refused() {
    let powers = import_ptau(&ceremony().powers, ALL).unwrap();
    let doubled: Vec<u8> = powers.g1.iter().flat_map(|point| stored_g1(point.into_group().double())).collect();
    refused(TAU_G1, "expected the generator as the first point, found another", |sections| {
        *section(sections, TAU_G1) = doubled
    });
}

#[test]
fn sections_of_other_powers_are_refused() {
    let mut others = Container::new();
    edited(&ceremony().other_powers, |sections| others = sections.clone());
    let multiples = "expected each point to be tau times the one before, found others";
    let not_last = "expected the point that the last contribution left, found another";
    for (number, reason) in [(TAU_G1, multiples), (TAU_G2, not_last), (ALPHA_G1, multiples), (BETA_G1, multiples)] {
        let other = section(&mut others, number).clone();
        refused(number, reason, |sections| *section(sections, number) = other);
    }
}

#[test]
fn a_beta_that_differs_between_the_groups_is_refused() {
    refused(BETA_G2, "expected the beta of betaTauG1, found another", |sections| {
        *section(sections, BETA_G2) = elsewhere_g2();
        // Even if the last contribution claims it.
        put(last_record(sections), 320, &elsewhere_g2());
    });
}

#[test]
fn points_that_the_last_contribution_did_not_leave_are_refused() {
    let reason = "expected the point that the last contribution left, found another";
    for (number, position) in [(TAU_G1, 0), (ALPHA_G1, 192), (BETA_G1, 256)] {
        refused(number, reason, |sections| put(last_record(sections), position, &elsewhere()));
    }
    for (number, position) in [(TAU_G2, 64), (BETA_G2, 320)] {
        refused(number, reason, |sections| put(last_record(sections), position, &elsewhere_g2()));
    }
}
