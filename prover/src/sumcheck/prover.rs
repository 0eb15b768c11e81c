//! The prover of sum-checks. Its two loops are all the rounds that the argument has, and only they
//! send a round's message.

use ark_bn254::Fr;
use ark_ff::Field;

use super::{plain, with_equality};
use crate::{
    arithmetic::{Arithmetic, Check, Native},
    transcript::Transcript,
};

/// What is summed, as tables over the variables that are not bound yet.
pub(crate) trait Summand<const D: usize> {
    /// The coefficients that the round sends: g_1 .. g_D with the equality polynomial factored out,
    /// g_0 and g_2 plain.
    ///
    /// # Errors
    /// [`Check`] when the round has no polynomial that could be computed this way.
    fn coefficients(&self, round: &Round) -> Result<[Fr; D], Check>;

    /// Binds the lowest variable to `challenge`.
    fn bind(&mut self, challenge: Fr);
}

/// The round whose coefficients are asked for.
pub(crate) struct Round {
    /// The variable that the round binds, the lowest being number 0.
    pub(crate) variable: usize,
    /// The sum that is claimed before the round.
    pub(crate) claim: Fr,
}

/// What a sum-check leaves.
pub(crate) struct Proved<const D: usize> {
    /// The messages.
    pub(crate) rounds: Vec<[Fr; D]>,
    /// The challenges, lowest variable first.
    pub(crate) point: Vec<Fr>,
}

/// Proves sum_x eq(z, x) h(x) = `claim`, where h has degree D in each variable.
///
/// # Errors
/// Those of the summand.
pub(crate) fn prove_with_equality<const D: usize>(
    transcript: &mut Transcript<Fr>,
    claim: Fr,
    z: &[Fr],
    h: &mut impl Summand<D>,
) -> Result<Proved<D>, Check> {
    let mut rounds = Rounds::new(transcript, claim, z.len());
    for z in z {
        rounds.run(h, |claim, sent| with_equality(&mut Native, claim, z, sent))?;
    }
    Ok(rounds.proved)
}

/// Proves sum_x a(x) b(x) = `claim` over x of `variables` variables.
///
/// # Errors
/// Those of the summand.
pub(crate) fn prove_product(
    transcript: &mut Transcript<Fr>,
    claim: Fr,
    variables: usize,
    product: &mut impl Summand<2>,
) -> Result<Proved<2>, Check> {
    let mut rounds = Rounds::new(transcript, claim, variables);
    for _ in 0..variables {
        rounds.run(product, |claim, sent| Ok(plain(&Native, claim, sent).to_vec()))?;
    }
    Ok(rounds.proved)
}

/// g(0) from g(1), in a round with the equality polynomial factored out: c = (1 - z_j) g(0) + z_j
/// g(1), so g(0) = (c - z_j g(1)) / (1 - z_j). One inversion a round takes the place of one more
/// sum over all pairs.
///
/// # Errors
/// [`Check::CoordinateIsOne`] when z_j is 1, a chance of 1 / r.
pub(crate) fn value_at_zero(claim: Fr, z: Fr, value_at_one: Fr) -> Result<Fr, Check> {
    let weight = Native.inverse(&(Fr::ONE - z), Check::CoordinateIsOne)?;
    Ok((claim - z * value_at_one) * weight)
}

/// The rounds so far.
struct Rounds<'a, const D: usize> {
    transcript: &'a mut Transcript<Fr>,
    claim: Fr,
    proved: Proved<D>,
}

impl<'a, const D: usize> Rounds<'a, D> {
    fn new(transcript: &'a mut Transcript<Fr>, claim: Fr, variables: usize) -> Self {
        let proved = Proved { rounds: Vec::with_capacity(variables), point: Vec::with_capacity(variables) };
        Self { transcript, claim, proved }
    }

    /// One round: sends, draws the challenge and binds. `complete` makes all coefficients of g of
    /// those that are sent.
    fn run(
        &mut self,
        summand: &mut impl Summand<D>,
        complete: impl FnOnce(&Fr, &[Fr; D]) -> Result<Vec<Fr>, Check>,
    ) -> Result<(), Check> {
        let round = Round { variable: self.proved.rounds.len(), claim: self.claim };
        let sent = summand.coefficients(&round)?;
        let challenge = self.transcript.message(&mut Native, &sent)?;
        let coefficients = complete(&self.claim, &sent)?;
        self.claim = Native.evaluate(&coefficients, &challenge)?;
        summand.bind(challenge);
        self.proved.rounds.push(sent);
        self.proved.point.push(challenge);
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_value_at_zero_completes_the_claim_unless_the_coordinate_is_one() {
        let (claim, z, one) = (Fr::from(100u64), Fr::from(7u64), Fr::from(12u64));
        let zero = value_at_zero(claim, z, one).unwrap();
        assert_eq!((Fr::ONE - z) * zero + z * one, claim);
        assert_eq!(value_at_zero(claim, Fr::ONE, one), Err(Check::CoordinateIsOne));
    }
}
