//! The proving key and where it comes from.

use std::fmt;

use ark_bn254::{Bn254, G1Affine, G2Affine};
use ark_ec::AffineRepr;
use ballast_core::{
    Digest, Refusal,
    circuit::{Class, PUBLIC_INPUTS, SetupKind, VerifyingKey, circuit_id},
};

use crate::{
    circuit::shape::Shape,
    encoding,
    kzg::{Srs, srs_length},
    setup::pairing::equal,
};

/// Why points are no proving key of a class.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum KeyError {
    #[error("the verifying key is refused: {0}")]
    Refused(#[from] Refusal),
    #[error("{point} in G1 is not the one in G2: a proof would show what it has to hide")]
    Mask { point: &'static str },
    #[error("the powers of tau and the key are not of one tau")]
    OtherTau,
    #[error("expected {expected} powers of tau, found {found}")]
    Powers { expected: usize, found: usize },
    #[error("the key is of another circuit: expected {expected} points in {list}, found {found}")]
    Points { list: &'static str, expected: usize, found: usize },
}

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
    /// What would make a proof wrong is not looked for: the prover verifies each before it hands it
    /// out. What would let a proof show what it has to hide is: see [`check_masks`].
    ///
    /// # Errors
    /// [`KeyError`]: a degenerate verifying key, or points that are no proving key of this class.
    pub(crate) fn new(
        class: Class,
        groth16: ark_groth16::ProvingKey<Bn254>,
        srs: Srs,
        setup: SetupKind,
        transcript: Digest,
    ) -> Result<Self, KeyError> {
        let Class { depth, assets } = class;
        let shape = Shape::of(class).ok_or(Refusal::CircuitClassUnsupported { depth, assets })?;
        Self::of_shape(shape, groth16, srs, setup, transcript)
    }

    /// [`Self::new`], for constraints of this shape.
    pub(crate) fn of_shape(
        shape: &Shape,
        groth16: ark_groth16::ProvingKey<Bn254>,
        srs: Srs,
        setup: SetupKind,
        transcript: Digest,
    ) -> Result<Self, KeyError> {
        let verifying_key = encoding::encode_key(&groth16.vk, &srs.tau())?;
        let _points = encoding::decode_key(&verifying_key)?;
        verifying_key.check_setup(setup)?;
        check_masks(&groth16)?;
        check_powers(shape, &srs)?;
        check_lengths(shape, &groth16)?;
        Ok(Self { class: Class::new(shape.depth), groth16, srs, verifying_key, setup, transcript })
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

/// Refuses a key whose delta and beta in G1 are not those in G2, which are not infinity.
///
/// # Soundness
/// A proof is hidden by r delta in A and s delta in B, and C makes up for both by s A + r B, where
/// B in G1 is made of beta and the list b_g1. With delta and beta at infinity and b_g1 empty there
/// is no mask in A, and the proof holds all the same: nobody would notice.
fn check_masks(groth16: &ark_groth16::ProvingKey<Bn254>) -> Result<(), KeyError> {
    let pairs = [("delta", groth16.delta_g1, groth16.vk.delta_g2), ("beta", groth16.beta_g1, groth16.vk.beta_g2)];
    for (point, in_g1, in_g2) in pairs {
        if !equal(in_g1, G2Affine::generator(), G1Affine::generator(), in_g2) {
            return Err(KeyError::Mask { point });
        }
    }
    Ok(())
}

/// Refuses another number of powers than commitments need, and powers whose tau in G1 is not the
/// one in G2.
fn check_powers(shape: &Shape, srs: &Srs) -> Result<(), KeyError> {
    let [one, tau, ..] = srs.powers() else { return Err(KeyError::OtherTau) };
    let (g1, g2) = (G1Affine::generator(), G2Affine::generator());
    if *one != g1 || !equal(*tau, g2, g1, srs.tau()) {
        return Err(KeyError::OtherTau);
    }
    let (expected, found) = (srs_length(shape.depth), srs.powers().len());
    if found == expected { Ok(()) } else { Err(KeyError::Powers { expected, found }) }
}

/// Refuses lists of points that are not as long as constraints of this shape have them.
fn check_lengths(shape: &Shape, groth16: &ark_groth16::ProvingKey<Bn254>) -> Result<(), KeyError> {
    let columns = shape.columns;
    let lists = [
        ("a", columns, groth16.a_query.len()),
        ("b_g1", columns, groth16.b_g1_query.len()),
        ("b_g2", columns, groth16.b_g2_query.len()),
        ("l", columns.saturating_sub(1 + PUBLIC_INPUTS), groth16.l_query.len()),
        ("h", shape.domain(), groth16.h_query.len()),
    ];
    match lists.into_iter().find(|(_, expected, found)| expected != found) {
        Some((list, expected, found)) => Err(KeyError::Points { list, expected, found }),
        None => Ok(()),
    }
}

impl fmt::Debug for ProvingKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "ProvingKey({})", self.setup.label())
    }
}

#[cfg(test)]
pub(crate) mod tests {
    use std::sync::OnceLock;

    use super::*;
    use crate::circuit::shape::SHAPES;
    use ark_bn254::{Fq, Fr};

    /// Constraints with five private variables, in the place of the smallest class's: points of
    /// real keys take hundreds of megabytes.
    pub(crate) const SMALL: Shape = Shape { rows: 4, columns: 9, ..SHAPES[0] };

    /// Powers of this tau, as many as the class has.
    fn srs(tau: u64) -> Srs {
        Srs::from_secret(Fr::from(tau), srs_length(SMALL.depth))
    }

    /// Powers of 5.
    pub(crate) fn fifth() -> Srs {
        static POWERS: OnceLock<Srs> = OnceLock::new();
        POWERS.get_or_init(|| srs(5)).clone()
    }

    /// Points of the right number that are multiples of the generators: nothing looks at what the
    /// lists hold.
    pub(crate) fn groth16() -> ark_groth16::ProvingKey<Bn254> {
        let one = G1Affine::generator();
        let g1 = |factor: u64| G1Affine::from(one * Fr::from(factor));
        let g2 = |factor: u64| G2Affine::from(G2Affine::generator() * Fr::from(factor));
        ark_groth16::ProvingKey {
            vk: ark_groth16::VerifyingKey {
                alpha_g1: one,
                beta_g2: g2(2),
                gamma_g2: g2(2),
                delta_g2: g2(4),
                gamma_abc_g1: vec![one; 4],
            },
            beta_g1: g1(2),
            delta_g1: g1(4),
            a_query: vec![one; 9],
            b_g1_query: vec![one; 9],
            b_g2_query: vec![g2(3); 9],
            h_query: vec![one; 8],
            l_query: vec![one; 5],
        }
    }

    fn refusal(change: impl Fn(&mut ark_groth16::ProvingKey<Bn254>, &mut Srs)) -> Option<KeyError> {
        let (mut groth16, mut srs) = (groth16(), fifth());
        change(&mut groth16, &mut srs);
        ProvingKey::of_shape(&SMALL, groth16, srs, SetupKind::Ceremony, [1; 32]).err()
    }

    #[test]
    fn a_key_with_a_refused_verifying_key_is_refused() {
        let refused = |refusal| Some(KeyError::Refused(refusal));
        assert_eq!(refusal(|_, _| ()), None);
        let infinity = |point| refused(Refusal::KeyPointAtInfinity { point });
        assert_eq!(refusal(|key, _| key.vk.alpha_g1 = G1Affine::identity()), infinity(0));
        let off = G1Affine::new_unchecked(Fq::from(1u64), Fq::from(1u64));
        assert_eq!(refusal(|key, _| key.vk.alpha_g1 = off), refused(Refusal::KeyPointNotOnCurve { point: 0 }));
        assert_eq!(refusal(|_, powers| *powers = srs(0)), infinity(8));
        assert_eq!(refusal(|_, powers| *powers = srs(1)), refused(Refusal::KeyPointIsGenerator { point: 8 }));
    }

    #[test]
    fn a_key_without_masks_is_refused() {
        let (one, infinity) = (G1Affine::generator(), G1Affine::identity());
        let off = G1Affine::new_unchecked(Fq::from(1u64), Fq::from(1u64));
        for wrong in [infinity, one, off] {
            assert_eq!(refusal(|key, _| key.delta_g1 = wrong), Some(KeyError::Mask { point: "delta" }));
            assert_eq!(refusal(|key, _| key.beta_g1 = wrong), Some(KeyError::Mask { point: "beta" }));
        }
        let unmasked = refusal(|key, _| {
            (key.delta_g1, key.beta_g1) = (infinity, infinity);
            key.b_g1_query.clear();
        });
        assert_eq!(unmasked, Some(KeyError::Mask { point: "delta" }));
    }

    #[test]
    fn powers_of_another_tau_are_refused() {
        assert_eq!(refusal(|_, powers| *powers = srs(7)), None);
        for powers in [vec![], vec![G1Affine::generator()]] {
            let found = refusal(|_, srs| *srs = Srs::new(powers.clone(), srs.tau()));
            assert_eq!(found, Some(KeyError::OtherTau));
        }
        let found = refusal(|_, powers| *powers = Srs::new(srs(7).powers().to_vec(), powers.tau()));
        assert_eq!(found, Some(KeyError::OtherTau));
        let shifted = refusal(|_, srs| {
            let mut powers = srs.powers().to_vec();
            powers[0] = powers[1];
            *srs = Srs::new(powers, srs.tau());
        });
        assert_eq!(shifted, Some(KeyError::OtherTau));
    }

    #[test]
    fn another_number_of_powers_is_refused() {
        let expected = srs_length(SMALL.depth);
        for found in [2, expected - 1, expected + 1] {
            let refused = refusal(|_, srs| {
                let mut powers = srs.powers().to_vec();
                powers.resize(found, G1Affine::generator());
                *srs = Srs::new(powers, srs.tau());
            });
            assert_eq!(refused, Some(KeyError::Powers { expected, found }));
        }
    }

    #[test]
    fn a_list_of_another_length_is_refused() {
        type Lists = ark_groth16::ProvingKey<Bn254>;
        let lists: [(&str, usize, fn(&mut Lists, usize)); 5] = [
            ("a", 9, |key, length| key.a_query.resize(length, G1Affine::generator())),
            ("b_g1", 9, |key, length| key.b_g1_query.resize(length, G1Affine::generator())),
            ("b_g2", 9, |key, length| key.b_g2_query.resize(length, G2Affine::generator())),
            ("l", 5, |key, length| key.l_query.resize(length, G1Affine::generator())),
            ("h", 8, |key, length| key.h_query.resize(length, G1Affine::generator())),
        ];
        for (list, expected, resize) in lists {
            for found in [0, expected - 1, expected + 1] {
                let refused = refusal(|key, _| resize(key, found));
                assert_eq!(refused, Some(KeyError::Points { list, expected, found }));
            }
        }
    }

    #[test]
    fn a_class_without_a_circuit_is_refused() {
        let found = ProvingKey::new(Class::new(3), groth16(), fifth(), SetupKind::Ceremony, [1; 32]);
        let refused = Refusal::CircuitClassUnsupported { depth: 3, assets: 128 };
        assert_eq!(found.err(), Some(KeyError::Refused(refused)));
    }
}
