//! Leaves: bits of every slot, packing, tag, digest.

use ark_bn254::Fr;
use ark_ff::{AdditiveGroup, Field};
use ark_relations::gr1cs::SynthesisError;
use ballast_core::leaf::SLOTS;

use super::{ASSET_BITS, BALANCE_BITS, power_of_two, totals::Term};
use crate::{
    poseidon::Poseidon,
    wire::{System, Wire, enforce_product},
    witness::{LeafWitness, SlotWitness},
};

/// Slots packed in one element.
const PACKED_SLOTS: usize = 3;

/// What the rest of the circuit needs of all leaves.
pub(super) struct Leaves {
    pub(super) digests: Vec<Wire>,
    /// Every slot of every leaf: the same wires that are hashed are summed.
    pub(super) slots: Vec<Term>,
}

/// Lays down every leaf.
pub(super) fn allocate(system: &System, witnesses: &[LeafWitness]) -> Result<Leaves, SynthesisError> {
    let tag_hash = Poseidon::new(2)?;
    let leaf_hash = Poseidon::new(1 + SLOTS / PACKED_SLOTS)?;
    let mut leaves = Leaves { digests: Vec::with_capacity(witnesses.len()), slots: Vec::new() };
    for witness in witnesses {
        let slots = witness.slots.iter().map(|slot| allocate_slot(system, slot)).collect::<Result<Vec<_>, _>>()?;
        let packed: Vec<Wire> = slots.chunks(PACKED_SLOTS).map(pack).collect();

        let used = Wire::bit(system, witness.used)?;
        let account = Wire::witness(system, witness.account)?;
        let salt = Wire::witness(system, witness.salt)?;
        let tag = Wire::witness(system, witness.tag)?;
        enforce_product(system, &tag_hash.hash(system, &[account, salt])?, &used, &tag)?;

        // Packed slots are non-negative and below 2^240: their sum is zero only if each slot is empty. Balances hidden
        // in an unused leaf would be counted, so this protects no total; it keeps "unused" from meaning anything else.
        enforce_product(system, &used.complement(), &Wire::sum(&packed), &Wire::constant(Fr::ZERO))?;

        let mut inputs = vec![tag];
        inputs.extend(packed);
        leaves.digests.push(leaf_hash.hash(system, &inputs)?);
        leaves.slots.extend(slots);
    }
    Ok(leaves)
}

fn allocate_slot(system: &System, witness: &SlotWitness) -> Result<Term, SynthesisError> {
    let asset: [Wire; ASSET_BITS] = allocate_bits(system, &witness.asset_bits)?;
    let balance: [Wire; BALANCE_BITS] = allocate_bits(system, &witness.balance_bits)?;
    Ok(Term { asset: from_bits(&asset), amount: from_bits(&balance), fraction: witness.fraction })
}

fn allocate_bits<const N: usize>(system: &System, values: &[Fr; N]) -> Result<[Wire; N], SynthesisError> {
    let bits = values.iter().map(|value| Wire::bit(system, *value)).collect::<Result<Vec<_>, _>>()?;
    bits.try_into().map_err(|_| SynthesisError::ArityMismatch)
}

/// The integer with these bits, lowest first.
fn from_bits(bits: &[Wire]) -> Wire {
    Wire::combination(std::iter::successors(Some(Fr::ONE), |power| Some(power.double())), bits)
}

/// p_g: asset and balance of each slot, 80 bits a slot, the first slot lowest.
fn pack(slots: &[Term]) -> Wire {
    let weights = (0..slots.len()).flat_map(|place| {
        let low = (ASSET_BITS + BALANCE_BITS) * place;
        [power_of_two(low), power_of_two(low + ASSET_BITS)]
    });
    Wire::combination(weights, slots.iter().flat_map(|slot| [&slot.asset, &slot.amount]))
}
