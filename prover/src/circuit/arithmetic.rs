//! The verifier's arithmetic on wires.

use ark_bn254::Fr;
use ark_ff::Field;
use ark_relations::gr1cs::SynthesisError;

use super::{
    poseidon::Poseidon,
    system::System,
    wire::{Wire, enforce_equal},
};
use crate::arithmetic::{Arithmetic, Check, ShapeError};

impl From<ShapeError> for SynthesisError {
    fn from(_: ShapeError) -> Self {
        Self::ArityMismatch
    }
}

/// Lays the verifier's equations down as constraints. A failed equation is an unsatisfied
/// constraint, not an error.
pub(super) struct Constrained<'a> {
    system: &'a System,
}

impl<'a> Constrained<'a> {
    pub(super) fn new(system: &'a System) -> Self {
        Self { system }
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
        Wire::combination([(factor, a)])
    }

    fn combine<'a>(&self, constant: Fr, terms: impl IntoIterator<Item = (Fr, &'a Wire)>) -> Wire {
        Wire::affine(constant, terms)
    }

    fn mul(&mut self, a: &Wire, b: &Wire) -> Result<Wire, SynthesisError> {
        match (a.as_constant(), b.as_constant()) {
            (Some(factor), _) => Ok(Wire::combination([(factor, b)])),
            (_, Some(factor)) => Ok(Wire::combination([(factor, a)])),
            _ => a.times(self.system, b),
        }
    }

    fn inverse(&mut self, a: &Wire, _: Check) -> Result<Wire, SynthesisError> {
        // Zero has no inverse: whatever stands here then, the product is not one.
        let inverse = Wire::witness(self.system, a.value().inverse().unwrap_or_default())?;
        self.system.product(a, &inverse, &Wire::constant(Fr::ONE))?;
        Ok(inverse)
    }

    fn require_equal(&mut self, a: &Wire, b: &Wire, _: Check) -> Result<(), SynthesisError> {
        enforce_equal(self.system, a, b)
    }

    fn hash(&mut self, inputs: &[Wire]) -> Result<Wire, SynthesisError> {
        Poseidon::of_inputs(inputs.len())?.hash(self.system, inputs)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use ark_ff::AdditiveGroup;

    use crate::arithmetic::Native;

    fn wire(system: &System, value: Fr) -> Wire {
        Wire::witness(system, value).unwrap()
    }

    #[test]
    fn unequal_wires_are_unsatisfied_and_no_error() {
        for (a, b, expected) in [(5u64, 5u64, true), (5, 6, false), (0, 1, false)] {
            let system = System::changeable();
            let (a, b) = (wire(&system, Fr::from(a)), wire(&system, Fr::from(b)));
            assert_eq!(Constrained::new(&system).require_equal(&a, &b, Check::Batch), Ok(()));
            assert_eq!(system.matrices().is_satisfied().unwrap(), expected);
        }
    }

    #[test]
    fn zero_has_no_inverse_whatever_stands_in_its_place() {
        let system = System::changeable();
        let zero = wire(&system, Fr::ZERO);
        Constrained::new(&system).inverse(&zero, Check::FractionDenominator).unwrap();
        for inverse in [Fr::ZERO, Fr::ONE, -Fr::ONE] {
            system.matrices().borrow_mut().unwrap().assignments.witness_assignment[1] = inverse;
            assert!(!system.matrices().is_satisfied().unwrap());
        }
    }

    #[test]
    fn another_inverse_is_unsatisfied() {
        let system = System::changeable();
        let five = wire(&system, Fr::from(5u64));
        let inverse = Constrained::new(&system).inverse(&five, Check::EvaluationPoint).unwrap();
        assert_eq!(inverse.value() * five.value(), Fr::ONE);
        assert!(system.matrices().is_satisfied().unwrap());
        system.matrices().borrow_mut().unwrap().assignments.witness_assignment[1] += Fr::ONE;
        assert!(!system.matrices().is_satisfied().unwrap());
    }

    #[test]
    fn every_operation_equals_the_native_one() {
        let system = System::changeable();
        let field = &mut Constrained::new(&system);
        let values = [Fr::from(7u64), -Fr::from(3u64), Fr::from(1u64 << 40), Fr::ZERO];
        let mut wires: Vec<Wire> = values.iter().map(|value| wire(&system, *value)).collect();
        wires[2] = field.constant(values[2]);
        let native = &mut Native;
        for (a, x) in wires.iter().zip(&values) {
            for (b, y) in wires.iter().zip(&values) {
                assert_eq!(field.add(a, b).value(), *x + y);
                assert_eq!(field.sub(a, b).value(), *x - y);
                assert_eq!(field.mul(a, b).unwrap().value(), *x * y);
                let hash = field.hash(&[a.clone(), b.clone()]).unwrap().value();
                assert_eq!(Ok(hash), native.hash(&[*x, *y]));
            }
            assert_eq!(field.scale(a, -Fr::from(9u64)).value(), -Fr::from(9u64) * x);
            assert_eq!(field.complement(a).value(), Fr::ONE - x);
        }
        let factors = [Fr::from(2u64), -Fr::ONE, Fr::from(5u64)];
        let combined = field.combine(Fr::ONE, factors.into_iter().zip(&wires)).value();
        assert_eq!(combined, native.combine(Fr::ONE, factors.into_iter().zip(&values)));
        assert_eq!(Ok(field.evaluate(&wires, &wires[0]).unwrap().value()), native.evaluate(&values, &values[0]));
        let powers = field.powers::<6>(&wires[1]).unwrap();
        assert_eq!(Ok(powers.each_ref().map(Wire::value)), native.powers(&values[1]));
        assert!(system.matrices().is_satisfied().unwrap());
    }
}
