//! Where proving keys come from.
//!
//! The commitments' powers of tau and Groth16's first phase come from one powers-of-tau file; its second phase is run for each
//! class. [`development`] does both from a fixed seed, which is INSECURE.

mod development;

pub use development::{DEVELOPMENT_SEED, SetupError, development, development_srs, generate_development};
