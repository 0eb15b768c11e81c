//! What the prover sends, round by round. In a proof these are private: the Groth16 circuit takes
//! them as witness.

use ballast_core::{circuit::Class, opening::CHUNKS};

use crate::{
    arithmetic::{ShapeError, try_array},
    batch::{Batch, table_variables},
    gkr::{
        HASH_DEGREE,
        messages::{HashValues, Hashing},
    },
    lookup::{FRACTION_DEGREE, messages::Fractions},
    permutation::{PARTIAL_ROUNDS, ROUNDS, WIDTH},
    transcript::RATE,
};

/// The lengths of all messages of the argument.
pub const MESSAGE_LENGTHS: [usize; 13] = [
    // Claim and commitments.
    3 + Class::ASSETS as usize + 4 * CHUNKS,
    // Hashing: node 0, the outputs, the rounds, and what they end in.
    1,
    2,
    HASH_DEGREE,
    HashValues::<()>::count(ROUNDS - 1),
    HashValues::<()>::count(ROUNDS - 1 - PARTIAL_ROUNDS),
    HashValues::<()>::count(0),
    // Fractions: the root, the rounds, and what they end in.
    2,
    FRACTION_DEGREE,
    4,
    // Batch: a plain round.
    2,
    // Opening: the value and S; the evaluations, or Q.
    1 + 4,
    4,
];

/// Elements of the state that the transcript permutes for the last step of a message of this
/// length. For any other step of it these are RATE + 2, and 2 for a challenge without a message.
const fn last_width(length: usize) -> usize {
    (length - 1) % RATE + 3
}

// The transcript never runs the permutation that the argument shows to be run: no instance of it
// computes a challenge. That is what attacks on this kind of proof begin with (Khovratovich,
// Rothblum, Soukhanov, eprint 2025/118).
const _: () = {
    assert!(WIDTH != RATE + 2 && WIDTH != 2);
    let mut message = 0;
    while message < MESSAGE_LENGTHS.len() {
        assert!(last_width(MESSAGE_LENGTHS[message]) != WIDTH);
        message += 1;
    }
};

/// All messages after the commitments, but for the points S, Q and P of the opening, which are
/// public.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Messages<S> {
    pub fractions: Fractions<S>,
    pub hashing: Hashing<S>,
    pub batch: Batch<S>,
    /// The evaluations f(zeta), f(1/zeta), S(zeta), S(1/zeta).
    pub evaluations: [S; 4],
}

impl<S> Messages<S> {
    /// Messages of the shape of a class, each element from `next`, in the order of
    /// [`Self::elements`].
    ///
    /// # Errors
    /// The first error of `next`.
    pub fn build<E>(depth: u8, mut next: impl FnMut() -> Result<S, E>) -> Result<Self, E> {
        let fractions = Fractions::build(depth, &mut next)?;
        let hashing = Hashing::build(depth, &mut next)?;
        let rounds = (0..table_variables(depth)).map(|_| try_array(&mut next)).collect::<Result<_, E>>()?;
        let batch = Batch { rounds, value: next()? };
        Ok(Self { fractions, hashing, batch, evaluations: try_array(&mut next)? })
    }

    /// Every element, in the order in which the circuit numbers them: fractions, hashing, batch,
    /// evaluations. Each part is in the order of the transcript, but the transcript takes the
    /// hashing before the fractions.
    pub fn elements(&self) -> impl Iterator<Item = &S> {
        let batch = self.batch.rounds.iter().flatten().chain([&self.batch.value]);
        self.fractions.elements().chain(self.hashing.elements()).chain(batch).chain(&self.evaluations)
    }

    /// Number of elements of the messages of a class.
    pub const fn count(depth: u8) -> usize {
        Fractions::<S>::count(depth) + Hashing::<S>::count(depth) + 2 * table_variables(depth) + 1 + 4
    }

    /// Refuses messages that do not have the shape of this class.
    ///
    /// # Errors
    /// [`ShapeError`] names the first list of another length.
    pub fn check_shape(&self, depth: u8) -> Result<(), ShapeError> {
        self.hashing.check_shape(depth)?;
        self.fractions.check_shape(depth)?;
        self.batch.check_shape(depth)
    }
}
