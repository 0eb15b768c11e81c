//! Proving keys: every way in which a `.zkey` is refused for constraints and powers of tau.

use std::{fs, path::Path};

use ark_bn254::{Fr, G1Affine, G2Affine};
use ark_ec::AffineRepr;
use ark_ff::{BigInteger, Field, PrimeField};
use ballast_prover::setup::{
    ceremony::{CeremonyKey, expect_zkey, import_zkey},
    ptau::Ptau,
    sections::FileError,
};

use crate::{
    circuit::Small,
    files::{Container, assert_refused, ceremony, edited, mangled, section, stored, stored_g1, stored_g2},
};

const KIND: u32 = 1;
const HEADER: u32 = 2;
const IC: u32 = 3;
const COEFFICIENTS: u32 = 4;
const A: u32 = 5;
const B1: u32 = 6;
const B2: u32 = 7;
const C: u32 = 8;
const H: u32 = 9;
const CONTRIBUTIONS: u32 = 10;

/// Where the header's points begin: two field sizes and orders, three numbers.
const ALPHA_G1: usize = 84;
const BETA_G1: usize = ALPHA_G1 + 64;
const BETA_G2: usize = BETA_G1 + 64;
const GAMMA_G2: usize = BETA_G2 + 128;
const DELTA_G1: usize = GAMMA_G2 + 128;
const DELTA_G2: usize = DELTA_G1 + 64;

/// An entry of the coefficients: matrix, row, wire, value.
const ENTRY: usize = 12 + 32;

fn import(path: &Path) -> Result<CeremonyKey, FileError> {
    import_with(path, &ceremony().powers)
}

fn import_with(path: &Path, powers: &Path) -> Result<CeremonyKey, FileError> {
    import_zkey(path, &Small::eight([Fr::ONE; 3]).r1cs(), &mut Ptau::open(powers).unwrap())
}

#[track_caller]
fn refused(in_section: u32, reason: &str, change: impl FnOnce(&mut Container)) {
    assert_refused(import(&edited(&ceremony().eight.key, change)), in_section, reason);
}

fn put(bytes: &mut [u8], position: usize, point: &[u8]) {
    bytes[position..][..point.len()].copy_from_slice(point);
}

/// A point of G1 that no file has.
fn elsewhere() -> Vec<u8> {
    stored_g1(G1Affine::generator() * Fr::from(1234567u64))
}

fn elsewhere_g2() -> Vec<u8> {
    stored_g2(G2Affine::generator() * Fr::from(1234567u64))
}

#[test]
fn the_key_is_for_the_inputs_with_gamma_2() {
    let key = import(&ceremony().eight.key).unwrap();
    assert_eq!(key.groth16.vk.gamma_g2, G2Affine::from(G2Affine::generator() + G2Affine::generator()));
    assert_eq!(key.groth16.vk.gamma_abc_g1.len(), 4);
    // Nothing but IC and gamma is not as it stands in the file.
    edited(&ceremony().eight.key, |sections| {
        let header = section(sections, HEADER).clone();
        assert_eq!(&header[ALPHA_G1..][..64], stored_g1(key.groth16.vk.alpha_g1));
        assert_eq!(&header[DELTA_G2..][..128], stored_g2(key.groth16.vk.delta_g2));
        let ic: Vec<u8> = key.groth16.vk.gamma_abc_g1.iter().flat_map(|point| stored_g1(*point + *point)).collect();
        assert_eq!(*section(sections, IC), ic);
    });
}

#[test]
fn a_key_of_another_circuit_is_refused() {
    assert_refused(import(&ceremony().sixty_four.key), HEADER, "number of wires");
    assert_refused(import(&ceremony().other_eight.key), COEFFICIENTS, "coefficient");
    // Even if it claims this one's coefficients: its points are another's.
    let mut ours = Container::new();
    edited(&ceremony().eight.key, |sections| ours = sections.clone());
    let disguised = edited(&ceremony().other_eight.key, |sections| {
        *section(sections, COEFFICIENTS) = section(&mut ours, COEFFICIENTS).clone();
    });
    assert_refused(import(&disguised), A, "the points are not those of the constraints");
}

#[test]
fn a_key_from_other_powers_of_tau_is_refused() {
    let result = import_with(&ceremony().eight.key, &ceremony().other_powers);
    assert_refused(result, HEADER, "alpha is not that of the powers of tau");
}

#[test]
fn a_key_that_nobody_contributed_to_is_refused() {
    assert_refused(import(&ceremony().eight.initial), CONTRIBUTIONS, "number of contributions");
    // Nor does a list of contributions that end at 1 help.
    refused(HEADER, "delta is 0 or 1: nobody contributed", |sections| {
        let one = stored_g1(G1Affine::generator());
        put(section(sections, HEADER), DELTA_G1, &one);
        put(section(sections, HEADER), DELTA_G2, &stored_g2(G2Affine::generator()));
        put(last_record(sections), 0, &one);
    });
    refused(HEADER, "delta is 0 or 1: nobody contributed", |sections| {
        put(section(sections, HEADER), DELTA_G1, &[0; 64]);
        put(section(sections, HEADER), DELTA_G2, &[0; 128]);
        put(last_record(sections), 0, &[0; 64]);
    });
}

/// The record of the last contribution: 392 bytes and its 42 bytes of parameters.
fn last_record(sections: &mut Container) -> &mut [u8] {
    let contributions = section(sections, CONTRIBUTIONS);
    let start = contributions.len() - 434;
    &mut contributions[start..]
}

#[test]
fn garbage_is_refused() {
    let key = &ceremony().eight.key;
    assert_refused(import(&ceremony().powers), 0, "first four letters");
    assert_refused(import(&mangled(key, |bytes| bytes.truncate(0))), 0, "length of the file in bytes");
    assert_refused(import(&mangled(key, |bytes| bytes[4] = 2)), 0, "version of the format");
    let length = fs::metadata(key).unwrap().len() as usize;
    for cut in [3, 11, 12, 30, 700, length / 2, length - 1] {
        assert_refused(import(&mangled(key, |bytes| bytes.truncate(cut))), 0, "length of the file in bytes");
    }
    assert_refused(import(&mangled(key, |bytes| bytes.push(0))), 0, "length of the file in bytes");
}

#[test]
fn what_is_no_key_is_told_from_one_before_snarkjs_sees_it() {
    let ceremony = ceremony();
    for key in [&ceremony.eight.initial, &ceremony.eight.key, &ceremony.sixty_four.key] {
        expect_zkey(key).unwrap();
    }
    assert_refused(expect_zkey(&ceremony.powers), 0, "first four letters");
    assert_refused(expect_zkey(&ceremony.eight.r1cs), 0, "first four letters");
    let page = mangled(&ceremony.eight.key, |bytes| *bytes = b"<!DOCTYPE html><title>Not Found</title>".to_vec());
    assert_refused(expect_zkey(&page), 0, "first four letters");
    let plonk = edited(&ceremony.eight.key, |sections| section(sections, KIND)[0] = 2);
    assert_refused(expect_zkey(&plonk), KIND, "number of the proof system (Groth16)");
    for number in KIND..=CONTRIBUTIONS {
        let without = edited(&ceremony.eight.key, |sections| sections.retain(|(found, _)| *found != number));
        assert_refused(expect_zkey(&without), number, "number of sections with this number");
    }
}

#[test]
fn a_section_missing_there_twice_or_of_another_length_is_refused() {
    for number in KIND..=CONTRIBUTIONS {
        let what = "number of sections with this number";
        refused(number, what, |sections| sections.retain(|(found, _)| *found != number));
        refused(number, what, |sections| sections.push((number, Vec::new())));
        refused(number, "length in bytes", |sections| section(sections, number).push(0));
        refused(number, "length in bytes", |sections| _ = section(sections, number).pop());
    }
}

#[test]
fn a_changed_number_is_refused() {
    refused(KIND, "number of the proof system (Groth16)", |sections| section(sections, KIND)[0] = 2);
    for (position, what) in [
        (0, "bytes of a field element (32 on bn128)"),
        (4, "order of the base field (of bn128)"),
        (36, "bytes of a field element (32 on bn128)"),
        (40, "order of the scalar field (of bn128)"),
        (72, "number of wires"),
        (76, "number of public inputs"),
        (80, "number of points of the domain"),
    ] {
        refused(HEADER, what, |sections| section(sections, HEADER)[position] ^= 1);
    }
}

#[test]
fn a_changed_coefficient_is_refused() {
    refused(COEFFICIENTS, "number of coefficients", |sections| section(sections, COEFFICIENTS)[0] ^= 1);
    // Matrix, row, wire and value of the first entry, and of the last, which is an input's.
    let last = 4 + ENTRY * (9 + 4 - 1);
    for entry in [4, last] {
        for position in [0, 4, 8, 12] {
            refused(COEFFICIENTS, "coefficient", |sections| section(sections, COEFFICIENTS)[entry + position] ^= 1);
        }
    }
    refused(COEFFICIENTS, "coefficient", |sections| {
        let (first, second) = section(sections, COEFFICIENTS)[4..][..2 * ENTRY].split_at_mut(ENTRY);
        first.swap_with_slice(second);
    });
    // The same value, not reduced.
    refused(COEFFICIENTS, "coefficient", |sections| {
        let value = &mut section(sections, COEFFICIENTS)[4 + 12..][..32];
        let mut integer = ark_ff::BigInt::<4>::default();
        for (limb, bytes) in integer.0.iter_mut().zip(value.chunks(8)) {
            *limb = u64::from_le_bytes(bytes.try_into().unwrap());
        }
        integer.add_with_carry(&Fr::MODULUS);
        value.copy_from_slice(&integer.to_bytes_le());
    });
}

#[test]
fn a_changed_point_of_the_header_is_refused() {
    for (position, reason) in
        [(ALPHA_G1, "alpha is not that of the powers of tau"), (BETA_G1, "beta is not that of the powers of tau")]
    {
        refused(HEADER, reason, |sections| put(section(sections, HEADER), position, &elsewhere()));
    }
    for (position, reason) in [
        (BETA_G2, "beta in G2 is not that of the powers of tau"),
        (GAMMA_G2, "gamma is not 1, as snarkjs has it"),
        (DELTA_G2, "delta is not the same in G1 and G2"),
    ] {
        refused(HEADER, reason, |sections| put(section(sections, HEADER), position, &elsewhere_g2()));
    }
    let reason = "expected the delta that the last contribution left, found another";
    refused(CONTRIBUTIONS, reason, |sections| put(section(sections, HEADER), DELTA_G1, &elsewhere()));
    refused(CONTRIBUTIONS, reason, |sections| put(last_record(sections), 0, &elsewhere()));
}

#[test]
fn a_malformed_contribution_is_refused() {
    refused(CONTRIBUTIONS, "kind of a contribution", |sections| last_record(sections)[384] = 2);
}

#[test]
fn a_changed_point_is_refused_wherever_it_is() {
    let of_constraints = "the points are not those of the constraints";
    let of_private = "the points of C or IC are not those of the constraints";
    let lagrange = "the points are not the Lagrange polynomials at tau over delta";
    for (number, points, named, reason) in [
        (IC, 4, C, of_private),
        (A, 9, A, of_constraints),
        (B1, 9, B1, of_constraints),
        (C, 5, C, of_private),
        (H, 8, H, lagrange),
    ] {
        for index in 0..points {
            refused(named, reason, |sections| put(section(sections, number), 64 * index, &elsewhere()));
        }
    }
    for index in 0..9 {
        let reason = "the points are not those of B1";
        refused(B2, reason, |sections| put(section(sections, B2), 128 * index, &elsewhere_g2()));
    }
}

#[test]
fn a_point_that_is_none_is_refused() {
    for number in [IC, A, B1, C, H] {
        let off = stored(&[ark_bn254::Fq::ONE; 2]);
        refused(number, "2: NotOnCurve", |sections| put(section(sections, number), 128, &off));
        refused(number, "2: CoordinateNotCanonical { word: 1 }", |sections| {
            section(sections, number)[128 + 32..][..32].fill(0xff);
        });
    }
    refused(B2, "2: NotOnCurve", |sections| put(section(sections, B2), 256, &stored(&[ark_bn254::Fq::ONE; 4])));
}
