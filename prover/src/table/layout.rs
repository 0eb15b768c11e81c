//! Which column of the table holds what: 64 columns of L = 4^d rows, one row for each leaf
//! (`docs/spec.md`, section 8.1).
//!
//! | columns | content |
//! | --- | --- |
//! | 0 .. 44 | limbs: slot s has its asset number in 5s and its balance, lowest first, in 5s + 1 .. |
//! | 45 | tags |
//! | 46, 47 | lower and upper half of the tree in heap order: leaf i is entry L + i |
//! | 48 .. | how often each value below 2^16 stands among the limbs, L values in each column |
//! | others | zero |

use std::ops::Range;

use ark_bn254::Fr;
use ballast_core::leaf::SLOTS;

/// Bits of one limb.
pub const LIMB_BITS: usize = 16;
/// Number of values that a limb can have.
pub const LIMB_VALUES: usize = 1 << LIMB_BITS;
/// Limbs of one slot: one for the asset number, four for the balance.
pub const SLOT_LIMBS: usize = 5;
/// Number of columns that hold limbs.
pub const LIMBS: usize = SLOTS * SLOT_LIMBS;
/// Slots that are packed into one field element of a leaf.
pub const PACKED_SLOTS: usize = 3;
/// Limbs that are packed into one field element of a leaf.
pub const PACKED_LIMBS: usize = PACKED_SLOTS * SLOT_LIMBS;
/// Number of packed field elements of a leaf.
pub const PACKED: usize = SLOTS / PACKED_SLOTS;

/// The column of tags.
pub const TAG: usize = LIMBS;
/// The column with the lower half of the tree, T[0..L).
pub const TREE_LOW: usize = LIMBS + 1;
/// The column with the upper half of the tree, T[L..2L): the leaf digests.
pub const TREE_HIGH: usize = LIMBS + 2;
/// The first column of multiplicities.
pub const MULTIPLICITIES: usize = LIMBS + 3;

/// Number of columns, counting those that are zero.
pub const COLUMNS: usize = ballast_core::opening::COLUMNS;
/// Variables of a column index: log2 of the number of columns.
pub const COLUMN_VARIABLES: usize = COLUMNS.ilog2() as usize;

/// Variables of a row index in a class: l = 2d, log2 of the number of leaves.
pub const fn row_variables(depth: u8) -> usize {
    2 * depth as usize
}

/// Rows of every column in a class: L = 4^d, the number of leaves.
pub const fn rows(depth: u8) -> usize {
    1 << row_variables(depth)
}

/// Number of columns that hold multiplicities in a class.
pub const fn multiplicity_columns(depth: u8) -> usize {
    LIMB_VALUES.div_ceil(rows(depth))
}

/// The column with the asset number of a slot; its balance is in the [four
/// columns](balance_columns) after it.
pub const fn asset_column(slot: usize) -> usize {
    SLOT_LIMBS * slot
}

/// The columns with the limbs of the balance of a slot, lowest first.
pub const fn balance_columns(slot: usize) -> Range<usize> {
    asset_column(slot) + 1..asset_column(slot + 1)
}

/// The value that row 0 of a column of multiplicities counts: t L in column 48 + t.
pub const fn first_value(depth: u8, t: usize) -> usize {
    t * rows(depth)
}

/// The weights 1, 2^16, 2^32, .. that put limbs together.
pub fn limb_weights(count: usize) -> impl Iterator<Item = Fr> + Clone {
    let base = Fr::from(LIMB_VALUES as u64);
    std::iter::successors(Some(Fr::from(1u64)), move |weight| Some(*weight * base)).take(count)
}
