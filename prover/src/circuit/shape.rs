//! How large the circuit of each class is, and the digest of its constraints: a key is made for
//! exactly these.

use ballast_core::{Digest, circuit::Class};

/// The constraints of one class.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Shape {
    pub depth: u8,
    /// Number of constraints.
    pub rows: usize,
    /// The digest of the constraints, as
    /// [`Constraints::digest`](crate::constraints::Constraints::digest) computes it.
    pub digest: Digest,
}

/// The shapes of all classes. A test lays every circuit down and compares.
pub const SHAPES: [Shape; 4] = [
    Shape {
        depth: 7,
        rows: 458_329,
        digest: bytes("54bbd34576c92b9cdaea6104c35b668874d15df3b17fb9a387eb645a9f5e28a7"),
    },
    Shape {
        depth: 8,
        rows: 520_177,
        digest: bytes("b7426ef6394fc40c0fe304d998266cdc1efa25e57e8e87526a78acfd1b3baad1"),
    },
    Shape {
        depth: 9,
        rows: 583_090,
        digest: bytes("8a7e5bc0623d33166b88e9a2c79f2c2307bd90e598c28254759663084e6d0ffd"),
    },
    Shape {
        depth: 10,
        rows: 647_058,
        digest: bytes("b25cb9635f5885c8cce00e465d3752cba8af2d7da44b61e3e8f052333bd4e9cc"),
    },
];

impl Shape {
    /// The shape of a class, if it has a circuit.
    pub fn of(class: Class) -> Option<&'static Self> {
        class.check().ok()?;
        SHAPES.iter().find(|shape| shape.depth == class.depth)
    }
}

/// The digest with these hexadecimal digits; anything else does not compile.
const fn bytes(digits: &str) -> Digest {
    let digits = digits.as_bytes();
    assert!(digits.len() == 64);
    let mut bytes = [0; 32];
    let mut i = 0;
    while i < 64 {
        let digit = match digits[i] {
            digit @ b'0'..=b'9' => digit - b'0',
            digit @ b'a'..=b'f' => digit - b'a' + 10,
            _ => panic!("not a hexadecimal digit"),
        };
        bytes[i / 2] = bytes[i / 2] << 4 | digit;
        i += 1;
    }
    bytes
}
