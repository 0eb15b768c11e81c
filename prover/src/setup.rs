//! The development setup: INSECURE, for tests and demonstrations.
//!
//! Its secret comes from a fixed seed in this file, so whoever reads it can forge proofs. It is deterministic:
//! everyone gets the same keys and the same circuit id, which says that the setup is a development one.

use std::path::{Path, PathBuf};

use ark_bn254::{Bn254, Fr, G1Projective, G2Projective};
use ark_ec::PrimeGroup;
use ark_ff::UniformRand;
use ark_groth16::Groth16;
use ark_relations::gr1cs::SynthesisError;
use ballast_core::{Digest, Refusal, circuit::SetupKind, digest::Preimage};
use rand_chacha::{ChaCha20Rng, rand_core::SeedableRng};

use crate::{
    cache::{self, CacheError},
    circuit::Circuit,
    constraints::Constraints,
    key::ProvingKey,
    witness::Witness,
};

/// The seed of the development setup. Public, hence insecure.
pub const DEVELOPMENT_SEED: [u8; 32] = *b"INSECURE ballast development 001";

/// Why there is no proving key.
#[derive(Debug, thiserror::Error)]
pub enum SetupError {
    #[error("the constraints could not be laid down: {0}")]
    Synthesis(#[from] SynthesisError),
    #[error("the setup made a degenerate verifying key: {0}")]
    Degenerate(#[from] Refusal),
    #[error("the development key could not be stored in {path}: {source}")]
    Store { path: PathBuf, source: std::io::Error },
}

/// The development key, from `directory` if a sound copy for exactly these constraints is there, else made anew and
/// stored there. A copy that is cut short, altered, of another version or of other constraints is never used: a
/// warning names the file and the reason, and it is replaced.
///
/// # Errors
/// [`SetupError`]; a directory that cannot be written to is one.
pub fn development(directory: &Path) -> Result<ProvingKey, SetupError> {
    let constraints = constraint_digest()?;
    let path = cache::path(directory);
    match cache::load(&path, &constraints) {
        Ok(groth16) => return Ok(ProvingKey::new(groth16, SetupKind::Development, transcript(&constraints))?),
        Err(CacheError::Missing) => {
            tracing::info!(path = %path.display(), "making the INSECURE development key");
        }
        Err(reason) => {
            tracing::warn!(path = %path.display(), %reason, "the stored development key is refused and made again");
        }
    }
    let key = generate_for(&constraints)?;
    cache::store(&path, &constraints, key.groth16()).map_err(|source| SetupError::Store { path, source })?;
    Ok(key)
}

/// The development key, made anew without touching any file.
///
/// # Errors
/// [`SetupError`], of which the shipped circuit has none.
pub fn generate_development() -> Result<ProvingKey, SetupError> {
    generate_for(&constraint_digest()?)
}

fn constraint_digest() -> Result<Digest, SynthesisError> {
    let (constraints, _) = Constraints::assign(&Witness::empty())?;
    Ok(constraints.digest())
}

fn generate_for(constraints: &Digest) -> Result<ProvingKey, SetupError> {
    let mut rng = ChaCha20Rng::from_seed(DEVELOPMENT_SEED);
    let [alpha, beta, gamma, delta] = std::array::from_fn(|_| Fr::rand(&mut rng));
    let groth16 = Groth16::<Bn254>::generate_parameters_with_qap(
        Circuit { witness: &Witness::empty() },
        alpha,
        beta,
        gamma,
        delta,
        G1Projective::generator(),
        G2Projective::generator(),
        &mut rng,
    )?;
    Ok(ProvingKey::new(groth16, SetupKind::Development, transcript(constraints))?)
}

/// A development setup has no participants: its transcript is its seed and what it was made for.
fn transcript(constraints: &Digest) -> Digest {
    Preimage::new("ballast/development-setup/v1").bytes(&DEVELOPMENT_SEED).bytes(constraints).sha256()
}
