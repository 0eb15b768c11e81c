//! The verifier of sum-checks. The module [`sumcheck`](crate::sumcheck) has the two forms and what
//! the caller owes.

use crate::{
    arithmetic::{Arithmetic, ShapeError},
    sumcheck::{Reduced, plain, with_equality},
    transcript::Transcript,
};

/// Runs the rounds of sum_x eq(z, x) h(x) = `claim`, where h has degree D in each variable.
///
/// # Soundness
/// The module [`sumcheck`](crate::sumcheck) says what is left to the caller.
///
/// # Errors
/// [`ShapeError`] when there is not one round for each variable of z; otherwise those of the
/// arithmetic. A false claim is not an error here.
pub fn reduce_with_equality<A: Arithmetic, const D: usize>(
    field: &mut A,
    transcript: &mut Transcript<A::Scalar>,
    claim: A::Scalar,
    z: &[A::Scalar],
    rounds: &[[A::Scalar; D]],
) -> Result<Reduced<A::Scalar>, A::Error> {
    ShapeError::check("rounds of a sum-check", z.len(), rounds.len())?;
    let mut value = claim;
    let mut point = Vec::with_capacity(rounds.len());
    for (z, round) in z.iter().zip(rounds) {
        let challenge = transcript.message(field, round)?;
        let coefficients = with_equality(field, &value, z, round)?;
        value = field.evaluate(&coefficients, &challenge)?;
        point.push(challenge);
    }
    Ok(Reduced { point, value })
}

/// Runs the rounds of sum_x a(x) b(x) = `claim` over x of `variables` variables.
///
/// # Soundness
/// The module [`sumcheck`](crate::sumcheck) says what is left to the caller.
///
/// # Errors
/// [`ShapeError`] when there is not one round for each variable; otherwise those of the arithmetic.
/// A false claim is not an error here.
pub fn reduce_product<A: Arithmetic>(
    field: &mut A,
    transcript: &mut Transcript<A::Scalar>,
    claim: A::Scalar,
    variables: usize,
    rounds: &[[A::Scalar; 2]],
) -> Result<Reduced<A::Scalar>, A::Error> {
    ShapeError::check("rounds of a sum-check", variables, rounds.len())?;
    let mut value = claim;
    let mut point = Vec::with_capacity(rounds.len());
    for round in rounds {
        let challenge = transcript.message(field, round)?;
        let coefficients = plain(field, &value, round);
        value = field.evaluate(&coefficients, &challenge)?;
        point.push(challenge);
    }
    Ok(Reduced { point, value })
}

#[cfg(test)]
mod tests {
    use ark_bn254::Fr;
    use ark_ff::Field;

    use super::*;
    use crate::arithmetic::{Check, Native};

    #[test]
    fn every_variable_has_one_round() {
        let z = [Fr::from(3u64); 4];
        for count in [0, 3, 5] {
            let expected = Some(Check::Shape(ShapeError { list: "rounds of a sum-check", expected: 4, found: count }));
            let transcript = &mut Transcript::new(&Native, 7);
            let rounds = vec![[Fr::ONE; 5]; count];
            assert_eq!(reduce_with_equality(&mut Native, transcript, Fr::ONE, &z, &rounds).err(), expected);
            let rounds = vec![[Fr::ONE; 2]; count];
            assert_eq!(reduce_product(&mut Native, transcript, Fr::ONE, 4, &rounds).err(), expected);
        }
    }
}
