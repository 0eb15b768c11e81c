//! The circuit as matrices: rows (A z) (B z) = (C z) over an assignment z.

use ark_bn254::Fr;
use ark_ff::PrimeField;
use ark_relations::gr1cs::{
    ConstraintSynthesizer, ConstraintSystem, Matrix, R1CS_PREDICATE_LABEL, SynthesisError, SynthesisMode,
};
use ballast_core::{Digest, circuit::Class};
use sha2::{Digest as _, Sha256};

use crate::circuit::{Circuit, witness::Witness};

/// The constraint matrices, the same for every witness.
#[derive(Clone, Debug)]
pub struct Constraints {
    /// The matrices A, B and C: for each row, its entries as (coefficient, column).
    matrices: Vec<Matrix<Fr>>,
    rows: usize,
    inputs: usize,
    columns: usize,
}

impl Constraints {
    /// The constraints of a class.
    ///
    /// # Errors
    /// Errors of the synthesis; a class with a circuit has none.
    pub fn of_class(class: Class) -> Result<Self, SynthesisError> {
        Self::under(&Witness::empty(class))
    }

    /// The constraints as they are laid down under `witness`. They depend on its class alone.
    ///
    /// # Errors
    /// [`SynthesisError::ArityMismatch`] when claim or messages are not of the witness's depth.
    pub fn under(witness: &Witness) -> Result<Self, SynthesisError> {
        let system = ConstraintSystem::<Fr>::new_ref();
        system.set_mode(SynthesisMode::Prove { construct_matrices: true, generate_lc_assignments: false });
        Circuit { witness }.generate_constraints(system.clone())?;
        system.finalize();
        let system = system.into_inner().ok_or(SynthesisError::MissingCS)?;
        let matrices = system.to_matrices()?.remove(R1CS_PREDICATE_LABEL).ok_or(SynthesisError::PredicateNotFound)?;
        let inputs = system.num_instance_variables();
        let columns = inputs + system.num_witness_variables();
        Ok(Self { matrices, rows: system.num_constraints(), inputs, columns })
    }

    /// The matrices A, B and C: for each row, its entries as (coefficient, column).
    pub fn matrices(&self) -> &[Matrix<Fr>] {
        &self.matrices
    }

    /// Number of constraints.
    pub fn rows(&self) -> usize {
        self.rows
    }

    /// Number of public inputs, counting the constant 1.
    pub fn inputs(&self) -> usize {
        self.inputs
    }

    /// Number of variables: the constant 1, public inputs and private variables.
    pub fn columns(&self) -> usize {
        self.columns
    }

    /// The SHA-256 digest of the numbers of inputs, columns and rows and of the matrices, row by
    /// row: the length of the row, then column and coefficient of each entry. A key belongs to the
    /// constraints with one digest and to no others.
    pub fn digest(&self) -> Digest {
        let mut hasher = Sha256::new();
        for count in [self.inputs, self.columns, self.rows] {
            hasher.update((count as u64).to_be_bytes());
        }
        let mut bytes = Vec::new();
        for row in self.matrices.iter().flatten() {
            bytes.clear();
            bytes.extend_from_slice(&(row.len() as u64).to_be_bytes());
            for (coefficient, column) in row {
                bytes.extend_from_slice(&(*column as u64).to_be_bytes());
                coefficient.into_bigint().0.iter().rev().for_each(|limb| bytes.extend_from_slice(&limb.to_be_bytes()));
            }
            hasher.update(&bytes);
        }
        hasher.finalize().into()
    }
}
