//! From a ceremony's files to keys.
//!
//! ```text
//! constraints ── export_r1cs ──> .r1cs ─┐
//! powers of tau ───────────────> .ptau ─┴─> snarkjs: groth16 setup, contribute, beacon ──> .zkey
//!
//! .zkey, .ptau, constraints ── import_zkey ──> proving key
//! .ptau ── import_ptau ──> powers for commitments
//! ```
//!
//! What is returned has been checked against the constraints and the powers of tau, so whoever runs
//! the import need not trust the machine that ran snarkjs. What is left for [`super::snarkjs`] to
//! check are the contributions, in both files: that each was made from the one before it by someone
//! who knew the factor.

use std::path::Path;

use ark_bn254::{Bn254, G2Affine};
use ballast_core::{
    Digest, Refusal,
    circuit::{Class, SetupKind},
};

use super::{
    contribution::Contribution,
    phase2,
    ptau::{Powers, Ptau},
    r1cs::R1cs,
    sections::FileError,
    zkey::{self, Zkey},
};
use crate::{
    circuit::shape::Shape,
    key::{KeyError, ProvingKey},
    kzg::{Srs, srs_length},
};

/// A proving key from a ceremony.
#[derive(Clone, Debug)]
pub struct CeremonyKey {
    /// To be used with [`CircomReduction`](crate::qap::CircomReduction).
    pub groth16: ark_groth16::ProvingKey<Bn254>,
    /// `[tau]` in G2 of the powers of tau that the key is made from.
    pub tau_g2: G2Affine,
    /// SHA-256 of the `.zkey`: the transcript of the setup, of kind
    /// [`Ceremony`](ballast_core::circuit::SetupKind::Ceremony).
    pub transcript: Digest,
    /// Who took part in phase 2, in order; at least one.
    pub contributions: Vec<Contribution>,
}

/// Writes the constraints for snarkjs and compares what was written.
///
/// # Errors
/// [`FileError`].
pub fn export_r1cs(r1cs: &R1cs<'_>, path: &Path) -> Result<(), FileError> {
    r1cs.export(path)?;
    r1cs.compare(path)
}

/// The power of the powers of tau that a ceremony for this class needs, at least: for the circuit's
/// constraints, and for the commitments.
///
/// # Errors
/// The [`Refusal`] of a class without a circuit.
pub fn power_needed(class: Class) -> Result<u32, Refusal> {
    let Class { depth, assets } = class;
    let shape = Shape::of(class).ok_or(Refusal::CircuitClassUnsupported { depth, assets })?;
    let domain = shape.domain().trailing_zeros();
    // A file of power p has 2^(p + 1) - 1 powers.
    let commitments = (srs_length(depth) + 1).next_power_of_two().trailing_zeros().saturating_sub(1);
    Ok(domain.max(commitments))
}

/// Refuses a file that is no `.zkey`, without a look at its points: for messages that snarkjs does
/// not have.
///
/// # Errors
/// [`FileError`].
pub fn expect_zkey(path: &Path) -> Result<(), FileError> {
    zkey::open(path).map(drop)
}

/// The first `count` powers of tau, checked.
///
/// # Errors
/// [`FileError`].
pub fn import_ptau(path: &Path, count: usize) -> Result<Powers, FileError> {
    Ptau::open(path)?.powers(count)
}

/// The proving key in a `.zkey`, if it is made from exactly these constraints and powers of tau.
///
/// # Errors
/// [`FileError`] names the file, the section and what does not fit.
pub fn import_zkey(path: &Path, r1cs: &R1cs<'_>, ptau: &mut Ptau) -> Result<CeremonyKey, FileError> {
    let mut zkey = Zkey::open(path, r1cs)?;
    let transcript = zkey.digest()?;
    let queries = zkey.queries()?;
    let phase1 = ptau.phase1(r1cs.domain_power())?;
    phase2::check(&zkey, &queries, r1cs, &phase1)?;
    let groth16 = phase2::proving_key(&zkey, queries);
    Ok(CeremonyKey { groth16, tau_g2: phase1.tau_g2, transcript, contributions: zkey.contributions })
}

/// The key with which a class is proved: Groth16's from the `.zkey` and the commitments' powers
/// from the same powers of tau.
///
/// # Errors
/// [`KeyError`]: powers of another tau than the `.zkey` is made from, which somebody may know;
/// another number of them than the class has; a `.zkey` of another class; a degenerate verifying
/// key; a class without a circuit.
pub fn proving_key(class: Class, key: CeremonyKey, powers: Powers) -> Result<ProvingKey, KeyError> {
    let CeremonyKey { groth16, tau_g2, transcript, .. } = key;
    if powers.tau_g2 != tau_g2 {
        return Err(KeyError::OtherTau);
    }
    ProvingKey::new(class, groth16, Srs::new(powers.g1, powers.tau_g2), SetupKind::Ceremony, transcript)
}
