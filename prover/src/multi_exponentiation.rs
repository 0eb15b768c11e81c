//! Multi-exponentiation with coefficients of full size.
//!
//! halo2curves adds points in affine form, many at a time with one inversion, and is a third faster
//! than arkworks at 2^18 points and above (`docs/performance.md`). Both keep coordinates and
//! scalars in Montgomery form with 2^256, so words are handed over as they are. Coefficients of few
//! bits are arkworks' business: it leaves out the windows that they do not reach.

use ark_bn254::{Fq, Fq2, Fr, g1::G1Affine, g2::G2Affine};
use ark_ec::{AffineRepr, VariableBaseMSM};
use ark_ff::{BigInt, Fp, FpConfig};
use halo2curves::{CurveAffine, bn256, msm::msm_best, serde::SerdeObject};
use rayon::prelude::*;

/// Below e^9 points halo2curves adds them one by one, as arkworks does, and gains nothing.
const FEW: usize = 1 << 13;

/// A group that both arkworks and halo2curves have.
pub(crate) trait Shared: AffineRepr<ScalarField = Fr, Group: VariableBaseMSM<MulBase = Self>> {
    type Other: CurveAffine<ScalarExt = bn256::Fr>;

    /// The same point for halo2curves. It is not the point at infinity.
    fn hand_over(&self) -> Self::Other;
    /// The point that halo2curves has computed. Both write infinity as (0, 0).
    fn take_back(point: &Self::Other) -> Self;
}

impl Shared for G1Affine {
    type Other = bn256::G1Affine;

    fn hand_over(&self) -> Self::Other {
        bn256::G1Affine { x: hand_over(&self.x), y: hand_over(&self.y) }
    }

    fn take_back(point: &Self::Other) -> Self {
        Self::new_unchecked(take_back(&point.x), take_back(&point.y))
    }
}

impl Shared for G2Affine {
    type Other = bn256::G2Affine;

    fn hand_over(&self) -> Self::Other {
        let coordinate = |element: &Fq2| bn256::Fq2::new(hand_over(&element.c0), hand_over(&element.c1));
        bn256::G2Affine { x: coordinate(&self.x), y: coordinate(&self.y) }
    }

    fn take_back(point: &Self::Other) -> Self {
        let coordinate = |element: &bn256::Fq2| Fq2::new(take_back(element.c0()), take_back(element.c1()));
        Self::new_unchecked(coordinate(&point.x), coordinate(&point.y))
    }
}

/// The sum of scalars[i] points[i], for as many i as both lists have.
pub(crate) fn multi_exponentiation<P: Shared>(points: &[P], scalars: &[Fr]) -> P::Group {
    let count = points.len().min(scalars.len());
    let (points, scalars) = (&points[..count], &scalars[..count]);
    if count < FEW {
        return P::Group::msm_unchecked(points, scalars);
    }
    // halo2curves takes no point at infinity; such points add nothing.
    let (points, scalars): (Vec<_>, Vec<bn256::Fr>) = points
        .par_iter()
        .zip(scalars)
        .with_min_len(FEW)
        .filter(|(point, _)| !point.is_zero())
        .map(|(point, scalar)| (point.hand_over(), hand_over::<_, bn256::Fr>(scalar)))
        .unzip();
    P::take_back(&P::Other::from(msm_best(&scalars, &points))).into()
}

fn hand_over<C: FpConfig<4>, T: SerdeObject>(element: &Fp<C, 4>) -> T {
    let mut bytes = [0; 32];
    for (bytes, word) in bytes.as_chunks_mut::<8>().0.iter_mut().zip(element.0.0) {
        *bytes = word.to_le_bytes();
    }
    T::from_raw_bytes_unchecked(&bytes)
}

fn take_back(element: &bn256::Fq) -> Fq {
    let mut words = [0; 4];
    for (word, bytes) in words.iter_mut().zip(element.to_raw_bytes().as_chunks::<8>().0) {
        *word = u64::from_le_bytes(*bytes);
    }
    Fq::new_unchecked(BigInt::new(words))
}

#[cfg(test)]
mod tests {
    use super::*;
    use ark_ec::CurveGroup;
    use ark_ff::{AdditiveGroup, UniformRand};
    use rand_chacha::{ChaCha20Rng, rand_core::SeedableRng};

    const POINTS: usize = FEW + 1_000;

    fn it_is_arkworks_sum<P: Shared>() {
        let mut rng = ChaCha20Rng::from_seed([4; 32]);
        let step = P::generator() * Fr::rand(&mut rng);
        let points: Vec<P::Group> =
            std::iter::successors(Some(step), |point| Some(*point + step)).take(POINTS).collect();
        let mut points = P::Group::normalize_batch(&points);
        points[7..12].fill(P::zero());
        points[FEW - 3..FEW + 3].fill(P::zero());
        let mut scalars: Vec<Fr> = (0..POINTS).map(|_| Fr::rand(&mut rng)).collect();
        scalars[3..9].fill(Fr::ZERO);
        scalars[9..40].fill(-Fr::from(1u64));
        for count in [0, 1, FEW - 1, FEW, POINTS] {
            let expected = P::Group::msm_unchecked(&points[..count], &scalars[..count]);
            assert_eq!(multi_exponentiation(&points, &scalars[..count]), expected, "{count}");
        }
        let nothing: Vec<Fr> = scalars.iter().map(|_| Fr::ZERO).collect();
        assert_eq!(multi_exponentiation(&points, &nothing), P::Group::ZERO);
        points.fill(P::zero());
        assert_eq!(multi_exponentiation(&points, &scalars), P::Group::ZERO);
    }

    #[test]
    fn it_is_arkworks_sum_in_g1() {
        it_is_arkworks_sum::<G1Affine>();
    }

    #[test]
    fn it_is_arkworks_sum_in_g2() {
        it_is_arkworks_sum::<G2Affine>();
    }
}
