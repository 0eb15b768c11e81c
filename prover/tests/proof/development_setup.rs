//! The development key and its copy on disk.

use std::{fs, path::PathBuf};

use ballast_core::{
    Refusal,
    circuit::{Class, SetupKind, circuit_id},
    digest::sha256,
};
use ballast_prover::{
    ProveError, VerifyError,
    key::KeyError,
    key_file::{self, KeyFileError},
    prove, setup,
};

use crate::fixture::{CLASS, key, leaf, shard, statement};

/// SHA-256 of the verifying key of depth 7, and of the whole file: everyone's.
const VERIFYING_KEY: &str = "615c89a9b226b77130aac26334e7fd5a15f01dd49d4483b09d8848c933ceeb73";
const FILE: &str = "3f69a8c600e85fae2d22394764ad15d300fe4ba624ace60f1356b995547b8498";

/// The shared cache's file, copied to a folder of its own.
struct Copy {
    _directory: tempfile::TempDir,
    path: PathBuf,
}

impl Copy {
    fn new(change: impl FnOnce(&mut Vec<u8>)) -> Self {
        let directory = tempfile::tempdir_in(env!("CARGO_TARGET_TMPDIR")).unwrap();
        let path = directory.path().join(key_file::name(CLASS, SetupKind::Development));
        let mut bytes = original();
        change(&mut bytes);
        fs::write(&path, bytes).unwrap();
        Self { _directory: directory, path }
    }
}

fn original() -> Vec<u8> {
    key();
    let name = key_file::name(CLASS, SetupKind::Development);
    fs::read(PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(name)).unwrap()
}

#[test]
fn the_file_says_first_that_it_is_insecure() {
    let bytes = original();
    let length = bytes.iter().position(|byte| *byte == b'\n').unwrap();
    let line = std::str::from_utf8(&bytes[..length]).unwrap();
    assert!(line.starts_with("BALLAST PROVING KEY v2: INSECURE DEVELOPMENT SETUP"), "{line}");
    assert!(format!("{:?}", key()).contains("INSECURE"));
    assert!(key_file::name(CLASS, SetupKind::Development).contains("INSECURE"));
}

#[test]
fn the_circuit_id_says_that_the_setup_is_a_development_one() {
    let key = key();
    assert_eq!(key.setup(), SetupKind::Development);
    let id = |class, setup| circuit_id(class, setup, &key.transcript(), key.verifying_key());
    assert_eq!(key.circuit_id(), id(CLASS, SetupKind::Development));
    assert_ne!(key.circuit_id(), id(CLASS, SetupKind::Ceremony));
    assert_ne!(key.circuit_id(), id(Class::new(8), SetupKind::Development));
}

#[test]
fn everyone_has_the_same_key() {
    assert_eq!(hex::encode(sha256(&[key().verifying_key().as_bytes()])), VERIFYING_KEY);
    // To the byte. What is tested is the making of the copy that is there: `.ci/run` begins without
    // one.
    assert_eq!(hex::encode(sha256(&[&original()])), FILE);
}

#[test]
fn a_key_with_points_exchanged_withholds_its_proof() {
    // The last two of the last list, and the digest fits: what only the prover's own verification
    // can notice.
    let copy = Copy::new(|bytes| {
        bytes.truncate(bytes.len() - 32);
        let last = bytes.len() - 64;
        let (before, point) = bytes.split_at_mut(last);
        point.swap_with_slice(&mut before[last - 64..]);
        let digest = sha256(&[bytes]);
        bytes.extend(digest);
    });
    let changed = key_file::load(&copy.path, CLASS).unwrap();
    assert_eq!(changed.circuit_id(), key().circuit_id());
    let mut shard = shard(vec![leaf(0, &[(1, 5)])]);
    shard.statement = statement(changed.circuit_id());
    assert_eq!(prove(&changed, &shard).unwrap_err(), ProveError::SelfVerification(VerifyError::Rejected));
}

#[test]
fn a_development_key_is_no_ceremonys() {
    const LINE: &[u8] =
        b"BALLAST PROVING KEY v2: made by a ceremony; compare the transcript's digest with the published one before use\n";
    let copy = Copy::new(|bytes| {
        let line = bytes.iter().position(|byte| *byte == b'\n').unwrap();
        bytes.splice(..=line, LINE.iter().copied());
        bytes.truncate(bytes.len() - 32);
        let digest = sha256(&[bytes]);
        bytes.extend(digest);
    });
    let refused = key_file::load(&copy.path, CLASS).unwrap_err();
    let expected = KeyError::Refused(Refusal::DevelopmentKeyAsCeremony);
    assert!(matches!(&refused, KeyFileError::Key(found) if *found == expected), "{refused}");
}

#[test]
fn a_key_that_lost_its_points_is_refused() {
    let groth16 = key().groth16();
    let queries =
        [&groth16.a_query, &groth16.b_g1_query, &groth16.h_query, &groth16.l_query].map(|query| 64 * query.len());
    // Before each of the five is its length.
    const LENGTHS: usize = 5 * size_of::<u64>();
    let length = queries.iter().sum::<usize>() + 128 * groth16.b_g2_query.len() + LENGTHS;
    let copy = Copy::new(|bytes| {
        bytes.truncate(bytes.len() - 32 - length);
        bytes.extend([0; LENGTHS]);
        let digest = sha256(&[bytes]);
        bytes.extend(digest);
    });
    let refused = key_file::load(&copy.path, CLASS).unwrap_err();
    assert!(matches!(refused, KeyFileError::Key(KeyError::Points { list: "a", found: 0, .. })), "{refused}");
}

/// A real key but for Groth16's masks, with the digest that fits. Its proofs would hold.
#[test]
fn a_key_without_masks_is_refused() {
    let groth16 = key().groth16();
    let points = groth16.a_query.len() + groth16.b_g1_query.len() + groth16.h_query.len() + groth16.l_query.len();
    let lists = 64 * points + 128 * groth16.b_g2_query.len() + 5 * size_of::<u64>();
    // Before the lists are beta and delta in G1. Infinity is a flag in the last byte.
    let mut infinity = [0; 64];
    infinity[63] = 1 << 6;
    for (point, place) in [("beta", 2), ("delta", 1)] {
        let copy = Copy::new(|bytes| {
            bytes.truncate(bytes.len() - 32);
            let start = bytes.len() - lists - 64 * place;
            bytes[start..start + 64].copy_from_slice(&infinity);
            let digest = sha256(&[bytes]);
            bytes.extend(digest);
        });
        let refused = key_file::load(&copy.path, CLASS).unwrap_err();
        let KeyFileError::Key(KeyError::Mask { point: found }) = refused else { panic!("{refused}") };
        assert_eq!(found, point);
    }
}

#[test]
fn a_folder_that_cannot_be_written_is_named() {
    // A file where the folder should be: refused whoever runs the test.
    let file = tempfile::NamedTempFile::new_in(env!("CARGO_TARGET_TMPDIR")).unwrap();
    let key = key();
    let found = key_file::store(&file.path().join("key"), key).unwrap_err();
    assert_eq!(found.kind(), std::io::ErrorKind::AlreadyExists, "{found}");
}

#[test]
fn a_class_without_a_circuit_has_no_key() {
    for depth in [0, 6, 12] {
        let found = setup::development(std::path::Path::new("/nonexistent"), Class::new(depth)).unwrap_err();
        assert!(found.to_string().starts_with("there is no circuit for this class"), "{found}");
    }
}
