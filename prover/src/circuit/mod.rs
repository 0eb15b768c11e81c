//! The Groth16 circuit: the verifier of the argument accepts (`docs/spec.md`, section 9).
//!
//! # Claim
//! For the public inputs (d, rho, phi) the prover knows a public vector Y and messages such that
//!
//! 1. d is the digest of Y and phi = sum_i rho^i Y_i (`binding`),
//! 2. the verifier of [`crate::argument`] accepts the messages for the claim in Y, and the scalars
//!    that it leaves for the opening equation are those in Y.
//!
//! The size depends on the class alone, by the number of rounds, and not on the accounts: there are
//! a few hash steps a round.
//!
//! # Soundness
//! Verifiers compute rho = SHA-256(Y' || d) and phi = sum_i rho^i Y'_i from the vector Y' that
//! *they* were given. d fixes the circuit's Y (collision resistance of Poseidon; all vectors have
//! the same length) before rho is known, since rho hashes d. If Y and Y' differed, phi would be a
//! common value of two polynomials of degree 203 at a point chosen after both, a chance of
//! 203 / 2^253 for each hash tried. Equality is of field elements, so the circuit checks no ranges
//! in Y.
//!
//! The class is the last element of Y, and a constant here. So a key of one depth that is
//! registered as one of another depth verifies nothing: verifiers put the registered class into Y'.
//!
//! # What the caller owes
//! Y' is canonical with halves below 2^128, points are on the curve, rho and phi are computed from
//! Y' and d, T_a = 0 beyond the asset list, and the opening equation holds for the points and
//! scalars in Y'.

mod arithmetic;
mod binding;
mod poseidon;
pub mod shape;
mod system;
mod wire;
pub mod witness;

use ark_bn254::Fr;
use ark_relations::gr1cs::{ConstraintSynthesizer, ConstraintSystemRef, SynthesisError};
use ballast_core::{circuit::Class, opening::OPENING_POINTS};

use crate::argument::{
    messages::Messages,
    verifier::{self, Claim},
};
use arithmetic::Constrained;
use shape::Shape;
use system::System;
use wire::Wire;
use witness::Witness;

pub(crate) use system::Values;

/// The circuit under one witness. The constraints are the same for every witness of a class.
#[derive(Clone, Copy, Debug)]
pub struct Circuit<'a> {
    /// An assignment of the shape of its class, of any values. One that breaks the claim leaves a
    /// constraint unsatisfied.
    pub witness: &'a Witness,
}

impl ConstraintSynthesizer<Fr> for Circuit<'_> {
    fn generate_constraints(self, system: ConstraintSystemRef<Fr>) -> Result<(), SynthesisError> {
        self.lay_down(&System::laid_down_in(system))
    }
}

/// The values that a witness gives to all variables and rows.
///
/// # Errors
/// [`SynthesisError::ArityMismatch`] when claim or messages do not have the shape of their class.
pub(crate) fn assign(witness: &Witness) -> Result<Values, SynthesisError> {
    let rows = Shape::of(Class::new(witness.depth)).map_or(0, |shape| shape.rows);
    let system = System::of_values(rows);
    Circuit { witness }.lay_down(&system)?;
    Ok(system.into_values())
}

impl Circuit<'_> {
    fn lay_down(self, system: &System) -> Result<(), SynthesisError> {
        let Witness { depth, claim, messages, inputs } = self.witness;
        // The elements are allocated one after the other into lists of the class's lengths, so
        // lists of other lengths would go unnoticed.
        messages.check_shape(*depth)?;
        let digest = Wire::input(system, inputs.digest)?;
        let challenge = Wire::input(system, inputs.challenge)?;
        let evaluation = Wire::input(system, inputs.evaluation)?;

        let claim = allocate_claim(system, claim)?;
        let mut elements = messages.elements();
        let messages = Messages::build(*depth, || {
            let element = elements.next().ok_or(SynthesisError::ArityMismatch)?;
            Wire::witness(system, *element)
        })?;
        let scalars = verifier::verify(&mut Constrained::new(system), *depth, &claim, &messages)?;

        // A constant, and no variable: a proof of another class's vector has no assignment.
        let class = Wire::constant(Class::new(*depth).element().into());
        let vector = claim.into_public_vector(scalars, class);
        binding::enforce_digest(system, &vector, &digest)?;
        binding::enforce_evaluation(system, &vector, &challenge, &evaluation)
    }
}

fn allocate_claim(system: &System, claim: &Claim<Fr>) -> Result<Claim<Wire>, SynthesisError> {
    let allocate = |value: &Fr| Wire::witness(system, *value);
    let [high, low] = &claim.context;
    let context = [allocate(high)?, allocate(low)?];
    let root = allocate(&claim.root)?;
    let totals = claim.totals.iter().map(allocate).collect::<Result<_, _>>()?;
    let mut points = Vec::with_capacity(OPENING_POINTS);
    for [a, b, c, d] in &claim.points {
        points.push([allocate(a)?, allocate(b)?, allocate(c)?, allocate(d)?]);
    }
    let points = points.try_into().map_err(|_| SynthesisError::ArityMismatch)?;
    Ok(Claim { context, root, totals, points })
}
