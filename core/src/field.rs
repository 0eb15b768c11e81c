//! Elements of the scalar field of BN254, always canonical.

use core::{borrow::Borrow, fmt};

/// The order r of the scalar field, big-endian.
pub const ORDER: [u8; 32] = [
    0x30, 0x64, 0x4e, 0x72, 0xe1, 0x31, 0xa0, 0x29, 0xb8, 0x50, 0x45, 0xb6, 0x81, 0x81, 0x58, 0x5d, 0x28, 0x33, 0xe8,
    0x48, 0x79, 0xb9, 0x70, 0x91, 0x43, 0xe1, 0xf5, 0x93, 0xf0, 0x00, 0x00, 0x01,
];

/// The order q of the base field (of point coordinates), big-endian.
pub const BASE_ORDER: [u8; 32] = [
    0x30, 0x64, 0x4e, 0x72, 0xe1, 0x31, 0xa0, 0x29, 0xb8, 0x50, 0x45, 0xb6, 0x81, 0x81, 0x58, 0x5d, 0x97, 0x81, 0x6a,
    0x91, 0x68, 0x71, 0xca, 0x8d, 0x3c, 0x20, 0x8c, 0x16, 0xd8, 0x7c, 0xfd, 0x47,
];

/// An integer below r as 32 big-endian bytes. No value of this type is out of range: what is not
/// canonical is refused where it enters, never reduced.
#[derive(Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Element([u8; 32]);

/// Bytes that are an integer of r or more, hence not an element.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NotCanonical(pub [u8; 32]);

impl fmt::Display for NotCanonical {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("expected a field element below r, found 0x")?;
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

impl core::error::Error for NotCanonical {}

impl Element {
    pub const ZERO: Self = Self([0; 32]);

    /// The element with these big-endian bytes. Refuses r and above.
    pub fn new(bytes: [u8; 32]) -> Result<Self, NotCanonical> {
        // Arrays of bytes compare as big-endian integers do.
        if bytes < ORDER { Ok(Self(bytes)) } else { Err(NotCanonical(bytes)) }
    }

    /// The element of the first 31 bytes of `digest`: always below r.
    pub fn from_digest_prefix(digest: &[u8; 32]) -> Self {
        let mut bytes = [0; 32];
        bytes[1..].copy_from_slice(&digest[..31]);
        Self(bytes)
    }

    /// SHA-256 output with its top three bits cleared: 253 bits, always below r.
    pub(crate) fn from_digest_truncated(mut digest: [u8; 32]) -> Self {
        digest[0] &= 0x1f;
        Self(digest)
    }

    /// The two 16-byte halves of `digest`, high first.
    pub fn halves(digest: &[u8; 32]) -> [Self; 2] {
        let mut halves = [[0; 32]; 2];
        halves[0][16..].copy_from_slice(&digest[..16]);
        halves[1][16..].copy_from_slice(&digest[16..]);
        halves.map(Self)
    }

    /// The bytes whose halves these are. Bits of a half beyond 128 are lost.
    pub(crate) fn join(high: &Self, low: &Self) -> [u8; 32] {
        let mut bytes = [0; 32];
        bytes[..16].copy_from_slice(&high.0[16..]);
        bytes[16..].copy_from_slice(&low.0[16..]);
        bytes
    }

    pub const fn as_bytes(&self) -> &[u8; 32] {
        &self.0
    }

    pub const fn to_bytes(self) -> [u8; 32] {
        self.0
    }

    /// The integer, when it is below 2^128.
    pub fn to_u128(self) -> Option<u128> {
        let (high, low) = self.0.split_at(16);
        let low: [u8; 16] = low.try_into().ok()?;
        high.iter().all(|byte| *byte == 0).then(|| u128::from_be_bytes(low))
    }
}

impl Borrow<[u8; 32]> for Element {
    fn borrow(&self) -> &[u8; 32] {
        &self.0
    }
}

impl From<u128> for Element {
    fn from(value: u128) -> Self {
        let mut bytes = [0; 32];
        bytes[16..].copy_from_slice(&value.to_be_bytes());
        Self(bytes)
    }
}

impl From<u64> for Element {
    fn from(value: u64) -> Self {
        u128::from(value).into()
    }
}

impl fmt::Debug for Element {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl fmt::Display for Element {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("0x")?;
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

#[cfg(feature = "ark")]
mod ark {
    use super::Element;
    use ark_bn254::Fr;
    use ark_ff::{BigInteger, PrimeField};

    impl From<Fr> for Element {
        fn from(value: Fr) -> Self {
            let mut bytes = [0; 32];
            bytes.copy_from_slice(&value.into_bigint().to_bytes_be());
            Self(bytes)
        }
    }

    impl From<Element> for Fr {
        fn from(value: Element) -> Self {
            Fr::from_be_bytes_mod_order(&value.0)
        }
    }
}

#[cfg(feature = "serde")]
mod json {
    use super::Element;
    use crate::hexadecimal;
    use serde::{Deserialize, Deserializer, Serialize, Serializer, de::Error};

    impl Serialize for Element {
        fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
            hexadecimal::serialize(&self.0, serializer)
        }
    }

    impl<'de> Deserialize<'de> for Element {
        fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
            // Never the value itself: it may be a salt.
            Element::new(hexadecimal::deserialize(deserializer)?)
                .map_err(|_| D::Error::custom("expected a field element below r"))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_order_and_above_is_refused() {
        assert_eq!(Element::new(ORDER), Err(NotCanonical(ORDER)));
        assert!(Element::new([0xff; 32]).is_err());
        // Between r and q: the wrong bound would let it pass.
        assert!(Element::new(BASE_ORDER).is_err());
        let mut below = ORDER;
        below[31] -= 1;
        assert_eq!(Element::new(below).map(|x| x.to_bytes()), Ok(below));
    }

    #[test]
    fn two_to_the_128_and_one_is_not_one() {
        let mut bytes = [0; 32];
        bytes[15] = 1;
        bytes[31] = 1;
        assert_eq!(Element::new(bytes).unwrap().to_u128(), None);
        assert_eq!(Element::from(u128::MAX).to_u128(), Some(u128::MAX));
    }

    #[test]
    fn a_truncated_digest_is_always_canonical() {
        assert!(Element::new(Element::from_digest_truncated([0xff; 32]).to_bytes()).is_ok());
        assert!(Element::new(Element::from_digest_prefix(&[0xff; 32]).to_bytes()).is_ok());
    }
}
