//! Commitments and their opening, by multiplying and dividing polynomials.

use ark_bn254::{Fr, G1Affine};
use ark_ec::{AffineRepr, CurveGroup};
use ark_ff::{AdditiveGroup, Field, UniformRand};
use ark_poly::{DenseUVPolynomial, Polynomial, univariate::DensePolynomial};
use ballast_core::opening::{CHUNK_COLUMNS, CHUNKS, HIGH_VARIABLES};
use ballast_prover::kzg::BLINDERS;
use rayon::prelude::*;

use super::{Table, rounds::equality_table};
use crate::fixture::{rng, secrets};

/// The random coefficients of every chunk.
#[derive(Clone)]
pub struct Blinders(pub [[Fr; BLINDERS]; CHUNKS]);

impl Blinders {
    pub fn new(seed: u8) -> Self {
        let rng = &mut rng(seed);
        Self(std::array::from_fn(|_| std::array::from_fn(|_| Fr::rand(rng))))
    }
}

/// [f(tau)].
pub(super) fn commit(f: &DensePolynomial<Fr>) -> G1Affine {
    // Whoever knows tau needs no powers.
    let [.., tau] = secrets();
    (G1Affine::generator() * f.evaluate(&tau)).into_affine()
}

fn chunk(table: &Table, blinders: &Blinders, number: usize) -> Vec<Fr> {
    let columns = &table.columns[CHUNK_COLUMNS * number..CHUNK_COLUMNS * (number + 1)];
    columns.iter().flatten().chain(&blinders.0[number]).copied().collect()
}

/// The commitments to all chunks.
pub fn commit_chunks(table: &Table, blinders: &Blinders) -> Vec<G1Affine> {
    let polynomial = |number| DensePolynomial::from_coefficients_vec(chunk(table, blinders, number));
    (0..CHUNKS).into_par_iter().map(|number| commit(&polynomial(number))).collect()
}

/// f and S.
pub(super) struct Opening {
    f: DensePolynomial<Fr>,
    pub(super) s: DensePolynomial<Fr>,
}

impl Opening {
    pub(super) fn new(table: &Table, blinders: &Blinders, point: &[Fr]) -> Self {
        let (low, high) = point.split_at(point.len() - HIGH_VARIABLES);
        let mut f = vec![Fr::ZERO; CHUNK_COLUMNS * table.rows() + BLINDERS];
        for (number, weight) in equality_table(high).into_iter().take(CHUNKS).enumerate() {
            f.iter_mut().zip(chunk(table, blinders, number)).for_each(|(sum, entry)| *sum += weight * entry);
        }
        // X^(n - 1) E(1/X): exponent k of the product f(X) E(1/X) is at n - 1 + k.
        let mut reversed = equality_table(low);
        reversed.reverse();
        let middle = reversed.len() - 1;
        let f = DensePolynomial::from_coefficients_vec(f);
        let product = &f * &DensePolynomial::from_coefficients_vec(reversed);
        let coefficient = |exponent: usize| product.coeffs.get(exponent).copied().unwrap_or_default();
        let s = (1..product.len() - middle)
            .map(|k| coefficient(middle + k) + if k <= middle { coefficient(middle - k) } else { Fr::ZERO });
        let s = DensePolynomial::from_coefficients_vec(s.collect());
        Self { f, s }
    }

    /// f(zeta), f(1/zeta), S(zeta), S(1/zeta).
    pub(super) fn evaluate(&self, zeta: Fr) -> [Fr; 4] {
        let inverse = zeta.inverse().unwrap();
        [self.f.evaluate(&zeta), self.f.evaluate(&inverse), self.s.evaluate(&zeta), self.s.evaluate(&inverse)]
    }

    /// Q, and P for a given u.
    pub(super) fn divide(&self, zeta: Fr, eta: Fr) -> (DensePolynomial<Fr>, impl Fn(Fr) -> DensePolynomial<Fr>) {
        let inverse = zeta.inverse().unwrap();
        let polynomial = |coefficients: &[Fr]| DensePolynomial::from_coefficients_slice(coefficients);
        let g = &self.f + &(&self.s * eta);
        let slope = (g.evaluate(&zeta) - g.evaluate(&inverse)) / (zeta - inverse);
        let line = polynomial(&[g.evaluate(&zeta) - slope * zeta, slope]);
        let vanishing = polynomial(&[Fr::ONE, -(zeta + inverse), Fr::ONE]);
        let quotient = &(&g - &line) / &vanishing;
        let copy = quotient.clone();
        let rest = move |u: Fr| {
            let rest = &(&g - &polynomial(&[line.evaluate(&u)])) - &(&copy * vanishing.evaluate(&u));
            &rest / &polynomial(&[-u, Fr::ONE])
        };
        (quotient, rest)
    }
}
