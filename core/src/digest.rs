//! SHA-256 over domain-separated preimages.

use alloc::vec::Vec;

/// A SHA-256 output, 32 bytes.
pub type Digest = [u8; 32];

/// SHA-256 of the concatenation of `parts`.
#[cfg(not(target_os = "solana"))]
pub fn sha256(parts: &[&[u8]]) -> Digest {
    use sha2::{Digest as _, Sha256};
    let mut hasher = Sha256::new();
    for part in parts {
        hasher.update(part);
    }
    hasher.finalize().into()
}

/// SHA-256 of the concatenation of `parts`, by the syscall.
#[cfg(target_os = "solana")]
pub fn sha256(parts: &[&[u8]]) -> Digest {
    solana_sha256_hasher::hashv(parts).to_bytes()
}

/// The digest with these 64 hexadecimal digits, for constants: anything else does not compile
/// there.
pub const fn digest(digits: &str) -> Digest {
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

/// A preimage under construction: the domain, its closing zero byte, then fixed-layout big-endian
/// fields.
#[derive(Clone, Debug)]
pub struct Preimage(Vec<u8>);

impl Preimage {
    /// Opens a preimage of at most 256 bytes with `domain`, which must not contain a zero byte.
    pub fn new(domain: &str) -> Self {
        Self::with_capacity(domain, 256)
    }

    /// Opens a preimage of at most `capacity` bytes with `domain`, which must not contain a zero
    /// byte. Exceeding the capacity costs memory, which Solana's machine never gets back, and
    /// nothing else.
    pub fn with_capacity(domain: &str, capacity: usize) -> Self {
        debug_assert!(!domain.as_bytes().contains(&0));
        let mut bytes = Vec::with_capacity(capacity);
        bytes.extend_from_slice(domain.as_bytes());
        bytes.push(0);
        Self(bytes)
    }

    /// Appends bytes as they are. Fields of variable length need their length before them.
    pub fn bytes(mut self, value: &[u8]) -> Self {
        self.0.extend_from_slice(value);
        self
    }

    /// Appends a byte.
    pub fn u8(self, value: u8) -> Self {
        self.bytes(&[value])
    }

    /// Appends 2 bytes, big-endian.
    pub fn u16(self, value: u16) -> Self {
        self.bytes(&value.to_be_bytes())
    }

    /// Appends 4 bytes, big-endian.
    pub fn u32(self, value: u32) -> Self {
        self.bytes(&value.to_be_bytes())
    }

    /// Appends 8 bytes, big-endian.
    pub fn u64(self, value: u64) -> Self {
        self.bytes(&value.to_be_bytes())
    }

    /// Appends 16 bytes, big-endian.
    pub fn u128(self, value: u128) -> Self {
        self.bytes(&value.to_be_bytes())
    }

    /// The preimage itself, for a keyed hash.
    pub fn as_bytes(&self) -> &[u8] {
        &self.0
    }

    /// The SHA-256 digest of the preimage.
    pub fn sha256(self) -> Digest {
        sha256(&[&self.0])
    }
}
