//! The direct circuit: one shard of 64 leaves, hashed, range-checked and summed inside Groth16.
//!
//! # Claim
//! For the public inputs (d, rho, phi) the prover knows Y = (context halves, R, T_1 .. T_A) and 4^d leaves such that
//!
//! 1. d is the digest of Y and phi = sum_i rho^i Y_i (`binding`),
//! 2. every slot is an asset of 16 bits and a balance of 64 bits, every used leaf's tag is `poseidon2(account, salt)`,
//!    every unused leaf is empty, and the leaves hash to R (`leaf`, `tree`),
//! 3. sum over slots of v / (rho - a) = sum over assets of T_a / (rho - a) (`totals`).
//!
//! # Soundness
//! Whoever verifies computes rho = SHA-256(Y' || d) and phi = sum_i rho^i Y'_i from the vector Y' that *he* was given.
//!
//! **Y is Y'.** d fixes the circuit's Y (collision resistance of Poseidon; all vectors have the same length) before
//! rho is known, since rho hashes d. If Y and Y' differed, phi would be a common value of two polynomials of degree 66
//! at a point chosen after both: a chance of 66 / 2^253 for each hash tried. Equality is of field elements, so the
//! circuit checks no ranges in Y: that the halves are below 2^128 and every element below r is for the verifier to see
//! in Y'.
//!
//! **The totals are the sums.** R fixes the leaves (collision resistance again, fixed depth, all of them present), so
//! leaves and totals are fixed before rho. Let S_a be the sum of the balances of asset a over all slots. Claim 3 says
//! that the rational function sum_a (S_a - T_a) / (X - a), over all a below 2^16 with T_a = 0 outside 1 .. A, is zero
//! at X = rho. If it is not zero everywhere, clearing its at most 640 poles leaves a polynomial of degree below 640
//! that vanishes at rho: a chance of 640 / 2^253 for each hash tried. Otherwise every residue is zero, so S_a = T_a in
//! F for each a. S_a is at most 576 (2^64 - 1), far below r: nothing wraps, balances cannot cancel, and T_a is the
//! integer S_a.
//!
//! **Asset 0 and undeclared assets hold nothing.** The right side has no pole at 0 nor above A, hence S_a = 0 there;
//! sums of non-negative integers that do not wrap are zero only if each is. An asset between the length of the list
//! and A has its T_a in Y', where the verifier requires zero.
//!
//! **Poles.** A fraction f is defined by f (rho - a) = v. Were rho an asset number, f would be free in a slot of that
//! asset with balance 0 and could make up for any difference of the two sums. The verifier's rho is one of these 2^16
//! numbers with a chance of 2^-237 for each hash tried; the circuit does not exclude it, so it must not be used with a
//! challenge of the prover's choice.
//!
//! # What the caller owes
//! Y' is canonical with halves below 2^128, rho and phi are computed from Y' and d, and T_a = 0 beyond the asset list.

mod binding;
mod leaf;
mod totals;
mod tree;

use ark_bn254::Fr;
use ark_ff::AdditiveGroup;
use ark_relations::gr1cs::{ConstraintSynthesizer, ConstraintSystemRef, SynthesisError};
use ballast_core::circuit::Class;

use crate::{
    wire::{Wire, enforce_equal},
    witness::Witness,
};

/// The class of this circuit: 64 leaves, 64 assets.
pub const CLASS: Class = Class::DIRECT;

/// Bits of an asset number.
pub const ASSET_BITS: usize = 16;

/// Bits of a balance.
pub const BALANCE_BITS: usize = 64;

/// The circuit under one witness. The constraints are the same for every witness.
#[derive(Clone, Copy, Debug)]
pub struct Circuit<'a> {
    /// The assignment: 4^d leaves and A totals, of any values. One that breaks the claim leaves a constraint
    /// unsatisfied.
    pub witness: &'a Witness,
}

impl ConstraintSynthesizer<Fr> for Circuit<'_> {
    fn generate_constraints(self, system: ConstraintSystemRef<Fr>) -> Result<(), SynthesisError> {
        let system = &system;
        let witness = self.witness;
        let assets = usize::from(CLASS.assets);
        let shape = (witness.leaves.len(), witness.totals.len(), witness.total_fractions.len());
        if shape != (CLASS.leaves(), assets, assets) {
            return Err(SynthesisError::ArityMismatch);
        }

        let digest = Wire::input(system, witness.inputs.digest)?;
        let challenge = Wire::input(system, witness.inputs.challenge)?;
        let evaluation = Wire::input(system, witness.inputs.evaluation)?;

        let vector =
            witness.vector().into_iter().map(|value| Wire::witness(system, value)).collect::<Result<Vec<_>, _>>()?;
        let [_, _, root, declared @ ..] = vector.as_slice() else {
            return Err(SynthesisError::Unsatisfiable);
        };
        binding::enforce_digest(system, &vector, &digest)?;
        binding::enforce_evaluation(system, &vector, &challenge, &evaluation)?;

        let leaves = leaf::allocate(system, &witness.leaves)?;
        enforce_equal(system, &tree::root(system, leaves.digests)?, root)?;

        let held = totals::fractions(system, &challenge, &leaves.slots)?;
        let owed = totals::fractions(system, &challenge, &totals::declared(witness, declared))?;
        enforce_equal(system, &Wire::sum(&held), &Wire::sum(&owed))
    }
}

/// 2^exponent.
fn power_of_two(exponent: usize) -> Fr {
    let mut power = Fr::from(1u64);
    for _ in 0..exponent {
        power.double_in_place();
    }
    power
}
