//! Groth16's proof of an assignment (Groth, eprint 2016/260, section 3.2).
//!
//! arkworks' own prover computes the same elements; here the sums go through
//! [`crate::multi_exponentiation`], which takes two thirds of the time. A test computes A and B
//! from the setup's secrets; beside them the verifier accepts one C alone.

use ark_bn254::{Bn254, Fr};
use ark_groth16::{Proof, ProvingKey};
use ark_poly::GeneralEvaluationDomain;
use ark_relations::gr1cs::SynthesisError;

use crate::{
    assignment::Assignment, multi_exponentiation::multi_exponentiation, phases::Stop, prover::ProveError,
    qap::product_at_odd_roots,
};

/// The proof with masks `r` and `s`:
///
/// ```text
/// A = alpha + sum_i a_i u_i(tau) + r delta
/// B = beta  + sum_i a_i v_i(tau) + s delta
/// C = sum_aux a_i (beta u_i(tau) + alpha v_i(tau) + w_i(tau)) / delta + h(tau) t(tau) / delta
///     + s A + r B - r s delta
/// ```
///
/// # Errors
/// [`SynthesisError::PolynomialDegreeTooLarge`] when there is no domain for so many rows;
/// [`ProveError::Stopped`] when `stop` gives the proof up.
pub(crate) fn prove(
    key: &ProvingKey<Bn254>,
    assignment: &Assignment,
    (r, s): (Fr, Fr),
    stop: &Stop,
) -> Result<Proof<Bn254>, ProveError> {
    let values = assignment.variables();
    let (inputs, private) = values.split_at_checked(assignment.inputs()).ok_or(SynthesisError::AssignmentMissing)?;
    let (left, right) = assignment.rows().iter().map(|[a, b, _]| (*a, *b)).unzip();
    let h = product_at_odd_roots::<Fr, GeneralEvaluationDomain<Fr>>(left, right, inputs)?;
    stop.check()?;
    let quotient = multi_exponentiation(&key.h_query, &h);
    drop(h);
    stop.check()?;
    let a = multi_exponentiation(&key.a_query, values) + key.vk.alpha_g1 + key.delta_g1 * r;
    let b_g1 = multi_exponentiation(&key.b_g1_query, values) + key.beta_g1 + key.delta_g1 * s;
    stop.check()?;
    let b = multi_exponentiation(&key.b_g2_query, values) + key.vk.beta_g2 + key.vk.delta_g2 * s;
    stop.check()?;
    let private = multi_exponentiation(&key.l_query, private);
    let c = private + quotient + a * s + b_g1 * r - key.delta_g1 * (r * s);
    Ok(Proof { a: a.into(), b: b.into(), c: c.into() })
}
