//! Circom's reduction of constraints to polynomials.
//!
//! With rows 0 .. m of the constraints and one more row for each public input, let A, B and C be
//! the polynomials of degree below n that take the rows' values on the n-th roots of unity.
//! Groth16's prover has to show that A B - C vanishes on all of them. libsnark divides by the
//! vanishing polynomial and commits to the quotient in powers of tau; circom commits to the product
//! itself. A B - C has degree below 2 n and is zero at the even 2n-th roots of unity, so its values
//! at the odd ones determine it, and the key holds L_1(tau), L_3(tau), .. over delta, L_i being the
//! Lagrange polynomials of the 2n-th roots. This is what a `.zkey` contains. Development keys are
//! made the same way, so that one prover serves both.
//!
//! The proof is the same group element under either reduction; only the prover's key differs.

use ark_ff::PrimeField;
use ark_groth16::r1cs_to_qap::{LibsnarkReduction, R1CSToQAP, evaluate_constraint};
use ark_poly::EvaluationDomain;
use ark_relations::gr1cs::{ConstraintSystemRef, Matrix, SynthesisError};
use rayon::prelude::*;

/// The reduction of circom and snarkjs.
#[derive(Clone, Copy, Debug)]
pub struct CircomReduction;

impl R1CSToQAP for CircomReduction {
    /// The values of A, B, C and of the vanishing polynomial at `t`, as libsnark has them.
    fn instance_map_with_evaluation<F: PrimeField, D: EvaluationDomain<F>>(
        constraints: ConstraintSystemRef<F>,
        t: &F,
    ) -> Result<(Vec<F>, Vec<F>, Vec<F>, F, usize, usize), SynthesisError> {
        LibsnarkReduction::instance_map_with_evaluation::<F, D>(constraints, t)
    }

    /// The values of A B - C at the odd 2n-th roots of unity. C is taken to be A times B row by
    /// row: for an assignment that satisfies the constraints these are its values, and for another
    /// there is no proof.
    fn witness_map_from_matrices<F: PrimeField, D: EvaluationDomain<F>>(
        matrices: &[Matrix<F>],
        inputs: usize,
        rows: usize,
        assignment: &[F],
    ) -> Result<Vec<F>, SynthesisError> {
        let [left, right, ..] = matrices else {
            return Err(SynthesisError::PredicateNotFound);
        };
        let evaluate = |matrix: &Matrix<F>| -> Vec<F> {
            matrix.par_iter().take(rows).map(|row| evaluate_constraint(row, assignment)).collect()
        };
        let inputs = assignment.get(..inputs).ok_or(SynthesisError::AssignmentMissing)?;
        product_at_odd_roots::<F, D>(evaluate(left), evaluate(right), inputs)
    }

    /// The Lagrange polynomials L_1(t), L_3(t), .., each over delta.
    fn h_query_scalars<F: PrimeField, D: EvaluationDomain<F>>(
        max_power: usize,
        t: F,
        _vanishing: F,
        delta_inverse: F,
    ) -> Result<Vec<F>, SynthesisError> {
        let (_, double) = domains::<F, D>(max_power + 1)?;
        let lagrange = double.evaluate_all_lagrange_coefficients(t);
        Ok(lagrange.into_iter().skip(1).step_by(2).map(|value| value * delta_inverse).collect())
    }
}

/// The values of A B - C at the odd 2n-th roots of unity, from the rows' values of A and B and from
/// the public inputs, each of which has one more row in A. C is A times B.
pub(crate) fn product_at_odd_roots<F: PrimeField, D: EvaluationDomain<F>>(
    mut a: Vec<F>,
    mut b: Vec<F>,
    inputs: &[F],
) -> Result<Vec<F>, SynthesisError> {
    let (domain, double) = domains::<F, D>(a.len() + inputs.len())?;
    let root = double.element(1);
    a.extend_from_slice(inputs);
    a.resize(domain.size(), F::zero());
    b.resize(domain.size(), F::zero());
    let c: Vec<F> = a.par_iter().zip(&b).map(|(a, b)| *a * b).collect();

    // p(X) on the even roots to p(X) on the odd ones: the coefficients of p(root X) on the even
    // ones.
    let on_odd_roots = |mut values: Vec<F>| {
        domain.ifft_in_place(&mut values);
        D::distribute_powers(&mut values, root);
        domain.fft_in_place(&mut values);
        values
    };
    let mut product = on_odd_roots(a);
    product.par_iter_mut().zip(on_odd_roots(b)).for_each(|(a, b)| *a *= b);
    product.par_iter_mut().zip(on_odd_roots(c)).for_each(|(ab, c)| *ab -= c);
    Ok(product)
}

/// The smallest domain with room for `rows` and the one of twice its size, both of 2^k-th roots of
/// unity.
fn domains<F: PrimeField, D: EvaluationDomain<F>>(rows: usize) -> Result<(D, D), SynthesisError> {
    // Beyond these, arkworks would go on with roots of other orders.
    let size = rows.checked_next_power_of_two().filter(|size| size.trailing_zeros() < F::TWO_ADICITY);
    let domain = |size| D::new(size).ok_or(SynthesisError::PolynomialDegreeTooLarge);
    let size = size.ok_or(SynthesisError::PolynomialDegreeTooLarge)?;
    Ok((domain(size)?, domain(2 * size)?))
}

#[cfg(test)]
mod tests {
    use super::*;
    use ark_bn254::Fr;
    use ark_ff::{AdditiveGroup, Field, UniformRand};
    use ark_poly::{DenseUVPolynomial, GeneralEvaluationDomain, Polynomial, polynomial::univariate::DensePolynomial};
    use rand::{SeedableRng, rngs::StdRng};

    type Domain = GeneralEvaluationDomain<Fr>;

    /// Two rows, x x = y and y x = z, and two public inputs, 1 and z: a domain of four points.
    fn satisfied(x: Fr) -> (Vec<Matrix<Fr>>, Vec<Fr>) {
        let one = Fr::ONE;
        let matrices = vec![
            vec![vec![(one, 2)], vec![(one, 3)]],
            vec![vec![(one, 2)], vec![(one, 2)]],
            vec![vec![(one, 3)], vec![(one, 1)]],
        ];
        (matrices, vec![one, x * x * x, x, x * x])
    }

    #[test]
    fn the_witness_map_is_the_product_at_the_odd_roots_less_c() {
        let (matrices, z) = satisfied(Fr::from(3u64));
        let map = CircomReduction::witness_map_from_matrices::<Fr, Domain>(&matrices, 2, 2, &z).unwrap();
        let domain = Domain::new(4).unwrap();
        let polynomial = |values: [Fr; 4]| DensePolynomial::from_coefficients_vec(domain.ifft(&values));
        let a = polynomial([z[2], z[3], z[0], z[1]]);
        let b = polynomial([z[2], z[2], Fr::ZERO, Fr::ZERO]);
        let c = polynomial([z[3], z[1], Fr::ZERO, Fr::ZERO]);
        let double = Domain::new(8).unwrap();
        let expected: Vec<Fr> = (0..4)
            .map(|i| double.element(2 * i + 1))
            .map(|point| a.evaluate(&point) * b.evaluate(&point) - c.evaluate(&point))
            .collect();
        assert_eq!(map, expected);
    }

    #[test]
    fn map_and_query_make_the_product_at_the_secret() {
        let mut rng = StdRng::seed_from_u64(1);
        let (tau, delta) = (Fr::rand(&mut rng), Fr::rand(&mut rng));
        let (matrices, z) = satisfied(Fr::rand(&mut rng));
        let domain = Domain::new(4).unwrap();
        let map = |values| CircomReduction::witness_map_from_matrices::<Fr, Domain>(values, 2, 2, &z).unwrap();
        let query = CircomReduction::h_query_scalars::<Fr, Domain>(
            domain.size() - 1,
            tau,
            domain.evaluate_vanishing_polynomial(tau),
            delta.inverse().unwrap(),
        )
        .unwrap();
        assert_eq!(query.len(), 4);
        let sum: Fr = map(&matrices).iter().zip(&query).map(|(value, scalar)| *value * scalar).sum();

        let libsnark = LibsnarkReduction::witness_map_from_matrices::<Fr, Domain>(&matrices, 2, 2, &z).unwrap();
        let quotient = DensePolynomial::from_coefficients_vec(libsnark).evaluate(&tau);
        assert_eq!(sum * delta, quotient * domain.evaluate_vanishing_polynomial(tau));
    }

    #[test]
    fn too_many_rows_are_an_error() {
        for max_power in [1 << 27, (1 << 28) - 1, 1 << 28, usize::MAX - 1] {
            let result = CircomReduction::h_query_scalars::<Fr, Domain>(max_power, Fr::ONE, Fr::ONE, Fr::ONE);
            assert_eq!(result, Err(SynthesisError::PolynomialDegreeTooLarge));
        }
    }
}
