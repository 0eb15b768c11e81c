//! How large the circuit of each class is, and the digest of its constraints: a key is made for exactly these.

use ballast_core::{Digest, circuit::Class};

/// The constraints of one class.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Shape {
    pub depth: u8,
    /// Number of constraints.
    pub rows: usize,
    /// [`Constraints::digest`](crate::constraints::Constraints::digest).
    pub digest: Digest,
}

/// All classes, as a test finds them.
pub const SHAPES: [Shape; 4] = [
    Shape {
        depth: 7,
        rows: 458_125,
        digest: bytes("8fc7827cb1f126ac1901d5b7d36317a8f77901277c17689acc2668d7063fa3c9"),
    },
    Shape {
        depth: 8,
        rows: 519_973,
        digest: bytes("6ff66eb3ad85f0e6bf45c4567311245584373e176231beb256367985b51698c5"),
    },
    Shape {
        depth: 9,
        rows: 582_886,
        digest: bytes("aaa7f1002951fec2b056ba845a0417179fd34ffe2d4d639a8400e9209147c78c"),
    },
    Shape {
        depth: 10,
        rows: 646_854,
        digest: bytes("de0b37ff3013de9d3e252e6488be2d7e05f89082988a1fafef7fbfda4df18d8f"),
    },
];

impl Shape {
    /// That of a class, if it has a circuit.
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
