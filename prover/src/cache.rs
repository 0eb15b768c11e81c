//! The development key on disk.
//!
//! A file is one line of text that names format and version and says that the key is insecure, then the digest of the
//! constraints (32 bytes), the length of the body (u64) and its SHA-256 (32), then the body: arkworks' uncompressed
//! proving key.

use std::{
    fs,
    io::{self, Write},
    path::{Path, PathBuf},
};

use ark_bn254::Bn254;
use ark_groth16::ProvingKey;
use ark_serialize::{CanonicalDeserialize, CanonicalSerialize};
use ballast_core::{Digest, digest::sha256};

const HEADER: &[u8] =
    b"BALLAST PROVING KEY v1: INSECURE DEVELOPMENT SETUP, its secret is public, for tests and demonstrations only\n";
const FILE_NAME: &str = "direct-INSECURE-development.key";

/// Why a stored key is not used.
#[derive(Debug, thiserror::Error)]
pub(crate) enum CacheError {
    #[error("there is no such file")]
    Missing,
    #[error("the file cannot be read: {0}")]
    Unreadable(io::Error),
    #[error("the first line is not that of this format and version")]
    HeaderUnknown,
    #[error("the key is for other constraints than this circuit's")]
    OtherConstraints,
    #[error("the body should have {expected} bytes and has {found}")]
    Length { expected: u64, found: u64 },
    #[error("the body does not have the digest that the file states")]
    DigestMismatch,
    #[error("the body is not a proving key: {0}")]
    Malformed(ark_serialize::SerializationError),
}

/// Where the key lies in `directory`.
pub(crate) fn path(directory: &Path) -> PathBuf {
    directory.join(FILE_NAME)
}

/// Reads a key, if the file is whole and made for these constraints.
pub(crate) fn load(path: &Path, constraints: &Digest) -> Result<ProvingKey<Bn254>, CacheError> {
    let file = fs::read(path).map_err(|error| match error.kind() {
        io::ErrorKind::NotFound => CacheError::Missing,
        _ => CacheError::Unreadable(error),
    })?;
    let rest = file.strip_prefix(HEADER).ok_or(CacheError::HeaderUnknown)?;
    let short = || CacheError::Length { expected: 72, found: rest.len() as u64 };
    let (found_constraints, rest) = rest.split_first_chunk::<32>().ok_or_else(short)?;
    let (length, rest) = rest.split_first_chunk::<8>().ok_or_else(short)?;
    let (digest, body) = rest.split_first_chunk::<32>().ok_or_else(short)?;
    if found_constraints != constraints {
        return Err(CacheError::OtherConstraints);
    }
    let (expected, found) = (u64::from_be_bytes(*length), body.len() as u64);
    if found != expected {
        return Err(CacheError::Length { expected, found });
    }
    if sha256(&[body]) != *digest {
        return Err(CacheError::DigestMismatch);
    }
    // Points are not checked one by one, which would take longer than the setup: the digest shows that they are as
    // written, and a proof under a wrong key does not pass the prover's own verification.
    let mut body = body;
    let key = ProvingKey::deserialize_uncompressed_unchecked(&mut body).map_err(CacheError::Malformed)?;
    if !body.is_empty() {
        return Err(CacheError::Length { expected: expected - body.len() as u64, found });
    }
    Ok(key)
}

/// Writes a key whole or not at all: a reader never sees a part of it, whenever the writer is killed.
pub(crate) fn store(path: &Path, constraints: &Digest, key: &ProvingKey<Bn254>) -> io::Result<()> {
    let directory = path.parent().unwrap_or(Path::new("."));
    fs::create_dir_all(directory)?;
    let mut body = Vec::with_capacity(key.uncompressed_size());
    key.serialize_uncompressed(&mut body).map_err(io::Error::other)?;
    let mut file = tempfile::NamedTempFile::new_in(directory)?;
    for part in [HEADER, constraints, &(body.len() as u64).to_be_bytes(), &sha256(&[&body]), &body] {
        file.write_all(part)?;
    }
    file.as_file().sync_all()?;
    file.persist(path)?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key() -> ProvingKey<Bn254> {
        ProvingKey {
            vk: Default::default(),
            beta_g1: Default::default(),
            delta_g1: Default::default(),
            a_query: vec![Default::default(); 3],
            b_g1_query: Vec::new(),
            b_g2_query: vec![Default::default(); 2],
            h_query: Vec::new(),
            l_query: Vec::new(),
        }
    }

    /// What loading says of a stored key after `change`.
    fn changed(change: impl FnOnce(&mut Vec<u8>)) -> Result<ProvingKey<Bn254>, CacheError> {
        let directory = tempfile::tempdir().unwrap();
        let path = path(directory.path());
        store(&path, &[5; 32], &key()).unwrap();
        let mut bytes = fs::read(&path).unwrap();
        change(&mut bytes);
        fs::write(&path, bytes).unwrap();
        load(&path, &[5; 32])
    }

    const BODY: usize = HEADER.len() + 72;

    #[test]
    fn a_stored_key_is_read_back() {
        assert_eq!(changed(|_| ()).unwrap(), key());
    }

    #[test]
    fn a_file_that_is_not_whole_and_of_this_version_is_refused() {
        assert!(matches!(changed(|bytes| bytes.clear()), Err(CacheError::HeaderUnknown)));
        assert!(matches!(changed(|bytes| bytes.truncate(40)), Err(CacheError::HeaderUnknown)));
        let version = HEADER.iter().position(|byte| *byte == b'1').unwrap();
        assert!(matches!(changed(|bytes| bytes[version] = b'2'), Err(CacheError::HeaderUnknown)));
        for end in [HEADER.len(), HEADER.len() + 31, HEADER.len() + 39, BODY - 1] {
            assert!(matches!(changed(|bytes| bytes.truncate(end)), Err(CacheError::Length { .. })), "{end}");
        }
        assert!(matches!(changed(|bytes| bytes.truncate(bytes.len() - 1)), Err(CacheError::Length { .. })));
        assert!(matches!(changed(|bytes| bytes.push(0)), Err(CacheError::Length { .. })));
    }

    #[test]
    fn an_altered_body_is_refused() {
        assert!(matches!(changed(|bytes| bytes[BODY] ^= 1), Err(CacheError::DigestMismatch)));
        assert!(matches!(changed(|bytes| *bytes.last_mut().unwrap() ^= 1), Err(CacheError::DigestMismatch)));
        assert!(matches!(changed(|bytes| bytes[BODY - 1] ^= 1), Err(CacheError::DigestMismatch)));
    }

    #[test]
    fn a_body_that_is_no_key_is_refused_even_with_its_digest() {
        fn reseal(bytes: &mut [u8]) {
            let length = (bytes.len() - BODY) as u64;
            let digest = sha256(&[&bytes[BODY..]]);
            bytes[BODY - 40..BODY - 32].copy_from_slice(&length.to_be_bytes());
            bytes[BODY - 32..BODY].copy_from_slice(&digest);
        }
        let short = changed(|bytes| {
            bytes.truncate(bytes.len() - 9);
            reseal(bytes);
        });
        assert!(matches!(short, Err(CacheError::Malformed(_))));
        let long = changed(|bytes| {
            bytes.extend([0; 9]);
            reseal(bytes);
        });
        assert!(matches!(long, Err(CacheError::Length { .. })));
    }

    #[test]
    fn a_key_for_other_constraints_is_refused() {
        assert!(matches!(changed(|bytes| bytes[HEADER.len()] ^= 1), Err(CacheError::OtherConstraints)));
    }

    #[test]
    fn a_missing_file_is_missing_and_a_folder_is_unreadable() {
        let directory = tempfile::tempdir().unwrap();
        assert!(matches!(load(&path(directory.path()), &[5; 32]), Err(CacheError::Missing)));
        assert!(matches!(load(directory.path(), &[5; 32]), Err(CacheError::Unreadable(_))));
    }
}
