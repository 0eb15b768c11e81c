//! The values that a witness gives to the variables and rows of the circuit.

use ark_bn254::Fr;
use ark_ff::Field;
use ark_relations::gr1cs::SynthesisError;
use rayon::prelude::*;

use crate::circuit::{self, Values, witness::Witness};

/// The variables z and the row values A z, B z and C z. The circuit's gadgets carry values along,
/// so the matrices are not needed for them.
#[derive(Clone, Debug)]
pub struct Assignment {
    variables: Vec<Fr>,
    inputs: usize,
    rows: Vec<[Fr; 3]>,
}

impl Assignment {
    /// The values that `witness` gives to the circuit.
    ///
    /// # Errors
    /// [`SynthesisError::ArityMismatch`] when claim or messages are not of the witness's depth.
    pub fn new(witness: &Witness) -> Result<Self, SynthesisError> {
        let Values { inputs, private, rows } = circuit::assign(witness)?;
        let count = 1 + inputs.len();
        Ok(Self { variables: [vec![Fr::ONE], inputs, private].concat(), inputs: count, rows })
    }

    /// The variables z = (1, public inputs, private variables).
    pub fn variables(&self) -> &[Fr] {
        &self.variables
    }

    /// Number of public inputs, counting the constant 1.
    pub fn inputs(&self) -> usize {
        self.inputs
    }

    /// The values of A z, B z and C z, row by row.
    pub fn rows(&self) -> &[[Fr; 3]] {
        &self.rows
    }

    /// The first row that is not satisfied.
    pub fn first_unsatisfied(&self) -> Option<usize> {
        self.rows.par_iter().with_min_len(1 << 12).position_first(|[a, b, c]| *a * b != *c)
    }
}
