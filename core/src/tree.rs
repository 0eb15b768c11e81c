//! The quaternary Merkle tree and its paths (section 2).

use alloc::vec::Vec;
use core::fmt;

use crate::{field::Element, poseidon};

/// The number of children of a node.
pub const ARITY: usize = 4;

/// All nodes of a tree of fixed depth, leaves first.
#[derive(Clone, Debug)]
pub struct Tree {
    levels: Vec<Vec<Element>>,
}

/// Why leaves do not make a tree, or a path does not belong to it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TreeError {
    /// The number of leaves is not 4^depth.
    LeafCount { expected: usize, found: usize },
    /// The index is not below 4^depth.
    IndexOutside { leaves: usize, index: u64 },
    /// The path has another number of levels than the tree.
    PathLength { expected: usize, found: usize },
}

impl fmt::Display for TreeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::LeafCount { expected, found } => {
                write!(f, "a tree of {expected} leaves was given {found}")
            }
            Self::IndexOutside { leaves, index } => {
                write!(f, "leaf index {index} is outside a tree of {leaves} leaves")
            }
            Self::PathLength { expected, found } => {
                write!(f, "expected a path of {expected} levels, found {found}")
            }
        }
    }
}

impl core::error::Error for TreeError {}

impl Tree {
    /// Hashes 4^depth leaf digests up to the root.
    pub fn new(depth: u8, leaves: Vec<Element>) -> Result<Self, TreeError> {
        let expected = ARITY.pow(u32::from(depth));
        if leaves.len() != expected {
            return Err(TreeError::LeafCount { expected, found: leaves.len() });
        }
        let mut levels = Vec::with_capacity(usize::from(depth) + 1);
        levels.push(leaves);
        for level in 0..usize::from(depth) {
            let (groups, _) = levels[level].as_chunks::<ARITY>();
            let parents = groups.iter().map(poseidon::hash).collect();
            levels.push(parents);
        }
        Ok(Self { levels })
    }

    /// The root of the tree.
    pub fn root(&self) -> Element {
        self.levels.last().and_then(|level| level.first()).copied().unwrap_or(Element::ZERO)
    }

    /// The path of leaf number `index`, from 0.
    pub fn path(&self, index: u32) -> Result<Path, TreeError> {
        let leaves = self.levels[0].len();
        if index as usize >= leaves {
            return Err(TreeError::IndexOutside { leaves, index: index.into() });
        }
        let mut position = index as usize;
        let mut siblings = Vec::with_capacity(self.levels.len() - 1);
        for level in &self.levels[..self.levels.len() - 1] {
            let first = position / ARITY * ARITY;
            let mut others = (first..first + ARITY).filter(|child| *child != position).map(|child| level[child]);
            siblings.push(core::array::from_fn(|_| others.next().unwrap_or(Element::ZERO)));
            position /= ARITY;
        }
        Ok(Path { index, siblings })
    }
}

/// The siblings of a leaf's ancestors, bottom up, three a level in child order.
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(deny_unknown_fields))]
pub struct Path {
    pub index: u32,
    pub siblings: Vec<[Element; ARITY - 1]>,
}

impl Path {
    /// The root of the tree of this depth in which `leaf` has this path.
    pub fn root(&self, depth: u8, leaf: Element) -> Result<Element, TreeError> {
        let depth = usize::from(depth);
        if self.siblings.len() != depth {
            return Err(TreeError::PathLength { expected: depth, found: self.siblings.len() });
        }
        // Deeper than any tree there is a leaf for every index.
        let leaves = ARITY.checked_pow(depth as u32).unwrap_or(usize::MAX);
        if self.index as usize >= leaves {
            return Err(TreeError::IndexOutside { leaves, index: self.index.into() });
        }
        let mut position = self.index as usize;
        let mut node = leaf;
        for siblings in &self.siblings {
            let own = position % ARITY;
            let children = core::array::from_fn(|child| match child.cmp(&own) {
                core::cmp::Ordering::Less => siblings[child],
                core::cmp::Ordering::Equal => node,
                core::cmp::Ordering::Greater => siblings[child - 1],
            });
            node = poseidon::hash::<ARITY>(&children);
            position /= ARITY;
        }
        Ok(node)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tree() -> Tree {
        Tree::new(2, (0..16u64).map(Element::from).collect()).unwrap()
    }

    #[test]
    fn every_path_leads_to_the_root_and_only_from_its_own_leaf() {
        let tree = tree();
        for index in 0..16u32 {
            let path = tree.path(index).unwrap();
            assert_eq!(path.root(2, Element::from(u64::from(index))), Ok(tree.root()));
            assert_ne!(path.root(2, Element::from(u64::from(index) + 1)), Ok(tree.root()));
        }
    }

    #[test]
    fn a_path_outside_the_tree_is_refused() {
        let tree = tree();
        assert_eq!(tree.path(16), Err(TreeError::IndexOutside { leaves: 16, index: 16 }));
        let mut path = tree.path(3).unwrap();
        path.index += 16;
        assert_eq!(path.root(2, Element::from(3u64)), Err(TreeError::IndexOutside { leaves: 16, index: 19 }));
    }

    #[test]
    fn an_inner_node_is_no_leaf() {
        let tree = tree();
        let mut path = tree.path(0).unwrap();
        let node = poseidon::hash(&core::array::from_fn::<_, 4, _>(|i| Element::from(i as u64)));
        path.siblings.remove(0);
        assert_eq!(path.root(2, node), Err(TreeError::PathLength { expected: 2, found: 1 }));
        assert_eq!(path.root(1, node), Ok(tree.root()), "the attack works where the depth is not fixed");
    }

    #[test]
    fn the_number_of_leaves_is_exact() {
        let found = Tree::new(1, alloc::vec![Element::ZERO; 5]).unwrap_err();
        assert_eq!(found, TreeError::LeafCount { expected: 4, found: 5 });
    }
}
