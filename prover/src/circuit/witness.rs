//! The assignment of the circuit's free variables, as field elements.
//!
//! Everything is public and may be changed after an honest construction: that is how the soundness
//! tests lie to the circuit. A value that the constraints compute is not here; the circuit derives
//! it from these.

use ark_bn254::Fr;
use ark_ff::AdditiveGroup;
use ballast_core::{
    Element,
    circuit::Class,
    opening::{OPENING_POINTS, OPENING_SCALARS},
    public_vector::PublicVector,
};

use crate::{
    argument::{
        messages::Messages,
        verifier::{self, Claim},
    },
    arithmetic::{Check, Native},
};

/// The public inputs that the prover claims.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Inputs {
    /// The digest d.
    pub digest: Fr,
    /// The challenge rho.
    pub challenge: Fr,
    /// The evaluation phi.
    pub evaluation: Fr,
}

/// The assignment of all variables that are not computed from others.
#[derive(Clone, Debug)]
pub struct Witness {
    pub depth: u8,
    pub claim: Claim<Fr>,
    pub messages: Messages<Fr>,
    pub inputs: Inputs,
}

impl Witness {
    /// The assignment for an accepted argument, and its public vector.
    ///
    /// # Errors
    /// The [`Check`] that the argument fails. `None` when an element of the claim that should be
    /// half of 32 bytes has more than 128 bits.
    pub fn new(class: Class, claim: Claim<Fr>, messages: Messages<Fr>) -> Result<Option<(Self, PublicVector)>, Check> {
        let scalars = verifier::verify(&mut Native, class.depth, &claim, &messages)?;
        let Some(vector) = public_vector(class, &claim, scalars) else { return Ok(None) };
        let inputs = vector.inputs(vector.digest());
        let inputs = Inputs {
            digest: inputs.digest.into(),
            challenge: inputs.challenge.into(),
            evaluation: inputs.evaluation.into(),
        };
        Ok(Some((Self { depth: class.depth, claim, messages, inputs }, vector)))
    }

    /// All zeros: the assignment under which a setup lays down the constraints of a class.
    pub fn empty(class: Class) -> Self {
        let Ok(messages) = Messages::build(class.depth, || Ok::<_, std::convert::Infallible>(Fr::ZERO));
        let claim = Claim {
            context: [Fr::ZERO; 2],
            root: Fr::ZERO,
            totals: vec![Fr::ZERO; class.assets.into()],
            points: [[Fr::ZERO; 4]; OPENING_POINTS],
        };
        Self { depth: class.depth, claim, messages, inputs: Inputs::default() }
    }
}

/// The public vector Y as the bytes that a verifier gets; `None` when there are more or fewer
/// totals than asset positions, or when an element that should be half of 32 bytes has more than
/// 128 bits.
pub fn public_vector(class: Class, claim: &Claim<Fr>, scalars: [Fr; OPENING_SCALARS]) -> Option<PublicVector> {
    let elements = claim.clone().into_public_vector(scalars, class.element().into());
    PublicVector::from_elements(class, elements.into_iter().map(Element::from).collect())
}
