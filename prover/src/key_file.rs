//! A proving key on disk.
//!
//! A file is one line of text that names format, version and setup, and says so when the key is
//! insecure; then the class's depth (u8), the setup's transcript (32 bytes), the digest of the
//! constraints (32), the number of powers (u64), the powers and `[tau]`, arkworks' uncompressed
//! proving key, and the SHA-256 of all that. It is written and read as a stream.

use std::{
    io::{self, BufReader, Read, Write},
    path::Path,
};

use ark_bn254::{Bn254, G1Affine, G2Affine};
use ark_serialize::{CanonicalDeserialize, CanonicalSerialize, SerializationError};
use ballast_core::{
    Digest, Refusal,
    circuit::{Class, SetupKind},
};
use ballast_durable::{Access, create_directory, open_plain};
use sha2::{Digest as _, Sha256};

use crate::{
    circuit::shape::Shape,
    key::{KeyError, ProvingKey},
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
    #[error("the first line does not name this format and version")]
    HeaderUnknown,
    #[error("expected a key for depth {expected}, found one for depth {found}")]
    OtherClass { expected: u8, found: u8 },
    #[error("the key was made for the constraints of another circuit")]
    OtherConstraints,
    #[error("expected {expected} powers of tau, found {found}")]
    Powers { expected: u64, found: u64 },
    #[error("the file is damaged: it does not have the digest that it states")]
    DigestMismatch,
    #[error("the file goes on after the end of the key")]
    TooLong,
    #[error("the body is not a proving key: {0}")]
    Malformed(SerializationError),
    #[error(transparent)]
    Key(#[from] KeyError),
}

/// The name of the file that holds the key of a class.
pub fn name(class: Class, setup: SetupKind) -> String {
    let setup = match setup {
        SetupKind::Development => "INSECURE-development",
        SetupKind::Ceremony => "ceremony",
    };
    format!("depth-{}-{setup}.key", class.depth)
}

/// Reads the key of a class, if the file is whole and made for the class's constraints.
///
/// Points are not checked one by one, which would take longer than a setup: the digest shows that
/// they are as written, and a proof under a wrong key does not pass the prover's own verification.
///
/// # Errors
/// [`KeyFileError`] names what is wrong.
pub fn load(path: &Path, class: Class) -> Result<ProvingKey, KeyFileError> {
    load_of_shape(path, shape(class).map_err(KeyError::from)?)
}

/// [`load`], for constraints of this shape.
pub(crate) fn load_of_shape(path: &Path, shape: &Shape) -> Result<ProvingKey, KeyFileError> {
    let file = open_plain(path).map_err(|error| match error.kind() {
        io::ErrorKind::NotFound => KeyFileError::Missing,
        _ => KeyFileError::Unreadable(error),
    })?;
    let mut reader = HashingStream { inner: BufReader::with_capacity(BUFFER, file), hasher: Sha256::new() };
    let setup = read_header(&mut reader)?;
    let [depth] = read_array(&mut reader)?;
    if depth != shape.depth {
        return Err(KeyFileError::OtherClass { expected: shape.depth, found: depth });
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
    Ok(ProvingKey::of_shape(shape, groth16, Srs::new(powers, tau), setup, transcript)?)
}

/// Writes a key whole or not at all: a reader never sees a part of it, whenever the writer is
/// killed.
///
/// # Errors
/// Those of the file system.
pub fn store(path: &Path, key: &ProvingKey) -> io::Result<()> {
    let shape = shape(key.class()).map_err(io::Error::other)?;
    if let Some(directory) = path.parent() {
        create_directory(directory, Access::Everyone)?;
    }
    ballast_durable::write_with(path, Access::Owner, |file| {
        let mut writer = HashingStream { inner: file, hasher: Sha256::new() };
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
        let digest = writer.hasher.finalize();
        writer.inner.write_all(&digest)
    })
}

fn shape(class: Class) -> Result<&'static Shape, Refusal> {
    Shape::of(class).ok_or(Refusal::CircuitClassUnsupported { depth: class.depth, assets: class.assets })
}

/// A stream that is hashed as it passes.
struct HashingStream<T> {
    inner: T,
    hasher: Sha256,
}

impl<T: Read> Read for HashingStream<T> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let count = self.inner.read(buffer)?;
        self.hasher.update(&buffer[..count]);
        Ok(count)
    }
}

impl<T: Write> Write for HashingStream<T> {
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

#[cfg(test)]
pub(crate) mod tests {
    use super::*;
    use crate::{
        key::tests::{SMALL, fifth, groth16},
        kzg::chunk_length,
    };
    use std::fs;

    const CLASS: Class = Class::SMALLEST;

    /// A key of small constraints whose points are multiples of the generators: nothing on disk
    /// depends on what they are.
    pub(crate) fn key(setup: SetupKind) -> ProvingKey {
        ProvingKey::of_shape(&SMALL, groth16(), fifth(), setup, [6; 32]).unwrap()
    }

    struct Stored {
        directory: tempfile::TempDir,
        bytes: Vec<u8>,
    }

    impl Stored {
        fn new(setup: SetupKind) -> Self {
            let directory = tempfile::tempdir().unwrap();
            let path = directory.path().join("key");
            store(&path, &key(setup)).unwrap();
            Self { bytes: fs::read(&path).unwrap(), directory }
        }

        fn load(&self, class: Class, bytes: &[u8]) -> Result<ProvingKey, KeyFileError> {
            let path = self.directory.path().join("key");
            fs::write(&path, bytes).unwrap();
            let shape = Shape { depth: class.depth, ..SMALL };
            if class.check().is_ok() { load_of_shape(&path, &shape) } else { load(&path, class) }
        }

        /// The reason why the changed file is refused; `signed` when its digest is made to fit.
        fn refusal(&self, signed: bool, change: impl FnOnce(&mut Vec<u8>)) -> KeyFileError {
            let mut bytes = self.bytes.clone();
            change(&mut bytes);
            if signed {
                let end = bytes.len() - 32;
                let digest = Sha256::digest(&bytes[..end]);
                bytes[end..].copy_from_slice(&digest);
            }
            self.load(CLASS, &bytes).unwrap_err()
        }
    }

    /// Where depth, transcript, digest of the constraints and number of powers begin.
    const DEPTH: usize = DEVELOPMENT.len();
    const CONSTRAINTS: usize = DEPTH + 1 + 32;
    const COUNT: usize = CONSTRAINTS + 32;
    const POWERS: usize = COUNT + 8;

    #[test]
    fn a_key_survives_its_file() {
        for setup in [SetupKind::Development, SetupKind::Ceremony] {
            let stored = Stored::new(setup);
            let (found, expected) = (stored.load(CLASS, &stored.bytes).unwrap(), key(setup));
            assert_eq!((found.setup(), found.class(), found.transcript()), (setup, CLASS, [6; 32]));
            assert_eq!(found.circuit_id(), expected.circuit_id());
            assert_eq!(found.groth16(), expected.groth16());
            assert!(found.srs().powers() == expected.srs().powers() && found.srs().tau() == expected.srs().tau());
        }
    }

    #[test]
    fn a_missing_file_is_said_to_be_missing() {
        let directory = tempfile::tempdir().unwrap();
        assert!(matches!(load(&directory.path().join("key"), CLASS), Err(KeyFileError::Missing)));
        assert!(matches!(load(directory.path(), CLASS), Err(KeyFileError::Unreadable(_))));
    }

    #[test]
    fn a_file_that_is_cut_anywhere_is_refused() {
        let stored = Stored::new(SetupKind::Development);
        let length = stored.bytes.len();
        for kept in
            [0, 1, DEPTH - 1, DEPTH, CONSTRAINTS, COUNT, POWERS, POWERS + 10_000, length - 33, length - 32, length - 1]
        {
            let found = stored.load(CLASS, &stored.bytes[..kept]).map(|_| ()).unwrap_err();
            assert!(matches!(found, KeyFileError::Unreadable(_) | KeyFileError::Malformed(_)), "{kept}: {found}");
        }
    }

    #[test]
    fn bytes_behind_the_end_are_refused() {
        let stored = Stored::new(SetupKind::Development);
        assert!(matches!(stored.refusal(false, |bytes| bytes.push(0)), KeyFileError::TooLong));
    }

    #[test]
    fn a_changed_file_is_refused() {
        let stored = Stored::new(SetupKind::Development);
        let length = stored.bytes.len();
        // Transcript, a power, the verifying key and the queries, the digest itself.
        let groth16 = POWERS + 64 * srs_length(CLASS.depth) + 128;
        for place in [DEPTH + 1, POWERS, POWERS + 64 * chunk_length(CLASS.depth), groth16 + 1, length - 100, length - 1]
        {
            let found = stored.refusal(false, |bytes| bytes[place] ^= 1);
            assert!(matches!(found, KeyFileError::DigestMismatch | KeyFileError::Malformed(_)), "{place}: {found}");
        }
    }

    #[test]
    fn a_file_for_another_class_is_refused() {
        let stored = Stored::new(SetupKind::Development);
        let found = stored.load(Class::new(8), &stored.bytes).unwrap_err();
        assert!(matches!(found, KeyFileError::OtherClass { expected: 8, found: 7 }), "{found}");
        let found = stored.refusal(true, |bytes| bytes[DEPTH] = 9);
        assert!(matches!(found, KeyFileError::OtherClass { expected: 7, found: 9 }), "{found}");
        let found = stored.load(Class::new(5), &stored.bytes).unwrap_err();
        assert!(
            matches!(found, KeyFileError::Key(KeyError::Refused(Refusal::CircuitClassUnsupported { depth: 5, .. }))),
            "{found}"
        );
    }

    #[test]
    fn a_file_for_other_constraints_is_refused() {
        let stored = Stored::new(SetupKind::Development);
        let found = stored.refusal(true, |bytes| bytes[CONSTRAINTS + 31] ^= 1);
        assert!(matches!(found, KeyFileError::OtherConstraints), "{found}");
    }

    #[test]
    fn a_file_with_another_number_of_powers_is_refused() {
        let stored = Stored::new(SetupKind::Development);
        let expected = srs_length(CLASS.depth) as u64;
        for found in [0, expected - 1, expected + 1, u64::MAX] {
            let refusal = stored.refusal(true, |bytes| bytes[COUNT..POWERS].copy_from_slice(&found.to_be_bytes()));
            assert!(matches!(refusal, KeyFileError::Powers { expected: e, found: f } if (e, f) == (expected, found)));
        }
    }

    #[test]
    fn a_file_with_another_first_line_is_refused() {
        let stored = Stored::new(SetupKind::Development);
        let changes: [fn(&mut Vec<u8>); 4] = [
            |bytes| bytes[0] ^= 1,
            |bytes| bytes[21] = b'3',
            |bytes| bytes[DEPTH - 1] = b' ',
            // An insecure key that does not say so.
            |bytes| drop(bytes.splice(22..DEPTH, *b"\n")),
        ];
        for change in changes {
            assert!(matches!(stored.refusal(true, change), KeyFileError::HeaderUnknown));
        }
    }

    #[test]
    fn a_file_with_a_degenerate_key_is_refused() {
        let stored = Stored::new(SetupKind::Development);
        let gamma = POWERS + 64 * srs_length(CLASS.depth) + 128 + 64 + 128;
        let found = stored.refusal(true, |bytes| bytes.copy_within(gamma..gamma + 128, gamma + 128));
        assert!(matches!(found, KeyFileError::Key(KeyError::Refused(Refusal::KeyGammaEqualsDelta))), "{found}");
    }

    #[test]
    fn names_say_whether_a_key_is_insecure() {
        assert_eq!(name(CLASS, SetupKind::Development), "depth-7-INSECURE-development.key");
        assert_eq!(name(Class::new(10), SetupKind::Ceremony), "depth-10-ceremony.key");
    }

    #[test]
    fn a_folder_that_cannot_be_written_is_an_error_and_nothing_is_left_behind() {
        let directory = tempfile::tempdir().unwrap();
        let file = directory.path().join("file");
        fs::write(&file, b"").unwrap();
        assert!(store(&file.join("key"), &key(SetupKind::Development)).is_err());
        assert_eq!(fs::read_dir(directory.path()).unwrap().count(), 1);
    }
}
