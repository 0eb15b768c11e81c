//! How large the circuit of each class is, and the digest of its constraints: a key is made for
//! exactly these.

use ballast_core::{
    Digest,
    circuit::{Class, PUBLIC_INPUTS},
    digest::digest,
};

/// The constraints of one class.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Shape {
    pub depth: u8,
    /// Number of constraints.
    pub rows: usize,
    /// Number of variables: the constant 1, public inputs and private variables.
    pub columns: usize,
    /// The digest of the constraints, as
    /// [`Constraints::digest`](crate::constraints::Constraints::digest) computes it.
    pub digest: Digest,
}

/// The shapes of all classes. A test lays every circuit down and compares.
pub const SHAPES: [Shape; 4] = [
    Shape {
        depth: 7,
        rows: 458_329,
        columns: 464_023,
        digest: digest("54bbd34576c92b9cdaea6104c35b668874d15df3b17fb9a387eb645a9f5e28a7"),
    },
    Shape {
        depth: 8,
        rows: 520_177,
        columns: 526_643,
        digest: digest("b7426ef6394fc40c0fe304d998266cdc1efa25e57e8e87526a78acfd1b3baad1"),
    },
    Shape {
        depth: 9,
        rows: 583_090,
        columns: 590_336,
        digest: digest("8a7e5bc0623d33166b88e9a2c79f2c2307bd90e598c28254759663084e6d0ffd"),
    },
    Shape {
        depth: 10,
        rows: 647_058,
        columns: 655_092,
        digest: digest("b25cb9635f5885c8cce00e465d3752cba8af2d7da44b61e3e8f052333bd4e9cc"),
    },
];

impl Shape {
    /// The shape of a class, if it has a circuit.
    pub fn of(class: Class) -> Option<&'static Self> {
        class.check().ok()?;
        SHAPES.iter().find(|shape| shape.depth == class.depth)
    }

    /// Number of points of the domain: the smallest power of two with room for the constraints, the
    /// constant and the public inputs.
    pub const fn domain(&self) -> usize {
        (self.rows + 1 + PUBLIC_INPUTS).next_power_of_two()
    }
}
