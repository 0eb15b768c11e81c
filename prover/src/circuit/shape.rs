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
        digest: bytes("1b3899347fea8dfcab3c0c7c8d38af822da6c8906d1c8236af5c2a51934b8caa"),
    },
    Shape {
        depth: 8,
        rows: 520_177,
        digest: bytes("b3b167e35c4c65f146c89edb0624ffc325e0eed07abb4717deca4534c2aa8fd3"),
    },
    Shape {
        depth: 9,
        rows: 583_090,
        digest: bytes("edbd7b5e347d504f4cc78e84371ffafa9045c1e0894fa35aeb1f7a2976e53893"),
    },
    Shape {
        depth: 10,
        rows: 647_058,
        digest: bytes("6bce2a28e5cc7a13c7d0a680c68ad738c8c4c86109d4247434327e12b4ae0984"),
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
