//! What the prover of the look-up sends.

use super::{FRACTION_DEGREE, layers};
use crate::arithmetic::{ShapeError, try_array};

/// All messages of the look-up, in the order of the transcript: the tree of fractions from the root
/// down.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fractions<S> {
    /// Numerator P and denominator Q of the whole sum.
    pub root: [S; 2],
    /// Layer k has 2^(k+1) fractions, in 2^k pairs of neighbours, and k rounds.
    pub layers: Vec<FractionLayer<S>>,
}

/// What one layer of the tree takes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FractionLayer<S> {
    /// The coefficients g_1 and g_2 of each round of the sum-check.
    pub rounds: Vec<[S; FRACTION_DEGREE]>,
    /// The values p_0, p_1, q_0, q_1 at the point of all challenges: numerators and denominators of
    /// the even and of the odd fractions.
    pub values: [S; 4],
}

impl<S> Fractions<S> {
    /// Messages of the shape of a class, each element from `next`, in the order in which they are
    /// sent.
    ///
    /// # Errors
    /// The first error of `next`.
    pub fn build<E>(depth: u8, mut next: impl FnMut() -> Result<S, E>) -> Result<Self, E> {
        let root = try_array(&mut next)?;
        let mut layer = |number| {
            let rounds = (0..number).map(|_| try_array(&mut next)).collect::<Result<_, E>>()?;
            Ok(FractionLayer { rounds, values: try_array(&mut next)? })
        };
        let layers = (0..layers(depth)).map(&mut layer).collect::<Result<_, E>>()?;
        Ok(Self { root, layers })
    }

    /// Every element, in the order in which they are sent.
    pub fn elements(&self) -> impl Iterator<Item = &S> {
        let layers = self.layers.iter().flat_map(|layer| layer.rounds.iter().flatten().chain(&layer.values));
        self.root.iter().chain(layers)
    }

    /// Number of elements in a class.
    pub const fn count(depth: u8) -> usize {
        let layers = layers(depth);
        2 + FRACTION_DEGREE * (layers * (layers - 1) / 2) + 4 * layers
    }

    /// Refuses messages that do not have the shape of this class.
    ///
    /// # Errors
    /// [`ShapeError`] names the first list of another length.
    pub fn check_shape(&self, depth: u8) -> Result<(), ShapeError> {
        ShapeError::check("layers of the fractions", layers(depth), self.layers.len())?;
        for (number, layer) in self.layers.iter().enumerate() {
            ShapeError::check("rounds of a layer of the fractions", number, layer.rounds.len())?;
        }
        Ok(())
    }
}
