//! The development setup: INSECURE, for tests and demonstrations.
//!
//! Its secret comes from a fixed seed in this file, so whoever reads it can forge proofs. It is
//! deterministic: everyone gets the same keys and the same circuit id, which says that the setup is
//! a development one.

use std::path::{Path, PathBuf};

use ark_bn254::{Bn254, Fr, G1Projective, G2Projective};
use ark_ec::PrimeGroup;
use ark_ff::UniformRand;
use ark_groth16::Groth16;
use ark_relations::gr1cs::SynthesisError;
use ballast_core::{
    Digest, Refusal,
    circuit::{Class, SetupKind},
    digest::Preimage,
};
use rand_chacha::{ChaCha20Rng, rand_core::SeedableRng};

use crate::{
    circuit::{Circuit, shape::Shape, witness::Witness},
    constraints::Constraints,
    key::{KeyError, ProvingKey},
    key_file::{self, KeyFileError},
    kzg::{Srs, srs_length},
    qap::CircomReduction,
};

/// The seed of the development setup. Public, hence insecure.
pub const DEVELOPMENT_SEED: [u8; 32] = *b"INSECURE ballast development 001";

/// Why there is no proving key.
#[derive(Debug, thiserror::Error)]
pub enum SetupError {
    #[error("there is no circuit for this class: {0}")]
    Class(Refusal),
    #[error(
        "depth {depth}: the circuit's constraints are not those on record; they have the digest {}",
        hex::encode(found)
    )]
    OtherConstraints { depth: u8, found: Digest },
    #[error("the constraints of the circuit could not be built: {0}")]
    Synthesis(#[from] SynthesisError),
    #[error("the setup made a key that is refused: {0}")]
    Degenerate(#[from] KeyError),
    #[error("the key could not be stored in {path}: {source}")]
    Store { path: PathBuf, source: std::io::Error },
}

/// The development key of a class, from `directory` if a sound copy for exactly these constraints
/// is there, else made anew and stored there. A copy that is cut short, altered, of another version
/// or of other constraints is never used: a warning names the file and the reason, and it is
/// replaced.
///
/// # Errors
/// [`SetupError`]; a directory that cannot be written to is one.
pub fn development(directory: &Path, class: Class) -> Result<ProvingKey, SetupError> {
    stored_or_made(directory, shape(class)?, generate_development)
}

fn shape(class: Class) -> Result<&'static Shape, SetupError> {
    let Class { depth, assets } = class;
    Shape::of(class).ok_or(SetupError::Class(Refusal::CircuitClassUnsupported { depth, assets }))
}

fn stored_or_made(
    directory: &Path,
    shape: &Shape,
    make: impl FnOnce(Class) -> Result<ProvingKey, SetupError>,
) -> Result<ProvingKey, SetupError> {
    if let Some(key) = stored(directory, shape) {
        return Ok(key);
    }
    let key = make(Class::new(shape.depth))?;
    store_development(directory, &key)?;
    Ok(key)
}

/// The development key of a class in `directory`, if a sound copy for exactly these constraints is
/// there. A warning names one that is not sound.
///
/// # Errors
/// [`SetupError::Class`].
pub fn stored_development(directory: &Path, class: Class) -> Result<Option<ProvingKey>, SetupError> {
    Ok(stored(directory, shape(class)?))
}

fn stored(directory: &Path, shape: &Shape) -> Option<ProvingKey> {
    const REFUSED: &str = "the stored development key is refused and made again";
    let path = directory.join(key_file::name(Class::new(shape.depth), SetupKind::Development));
    match key_file::load_of_shape(&path, shape) {
        Ok(key) if key.setup() == SetupKind::Development => return Some(key),
        Ok(key) => tracing::warn!(path = %path.display(), setup = key.setup().label(), "{REFUSED}"),
        Err(KeyFileError::Missing) => {
            tracing::info!(path = %path.display(), depth = shape.depth, "making the INSECURE development key");
        }
        Err(reason) => tracing::warn!(path = %path.display(), %reason, "{REFUSED}"),
    }
    None
}

/// Writes a development key into `directory`, where [`stored_development`] finds it.
///
/// # Errors
/// [`SetupError::Store`].
pub fn store_development(directory: &Path, key: &ProvingKey) -> Result<(), SetupError> {
    let path = directory.join(key_file::name(key.class(), SetupKind::Development));
    key_file::store(&path, key).map_err(|source| SetupError::Store { path, source })
}

/// The development key of a class, made anew without touching any file.
///
/// # Errors
/// [`SetupError`].
pub fn generate_development(class: Class) -> Result<ProvingKey, SetupError> {
    let shape = shape(class)?;
    let constraints = Constraints::of_class(class)?.digest();
    if shape.digest != constraints {
        return Err(SetupError::OtherConstraints { depth: class.depth, found: constraints });
    }
    let [alpha, beta, gamma, delta, _] = secrets();
    let mut rng = ChaCha20Rng::from_seed(DEVELOPMENT_SEED);
    rng.set_stream(1);
    let groth16 = Groth16::<Bn254, CircomReduction>::generate_parameters_with_qap(
        Circuit { witness: &Witness::empty(class) },
        alpha,
        beta,
        gamma,
        delta,
        G1Projective::generator(),
        G2Projective::generator(),
        &mut rng,
    )?;
    let srs = development_srs(class);
    Ok(ProvingKey::new(class, groth16, srs, SetupKind::Development, transcript(&constraints))?)
}

/// The commitments' powers of the development setup.
pub fn development_srs(class: Class) -> Srs {
    Srs::from_secret(secrets()[4], srs_length(class.depth))
}

/// alpha, beta, gamma, delta of Groth16, and tau of the commitments.
fn secrets() -> [Fr; 5] {
    let mut rng = ChaCha20Rng::from_seed(DEVELOPMENT_SEED);
    std::array::from_fn(|_| Fr::rand(&mut rng))
}

/// A development setup has no participants: its transcript is its seed and what it was made for.
fn transcript(constraints: &Digest) -> Digest {
    Preimage::new("ballast/development-setup/v1").bytes(&DEVELOPMENT_SEED).bytes(constraints).sha256()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{key::tests::SMALL, key_file::tests::key};
    use std::fs;

    const CLASS: Class = Class::SMALLEST;

    fn stored_or_counted(directory: &Path, made: &mut usize) -> ProvingKey {
        let make = |class| {
            *made += 1;
            assert_eq!(class, CLASS);
            Ok(key(SetupKind::Development))
        };
        stored_or_made(directory, &SMALL, make).unwrap()
    }

    #[test]
    fn a_key_is_made_once_and_an_altered_one_is_replaced() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join(key_file::name(CLASS, SetupKind::Development));
        let mut made = 0;
        let first = stored_or_counted(directory.path(), &mut made);
        let stored = fs::read(&path).unwrap();
        for _ in 0..2 {
            assert_eq!(stored_or_counted(directory.path(), &mut made).groth16(), first.groth16());
        }
        assert_eq!(made, 1);
        // A flipped bit, a cut, another header, an empty file.
        let mut altered = stored.clone();
        *altered.last_mut().unwrap() ^= 1;
        for (number, bytes) in
            [&altered[..], &stored[..1_000], b"BALLAST PROVING KEY v1\n", b""].into_iter().enumerate()
        {
            fs::write(&path, bytes).unwrap();
            assert_eq!(stored_or_counted(directory.path(), &mut made).groth16(), first.groth16());
            assert_eq!(made, number + 2);
            assert!(fs::read(&path).unwrap() == stored);
        }
        assert_eq!(fs::read_dir(directory.path()).unwrap().count(), 1, "no temporary file is left");
    }

    #[test]
    fn a_stored_key_of_another_setup_is_replaced() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join(key_file::name(CLASS, SetupKind::Development));
        key_file::store(&path, &key(SetupKind::Ceremony)).unwrap();
        let mut made = 0;
        assert_eq!(stored_or_counted(directory.path(), &mut made).setup(), SetupKind::Development);
        assert_eq!(made, 1);
        let found = key_file::load_of_shape(&path, &SMALL).unwrap();
        assert_eq!(found.setup(), SetupKind::Development);
    }

    /// What core knows every development key by, whatever its depth.
    #[test]
    fn core_knows_each_point_of_the_setup() {
        use ark_ec::CurveGroup;
        let [alpha, beta, gamma, delta, tau] = secrets();
        let g2 = |secret: Fr| (G2Projective::generator() * secret).into_affine();
        let other = crate::key::tests::groth16().vk;
        let key = |change: &dyn Fn(&mut ark_groth16::VerifyingKey<Bn254>), tau: Fr| {
            let mut key = other.clone();
            change(&mut key);
            crate::encoding::encode_key(&key, &g2(tau)).unwrap().is_of_development()
        };
        let five = Fr::from(5u64);
        assert!(!key(&|_| {}, five));
        assert!(key(&|key| key.alpha_g1 = (G1Projective::generator() * alpha).into_affine(), five));
        assert!(key(&|key| key.beta_g2 = g2(beta), five));
        assert!(key(&|key| key.gamma_g2 = g2(gamma), five));
        assert!(key(&|key| key.delta_g2 = g2(delta), five));
        assert!(key(&|_| {}, tau));
    }

    #[test]
    fn a_key_that_cannot_be_made_leaves_nothing() {
        let directory = tempfile::tempdir().unwrap();
        let refused = SetupError::OtherConstraints { depth: 7, found: [1; 32] };
        let found = stored_or_made(directory.path(), &SMALL, |_| Err(refused)).unwrap_err();
        assert!(matches!(found, SetupError::OtherConstraints { .. }), "{found}");
        assert_eq!(fs::read_dir(directory.path()).unwrap().count(), 0);
    }
}
