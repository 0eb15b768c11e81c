//! Multi-exponentiation with coefficients of full size.
//!
//! halo2curves adds points in affine form, many at a time with one inversion, and is a third faster than arkworks at 2^18 points
//! and above (`docs/performance.md`). Both keep coordinates and scalars in Montgomery form with 2^256, so words are handed over as
//! they are. Coefficients of few bits are arkworks' business: it leaves out the windows that they do not reach.

use ark_bn254::{Fq, Fr, G1Affine, G1Projective};
use ark_ec::{AffineRepr, VariableBaseMSM};
use ark_ff::{BigInt, Fp, FpConfig};
use halo2curves::{
    bn256,
    group::{Curve, prime::PrimeCurveAffine},
    msm::msm_best,
    serde::SerdeObject,
};
use rayon::prelude::*;

/// Below this many points the hand-over is not worth it.
const FEW: usize = 1 << 12;

/// sum_i scalars[i] points[i], over the shorter of the two. No point is at infinity.
pub(crate) fn multi_exponentiation(points: &[G1Affine], scalars: &[Fr]) -> G1Projective {
    let count = points.len().min(scalars.len());
    let (points, scalars) = (&points[..count], &scalars[..count]);
    if count < FEW {
        return G1Projective::msm_unchecked(points, scalars);
    }
    let points: Vec<bn256::G1Affine> = points.par_iter().with_min_len(FEW).map(hand_over_point).collect();
    let scalars: Vec<bn256::Fr> = scalars.par_iter().with_min_len(FEW).map(hand_over).collect();
    take_back(&msm_best(&scalars, &points).to_affine()).into()
}

fn hand_over_point(point: &G1Affine) -> bn256::G1Affine {
    bn256::G1Affine { x: hand_over(&point.x), y: hand_over(&point.y) }
}

fn hand_over<P: FpConfig<4>, T: SerdeObject>(element: &Fp<P, 4>) -> T {
    let mut bytes = [0; 32];
    for (bytes, word) in bytes.as_chunks_mut::<8>().0.iter_mut().zip(element.0.0) {
        *bytes = word.to_le_bytes();
    }
    T::from_raw_bytes_unchecked(&bytes)
}

fn take_back(point: &bn256::G1Affine) -> G1Affine {
    if bool::from(point.is_identity()) {
        return G1Affine::zero();
    }
    let coordinate = |element: &bn256::Fq| {
        let mut words = [0; 4];
        for (word, bytes) in words.iter_mut().zip(element.to_raw_bytes().as_chunks::<8>().0) {
            *word = u64::from_le_bytes(*bytes);
        }
        Fq::new_unchecked(BigInt::new(words))
    };
    G1Affine::new_unchecked(coordinate(&point.x), coordinate(&point.y))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kzg::Srs;
    use ark_ff::{AdditiveGroup, UniformRand};
    use rand_chacha::{ChaCha20Rng, rand_core::SeedableRng};

    #[test]
    fn it_is_arkworks_sum() {
        let mut rng = ChaCha20Rng::from_seed([4; 32]);
        let srs = Srs::from_secret(Fr::rand(&mut rng), FEW + 5);
        let mut scalars: Vec<Fr> = (0..FEW + 5).map(|_| Fr::rand(&mut rng)).collect();
        scalars[3..9].fill(Fr::ZERO);
        scalars[9..40].fill(-Fr::from(1u64));
        for count in [0, 1, FEW - 1, FEW, FEW + 5] {
            let expected = G1Projective::msm_unchecked(&srs.powers()[..count], &scalars[..count]);
            assert_eq!(multi_exponentiation(srs.powers(), &scalars[..count]), expected, "{count}");
        }
        assert_eq!(multi_exponentiation(srs.powers(), &vec![Fr::ZERO; FEW]), G1Projective::ZERO);
    }
}
