//! The prover of the opening.

use ark_bn254::{Fr, G1Affine};
use ark_ec::CurveGroup;
use ark_ff::{AdditiveGroup, Field};
use ark_poly::{EvaluationDomain, Radix2EvaluationDomain};
use ballast_core::opening::{CHUNK_COLUMNS, CHUNKS, HIGH_VARIABLES};
use rayon::prelude::*;

use super::{
    Srs,
    commit::{Blinders, commit},
};
use crate::{
    poly::{GRAIN, equality_table, evaluate},
    table::{Table, layout::COLUMNS},
};

/// The prover of the opening, before the quotient: f and S.
pub(crate) struct OpeningProver<'a> {
    srs: &'a Srs,
    /// The coefficients of f.
    f: Vec<Fr>,
    /// The coefficients of S.
    s: Vec<Fr>,
}

impl<'a> OpeningProver<'a> {
    /// Computes f = sum_j w_j f_j with the weights of the high variables of `point`, and S for the
    /// low ones.
    pub(crate) fn new(srs: &'a Srs, table: &Table, blinders: &Blinders, point: &[Fr]) -> Self {
        let (low, high) = point.split_at(point.len() - HIGH_VARIABLES);
        let f = combine_chunks(table, blinders, &equality_table(high));
        let s = symmetric_part(&f, low);
        Self { srs, f, s }
    }

    /// The commitment [S].
    pub(crate) fn commit(&self) -> G1Affine {
        commit(self.srs, 0, &self.s).into_affine()
    }

    /// The evaluations f(zeta), f(1/zeta), S(zeta), S(1/zeta).
    pub(crate) fn evaluate(&self, zeta: Fr, inverse: Fr) -> [Fr; 4] {
        [evaluate(&self.f, zeta), evaluate(&self.f, inverse), evaluate(&self.s, zeta), evaluate(&self.s, inverse)]
    }

    /// Computes G = f + eta S and its quotient Q by Z = (X - zeta)(X - 1/zeta).
    pub(crate) fn divide(self, zeta: Fr, inverse: Fr, eta: Fr, evaluations: &[Fr; 4]) -> Quotient<'a> {
        let [f, f_inverse, s, s_inverse] = evaluations;
        let (at_zeta, at_inverse) = (*f + eta * s, *f_inverse + eta * s_inverse);
        // Nonzero but for one zeta in r / 2: the verifier refuses the others.
        let slope = (at_zeta - at_inverse) * (zeta - inverse).inverse().unwrap_or_default();
        let mut g = self.f;
        g.resize(g.len().max(self.s.len()), Fr::ZERO);
        g.par_iter_mut().zip(&self.s).with_min_len(GRAIN).for_each(|(g, s)| *g += eta * s);
        let mut remainder_free = g.clone();
        remainder_free[0] -= at_zeta - slope * zeta;
        remainder_free[1] -= slope;
        let q = divide_linear(&divide_linear(&remainder_free, zeta), inverse);
        Quotient { srs: self.srs, g, q, zeta, inverse, value: at_zeta, slope }
    }
}

/// The prover of the opening, after eta: G and the quotient Q.
pub(crate) struct Quotient<'a> {
    srs: &'a Srs,
    g: Vec<Fr>,
    q: Vec<Fr>,
    zeta: Fr,
    inverse: Fr,
    value: Fr,
    slope: Fr,
}

impl Quotient<'_> {
    /// The commitment [Q].
    pub(crate) fn commit(&self) -> G1Affine {
        commit(self.srs, 0, &self.q).into_affine()
    }

    /// The commitment [P], where P = (G - I(u) - Z(u) Q) / (X - u).
    pub(crate) fn finish(self, u: Fr) -> G1Affine {
        let vanishing = (u - self.zeta) * (u - self.inverse);
        let interpolation = self.value + self.slope * (u - self.zeta);
        let mut rest = self.g;
        rest[0] -= interpolation;
        rest.par_iter_mut().zip(&self.q).with_min_len(GRAIN).for_each(|(rest, q)| *rest -= vanishing * q);
        commit(self.srs, 0, &divide_linear(&rest, u)).into_affine()
    }
}

/// The combination sum_j weights[j] f_j, blinders included.
fn combine_chunks(table: &Table, blinders: &Blinders, weights: &[Fr]) -> Vec<Fr> {
    let mut f = Vec::with_capacity(CHUNK_COLUMNS * table.rows() + super::BLINDERS);
    for place in 0..CHUNK_COLUMNS {
        let columns: [Fr; COLUMNS] = std::array::from_fn(|column| {
            if column % CHUNK_COLUMNS == place { weights[column / CHUNK_COLUMNS] } else { Fr::ZERO }
        });
        f.extend(table.combine_columns(&columns));
    }
    f.extend((0..super::BLINDERS).map(|i| (0..CHUNKS).map(|j| weights[j] * blinders.0[j][i]).sum::<Fr>()));
    f
}

/// The coefficients of S: coefficient k - 1 is the sum of those of X^k and X^-k in f(X) E(1/X), for
/// k from 1.
///
/// The product is taken at roots of unity. E is a product of factors with periods, so its values
/// cost two multiplications each.
fn symmetric_part(f: &[Fr], point: &[Fr]) -> Vec<Fr> {
    let entries = 1usize << point.len();
    // Without the blinders, exponents from -(entries - 1) to entries - 1.
    let size = 2 * entries;
    // The domain exists: BN254's scalar field has roots of unity of order 2^28.
    let Some(domain) = Radix2EvaluationDomain::<Fr>::new(size) else { return Vec::new() };
    let mut product = f[..entries].to_vec();
    product.resize(size, Fr::ZERO);
    domain.fft_in_place(&mut product);
    let factor = inverse_equality_values(&domain, point);
    product.par_iter_mut().zip(&factor).with_min_len(GRAIN).for_each(|(a, b)| *a *= b);
    drop(factor);
    domain.ifft_in_place(&mut product);
    // Exponent k is at k mod size.
    let mut s: Vec<Fr> =
        (1..entries).into_par_iter().with_min_len(GRAIN).map(|k| product[k] + product[size - k]).collect();
    drop(product);
    // The blinders' part, directly: X^(entries + i) E(1/X) has eq(z, j) at exponent entries + i - j
    // > 0.
    let equality = equality_table(point);
    s.resize(f.len() - 1, Fr::ZERO);
    for (i, blinder) in f[entries..].iter().enumerate() {
        let first = entries + i;
        s[..first].par_iter_mut().enumerate().with_min_len(GRAIN).for_each(|(k, s)| {
            // Exponent k + 1 = first - j.
            if let Some(weight) = equality.get(first - 1 - k) {
                *s += *blinder * weight;
            }
        });
    }
    s
}

/// The values E(1/x) at every root of unity x of the domain, in order.
fn inverse_equality_values(domain: &Radix2EvaluationDomain<Fr>, point: &[Fr]) -> Vec<Fr> {
    let size = domain.size();
    // The last factor has period 2 size / 2^(variables) and the first the whole domain's: from the
    // shortest to the longest.
    let mut values = vec![Fr::ONE];
    for (number, z) in point.iter().enumerate().rev() {
        let period = size >> number;
        let root = domain.group_gen_inv().pow([1u64 << number]);
        let mut next = Vec::with_capacity(period);
        let known = values.len();
        let complement = Fr::ONE - z;
        let blocks = period.div_ceil(GRAIN);
        next.par_extend((0..blocks).into_par_iter().flat_map_iter(|block| {
            let first = block * GRAIN;
            let mut power = *z * root.pow([first as u64]);
            let values = &values;
            (first..(first + GRAIN).min(period)).map(move |i| {
                let value = values[i % known] * (complement + power);
                power *= root;
                value
            })
        }));
        values = next;
    }
    values
}

/// The quotient of a polynomial by X - x, whatever the remainder.
fn divide_linear(coefficients: &[Fr], x: Fr) -> Vec<Fr> {
    let mut quotient = vec![Fr::ZERO; coefficients.len().saturating_sub(1)];
    let mut carry = Fr::ZERO;
    for (quotient, coefficient) in quotient.iter_mut().zip(&coefficients[1..]).rev() {
        carry = carry * x + coefficient;
        *quotient = carry;
    }
    quotient
}
