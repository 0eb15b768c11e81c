//! W as 64 columns of field elements.

use ark_bn254::Fr;
use ark_ff::{AdditiveGroup, BigInteger, PrimeField};
use ballast_core::leaf::{Leaf, SLOTS};
use ballast_prover::table::{
    self,
    layout::{COLUMNS, LIMB_VALUES, LIMBS, MULTIPLICITIES, SLOT_LIMBS, TAG, TREE_HIGH, TREE_LOW, asset_column},
};

use super::hashing;

#[derive(Clone)]
pub struct Table {
    pub depth: u8,
    pub columns: Vec<Vec<Fr>>,
}

impl Table {
    /// The table of these leaves; places without a node are zero.
    pub fn new(depth: u8, leaves: &[Leaf]) -> Self {
        let rows = 4usize.pow(depth.into());
        let mut table = Self { depth, columns: vec![vec![Fr::ZERO; rows]; COLUMNS] };
        for (row, leaf) in leaves.iter().enumerate() {
            table.columns[TAG][row] = leaf.tag().into();
            for (number, slot) in leaf.slots.iter().enumerate() {
                table.set_asset(row, number, Fr::from(slot.asset));
                table.set_limbs(
                    row,
                    number,
                    std::array::from_fn(|limb| Fr::from(slot.balance >> (16 * limb) & 0xffff)),
                );
            }
        }
        table.hash();
        table.count();
        table
    }

    /// The columns of the prover's own table.
    pub fn of(table: &table::Table) -> Self {
        let rows = table.rows();
        let element = |limb: &u16| Fr::from(*limb);
        let mut columns: Vec<Vec<Fr>> = table.limbs.iter().map(|column| column.iter().map(element).collect()).collect();
        columns.push(table.tags.clone());
        columns.extend(table.tree.chunks(rows).map(<[Fr]>::to_vec));
        columns.extend(table.multiplicities.chunks(rows).map(|counts| counts.iter().map(|m| Fr::from(*m)).collect()));
        columns.resize(COLUMNS, vec![Fr::ZERO; rows]);
        Self { depth: table.depth, columns }
    }

    pub fn rows(&self) -> usize {
        self.columns[0].len()
    }

    pub fn root(&self) -> Fr {
        self.columns[TREE_LOW][1]
    }

    pub fn set_asset(&mut self, row: usize, slot: usize, asset: Fr) {
        self.columns[asset_column(slot)][row] = asset;
    }

    pub fn set_limbs(&mut self, row: usize, slot: usize, limbs: [Fr; 4]) {
        for (column, limb) in (asset_column(slot) + 1..).zip(limbs) {
            self.columns[column][row] = limb;
        }
    }

    /// sum_k 2^(16 k) limb_k, whatever the limbs are.
    pub fn balance(&self, row: usize, slot: usize) -> Fr {
        let columns = &self.columns[asset_column(slot) + 1..asset_column(slot) + SLOT_LIMBS];
        columns.iter().rev().fold(Fr::ZERO, |sum, column| sum * Fr::from(65_536u64) + column[row])
    }

    pub fn packed(&self, row: usize, group: usize) -> Fr {
        let columns = &self.columns[15 * group..15 * (group + 1)];
        columns.iter().rev().fold(Fr::ZERO, |sum, column| sum * Fr::from(65_536u64) + column[row])
    }

    /// The entry of the heap.
    pub fn node(&self, number: usize) -> Fr {
        let rows = self.rows();
        self.columns[if number < rows { TREE_LOW } else { TREE_HIGH }][number % rows]
    }

    pub fn node_mut(&mut self, number: usize) -> &mut Fr {
        let rows = self.rows();
        &mut self.columns[if number < rows { TREE_LOW } else { TREE_HIGH }][number % rows]
    }

    /// T_1 .. T_128, sums in the field.
    pub fn totals(&self) -> Vec<Fr> {
        let mut totals = vec![Fr::ZERO; 128];
        for (row, slot) in (0..self.rows()).flat_map(|row| (0..SLOTS).map(move |slot| (row, slot))) {
            let asset = self.columns[asset_column(slot)][row];
            if let Some(total) = small(asset).and_then(|asset| totals.get_mut(asset.wrapping_sub(1))) {
                *total += self.balance(row, slot);
            }
        }
        totals
    }

    /// Hashes leaves and nodes from the limbs and tags as they are.
    pub fn hash(&mut self) {
        self.columns[TREE_HIGH] = hashing::digests(&self.leaf_inputs());
        let mut first = self.rows() / 2;
        while first > 1 {
            let range = first / 2..first;
            let inputs: Vec<[Fr; 4]> = range.clone().map(|node| self.children(node)).collect();
            self.columns[TREE_LOW][range].copy_from_slice(&hashing::digests(&inputs));
            first /= 2;
        }
    }

    pub fn leaf_inputs(&self) -> Vec<[Fr; 4]> {
        let inputs = |row| [self.columns[TAG][row], self.packed(row, 0), self.packed(row, 1), self.packed(row, 2)];
        (0..self.rows()).map(inputs).collect()
    }

    pub fn children(&self, node: usize) -> [Fr; 4] {
        std::array::from_fn(|child| self.node(4 * node + child))
    }

    /// Counts the limbs that are values of the table of multiplicities; others are left out.
    pub fn count(&mut self) {
        let mut counts = vec![0u64; LIMB_VALUES];
        for value in self.columns[..LIMBS].iter().flatten().filter_map(|limb| small(*limb)) {
            if let Some(count) = counts.get_mut(value) {
                *count += 1;
            }
        }
        let rows = self.rows();
        for (place, counts) in counts.chunks(rows).enumerate() {
            let column = &mut self.columns[MULTIPLICITIES + place];
            column.iter_mut().zip(counts).for_each(|(entry, count)| *entry = Fr::from(*count));
        }
    }

    /// m_v.
    pub fn multiplicity_mut(&mut self, value: usize) -> &mut Fr {
        let rows = self.rows();
        &mut self.columns[MULTIPLICITIES + value / rows][value % rows]
    }
}

/// The element as a number, if it is below 2^32.
fn small(element: Fr) -> Option<usize> {
    if element == Fr::ZERO {
        return Some(0);
    }
    let number = element.into_bigint();
    (number.num_bits() <= 32).then_some(number.0[0] as usize)
}
