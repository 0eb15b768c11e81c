//! What the development setup's seed gives away: a proof's elements without the key's queries, and
//! a proof of anything.

use ark_bn254::{Bn254, Fr, G1Affine, G2Affine};
use ark_ec::AffineRepr;
use ark_ff::UniformRand;
use ark_groth16::Proof;
use ark_poly::{EvaluationDomain, GeneralEvaluationDomain};
use ballast_prover::{assignment::Assignment, setup::DEVELOPMENT_SEED};
use rand_chacha::{ChaCha20Rng, rand_core::SeedableRng};

use crate::fixture::{key, rng, secrets};

/// Groth16's secrets, and the point at which the key has its polynomials' values.
pub struct Secrets {
    alpha: Fr,
    beta: Fr,
    gamma: Fr,
    pub delta: Fr,
    point: Fr,
}

impl Secrets {
    pub fn of_development() -> Self {
        let [alpha, beta, gamma, delta, _] = secrets();
        let mut rng = ChaCha20Rng::from_seed(DEVELOPMENT_SEED);
        rng.set_stream(1);
        Self { alpha, beta, gamma, delta, point: Fr::rand(&mut rng) }
    }

    /// The logarithms of A and B for an assignment, without masks: the rows' values as polynomials,
    /// at the point.
    pub fn unmasked(&self, assignment: &Assignment) -> (Fr, Fr) {
        // A has one more row for each public input.
        let inputs = &assignment.variables()[..assignment.inputs()];
        let domain = GeneralEvaluationDomain::<Fr>::new(assignment.rows().len() + inputs.len()).unwrap();
        let lagrange = domain.evaluate_all_lagrange_coefficients(self.point);
        let at_point = |values: &[Fr]| values.iter().zip(&lagrange).map(|(value, weight)| *value * weight).sum::<Fr>();
        let [mut left, right] = [0, 1].map(|side| assignment.rows().iter().map(|row| row[side]).collect::<Vec<_>>());
        left.extend_from_slice(inputs);
        (self.alpha + at_point(&left), self.beta + at_point(&right))
    }

    /// A proof of any public inputs (Groth, eprint 2016/260, section 3.2: the simulator).
    pub fn simulate(&self, inputs: &[Fr]) -> Proof<Bn254> {
        let (a, b) = (Fr::rand(&mut rng(31)), Fr::rand(&mut rng(32)));
        let bases = &key().groth16().vk.gamma_abc_g1;
        let public = bases[1..].iter().zip(inputs).fold(bases[0].into_group(), |sum, (base, x)| sum + *base * x);
        let c = G1Affine::generator() * (a * b - self.alpha * self.beta) - public * self.gamma;
        Proof {
            a: (G1Affine::generator() * a).into(),
            b: (G2Affine::generator() * b).into(),
            c: (c * (Fr::from(1u64) / self.delta)).into(),
        }
    }
}
