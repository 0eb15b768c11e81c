//! Wires: linear combinations of the circuit's variables, carried with their values.
//!
//! Additions and multiplications by constants cost nothing in a rank-1 system, so gadgets pass
//! wires around and only products become constraints.

use ark_bn254::Fr;
use ark_ff::{AdditiveGroup, Field, One, Zero};
use ark_relations::gr1cs::{LinearCombination, SynthesisError, Variable};
use ballast_core::wide::Wide;

use super::system::System;

/// A linear combination of variables and the value it has under the present witness.
///
/// Where only values are asked for, no terms are kept.
#[derive(Clone, Debug)]
pub(crate) struct Wire {
    terms: LinearCombination<Fr>,
    value: Fr,
    /// Whether a variable other than one is involved.
    variable: bool,
    /// Whether the terms are kept.
    kept: bool,
}

impl Wire {
    /// A constant: a multiple of the variable that is always one.
    pub(crate) fn constant(value: Fr) -> Self {
        Self { terms: LinearCombination::from((value, Variable::One)), value, variable: false, kept: true }
    }

    /// A new private variable. Nothing constrains it yet.
    pub(crate) fn witness(system: &System, value: Fr) -> Result<Self, SynthesisError> {
        Ok(Self::of_variable(system.private(value)?, value))
    }

    /// A new public input. Inputs are numbered in order of creation.
    pub(crate) fn input(system: &System, value: Fr) -> Result<Self, SynthesisError> {
        Ok(Self::of_variable(system.input(value)?, value))
    }

    fn of_variable(variable: Option<Variable>, value: Fr) -> Self {
        let terms = variable.map_or_else(LinearCombination::zero, LinearCombination::from);
        Self { terms, value, variable: true, kept: variable.is_some() }
    }

    /// A combination of other wires of which only the value is kept.
    pub(crate) fn of_value(value: Fr) -> Self {
        Self::of_variable(None, value)
    }

    /// The sum of every coefficient times its wire.
    pub(crate) fn combination<'a>(terms: impl IntoIterator<Item = (Fr, &'a Self)>) -> Self {
        Self::affine(Fr::ZERO, terms)
    }

    /// The constant plus the sum of every coefficient times its wire.
    pub(crate) fn affine<'a>(constant: Fr, terms: impl IntoIterator<Item = (Fr, &'a Self)>) -> Self {
        let mut sum = match constant.is_zero() {
            true => Self { terms: LinearCombination::zero(), value: Fr::ZERO, variable: false, kept: true },
            false => Self::constant(constant),
        };
        // Most combinations are long, a permutation's, or sums.
        let mut products: Option<Wide> = None;
        for (coefficient, wire) in terms {
            if coefficient.is_zero() {
                continue;
            }
            if coefficient.is_one() {
                sum.value += wire.value;
            } else {
                products.get_or_insert_default().add_product(&coefficient, &wire.value);
            }
            sum.variable |= wire.variable;
            sum.kept &= wire.kept;
            if sum.kept {
                sum.terms.extend(wire.terms.iter().map(|(weight, variable)| (coefficient * weight, *variable)));
            }
        }
        if let Some(products) = products {
            sum.value += products.reduce();
        }
        if sum.kept {
            sum.terms.compactify();
        }
        sum
    }

    /// The sum of the wires.
    pub(crate) fn sum<'a>(wires: impl IntoIterator<Item = &'a Self>) -> Self {
        Self::combination(wires.into_iter().map(|wire| (Fr::ONE, wire)))
    }

    /// The difference `self - other`.
    pub(crate) fn minus(&self, other: &Self) -> Self {
        Self::combination([(Fr::ONE, self), (-Fr::ONE, other)])
    }

    /// The sum `self + other`.
    pub(crate) fn plus(&self, other: &Self) -> Self {
        Self::sum([self, other])
    }

    /// A new private variable constrained to be the product.
    pub(crate) fn times(&self, system: &System, other: &Self) -> Result<Self, SynthesisError> {
        let product = Self::witness(system, self.value * other.value)?;
        system.product(self, other, &product)?;
        Ok(product)
    }

    /// The value, if no variable is involved.
    pub(crate) fn as_constant(&self) -> Option<Fr> {
        (!self.variable).then_some(self.value)
    }

    /// The variables and their weights; none where only values are asked for.
    pub(crate) fn terms(&self) -> LinearCombination<Fr> {
        self.terms.clone()
    }

    /// The value under the present witness.
    pub(crate) fn value(&self) -> Fr {
        self.value
    }
}

/// Adds the constraint a = b.
pub(crate) fn enforce_equal(system: &System, a: &Wire, b: &Wire) -> Result<(), SynthesisError> {
    system.product(&a.minus(b), &Wire::constant(Fr::one()), &Wire::constant(Fr::zero()))
}
