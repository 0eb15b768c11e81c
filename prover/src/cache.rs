//! The development key on disk.
//!
//! A file is one line of text that names format and version and says that the key is insecure, then the digest of the
//! constraints (32 bytes), the length of the body (u64) and its SHA-256 (32), then the body: arkworks' uncompressed proving key.

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
