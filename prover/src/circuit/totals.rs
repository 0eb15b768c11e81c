//! Sums per asset, as an equation between sums of fractions at the challenge.

use ark_bn254::Fr;
use ark_relations::gr1cs::SynthesisError;

use crate::{
    wire::{System, Wire, enforce_product},
    witness::Witness,
};

/// An amount of an asset, and the prover's value of amount / (rho - asset).
#[derive(Clone, Debug)]
pub(super) struct Term {
    pub(super) asset: Wire,
    pub(super) amount: Wire,
    pub(super) fraction: Fr,
}

/// T_a at asset a, for a = 1 .. A.
pub(super) fn declared(witness: &Witness, totals: &[Wire]) -> Vec<Term> {
    totals
        .iter()
        .zip(&witness.total_fractions)
        .zip(1u64..)
        .map(|((total, fraction), number)| Term {
            asset: Wire::constant(Fr::from(number)),
            amount: total.clone(),
            fraction: *fraction,
        })
        .collect()
}

/// f with f (rho - asset) = amount, one constraint a term.
pub(super) fn fractions(system: &System, challenge: &Wire, terms: &[Term]) -> Result<Vec<Wire>, SynthesisError> {
    terms
        .iter()
        .map(|term| {
            let fraction = Wire::witness(system, term.fraction)?;
            enforce_product(system, &fraction, &challenge.minus(&term.asset), &term.amount)?;
            Ok(fraction)
        })
        .collect()
}
