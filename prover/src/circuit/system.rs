//! Where the circuit is laid down: its variables with their values, and its rows with the values of
//! both factors and of the product.
//!
//! A setup needs the matrices; a prover needs values only, which cost a small part of that.

use std::cell::RefCell;

use ark_bn254::Fr;
use ark_ff::Field;
use ark_relations::gr1cs::{ConstraintSystemRef, SynthesisError, Variable};

use super::wire::Wire;

/// The constraint system that the gadgets write to.
pub(crate) struct System {
    /// The matrices, where they are wanted.
    matrices: Option<ConstraintSystemRef<Fr>>,
    values: RefCell<Values>,
}

/// The values of all variables and rows.
#[derive(Debug, Default)]
pub(crate) struct Values {
    /// The public inputs, without the constant 1.
    pub(crate) inputs: Vec<Fr>,
    /// The private variables.
    pub(crate) private: Vec<Fr>,
    /// Both factors and the product of every row.
    pub(crate) rows: Vec<[Fr; 3]>,
}

impl System {
    /// Keeps values, and no matrices. Reserves memory for `rows` rows and as many private
    /// variables; neither is a limit.
    pub(crate) fn of_values(rows: usize) -> Self {
        let (private, rows) = (Vec::with_capacity(rows), Vec::with_capacity(rows));
        Self { matrices: None, values: Values { inputs: Vec::new(), private, rows }.into() }
    }

    /// Lays the matrices down in `matrices`.
    pub(crate) fn laid_down_in(matrices: ConstraintSystemRef<Fr>) -> Self {
        Self { matrices: Some(matrices), values: RefCell::default() }
    }

    /// A new public input, numbered in order of creation; `None` where no matrices are kept.
    pub(crate) fn input(&self, value: Fr) -> Result<Option<Variable>, SynthesisError> {
        self.values.borrow_mut().inputs.push(value);
        self.matrices.as_ref().map(|matrices| matrices.new_input_variable(|| Ok(value))).transpose()
    }

    /// A new private variable; `None` where no matrices are kept.
    pub(crate) fn private(&self, value: Fr) -> Result<Option<Variable>, SynthesisError> {
        self.values.borrow_mut().private.push(value);
        self.matrices.as_ref().map(|matrices| matrices.new_witness_variable(|| Ok(value))).transpose()
    }

    /// Whether values are all that is kept.
    pub(crate) fn is_of_values(&self) -> bool {
        self.matrices.is_none()
    }

    /// The fifth power of x by the variables and rows of x x = x^2, x^2 x^2 = x^4 and x^4 x = x^5.
    /// To be called where values are all that is kept.
    pub(crate) fn fifth_power(&self, x: Fr) -> Fr {
        let square = x.square();
        let fourth = square.square();
        let fifth = fourth * x;
        let values = &mut *self.values.borrow_mut();
        values.private.extend([square, fourth, fifth]);
        values.rows.extend([[x, x, square], [square, square, fourth], [fourth, x, fifth]]);
        fifth
    }

    /// Adds the row a b = c.
    pub(crate) fn product(&self, a: &Wire, b: &Wire, c: &Wire) -> Result<(), SynthesisError> {
        self.values.borrow_mut().rows.push([a.value(), b.value(), c.value()]);
        match &self.matrices {
            Some(matrices) => matrices.enforce_r1cs_constraint(|| a.terms(), || b.terms(), || c.terms()),
            None => Ok(()),
        }
    }

    /// The values of all variables and rows.
    pub(crate) fn into_values(self) -> Values {
        self.values.into_inner()
    }
}

#[cfg(test)]
impl System {
    /// With matrices in which a test may change a variable afterwards: no values of combinations
    /// are kept.
    pub(crate) fn changeable() -> Self {
        use ark_relations::gr1cs::{ConstraintSystem, SynthesisMode};
        let matrices = ConstraintSystem::new_ref();
        matrices.set_mode(SynthesisMode::Prove { construct_matrices: true, generate_lc_assignments: false });
        Self::laid_down_in(matrices)
    }

    /// The matrices and the variables that they are laid down for.
    pub(crate) fn matrices(&self) -> &ConstraintSystemRef<Fr> {
        self.matrices.as_ref().unwrap()
    }
}
