//! A proving key on disk.
//!
//! A file is one line of text that names format, version and setup, and says so when the key is insecure; then the class's depth
//! (u8), the setup's transcript (32 bytes), the digest of the constraints (32), the number of powers (u64), the powers and [tau],
//! arkworks' uncompressed proving key, and the SHA-256 of all that. It is written and read as a stream.

use std::{
    fs::File,
    io::{self, BufReader, BufWriter, Read, Write},
    path::Path,
};

use ark_bn254::{Bn254, G1Affine, G2Affine};
use ark_serialize::{CanonicalDeserialize, CanonicalSerialize, SerializationError};
use ballast_core::{
    Digest, Refusal,
    circuit::{Class, SetupKind},
};
use sha2::{Digest as _, Sha256};

use crate::{
    circuit::shape::Shape,
    key::ProvingKey,
    kzg::{Srs, srs_length},
};

const DEVELOPMENT: &[u8] =
    b"BALLAST PROVING KEY v2: INSECURE DEVELOPMENT SETUP, its secret is public, for tests and demonstrations only\n";
const CEREMONY: &[u8] =
    b"BALLAST PROVING KEY v2: made by a ceremony; compare the transcript's digest with the published one before use\n";
const BUFFER: usize = 1 << 20;

/// Why a stored key is not used.
#[derive(Debug, thiserror::Error)]
pub enum KeyFileError {
    #[error("there is no such file")]
    Missing,
    #[error("the file cannot be read: {0}")]
    Unreadable(io::Error),
    #[error("the first line is not that of this format and version")]
    HeaderUnknown,
    #[error("the key is for depth {found}, expected {expected}")]
    OtherClass { expected: u8, found: u8 },
    #[error("the key is for other constraints than this circuit's")]
    OtherConstraints,
    #[error("there are {found} powers of tau, expected {expected}")]
    Powers { expected: u64, found: u64 },
    #[error("the file does not have the digest that it states")]
    DigestMismatch,
    #[error("there are bytes behind the end")]
    TooLong,
    #[error("the body is not a proving key: {0}")]
    Malformed(SerializationError),
    #[error("the verifying key is refused: {0}")]
    Key(#[from] Refusal),
}

/// What the key of a class is called.
pub fn name(class: Class, setup: SetupKind) -> String {
    let setup = match setup {
        SetupKind::Development => "INSECURE-development",
        SetupKind::Ceremony => "ceremony",
    };
    format!("depth-{}-{setup}.key", class.depth)
}

/// Reads the key of a class, if the file is whole and made for the class's constraints.
///
/// Points are not checked one by one, which would take longer than a setup: the digest shows that they are as written, and a
/// proof under a wrong key does not pass the prover's own verification.
///
/// # Errors
/// [`KeyFileError`] names what is wrong.
pub fn load(path: &Path, class: Class) -> Result<ProvingKey, KeyFileError> {
    let shape = shape(class)?;
    let file = File::open(path).map_err(|error| match error.kind() {
        io::ErrorKind::NotFound => KeyFileError::Missing,
        _ => KeyFileError::Unreadable(error),
    })?;
    let mut reader = Hashing { inner: BufReader::with_capacity(BUFFER, file), hasher: Sha256::new() };
    let setup = read_header(&mut reader)?;
    let [depth] = read_array(&mut reader)?;
    if depth != class.depth {
        return Err(KeyFileError::OtherClass { expected: class.depth, found: depth });
    }
    let transcript = read_array(&mut reader)?;
    if read_array::<32>(&mut reader)? != shape.digest {
        return Err(KeyFileError::OtherConstraints);
    }
    let (expected, found) = (srs_length(depth) as u64, u64::from_be_bytes(read_array(&mut reader)?));
    if found != expected {
        return Err(KeyFileError::Powers { expected, found });
    }
    let mut powers = Vec::with_capacity(srs_length(depth));
    for _ in 0..found {
        powers.push(G1Affine::deserialize_uncompressed_unchecked(&mut reader).map_err(KeyFileError::Malformed)?);
    }
    let tau = G2Affine::deserialize_uncompressed_unchecked(&mut reader).map_err(KeyFileError::Malformed)?;
    let groth16 = ark_groth16::ProvingKey::<Bn254>::deserialize_uncompressed_unchecked(&mut reader)
        .map_err(KeyFileError::Malformed)?;
    let digest: Digest = reader.hasher.clone().finalize().into();
    if read_array::<32>(&mut reader)? != digest {
        return Err(KeyFileError::DigestMismatch);
    }
    if reader.inner.read(&mut [0]).map_err(KeyFileError::Unreadable)? != 0 {
        return Err(KeyFileError::TooLong);
    }
    Ok(ProvingKey::new(class, groth16, Srs::new(powers, tau), setup, transcript)?)
}

/// Writes a key whole or not at all: a reader never sees a part of it, whenever the writer is killed.
///
/// # Errors
/// Those of the file system.
pub fn store(path: &Path, key: &ProvingKey) -> io::Result<()> {
    let shape = shape(key.class()).map_err(io::Error::other)?;
    let directory = path.parent().unwrap_or(Path::new("."));
    std::fs::create_dir_all(directory)?;
    let file = tempfile::NamedTempFile::new_in(directory)?;
    let mut writer = Hashing { inner: BufWriter::with_capacity(BUFFER, file), hasher: Sha256::new() };
    writer.write_all(match key.setup() {
        SetupKind::Development => DEVELOPMENT,
        SetupKind::Ceremony => CEREMONY,
    })?;
    writer.write_all(&[key.class().depth])?;
    writer.write_all(&key.transcript())?;
    writer.write_all(&shape.digest)?;
    writer.write_all(&(key.srs().powers().len() as u64).to_be_bytes())?;
    for power in key.srs().powers() {
        power.serialize_uncompressed(&mut writer).map_err(io::Error::other)?;
    }
    key.srs().tau().serialize_uncompressed(&mut writer).map_err(io::Error::other)?;
    key.groth16().serialize_uncompressed(&mut writer).map_err(io::Error::other)?;
    let digest = writer.hasher.clone().finalize();
    writer.write_all(&digest)?;
    let file = writer.inner.into_inner().map_err(io::IntoInnerError::into_error)?;
    file.as_file().sync_all()?;
    file.persist(path)?;
    Ok(())
}

fn shape(class: Class) -> Result<&'static Shape, Refusal> {
    Shape::of(class).ok_or(Refusal::CircuitClassUnsupported { depth: class.depth, assets: class.assets })
}

/// A stream that is hashed as it passes.
struct Hashing<T> {
    inner: T,
    hasher: Sha256,
}

impl<T: Read> Read for Hashing<T> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let count = self.inner.read(buffer)?;
        self.hasher.update(&buffer[..count]);
        Ok(count)
    }
}

impl<T: Write> Write for Hashing<T> {
    fn write(&mut self, buffer: &[u8]) -> io::Result<usize> {
        let count = self.inner.write(buffer)?;
        self.hasher.update(&buffer[..count]);
        Ok(count)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.inner.flush()
    }
}

fn read_header(reader: &mut impl Read) -> Result<SetupKind, KeyFileError> {
    let mut line = Vec::new();
    let longest = DEVELOPMENT.len().max(CEREMONY.len());
    while line.last() != Some(&b'\n') && line.len() < longest {
        line.push(read_array::<1>(reader)?[0]);
    }
    [(DEVELOPMENT, SetupKind::Development), (CEREMONY, SetupKind::Ceremony)]
        .into_iter()
        .find_map(|(known, setup)| (known == line).then_some(setup))
        .ok_or(KeyFileError::HeaderUnknown)
}

fn read_array<const N: usize>(reader: &mut impl Read) -> Result<[u8; N], KeyFileError> {
    let mut bytes = [0; N];
    reader.read_exact(&mut bytes).map_err(KeyFileError::Unreadable)?;
    Ok(bytes)
}
