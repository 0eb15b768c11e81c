//! Verifying keys that are refused, and proofs under other keys.

use ark_bn254::{Bn254, G1Affine, G2Affine};
use ark_ec::AffineRepr;
use ballast_core::{Element, Refusal, circuit::VerifyingKey, curve::G2_GENERATOR, field::BASE_ORDER};
use ballast_prover::{VerifyError, encoding, verify};

use crate::{
    Proved,
    bytes::outside_subgroup,
    fixture::{CLASS, key},
    honest,
};

/// Where the points 0 to 8 begin.
const STARTS: [usize; 9] = [0, 64, 192, 320, 448, 512, 576, 640, 704];

#[test]
fn the_generator_has_the_published_bytes() {
    assert_eq!(encoding::encode_g2(&G2Affine::generator()), G2_GENERATOR);
}

#[test]
fn proof_under_another_key_is_rejected() {
    let Proved { vector, proof, .. } = honest();
    let own = &key().groth16().vk;
    let double = |point: G1Affine| G1Affine::from(point + point);
    let mut exchanged = own.gamma_abc_g1.clone();
    exchanged.swap(1, 3);
    let others = [
        ark_groth16::VerifyingKey { alpha_g1: double(own.alpha_g1), ..own.clone() },
        ark_groth16::VerifyingKey { beta_g2: (own.beta_g2 + own.beta_g2).into(), ..own.clone() },
        ark_groth16::VerifyingKey { gamma_g2: own.delta_g2, delta_g2: own.gamma_g2, ..own.clone() },
        ark_groth16::VerifyingKey { gamma_abc_g1: exchanged, ..own.clone() },
    ];
    for other in others {
        let other = encoding::encode_key(&other, &key().srs().tau()).unwrap();
        assert_eq!(verify(CLASS, &other, vector, proof), Err(VerifyError::Rejected));
    }
}

#[test]
fn degenerate_keys_are_refused() {
    let own = &key().groth16().vk;
    let refusal = |change: fn(&mut ark_groth16::VerifyingKey<Bn254>, &mut G2Affine)| {
        let (mut changed, mut tau) = (own.clone(), key().srs().tau());
        change(&mut changed, &mut tau);
        encoding::encode_key(&changed, &tau).unwrap_err()
    };
    assert_eq!(refusal(|key, _| key.gamma_g2 = key.delta_g2), Refusal::KeyGammaEqualsDelta);
    let generator = |point| Refusal::KeyPointIsGenerator { point };
    assert_eq!(refusal(|key, _| key.gamma_g2 = G2Affine::generator()), generator(2));
    assert_eq!(refusal(|key, _| key.delta_g2 = G2Affine::generator()), generator(3));
    assert_eq!(refusal(|_, tau| *tau = G2Affine::generator()), generator(8));
    let infinity = |point| Refusal::KeyPointAtInfinity { point };
    assert_eq!(refusal(|key, _| key.alpha_g1 = G1Affine::identity()), infinity(0));
    assert_eq!(refusal(|key, _| key.beta_g2 = G2Affine::identity()), infinity(1));
    assert_eq!(refusal(|key, _| key.gamma_g2 = G2Affine::identity()), infinity(2));
    assert_eq!(refusal(|key, _| key.delta_g2 = G2Affine::identity()), infinity(3));
    assert_eq!(refusal(|key, _| key.gamma_abc_g1[3] = G1Affine::identity()), infinity(7));
    assert_eq!(refusal(|_, tau| *tau = G2Affine::identity()), infinity(8));
    let length = |found| Refusal::KeyLengthWrong { expected: 832, found };
    assert_eq!(refusal(|key, _| key.gamma_abc_g1.truncate(3)), length(768));
    assert_eq!(refusal(|key, _| key.gamma_abc_g1.push(G1Affine::generator())), length(896));
}

/// The verifier's answer under the key with these bytes in place of its own.
fn verify_with(start: usize, bytes: &[u8]) -> Result<(), VerifyError> {
    let Proved { vector, proof, .. } = honest();
    let mut key = *key().verifying_key().as_bytes();
    key[start..start + bytes.len()].copy_from_slice(bytes);
    let key = VerifyingKey::new(&key).map_err(VerifyError::Key)?;
    verify(CLASS, &key, vector, proof)
}

#[test]
fn keys_with_points_off_the_curve_or_outside_the_subgroup_are_refused() {
    for (start, point) in STARTS.into_iter().zip(0..) {
        let found = verify_with(start, &Element::from(5u64).to_bytes());
        assert_eq!(found, Err(VerifyError::Key(Refusal::KeyPointNotOnCurve { point })));
    }
    let outside = encoding::encode_g2(&outside_subgroup());
    for (start, point) in [(64, 1), (192, 2), (320, 3), (704, 8)] {
        let found = verify_with(start, &outside);
        assert_eq!(found, Err(VerifyError::Key(Refusal::KeyPointOutsideSubgroup { point })));
    }
}

#[test]
fn keys_with_a_coordinate_of_q_are_refused() {
    for (start, point) in STARTS.into_iter().zip(0..) {
        let found = verify_with(start, &BASE_ORDER);
        assert_eq!(found, Err(VerifyError::Key(Refusal::KeyCoordinateNotCanonical { point })));
    }
}
