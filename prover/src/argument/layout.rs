//! The committed table W: 64 columns by 4^d rows, one row a leaf (`docs/spec.md`, section 8.1).
//!
//! | columns | content |
//! | --- | --- |
//! | 0..45 | limbs: of slot s the asset number and then the balance, lowest 16 bits first |
//! | 45 | tag |
//! | 46, 47 | lower and upper half of the tree in heap order: node i has children 4i..4i+3, leaf i is L + i |
//! | 48.. | multiplicities of the values below 2^16 among the limbs, column by column |

use ark_bn254::Fr;
use ballast_core::leaf::SLOTS;

/// Bits of a limb.
pub const LIMB_BITS: usize = 16;
/// Values of a limb.
pub const LIMB_VALUES: usize = 1 << LIMB_BITS;
/// Limbs of a slot: one of the asset number, four of the balance.
pub const SLOT_LIMBS: usize = 5;
/// Columns of limbs.
pub const LIMBS: usize = SLOTS * SLOT_LIMBS;
/// Slots packed in one element of a leaf.
pub const PACKED_SLOTS: usize = 3;
/// Limbs packed in one element of a leaf.
pub const PACKED_LIMBS: usize = PACKED_SLOTS * SLOT_LIMBS;
/// Packed elements of a leaf.
pub const PACKED: usize = SLOTS / PACKED_SLOTS;

pub const TAG: usize = LIMBS;
pub const TREE_LOW: usize = LIMBS + 1;
pub const TREE_HIGH: usize = LIMBS + 2;
/// First column of multiplicities.
pub const MULTIPLICITIES: usize = LIMBS + 3;

/// Columns, counting those that are zero.
pub const COLUMNS: usize = ballast_core::opening::COLUMNS;
/// log2 of the columns.
pub const COLUMN_VARIABLES: usize = COLUMNS.ilog2() as usize;

/// Row variables of a class: log2 of its leaves.
pub const fn row_variables(depth: u8) -> usize {
    2 * depth as usize
}

/// Leaves, and rows of every column.
pub const fn rows(depth: u8) -> usize {
    1 << row_variables(depth)
}

/// Columns that hold multiplicities.
pub const fn multiplicity_columns(depth: u8) -> usize {
    LIMB_VALUES.div_ceil(rows(depth))
}

/// The column of the asset number of a slot; its balance is in the four columns behind.
pub const fn asset_column(slot: usize) -> usize {
    SLOT_LIMBS * slot
}

/// 1, 2^16, 2^32, ..: the weights that put limbs together.
pub fn limb_weights(count: usize) -> Vec<Fr> {
    let base = Fr::from(LIMB_VALUES as u64);
    std::iter::successors(Some(Fr::from(1u64)), |weight| Some(*weight * base)).take(count).collect()
}
