//! The Fiat-Shamir transcript: a hash chain over Poseidon (`docs/spec.md`, section 8).
//!
//! `state <- poseidon(state, message)`, and the challenge after a message is the new state. The
//! prover, the native verifier and the circuit all use this one definition, over their own
//! [`Arithmetic`].

use ark_bn254::Fr;

use crate::arithmetic::Arithmetic;

/// Number of elements of a message that one step of the chain takes.
pub const RATE: usize = 11;

/// The state of the hash chain after all messages and challenges so far.
#[derive(Clone, Debug)]
pub struct Transcript<S> {
    state: S,
}

impl<S: Clone> Transcript<S> {
    /// Opens the chain for trees of this depth, so that an argument of one class is not an argument
    /// of another.
    pub fn new<A: Arithmetic<Scalar = S>>(field: &A, depth: u8) -> Self {
        // "ballast" and the version of the argument, then the depth.
        let domain = u64::from_be_bytes(*b"ballast\x01");
        Self { state: field.constant(Fr::from(u128::from(domain) << 8 | u128::from(depth))) }
    }

    /// Takes a message and returns the challenge that follows it. The lengths of all messages are
    /// fixed by the class, so no length enters.
    ///
    /// # Errors
    /// Those of [`Arithmetic::hash`].
    pub fn message<A: Arithmetic<Scalar = S>>(&mut self, field: &mut A, elements: &[S]) -> Result<S, A::Error> {
        for chunk in elements.chunks(RATE) {
            let mut inputs = Vec::with_capacity(1 + chunk.len());
            inputs.push(self.state.clone());
            inputs.extend_from_slice(chunk);
            self.state = field.hash(&inputs)?;
        }
        Ok(self.state.clone())
    }

    /// Draws one more challenge, without a message.
    ///
    /// # Errors
    /// Those of [`Arithmetic::hash`].
    pub fn challenge<A: Arithmetic<Scalar = S>>(&mut self, field: &mut A) -> Result<S, A::Error> {
        self.state = field.hash(std::slice::from_ref(&self.state))?;
        Ok(self.state.clone())
    }
}
