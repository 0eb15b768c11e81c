//! Where proving keys come from.
//!
//! The commitments' powers of tau and Groth16's first phase come from one powers-of-tau file;
//! Groth16's second phase is run for each class. [`ceremony`] takes the files of a ceremony that
//! snarkjs ran; [`development`] does all of it from a fixed seed, which is INSECURE.

pub mod ceremony;
pub mod contribution;
mod development;
pub(crate) mod pairing;
mod phase2;
mod points;
pub mod ptau;
pub mod r1cs;
pub mod sections;
pub mod snarkjs;
mod zkey;

pub use development::{
    DEVELOPMENT_SEED, SetupError, development, development_srs, generate_development, store_development,
    stored_development,
};
