//! Powers of tau: what commitments are made with.

use ark_bn254::{Fr, G1Affine, G1Projective, G2Affine, G2Projective};
use ark_ec::{CurveGroup, PrimeGroup, scalar_mul::BatchMulPreprocessing};
use ark_ff::Field;
use rayon::prelude::*;

/// The powers `[1], [tau], [tau^2], ..` in G1 and `[tau]` in G2.
#[derive(Clone)]
pub struct Srs {
    powers: Vec<G1Affine>,
    tau: G2Affine,
}

impl Srs {
    pub fn new(powers: Vec<G1Affine>, tau: G2Affine) -> Self {
        Self { powers, tau }
    }

    /// The powers of a tau that somebody knows: INSECURE.
    pub(crate) fn from_secret(tau: Fr, count: usize) -> Self {
        const BLOCK: usize = 1 << 16;
        let table = BatchMulPreprocessing::new(G1Projective::generator(), count);
        let mut powers = Vec::with_capacity(count);
        for first in (0..count).step_by(BLOCK) {
            let length = BLOCK.min(count - first);
            let scalars: Vec<Fr> = (0..length as u64).into_par_iter().map(|i| tau.pow([first as u64 + i])).collect();
            powers.extend(table.batch_mul(&scalars));
        }
        Self { powers, tau: (G2Projective::generator() * tau).into_affine() }
    }

    pub fn powers(&self) -> &[G1Affine] {
        &self.powers
    }

    /// The secret in the other group: `[tau]` in G2.
    pub fn tau(&self) -> G2Affine {
        self.tau
    }
}
