//! One ceremony for all tests, run by snarkjs, and its files with something changed.

use std::{
    fs,
    path::{Path, PathBuf},
    sync::{
        OnceLock,
        atomic::{AtomicUsize, Ordering},
    },
};

use ark_bn254::{Fq, Fr, G1Affine, G2Affine};
use ark_ec::AffineRepr;
use ballast_prover::setup::{
    ceremony::export_r1cs,
    contribution::Beacon,
    sections::{FileError, Reason},
    snarkjs::Snarkjs,
};

use crate::circuit::Small;

/// Power of the tests' powers of tau: circuits of up to 64 rows.
pub const POWER: u32 = 6;

pub struct Ceremony {
    pub powers: PathBuf,
    pub eight: Circuit,
    pub sixty_four: Circuit,
    /// The first circuit with another coefficient.
    pub other_eight: Circuit,
    /// Other powers of tau, of the same power.
    pub other_powers: PathBuf,
}

/// The files of one circuit.
pub struct Circuit {
    pub r1cs: PathBuf,
    /// Without contributions.
    pub initial: PathBuf,
    pub key: PathBuf,
}

pub fn snarkjs() -> Snarkjs {
    Snarkjs::new(&Path::new(env!("CARGO_MANIFEST_DIR")).join("../node_modules/.bin/snarkjs")).unwrap()
}

pub fn beacon() -> Beacon {
    Beacon { value: (0..32).collect(), exponent: 10 }
}

/// A folder of the tests' own, made anew for each run.
pub fn folder() -> &'static Path {
    static FOLDER: OnceLock<PathBuf> = OnceLock::new();
    FOLDER.get_or_init(|| {
        let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("snarkjs");
        let _ = fs::remove_dir_all(&folder);
        fs::create_dir_all(&folder).unwrap();
        folder
    })
}

/// A path in [`folder`] where nothing is yet.
pub fn fresh(name: &str) -> PathBuf {
    static NUMBER: AtomicUsize = AtomicUsize::new(0);
    folder().join(format!("{}-{name}", NUMBER.fetch_add(1, Ordering::Relaxed)))
}

/// The ceremony, run by the first test that asks.
pub fn ceremony() -> &'static Ceremony {
    static CEREMONY: OnceLock<Ceremony> = OnceLock::new();
    CEREMONY.get_or_init(|| {
        // The constraints do not depend on them.
        let inputs = [Fr::from(1u64); 3];
        let powers = run_phase1();
        Ceremony {
            eight: run_phase2(&Small::eight(inputs), &powers),
            sixty_four: run_phase2(&Small::sixty_four(inputs), &powers),
            other_eight: run_phase2(&Small::new(inputs, 1, 4), &powers),
            other_powers: run_phase1(),
            powers,
        }
    })
}

fn run_phase1() -> PathBuf {
    let snarkjs = snarkjs();
    let [new, contributed, ended, prepared] = ["new", "contributed", "ended", "prepared"].map(fresh);
    snarkjs.new_powers(POWER, &new).unwrap();
    snarkjs.contribute_powers(&new, &contributed, "first").unwrap();
    snarkjs.beacon_powers(&contributed, &ended, &beacon(), "last").unwrap();
    snarkjs.prepare_powers(&ended, &prepared).unwrap();
    prepared
}

fn run_phase2(circuit: &Small, powers: &Path) -> Circuit {
    let snarkjs = snarkjs();
    let [r1cs, initial, contributed, key] = ["r1cs", "initial", "contributed", "key"].map(fresh);
    export_r1cs(&circuit.r1cs(), &r1cs).unwrap();
    snarkjs.new_key(&r1cs, powers, &initial).unwrap();
    snarkjs.contribute_key(&initial, &contributed, "someone\u{1b}[2J").unwrap();
    snarkjs.beacon_key(&contributed, &key, &beacon(), "last").unwrap();
    Circuit { r1cs, initial, key }
}

/// The sections of a file, in order.
pub type Container = Vec<(u32, Vec<u8>)>;

/// A copy of a file with its sections changed.
pub fn edited(path: &Path, change: impl FnOnce(&mut Container)) -> PathBuf {
    let bytes = fs::read(path).unwrap();
    let u32_at = |position: usize| u32::from_le_bytes(bytes[position..][..4].try_into().unwrap());
    let mut sections = Vec::new();
    let mut position = 12;
    while position < bytes.len() {
        let length = u64::from_le_bytes(bytes[position + 4..][..8].try_into().unwrap()) as usize;
        sections.push((u32_at(position), bytes[position + 12..][..length].to_vec()));
        position += 12 + length;
    }
    change(&mut sections);
    let mut written = bytes[..8].to_vec();
    written.extend((sections.len() as u32).to_le_bytes());
    for (number, section) in &sections {
        written.extend(number.to_le_bytes());
        written.extend((section.len() as u64).to_le_bytes());
        written.extend(section);
    }
    rewritten(&written)
}

/// A copy of a file with its bytes changed.
pub fn mangled(path: &Path, change: impl FnOnce(&mut Vec<u8>)) -> PathBuf {
    let mut bytes = fs::read(path).unwrap();
    change(&mut bytes);
    rewritten(&bytes)
}

fn rewritten(bytes: &[u8]) -> PathBuf {
    let path = fresh("changed");
    fs::write(&path, bytes).unwrap();
    path
}

/// The bytes of a section.
pub fn section(sections: &mut Container, number: u32) -> &mut Vec<u8> {
    &mut sections.iter_mut().find(|(found, _)| *found == number).unwrap().1
}

/// A point as a file has it.
pub fn stored_g1(point: impl Into<G1Affine>) -> Vec<u8> {
    let (x, y) = point.into().xy().unwrap();
    stored(&[x, y])
}

/// A point of G2 as a file has it.
pub fn stored_g2(point: impl Into<G2Affine>) -> Vec<u8> {
    let (x, y) = point.into().xy().unwrap();
    stored(&[x.c0, x.c1, y.c0, y.c1])
}

pub fn stored(coordinates: &[Fq]) -> Vec<u8> {
    coordinates.iter().flat_map(|coordinate| coordinate.0.0).flat_map(u64::to_le_bytes).collect()
}

/// Section and, without its numbers, reason of a refusal; the message must name the file.
pub fn refusal<T>(result: Result<T, FileError>) -> (u32, String) {
    let Err(error) = result else { panic!("accepted") };
    let message = error.to_string();
    assert!(message.contains(error.path.to_str().unwrap()), "{message}");
    let reason = match &error.reason {
        Reason::Mismatch { what, expected, found } => {
            assert!(message.contains(expected) && message.contains(found), "{message}");
            assert_ne!(expected, found);
            (*what).to_owned()
        }
        Reason::Point { index, reason } => format!("{index}: {reason:?}"),
        other => other.to_string(),
    };
    (error.section.map_or(0, |section| section.number), reason)
}

/// Asserts a refusal's section and reason.
#[track_caller]
pub fn assert_refused<T>(result: Result<T, FileError>, section: u32, reason: &str) {
    assert_eq!(refusal(result), (section, reason.to_owned()));
}
