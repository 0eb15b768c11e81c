//! Wires: linear combinations of the circuit's variables, carried with their values.
//!
//! Additions and multiplications by constants cost nothing in a rank-1 system, so gadgets pass wires around and
//! only products become constraints.

use ark_bn254::Fr;
use ark_ff::{AdditiveGroup, Field, One, Zero};
use ark_relations::gr1cs::{ConstraintSystemRef, LinearCombination, SynthesisError, Variable};

/// The constraint system that the gadgets write to.
pub(crate) type System = ConstraintSystemRef<Fr>;

/// A linear combination of variables and the value it has under the present witness.
#[derive(Clone, Debug)]
pub(crate) struct Wire {
    terms: LinearCombination<Fr>,
    value: Fr,
}

impl Wire {
    /// A constant: a multiple of the variable that is always one.
    pub(crate) fn constant(value: Fr) -> Self {
        Self { terms: LinearCombination::from((value, Variable::One)), value }
    }

    /// A new private variable. Nothing constrains it yet.
    pub(crate) fn witness(system: &System, value: Fr) -> Result<Self, SynthesisError> {
        let variable = system.new_witness_variable(|| Ok(value))?;
        Ok(Self { terms: variable.into(), value })
    }

    /// A new public input. Inputs are numbered in order of creation.
    pub(crate) fn input(system: &System, value: Fr) -> Result<Self, SynthesisError> {
        let variable = system.new_input_variable(|| Ok(value))?;
        Ok(Self { terms: variable.into(), value })
    }

    /// A new private variable constrained to be 0 or 1: x (1 - x) = 0.
    pub(crate) fn bit(system: &System, value: Fr) -> Result<Self, SynthesisError> {
        let bit = Self::witness(system, value)?;
        enforce_product(system, &bit, &bit.complement(), &Self::constant(Fr::ZERO))?;
        Ok(bit)
    }

    /// `sum_i coefficients[i] * wires[i]`, over the shorter of the two.
    pub(crate) fn combination<'a>(
        coefficients: impl IntoIterator<Item = Fr>,
        wires: impl IntoIterator<Item = &'a Self>,
    ) -> Self {
        let mut terms = LinearCombination::zero();
        let mut value = Fr::ZERO;
        for (coefficient, wire) in coefficients.into_iter().zip(wires) {
            if coefficient.is_zero() {
                continue;
            }
            terms.extend(wire.terms.iter().map(|(weight, variable)| (coefficient * weight, *variable)));
            value += coefficient * wire.value;
        }
        terms.compactify();
        Self { terms, value }
    }

    /// The sum of the wires.
    pub(crate) fn sum<'a>(wires: impl IntoIterator<Item = &'a Self>) -> Self {
        Self::combination(std::iter::repeat(Fr::ONE), wires)
    }

    /// `self - other`.
    pub(crate) fn minus(&self, other: &Self) -> Self {
        Self::combination([Fr::ONE, -Fr::ONE], [self, other])
    }

    /// `self + other`.
    pub(crate) fn plus(&self, other: &Self) -> Self {
        Self::sum([self, other])
    }

    /// `1 - self`.
    pub(crate) fn complement(&self) -> Self {
        Self::constant(Fr::ONE).minus(self)
    }

    /// A new private variable constrained to be the product.
    pub(crate) fn times(&self, system: &System, other: &Self) -> Result<Self, SynthesisError> {
        let product = Self::witness(system, self.value * other.value)?;
        enforce_product(system, self, other, &product)?;
        Ok(product)
    }

    /// The value, if no variable is involved.
    pub(crate) fn as_constant(&self) -> Option<Fr> {
        self.terms.iter().all(|(_, variable)| variable.is_one()).then_some(self.value)
    }

    /// The value under the present witness.
    pub(crate) fn value(&self) -> Fr {
        self.value
    }
}

/// The constraint a * b = c.
pub(crate) fn enforce_product(system: &System, a: &Wire, b: &Wire, c: &Wire) -> Result<(), SynthesisError> {
    system.enforce_r1cs_constraint(|| a.terms.clone(), || b.terms.clone(), || c.terms.clone())
}

/// The constraint a = b.
pub(crate) fn enforce_equal(system: &System, a: &Wire, b: &Wire) -> Result<(), SynthesisError> {
    enforce_product(system, &a.minus(b), &Wire::constant(Fr::one()), &Wire::constant(Fr::zero()))
}
