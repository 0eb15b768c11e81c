//! The assignment of the circuit's free variables, as field elements.
//!
//! Everything is public and may be changed after an honest construction: that is how the soundness tests lie to the
//! circuit. A value that the constraints compute (packings, hashes, powers) is not here; the circuit derives it from
//! these.

use ark_bn254::Fr;
use ark_ff::{AdditiveGroup, Field, Zero};
use ballast_core::{
    Digest, Element,
    leaf::{Leaf, SLOTS, Slot},
    poseidon,
    public_vector::PublicVector,
    tree::Tree,
};

use crate::circuit::{ASSET_BITS, BALANCE_BITS, CLASS};

/// One slot.
#[derive(Clone, Debug)]
pub struct SlotWitness {
    /// Bits of the asset number, lowest first.
    pub asset_bits: [Fr; ASSET_BITS],
    /// Bits of the balance, lowest first.
    pub balance_bits: [Fr; BALANCE_BITS],
    /// balance / (rho - asset).
    pub fraction: Fr,
}

/// One leaf.
#[derive(Clone, Debug)]
pub struct LeafWitness {
    /// 1 for a leaf with an owner, 0 for an unused one.
    pub used: Fr,
    pub account: Fr,
    pub salt: Fr,
    /// poseidon2(account, salt), or 0 when unused.
    pub tag: Fr,
    pub slots: [SlotWitness; SLOTS],
}

/// The public inputs that the prover claims.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Inputs {
    /// d.
    pub digest: Fr,
    /// rho.
    pub challenge: Fr,
    /// phi.
    pub evaluation: Fr,
}

/// The whole assignment: 4^d leaves, A totals.
#[derive(Clone, Debug)]
pub struct Witness {
    pub context: Digest,
    pub root: Fr,
    /// T_1 .. T_A.
    pub totals: Vec<Fr>,
    /// T_a / (rho - a).
    pub total_fractions: Vec<Fr>,
    pub leaves: Vec<LeafWitness>,
    pub inputs: Inputs,
}

impl SlotWitness {
    fn new(slot: &Slot) -> Self {
        let bit = |value: u64, place: usize| Fr::from(value >> place & 1);
        Self {
            asset_bits: std::array::from_fn(|place| bit(slot.asset.into(), place)),
            balance_bits: std::array::from_fn(|place| bit(slot.balance, place)),
            fraction: Fr::ZERO,
        }
    }

    /// The asset number that the bits say.
    pub fn asset(&self) -> Fr {
        from_bits(&self.asset_bits)
    }

    /// The balance that the bits say.
    pub fn balance(&self) -> Fr {
        from_bits(&self.balance_bits)
    }
}

impl LeafWitness {
    fn new(leaf: &Leaf) -> Self {
        let owner = |element: fn(&ballast_core::leaf::Owner) -> Element| {
            leaf.owner.as_ref().map_or(Fr::ZERO, |owner| element(owner).into())
        };
        Self {
            used: Fr::from(leaf.owner.is_some()),
            account: owner(|owner| owner.account.element()),
            salt: owner(|owner| owner.salt.element()),
            tag: leaf.tag().into(),
            slots: std::array::from_fn(|number| SlotWitness::new(&leaf.slots[number])),
        }
    }

    fn digest(&self) -> Element {
        let packed = |group: usize| -> Element {
            let limbs = self
                .slots
                .iter()
                .skip(3 * group)
                .take(3)
                .flat_map(|slot| slot.asset_bits.iter().chain(&slot.balance_bits));
            from_bits(limbs).into()
        };
        poseidon::hash(&[self.tag.into(), packed(0), packed(1), packed(2)])
    }
}

impl Witness {
    /// The honest assignment for a context and at most 4^d leaves; further leaves of the class are unused.
    ///
    /// Leaves beyond 4^d are not looked at: [`prove`](crate::prove) refuses them by name before.
    pub fn new(context: &Digest, leaves: &[Leaf]) -> Self {
        let unused = Leaf::default();
        let mut witness = Self {
            context: *context,
            root: Fr::ZERO,
            totals: Vec::new(),
            total_fractions: Vec::new(),
            leaves: leaves
                .iter()
                .chain(std::iter::repeat(&unused))
                .take(CLASS.leaves())
                .map(LeafWitness::new)
                .collect(),
            inputs: Inputs::default(),
        };
        witness.commit();
        witness.sum();
        witness.bind();
        witness
    }

    /// A shard without any account: the assignment under which a setup lays down the constraints.
    pub fn empty() -> Self {
        Self::new(&[0; 32], &[])
    }

    /// Recomputes the root from the leaves, whatever is in them.
    pub fn commit(&mut self) {
        let digests = self.leaves.iter().map(LeafWitness::digest).collect();
        // The number of leaves is fixed by `new`; a test that changes it learns so from the circuit.
        self.root = Tree::new(CLASS.depth, digests).map_or(Fr::ZERO, |tree| tree.root().into());
    }

    /// Recomputes the totals from the leaves, as sums in the field.
    pub fn sum(&mut self) {
        self.totals = (1..=u64::from(CLASS.assets))
            .map(|asset| {
                let slots = self.leaves.iter().flat_map(|leaf| &leaf.slots);
                slots.filter(|slot| slot.asset() == Fr::from(asset)).map(SlotWitness::balance).sum()
            })
            .collect();
    }

    /// Recomputes d, rho, phi and every fraction from the public vector and the leaves.
    pub fn bind(&mut self) {
        if let Some(vector) = self.public_vector() {
            let inputs = vector.inputs(vector.digest());
            self.inputs = Inputs {
                digest: inputs.digest.into(),
                challenge: inputs.challenge.into(),
                evaluation: inputs.evaluation.into(),
            };
        }
        self.divide();
    }

    /// Recomputes every fraction for the present challenge; a fraction at a pole becomes 0.
    pub fn divide(&mut self) {
        let challenge = self.inputs.challenge;
        let fraction = |amount: Fr, asset: Fr| amount * (challenge - asset).inverse().unwrap_or(Fr::zero());
        for slot in self.leaves.iter_mut().flat_map(|leaf| &mut leaf.slots) {
            slot.fraction = fraction(slot.balance(), slot.asset());
        }
        self.total_fractions =
            self.totals.iter().zip(1u64..).map(|(total, asset)| fraction(*total, Fr::from(asset))).collect();
    }

    /// Y as the bytes that a verifier gets; `None` when there are more totals than asset positions.
    pub fn public_vector(&self) -> Option<PublicVector> {
        let totals: Vec<Element> = self.totals.iter().map(|total| Element::from(*total)).collect();
        PublicVector::new(CLASS, &self.context, self.root.into(), &totals)
    }

    /// Y as field elements: context halves, root, totals.
    pub(crate) fn vector(&self) -> Vec<Fr> {
        let mut vector: Vec<Fr> = Element::halves(&self.context).map(Fr::from).to_vec();
        vector.push(self.root);
        vector.extend_from_slice(&self.totals);
        vector
    }
}

fn from_bits<'a>(bits: impl IntoIterator<Item = &'a Fr, IntoIter: DoubleEndedIterator>) -> Fr {
    bits.into_iter().rev().fold(Fr::ZERO, |sum, bit| sum.double() + bit)
}
