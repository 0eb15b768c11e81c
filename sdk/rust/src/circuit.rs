//! A circuit as one chain registered it.

use ballast_core::{
    Digest,
    circuit::{Class, SetupKind, VerifyingKey, circuit_id},
    hexadecimal,
};
use serde::Serialize;

use crate::{
    chain::Chain,
    error::{Error, Subject},
};

/// A registered circuit. Only `retired` ever changes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Circuit {
    pub chain: Chain,
    #[serde(with = "hexadecimal")]
    pub id: Digest,
    pub class: Class,
    /// The kind of the setup. [`SetupKind::label`] belongs next to every figure that the circuit
    /// proved.
    #[serde(flatten, serialize_with = "crate::setup::serialize")]
    pub setup: SetupKind,
    /// The digest of the setup's transcript.
    #[serde(with = "hexadecimal")]
    pub transcript: Digest,
    #[serde(skip)]
    pub key: VerifyingKey,
    /// The time from which posts may use the circuit, Unix seconds.
    pub active_from: u64,
    /// Whether the circuit is retired. No post can use a retired circuit.
    pub retired: bool,
}

impl Circuit {
    /// Refuses a class, setup kind, transcript or key that the id does not bind. A chain that
    /// presents a development circuit as one of a ceremony is found out here.
    pub fn check(&self) -> Result<(), Error> {
        let expected = circuit_id(self.class, self.setup, &self.transcript, &self.key);
        if expected != self.id {
            return Err(Error::bad_data(
                self.chain,
                Subject::Circuit(self.id),
                "id",
                hexadecimal::encode(expected),
                hexadecimal::encode(self.id),
            ));
        }
        Ok(())
    }
}
