//! The circuit as matrices: rows (A z) (B z) = (C z) over an assignment z.

use ark_bn254::Fr;
use ark_ff::{AdditiveGroup, BigInteger, PrimeField};
use ark_relations::gr1cs::{
    ConstraintSynthesizer, ConstraintSystem, Matrix, R1CS_PREDICATE_LABEL, SynthesisError, SynthesisMode,
};
use ballast_core::{Digest, circuit::Class};
use rayon::prelude::*;
use sha2::{Digest as _, Sha256};

use crate::{
    circuit::{Circuit, witness::Witness},
    setup::r1cs::R1cs,
};

/// The constraint matrices, the same for every witness.
#[derive(Clone, Debug)]
pub struct Constraints {
    /// A, B, C: per row, (coefficient, column).
    matrices: Vec<Matrix<Fr>>,
    rows: usize,
    inputs: usize,
    columns: usize,
}

impl Constraints {
    /// The constraints of a class.
    ///
    /// # Errors
    /// Those of the synthesis, which has none for a class with a circuit.
    pub fn of_class(class: Class) -> Result<Self, SynthesisError> {
        Self::assign(&Witness::empty(class)).map(|(constraints, _)| constraints)
    }

    /// Lays the circuit down under `witness`: its matrices and z = (1, public inputs, private variables).
    ///
    /// # Errors
    /// Those of the synthesis, which depend on the shape of the witness only: its class.
    pub fn assign(witness: &Witness) -> Result<(Self, Vec<Fr>), SynthesisError> {
        let system = synthesize(witness, true)?;
        let matrices = system.to_matrices()?.remove(R1CS_PREDICATE_LABEL).ok_or(SynthesisError::PredicateNotFound)?;
        let assignment = values(&system)?;
        let constraints = Self {
            matrices,
            rows: system.num_constraints(),
            inputs: system.num_instance_variables(),
            columns: assignment.len(),
        };
        Ok((constraints, assignment))
    }

    /// z alone, for whom the matrices are known: a fraction of the work.
    ///
    /// # Errors
    /// As [`Self::assign`].
    pub fn values(witness: &Witness) -> Result<Vec<Fr>, SynthesisError> {
        values(&synthesize(witness, false)?)
    }

    /// A, B, C.
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

    /// The constraints as a file of a ceremony has them; None if they are too many for one.
    pub fn r1cs(&self) -> Option<R1cs<'_>> {
        R1cs::new(&self.matrices, self.inputs, self.columns)
    }

    /// The first row that the assignment does not satisfy.
    pub fn first_unsatisfied(&self, assignment: &[Fr]) -> Option<usize> {
        (0..self.rows).into_par_iter().with_min_len(1 << 12).find_first(|row| {
            let mut products = self.matrices.iter().map(|matrix| match matrix.get(*row) {
                Some(entries) => product(entries, assignment),
                None => Fr::ZERO,
            });
            let mut next = || products.next().unwrap_or(Fr::ZERO);
            let (a, b, c) = (next(), next(), next());
            a * b != c
        })
    }

    /// SHA-256 of the numbers of inputs, columns and rows and of the matrices, row by row: the length of the row,
    /// then column and coefficient of each entry. A key belongs to the constraints with one digest and to no others.
    pub fn digest(&self) -> Digest {
        let mut hasher = Sha256::new();
        for count in [self.inputs, self.columns, self.rows] {
            hasher.update((count as u64).to_be_bytes());
        }
        for row in self.matrices.iter().flatten() {
            hasher.update((row.len() as u64).to_be_bytes());
            for (coefficient, column) in row {
                hasher.update((*column as u64).to_be_bytes());
                hasher.update(coefficient.into_bigint().to_bytes_be());
            }
        }
        hasher.finalize().into()
    }
}

fn synthesize(witness: &Witness, construct_matrices: bool) -> Result<ConstraintSystem<Fr>, SynthesisError> {
    let system = ConstraintSystem::<Fr>::new_ref();
    system.set_mode(SynthesisMode::Prove { construct_matrices, generate_lc_assignments: false });
    Circuit { witness }.generate_constraints(system.clone())?;
    system.finalize();
    system.into_inner().ok_or(SynthesisError::MissingCS)
}

/// 1, public inputs, private variables.
fn values(system: &ConstraintSystem<Fr>) -> Result<Vec<Fr>, SynthesisError> {
    Ok([system.instance_assignment()?, system.witness_assignment()?].concat())
}

fn product(entries: &[(Fr, usize)], assignment: &[Fr]) -> Fr {
    // A column outside the assignment counts as zero: the assignment is then for another circuit.
    entries.iter().filter_map(|(coefficient, column)| Some(*coefficient * assignment.get(*column)?)).sum()
}
