//! The public vector Y and the three Groth16 inputs that bind it (section 3).

use alloc::vec::Vec;

use crate::{
    circuit::Class,
    digest::{Digest, sha256},
    field::Element,
    montgomery,
};

/// Elements absorbed by one step of the digest.
pub const RATE: usize = 11;

/// Y of one shard: context halves, root, totals padded with zeros to the class's asset positions.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PublicVector(Vec<Element>);

/// d, rho, phi.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PublicInputs {
    pub digest: Element,
    pub challenge: Element,
    pub evaluation: Element,
}

impl PublicVector {
    /// `totals[a - 1]` is the shard's total of asset a; at most `class.assets` of them.
    pub fn new(class: Class, context: &Digest, root: Element, totals: &[Element]) -> Option<Self> {
        Self::from_totals(class, context, root, totals.iter().copied())
    }

    /// [`Self::new`] of totals that lie in no slice.
    pub(crate) fn from_totals(
        class: Class,
        context: &Digest,
        root: Element,
        totals: impl ExactSizeIterator<Item = Element>,
    ) -> Option<Self> {
        if totals.len() > usize::from(class.assets) {
            return None;
        }
        let mut elements = Vec::with_capacity(class.public_elements());
        elements.extend(Element::halves(context));
        elements.push(root);
        elements.extend(totals);
        elements.resize(class.public_elements(), Element::ZERO);
        Some(Self(elements))
    }

    pub fn elements(&self) -> &[Element] {
        &self.0
    }

    pub fn root(&self) -> Element {
        self.0[2]
    }

    /// T_1 .. T_A.
    pub fn totals(&self) -> &[Element] {
        &self.0[3..]
    }

    #[cfg(any(feature = "ark", target_os = "solana"))]
    /// d: fixes the circuit's copy of Y before rho is known.
    pub fn digest(&self) -> Element {
        let mut state = Element::from(self.0.len() as u64);
        for chunk in self.0.chunks(RATE) {
            let mut inputs = [Element::ZERO; RATE + 1];
            inputs[0] = state;
            inputs[1..=chunk.len()].copy_from_slice(chunk);
            state = crate::poseidon::hash(&inputs);
        }
        state
    }

    /// rho, from Y and the d that the prover states.
    ///
    /// # Soundness
    /// d must enter: without it a prover could pick the circuit's copy of Y after rho.
    pub fn challenge(&self, digest: &Element) -> Element {
        let mut parts: Vec<&[u8]> = Vec::with_capacity(self.0.len() + 1);
        parts.extend(self.0.iter().chain([digest]).map(|element| &element.as_bytes()[..]));
        Element::from_digest_truncated(sha256(&parts))
    }

    /// phi at rho.
    pub fn evaluate(&self, challenge: &Element) -> Element {
        montgomery::evaluate(&self.0, challenge)
    }

    /// The Groth16 inputs when the prover states `digest`: whoever verifies computes rho and phi from his own Y.
    pub fn inputs(&self, digest: Element) -> PublicInputs {
        let challenge = self.challenge(&digest);
        PublicInputs { digest, challenge, evaluation: self.evaluate(&challenge) }
    }
}
