//! Signed messages that show who can spend from a Bitcoin address.
//!
//! The message is this line, without a line feed, and its signature is BIP-322's, simple or full:
//!
//! ```text
//! ballast/wallet/v1 exchange 0x<exchange id, 64 hexadecimal digits> network <network>
//! ```
//!
//! The address is signed with the message: BIP-322 spends a virtual output of its script. The
//! message names the network, as an address of a test network has the same script as one of
//! Bitcoin. A report takes addresses of Bitcoin alone. A signature shows ownership and nothing
//! else: what the address holds is stated by the exchange.

use std::str::FromStr;

use ballast_core::{Digest, hexadecimal};
use bip322::Verification;
use bitcoin::{
    Address, Network, ScriptBuf, Sequence,
    absolute::LockTime,
    address::{NetworkUnchecked, ParseError},
};

/// The one network whose coins count for an asset.
pub const MAIN_NETWORK: &str = "bitcoin";

/// Why a signed message does not show who owns an address.
#[derive(Debug, thiserror::Error)]
pub enum OwnershipError {
    #[error("expected the network bitcoin, testnet, testnet4, signet or regtest, found {found:?}")]
    NetworkUnknown { found: String },
    #[error("expected an address of {network}: {reason}")]
    AddressInvalid { network: String, reason: ParseError },
    #[error("expected the address as {expected}, found {found}")]
    AddressNotCanonical { expected: String, found: String },
    #[error("expected the message {expected:?}, found {found:?}")]
    MessageMismatch { expected: String, found: String },
    #[error("expected a BIP-322 signature by the address: {0}")]
    SignatureInvalid(String),
    #[error(
        "the signature cannot be judged: expected one of a key, or of a multi-signature script with all its keys shown"
    )]
    Inconclusive,
    #[error("expected a signature that is valid now, found one locked until {time} at age {age}")]
    Locked { time: LockTime, age: Sequence },
}

/// The message that must be signed for the exchange with this id.
pub fn message(exchange: &Digest, network: &str) -> String {
    format!("ballast/wallet/v1 exchange {} network {network}", hexadecimal::encode(exchange))
}

/// A message that is said to be signed by the owner of an address.
#[derive(Clone, Copy, Debug)]
pub struct Claim<'a> {
    /// The network as Bitcoin Core writes it: `bitcoin`, `testnet`, `testnet4`, `signet`,
    /// `regtest`.
    pub network: &'a str,
    pub address: &'a str,
    pub message: &'a str,
    /// The signature in base64, with the prefix `smp` or `ful`; without a prefix it is read as a
    /// simple signature.
    pub signature: &'a str,
}

impl Claim<'_> {
    /// Verifies the claim for the exchange with this id. Returns the address's script, which is the
    /// same however the address is written and whichever network it is said to be of: who compares
    /// scripts finds an address that is claimed twice.
    ///
    /// # Errors
    /// [`OwnershipError`]; also for a signature that would be valid only later.
    pub fn verify(&self, exchange: &Digest) -> Result<ScriptBuf, OwnershipError> {
        let address = self.address()?;
        let expected = message(exchange, self.network);
        if self.message != expected {
            return Err(OwnershipError::MessageMismatch { expected, found: self.message.into() });
        }
        let verify = if self.signature.starts_with(bip322::FULL_SIGNATURE_PREFIX) {
            bip322::verify_full_encoded
        } else {
            bip322::verify_simple_encoded
        };
        match verify(self.address, self.message, self.signature) {
            Ok(Verification::Valid { time: LockTime::ZERO, age: Sequence::ZERO }) => Ok(address.script_pubkey()),
            Ok(Verification::Valid { time, age }) => Err(OwnershipError::Locked { time, age }),
            Ok(Verification::Inconclusive) => Err(OwnershipError::Inconclusive),
            Err(error) => Err(OwnershipError::SignatureInvalid(error.to_string())),
        }
    }

    fn address(&self) -> Result<Address, OwnershipError> {
        let unknown = || OwnershipError::NetworkUnknown { found: self.network.into() };
        let network = Network::from_str(self.network).map_err(|_| unknown())?;
        let invalid = |reason| OwnershipError::AddressInvalid { network: network.to_string(), reason };
        let address = Address::<NetworkUnchecked>::from_str(self.address).map_err(invalid)?;
        let address = address.require_network(network).map_err(invalid)?;
        let expected = address.to_string();
        if expected != self.address {
            return Err(OwnershipError::AddressNotCanonical { expected, found: self.address.into() });
        }
        Ok(address)
    }
}
