//! An account's balances as leaves (section 2).

use crate::{digest::sha256, field::Element, poseidon};

/// The number of slots of a leaf.
pub const SLOTS: usize = 9;

/// A customer as the tree knows them: 31 bytes of a digest of their public id.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[cfg_attr(
    feature = "serde",
    derive(serde::Serialize, serde::Deserialize),
    serde(try_from = "Element", into = "Element")
)]
pub struct AccountId(Element);

/// An element of more than 31 bytes, which is the id of no account.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NotAnAccountId;

impl core::fmt::Display for NotAnAccountId {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.write_str("expected an account's id of 31 bytes, found 32")
    }
}

impl TryFrom<Element> for AccountId {
    type Error = NotAnAccountId;

    fn try_from(element: Element) -> Result<Self, NotAnAccountId> {
        if element.as_bytes()[0] == 0 { Ok(Self(element)) } else { Err(NotAnAccountId) }
    }
}

impl From<AccountId> for Element {
    fn from(id: AccountId) -> Self {
        id.0
    }
}

impl AccountId {
    /// The account of the customer whom the exchange calls `id` in public.
    pub fn from_public_id(id: &str) -> Self {
        Self(Element::from_digest_prefix(&sha256(&[id.as_bytes()])))
    }

    pub const fn element(self) -> Element {
        self.0
    }

    /// The 31 bytes of the digest.
    pub fn bytes(&self) -> &[u8] {
        &self.0.as_bytes()[1..]
    }
}

/// The random-looking part of a leaf's tag, without which whoever sees the leaf's digest could
/// guess its balances. It is secret: it never enters a log or an error.
#[derive(Clone, Copy, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct Salt(Element);

impl core::fmt::Debug for Salt {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.write_str("Salt(secret)")
    }
}

impl Salt {
    pub const fn from_element(element: Element) -> Self {
        Self(element)
    }

    pub const fn element(self) -> Element {
        self.0
    }
}

/// The 32 bytes from which every epoch's key of an exchange is derived. Whoever has them can test
/// guesses of any balance. They are overwritten when this is dropped.
#[cfg(feature = "salt")]
#[derive(Clone)]
pub struct MasterSecret([u8; 32]);

#[cfg(feature = "salt")]
impl MasterSecret {
    pub const fn new(bytes: [u8; 32]) -> Self {
        Self(bytes)
    }

    /// The key of one epoch of `exchange`. It says nothing of any other epoch's.
    pub fn epoch_key(&self, exchange: &crate::Digest, epoch: u64) -> EpochKey {
        EpochKey(hmac(&self.0, crate::digest::Preimage::new("ballast/epoch-key/v1").bytes(exchange).u64(epoch)))
    }
}

/// The 32 bytes from which the salts of one epoch and the order of its leaves are derived, so that
/// nothing need be stored and nothing carries over to another epoch. Whoever has them can test
/// guesses of that epoch's balances, and can rebuild its roots from the balances. They are
/// overwritten when this is dropped.
#[cfg(feature = "salt")]
#[derive(Clone, PartialEq, Eq)]
pub struct EpochKey([u8; 32]);

#[cfg(feature = "salt")]
impl EpochKey {
    pub const fn new(bytes: [u8; 32]) -> Self {
        Self(bytes)
    }

    /// The key's bytes, for the file that gives one epoch to an auditor.
    pub const fn expose(&self) -> &[u8; 32] {
        &self.0
    }

    /// The salt of the account's leaf number `leaf`.
    pub fn salt(&self, account: AccountId, leaf: u32) -> Salt {
        let preimage = crate::digest::Preimage::new("ballast/salt/v1").bytes(account.bytes()).u32(leaf);
        Salt(Element::from_digest_prefix(&hmac(&self.0, preimage)))
    }

    /// Where the account's leaves lie: accounts are in ascending order of this, so that neither the
    /// order of a file nor the end of a shard says anything about a customer.
    pub fn order(&self, account: AccountId) -> crate::Digest {
        hmac(&self.0, crate::digest::Preimage::new("ballast/order/v1").bytes(account.bytes()))
    }
}

#[cfg(feature = "salt")]
fn hmac(key: &[u8; 32], preimage: crate::digest::Preimage) -> crate::Digest {
    use hmac::{Hmac, Mac};
    let mut mac = Hmac::<sha2::Sha256>::new_from_slice(key).expect("HMAC takes a key of any length");
    mac.update(preimage.as_bytes());
    mac.finalize().into_bytes().into()
}

#[cfg(feature = "salt")]
macro_rules! secret {
    ($name:ident) => {
        impl Drop for $name {
            fn drop(&mut self) {
                zeroize::Zeroize::zeroize(&mut self.0);
            }
        }

        impl core::fmt::Debug for $name {
            fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
                f.write_str(concat!(stringify!($name), "(secret)"))
            }
        }
    };
}

#[cfg(feature = "salt")]
secret!(MasterSecret);
#[cfg(feature = "salt")]
secret!(EpochKey);

/// An asset number and a balance in its committed unit. Asset 0 is the empty slot, with balance 0.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(deny_unknown_fields))]
pub struct Slot {
    pub asset: u16,
    pub balance: u64,
}

/// A used leaf's account and salt.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(deny_unknown_fields))]
pub struct Owner {
    pub account: AccountId,
    pub salt: Salt,
}

/// One leaf of the tree. A leaf without an owner is unused: its tag is 0 and its slots are empty.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(deny_unknown_fields))]
pub struct Leaf {
    pub owner: Option<Owner>,
    pub slots: [Slot; SLOTS],
}

impl Leaf {
    /// The Poseidon digest of account and salt; 0 of an unused leaf.
    pub fn tag(&self) -> Element {
        self.owner.map_or(Element::ZERO, |owner| poseidon::hash(&[owner.account.0, owner.salt.0]))
    }

    /// The elements p_0, p_1, p_2, which hold three slots of 80 bits each, the first slot lowest.
    pub fn packed(&self) -> [Element; 3] {
        core::array::from_fn(|group| {
            let mut bytes = [0; 32];
            for (place, slot) in self.slots[3 * group..3 * group + 3].iter().enumerate() {
                let end = 32 - 10 * place;
                bytes[end - 2..end].copy_from_slice(&slot.asset.to_be_bytes());
                bytes[end - 10..end - 2].copy_from_slice(&slot.balance.to_be_bytes());
            }
            // 240 bits are below r.
            Element::new(bytes).unwrap_or(Element::ZERO)
        })
    }

    /// The Poseidon digest of tag and slots, which is the leaf of the tree.
    pub fn digest(&self) -> Element {
        let [p0, p1, p2] = self.packed();
        poseidon::hash(&[self.tag(), p0, p1, p2])
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use ark_bn254::Fr;
    use ark_ff::Field;

    #[test]
    fn an_account_id_has_31_bytes() {
        let id = AccountId::from_public_id("a");
        assert_eq!(AccountId::try_from(id.element()), Ok(id));
        let mut bytes = id.element().to_bytes();
        bytes[0] = 1;
        assert_eq!(AccountId::try_from(Element::new(bytes).unwrap()), Err(NotAnAccountId));
    }

    #[test]
    fn packing_is_the_sum_of_the_specification() {
        let leaf = Leaf {
            owner: None,
            slots: core::array::from_fn(|i| Slot { asset: 65_535 - i as u16, balance: u64::MAX - 3 * i as u64 }),
        };
        for (g, packed) in leaf.packed().into_iter().enumerate() {
            let expected: Fr = (0..3)
                .map(|q| {
                    let slot = leaf.slots[3 * g + q];
                    Fr::from(2u64).pow([80 * q as u64])
                        * (Fr::from(slot.asset) + Fr::from(65_536u64) * Fr::from(slot.balance))
                })
                .sum();
            assert_eq!(ark_ff::PrimeField::into_bigint(expected), {
                use ark_ff::{BigInteger256, PrimeField};
                let value: BigInteger256 = Fr::from_be_bytes_mod_order(packed.as_bytes()).into_bigint();
                value
            });
        }
    }
}
