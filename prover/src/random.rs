//! Where masks come from.

use rand::{CryptoRng, RngCore};

/// A generator whose output cannot be predicted. Used as an object, so that the prover is compiled
/// once, with the optimisation of this crate, whatever generator a caller has.
pub trait SecureRng: RngCore + CryptoRng {}

impl<T: RngCore + CryptoRng> SecureRng for T {}
