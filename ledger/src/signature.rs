//! Ed25519 signatures by the rules of ZIP 215, which are the same for one signature and for a batch
//! of them.
//!
//! The rule multiplies by the cofactor, so a batch that holds and signatures that hold one by one
//! are the same thing; with other rules it could depend on the batch whether a log is valid.

use ballast_core::digest::{Preimage, sha256};
use curve25519_dalek::edwards::CompressedEdwardsY;
use ed25519_zebra::{Signature, VerificationKey, VerificationKeyBytes, batch};
use rand_chacha::{ChaCha20Rng, rand_core::SeedableRng};
use rayon::prelude::*;
use std::fmt;

pub use ed25519_zebra::SigningKey;

use crate::transaction::{SignedTransaction, Signer, Transaction, signed_message};

/// The number of signatures that one multi-scalar multiplication checks.
const BATCH: usize = 256;

/// A public key that no account and no engine may have.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("public key: expected a canonical point of large order")]
pub struct KeyInvalid;

/// Refuses a key for which signing takes no secret: a point of small order, for which everyone can
/// sign, or bytes that are not a canonical point.
///
/// # Errors
/// [`KeyInvalid`].
pub fn check_key(key: &[u8; 32]) -> Result<(), KeyInvalid> {
    let compressed = CompressedEdwardsY(*key);
    let point = compressed.decompress().ok_or(KeyInvalid)?;
    if point.compress() == compressed && !point.is_small_order() { Ok(()) } else { Err(KeyInvalid) }
}

/// The public key of a signing key.
pub fn public_key(key: &SigningKey) -> [u8; 32] {
    key.verification_key().into()
}

/// Signs a transaction.
pub fn sign(key: &SigningKey, transaction: &Transaction) -> SignedTransaction {
    sign_bytes(key, transaction.encode())
}

pub(crate) fn sign_bytes(key: &SigningKey, bytes: Vec<u8>) -> SignedTransaction {
    let signature = key.sign(&signed_message(&bytes)).to_bytes();
    SignedTransaction { bytes, signature }
}

/// The role of a signature in its transaction.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Signatory {
    /// The signature of the transaction, by whoever must sign it.
    Signer(Signer),
    /// The proof of possession, by the new key of this account.
    NewKey(u32),
}

impl fmt::Display for Signatory {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Signer(Signer::Engine) => f.write_str("signature of the engine"),
            Self::Signer(Signer::Account(account)) => write!(f, "signature of account {account}"),
            Self::Signer(Signer::Opening(_)) => f.write_str("signature of the account that it opens"),
            Self::NewKey(account) => write!(f, "possession, signed by the new key of account {account}"),
        }
    }
}

/// A signature that a transaction rests on, yet to be verified.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Claim {
    /// The sequence of the transaction.
    pub sequence: u64,
    pub by: Signatory,
    pub key: [u8; 32],
    pub message: Vec<u8>,
    pub signature: [u8; 64],
}

/// A signature that does not hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("transaction {sequence}, {by}: it is not valid for the key that must sign")]
pub struct SignatureInvalid {
    pub sequence: u64,
    pub by: Signatory,
}

impl Claim {
    /// Verifies this signature alone.
    ///
    /// # Errors
    /// A signature that does not hold.
    pub fn verify(&self) -> Result<(), SignatureInvalid> {
        let invalid = |_| SignatureInvalid { sequence: self.sequence, by: self.by };
        let key = VerificationKey::try_from(self.key).map_err(invalid)?;
        key.verify(&Signature::from_bytes(&self.signature), &self.message).map_err(invalid)
    }
}

/// Verifies claims, in batches on the threads of the current pool.
///
/// # Errors
/// The first claim in order that does not hold, whatever the number of threads.
pub fn verify_all(claims: &[Claim]) -> Result<(), SignatureInvalid> {
    let batches = claims.par_chunks(BATCH).map(verify_batch);
    batches.find_first(Result::is_err).unwrap_or(Ok(()))
}

fn verify_batch(claims: &[Claim]) -> Result<(), SignatureInvalid> {
    // The coefficients are a digest of everything they multiply, so no signer knows them before all
    // is fixed, and the same log needs no randomness to be judged the same.
    let mut seed = Preimage::with_capacity("ballast/batch/v1", 32 + 128 * claims.len());
    let mut verifier = batch::Verifier::new();
    for claim in claims {
        seed = seed.bytes(&claim.key).bytes(&claim.signature).bytes(&sha256(&[&claim.message]));
        let key = VerificationKeyBytes::from(claim.key);
        verifier.queue((key, Signature::from_bytes(&claim.signature), &claim.message));
    }
    if verifier.verify(ChaCha20Rng::from_seed(seed.sha256())).is_ok() {
        return Ok(());
    }
    claims.iter().try_for_each(Claim::verify)
}
