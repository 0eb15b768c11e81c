//! The proving key and where it comes from.

use std::fmt;

use ark_bn254::Bn254;
use ballast_core::{
    Digest, Refusal,
    circuit::{Class, SetupKind, VerifyingKey, circuit_id},
};

use crate::{circuit::CLASS, encoding};

/// What [`prove`](crate::prove) needs: Groth16's proving key with its setup's kind and transcript.
#[derive(Clone)]
pub struct ProvingKey {
    groth16: ark_groth16::ProvingKey<Bn254>,
    verifying_key: VerifyingKey,
    setup: SetupKind,
    transcript: Digest,
}

impl ProvingKey {
    /// Takes a key whose points fit the circuit's constraints.
    ///
    /// # Errors
    /// The [`Refusal`] of a degenerate verifying key.
    pub(crate) fn new(
        groth16: ark_groth16::ProvingKey<Bn254>,
        setup: SetupKind,
        transcript: Digest,
    ) -> Result<Self, Refusal> {
        let verifying_key = encoding::encode_key(&groth16.vk)?;
        encoding::decode_key(&verifying_key)?;
        Ok(Self { groth16, verifying_key, setup, transcript })
    }

    pub fn class(&self) -> Class {
        CLASS
    }

    pub fn verifying_key(&self) -> &VerifyingKey {
        &self.verifying_key
    }

    /// Whether anyone knows the setup's secret. Every surface that shows a proof of a development setup says so.
    pub fn setup(&self) -> SetupKind {
        self.setup
    }

    /// Digest of the setup's transcript.
    pub fn transcript(&self) -> Digest {
        self.transcript
    }

    /// The id under which a chain knows this circuit: class, setup, transcript and verifying key.
    pub fn circuit_id(&self) -> Digest {
        circuit_id(CLASS, self.setup, &self.transcript, &self.verifying_key)
    }

    /// The key as arkworks has it.
    pub fn groth16(&self) -> &ark_groth16::ProvingKey<Bn254> {
        &self.groth16
    }
}

impl fmt::Debug for ProvingKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "ProvingKey({})", self.setup.label())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use ark_bn254::{Fq, G1Affine, G2Affine};
    use ark_ec::AffineRepr;

    fn key(alpha_g1: G1Affine) -> ark_groth16::ProvingKey<Bn254> {
        let two = |point: G2Affine| G2Affine::from(point + point);
        let gamma_g2 = two(G2Affine::generator());
        ark_groth16::ProvingKey {
            vk: ark_groth16::VerifyingKey {
                alpha_g1,
                beta_g2: gamma_g2,
                gamma_g2,
                delta_g2: two(gamma_g2),
                gamma_abc_g1: vec![G1Affine::generator(); 4],
            },
            beta_g1: G1Affine::generator(),
            delta_g1: G1Affine::generator(),
            a_query: Vec::new(),
            b_g1_query: Vec::new(),
            b_g2_query: Vec::new(),
            h_query: Vec::new(),
            l_query: Vec::new(),
        }
    }

    #[test]
    fn a_key_with_a_refused_verifying_key_is_refused() {
        let new = |alpha| ProvingKey::new(key(alpha), SetupKind::Ceremony, [1; 32]).map(|key| key.setup());
        assert_eq!(new(G1Affine::generator()), Ok(SetupKind::Ceremony));
        assert_eq!(new(G1Affine::identity()), Err(Refusal::KeyPointAtInfinity { point: 0 }));
        let off = G1Affine::new_unchecked(Fq::from(1u64), Fq::from(1u64));
        assert_eq!(new(off), Err(Refusal::KeyPointNotOnCurve { point: 0 }));
    }
}
