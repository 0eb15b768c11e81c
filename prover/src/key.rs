//! The proving key and where it comes from.

use std::fmt;

use ark_bn254::Bn254;
use ballast_core::{
    Digest, Refusal,
    circuit::{Class, SetupKind, VerifyingKey, circuit_id},
};

use crate::{encoding, kzg::Srs};

/// The key that [`prove`](crate::prove) needs: the powers of tau for the commitments and Groth16's
/// proving key, with the kind and the transcript of their setup.
#[derive(Clone)]
pub struct ProvingKey {
    class: Class,
    groth16: ark_groth16::ProvingKey<Bn254>,
    srs: Srs,
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
        class: Class,
        groth16: ark_groth16::ProvingKey<Bn254>,
        srs: Srs,
        setup: SetupKind,
        transcript: Digest,
    ) -> Result<Self, Refusal> {
        class.check()?;
        let verifying_key = encoding::encode_key(&groth16.vk, &srs.tau())?;
        let _points = encoding::decode_key(&verifying_key)?;
        Ok(Self { class, groth16, srs, verifying_key, setup, transcript })
    }

    pub fn class(&self) -> Class {
        self.class
    }

    pub fn verifying_key(&self) -> &VerifyingKey {
        &self.verifying_key
    }

    /// Whether anyone knows the setup's secret. Every surface that shows a proof of a development
    /// setup says so.
    pub fn setup(&self) -> SetupKind {
        self.setup
    }

    /// The digest of the setup's transcript.
    pub fn transcript(&self) -> Digest {
        self.transcript
    }

    /// The id under which a chain knows this circuit: class, setup, transcript and verifying key.
    pub fn circuit_id(&self) -> Digest {
        circuit_id(self.class, self.setup, &self.transcript, &self.verifying_key)
    }

    /// Groth16's proving key, as arkworks has it.
    pub fn groth16(&self) -> &ark_groth16::ProvingKey<Bn254> {
        &self.groth16
    }

    /// The powers of tau with which the commitments are made.
    pub fn srs(&self) -> &Srs {
        &self.srs
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
    use ark_bn254::{Fq, Fr, G1Affine, G2Affine};
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
        let new = |alpha, tau| {
            let srs = Srs::from_secret(Fr::from(tau), 2);
            ProvingKey::new(Class::SMALLEST, key(alpha), srs, SetupKind::Ceremony, [1; 32]).map(|key| key.setup())
        };
        assert_eq!(new(G1Affine::generator(), 5u64), Ok(SetupKind::Ceremony));
        assert_eq!(new(G1Affine::identity(), 5), Err(Refusal::KeyPointAtInfinity { point: 0 }));
        let off = G1Affine::new_unchecked(Fq::from(1u64), Fq::from(1u64));
        assert_eq!(new(off, 5), Err(Refusal::KeyPointNotOnCurve { point: 0 }));
        assert_eq!(new(G1Affine::generator(), 0), Err(Refusal::KeyPointAtInfinity { point: 8 }));
        assert_eq!(new(G1Affine::generator(), 1), Err(Refusal::KeyPointIsGenerator { point: 8 }));
    }

    #[test]
    fn a_class_without_a_circuit_is_refused() {
        let srs = Srs::from_secret(Fr::from(5u64), 2);
        let found = ProvingKey::new(Class::new(3), key(G1Affine::generator()), srs, SetupKind::Ceremony, [1; 32]);
        assert_eq!(found.err(), Some(Refusal::CircuitClassUnsupported { depth: 3, assets: 128 }));
    }
}
