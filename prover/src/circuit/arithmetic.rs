//! The verifier's arithmetic on wires.

use ark_bn254::Fr;
use ark_ff::Field;
use ark_relations::gr1cs::SynthesisError;

use super::{
    poseidon::Poseidon,
    wire::{System, Wire, enforce_equal, enforce_product},
};
use crate::arithmetic::{Arithmetic, Check};

/// Lays the verifier's equations down as constraints. A failed equation is an unsatisfied constraint, not an error.
pub(super) struct Constrained<'a> {
    system: &'a System,
    /// By number of inputs.
    permutations: Vec<Option<Poseidon>>,
}

impl<'a> Constrained<'a> {
    pub(super) fn new(system: &'a System) -> Self {
        Self { system, permutations: Vec::new() }
    }
}

impl Arithmetic for Constrained<'_> {
    type Scalar = Wire;
    type Error = SynthesisError;

    fn constant(&self, value: Fr) -> Wire {
        Wire::constant(value)
    }

    fn add(&self, a: &Wire, b: &Wire) -> Wire {
        a.plus(b)
    }

    fn sub(&self, a: &Wire, b: &Wire) -> Wire {
        a.minus(b)
    }

    fn scale(&self, a: &Wire, factor: Fr) -> Wire {
        Wire::combination([factor], [a])
    }

    fn combine(&self, constant: Fr, factors: &[Fr], scalars: &[Wire]) -> Wire {
        let one = Wire::constant(Fr::ONE);
        Wire::combination(
            std::iter::once(constant).chain(factors.iter().copied()),
            std::iter::once(&one).chain(scalars),
        )
    }

    fn mul(&mut self, a: &Wire, b: &Wire) -> Result<Wire, SynthesisError> {
        match (a.as_constant(), b.as_constant()) {
            (Some(factor), _) => Ok(Wire::combination([factor], [b])),
            (_, Some(factor)) => Ok(Wire::combination([factor], [a])),
            _ => a.times(self.system, b),
        }
    }

    fn inverse(&mut self, a: &Wire, _: Check) -> Result<Wire, SynthesisError> {
        // Zero has no inverse: whatever stands here then, the product is not one.
        let inverse = Wire::witness(self.system, a.value().inverse().unwrap_or_default())?;
        enforce_product(self.system, a, &inverse, &Wire::constant(Fr::ONE))?;
        Ok(inverse)
    }

    fn require_equal(&mut self, a: &Wire, b: &Wire, _: Check) -> Result<(), SynthesisError> {
        enforce_equal(self.system, a, b)
    }

    fn hash(&mut self, inputs: &[Wire]) -> Result<Wire, SynthesisError> {
        let count = inputs.len();
        if self.permutations.len() <= count {
            self.permutations.resize_with(count + 1, || None);
        }
        let permutation = match &mut self.permutations[count] {
            Some(permutation) => permutation,
            missing => missing.insert(Poseidon::new(count)?),
        };
        permutation.hash(self.system, inputs)
    }
}
