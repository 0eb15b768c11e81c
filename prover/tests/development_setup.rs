//! The development key and its copy on disk.

mod fixture;

use std::{fs, path::PathBuf};

use ballast_core::{
    circuit::{SetupKind, circuit_id},
    digest::sha256,
};
use ballast_prover::{ProveError, VerifyError, circuit::CLASS, prove, setup};
use fixture::{key, leaf, shard, statement};

/// The shared cache's file, copied to a folder of its own.
struct Copy {
    directory: tempfile::TempDir,
    path: PathBuf,
}

impl Copy {
    fn new(change: impl FnOnce(&mut Vec<u8>)) -> Self {
        key();
        let original = PathBuf::from(env!("CARGO_TARGET_TMPDIR"));
        let name = fs::read_dir(&original)
            .unwrap()
            .map(|entry| entry.unwrap().file_name())
            .find(|name| name.to_string_lossy().contains("INSECURE"))
            .unwrap();
        let directory = tempfile::tempdir_in(&original).unwrap();
        let path = directory.path().join(&name);
        let mut bytes = fs::read(original.join(&name)).unwrap();
        change(&mut bytes);
        fs::write(&path, bytes).unwrap();
        Self { directory, path }
    }
}

/// The length of the first line.
fn header(bytes: &[u8]) -> usize {
    bytes.iter().position(|byte| *byte == b'\n').unwrap() + 1
}

#[test]
fn the_file_says_first_that_it_is_insecure() {
    let copy = Copy::new(|_| ());
    let bytes = fs::read(&copy.path).unwrap();
    let line = std::str::from_utf8(&bytes[..header(&bytes)]).unwrap();
    assert!(line.starts_with("BALLAST PROVING KEY v1: INSECURE DEVELOPMENT SETUP"), "{line}");
    assert!(format!("{:?}", key()).contains("INSECURE"));
}

#[test]
fn the_circuit_id_says_that_the_setup_is_a_development_one() {
    let key = key();
    assert_eq!(key.setup(), SetupKind::Development);
    let id = |setup| circuit_id(CLASS, setup, &key.transcript(), key.verifying_key());
    assert_eq!(key.circuit_id(), id(SetupKind::Development));
    assert_ne!(key.circuit_id(), id(SetupKind::Ceremony));
}

#[test]
fn an_altered_key_is_replaced_by_the_same_key_as_everyones() {
    let copy = Copy::new(|bytes| *bytes.last_mut().unwrap() ^= 1);
    let sound = fs::read(Copy::new(|_| ()).path).unwrap();
    assert_ne!(fs::read(&copy.path).unwrap(), sound);
    let made = setup::development(copy.directory.path()).unwrap();
    assert_eq!(made.verifying_key(), key().verifying_key());
    // Deterministic to the byte: this copy was made anew, the other by whichever test came first.
    assert_eq!(sha256(&[&fs::read(&copy.path).unwrap()]), sha256(&[&sound]));
    assert_eq!(fs::read_dir(copy.directory.path()).unwrap().count(), 1, "no temporary file is left");
}

#[test]
fn a_key_with_other_points_withholds_its_proof() {
    // Two points exchanged and the digest made to fit: what only the prover's own verification can notice.
    let copy = Copy::new(|bytes| {
        let start = header(bytes) + 32 + 8 + 32;
        let end = bytes.len();
        let last: Vec<u8> = bytes[end - 64..].to_vec();
        bytes.copy_within(end - 128..end - 64, end - 64);
        bytes[end - 128..end - 64].copy_from_slice(&last);
        let digest = sha256(&[&bytes[start..]]);
        bytes[start - 32..start].copy_from_slice(&digest);
    });
    let before = fs::read(&copy.path).unwrap();
    let changed = setup::development(copy.directory.path()).unwrap();
    assert_eq!(fs::read(&copy.path).unwrap(), before, "the digest fits, so the file is used");
    // The last points belong to the totals of assets 63 and 64.
    let mut shard = shard(vec![leaf(0, &[(63, 5), (64, 7)])]);
    shard.statement = statement(changed.circuit_id());
    assert_eq!(prove(&changed, &shard).unwrap_err(), ProveError::SelfVerification(VerifyError::Rejected));
}

#[test]
fn a_folder_that_cannot_be_written_is_named() {
    let copy = Copy::new(|_| ());
    // A file where the folder should be: refused whoever runs the test.
    let found = setup::development(&copy.path).unwrap_err().to_string();
    assert!(found.contains(copy.path.to_str().unwrap()), "{found}");
}
