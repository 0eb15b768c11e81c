//! What this process knows of a shard before anyone proves it, and what it asks of a result.

use ballast_core::{
    Digest, Element,
    circuit::{Class, VerifyingKey},
    hexadecimal,
    statement::Statement,
    tree::TreeError,
};
use ballast_ledger::leaves::ShardLeaves;
use ballast_prover::{VerifyError, verify};

use super::ProvingResult;
use crate::failure::{Classified, FailureKind};

/// The public part of a shard, as this process computed it from the snapshot.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ExpectedShard {
    pub class: Class,
    pub statement: Statement,
    pub root: Element,
    /// By asset number, in committed units.
    pub totals: Vec<u128>,
}

/// Why a result is not that of the shard.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ResultRefused {
    #[error(
        "epoch {epoch}, shard {shard}: the result is about another statement: expected context {}, found {}",
        hexadecimal::encode(expected),
        hexadecimal::encode(found)
    )]
    Statement { epoch: u64, shard: u16, expected: Digest, found: Digest },
    #[error("epoch {epoch}, shard {shard}: the result is about other leaves: expected root {expected}, found {found}")]
    Root { epoch: u64, shard: u16, expected: Box<Element>, found: Box<Element> },
    #[error(
        "epoch {epoch}, shard {shard}: the result has another total of asset number {asset}: expected {expected}, found {found}"
    )]
    Total { epoch: u64, shard: u16, asset: usize, expected: Box<Element>, found: Box<Element> },
    #[error("epoch {epoch}, shard {shard}: the result's proof is refused: {error}")]
    Proof { epoch: u64, shard: u16, error: VerifyError },
}

impl Classified for ResultRefused {
    fn failure_kind(&self) -> FailureKind {
        FailureKind::Refused
    }
}

impl ExpectedShard {
    /// What the proof of `shard` must show. All of its leaves are hashed for it.
    ///
    /// # Errors
    /// A shard that has another number of leaves than the class.
    pub fn new(class: Class, statement: Statement, shard: &ShardLeaves) -> Result<Self, TreeError> {
        Ok(Self { class, statement, root: shard.tree(class)?.root(), totals: shard.totals.clone() })
    }

    /// Compares statement, root and totals of a result, and verifies its proof under `key`.
    ///
    /// # Errors
    /// [`ResultRefused`] names the first thing that differs.
    pub fn check(&self, key: &VerifyingKey, result: &ProvingResult) -> Result<(), ResultRefused> {
        let Statement { epoch, shard, .. } = self.statement;
        let shard = shard.index;
        let (vector, context) = (&result.vector, self.statement.context());
        let halves = Element::halves(&context);
        if !vector.elements().starts_with(&halves) {
            let found = found_context(vector.elements());
            return Err(ResultRefused::Statement { epoch, shard, expected: context, found });
        }
        if vector.root() != self.root {
            let (expected, found) = (Box::new(self.root), Box::new(vector.root()));
            return Err(ResultRefused::Root { epoch, shard, expected, found });
        }
        // Beyond the asset list there is nothing to owe.
        let expected = self.totals.iter().map(|total| Element::from(*total)).chain(std::iter::repeat(Element::ZERO));
        for ((asset, found), expected) in (1..).zip(vector.totals()).zip(expected) {
            if *found != expected {
                let (expected, found) = (Box::new(expected), Box::new(*found));
                return Err(ResultRefused::Total { epoch, shard, asset, expected, found });
            }
        }
        verify(self.class, key, vector, &result.proof).map_err(|error| ResultRefused::Proof { epoch, shard, error })
    }
}

/// The context that a vector names, from the low 16 bytes of its first two elements.
fn found_context(elements: &[Element]) -> Digest {
    let mut context = [0; 32];
    for (half, element) in context.chunks_exact_mut(16).zip(elements) {
        half.copy_from_slice(&element.as_bytes()[16..]);
    }
    context
}
