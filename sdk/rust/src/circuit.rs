//! A circuit as one chain registered it.

use std::{collections::HashMap, sync::Mutex};

use ballast_core::{
    Digest,
    circuit::{Class, SetupKind, VerifyingKey, circuit_id},
    hexadecimal,
};
use serde::Serialize;

use crate::{
    chain::Chain,
    error::{Error, Subject},
    reader::ChainReader,
};

/// A registered circuit. Only `retired` ever changes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Circuit {
    pub chain: Chain,
    #[serde(with = "hexadecimal")]
    pub id: Digest,
    pub class: Class,
    /// The kind of the setup: a development key's is development, whatever is registered beside it.
    /// [`SetupKind::label`] belongs next to every figure that the circuit proved.
    #[serde(flatten, serialize_with = "crate::setup::serialize")]
    pub setup: SetupKind,
    /// The kind that the chain has beside the key, which the id covers.
    #[serde(skip)]
    pub registered_as: SetupKind,
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

/// What is told of an epoch by the circuit that proved it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct ProvedBy {
    pub(crate) class: Class,
    pub(crate) setup: SetupKind,
    pub(crate) registered_as: SetupKind,
}

/// What is told of epochs by circuits that were read before: it cannot change.
#[derive(Default)]
pub(crate) struct KnownCircuits(Mutex<HashMap<Digest, ProvedBy>>);

impl KnownCircuits {
    /// What is told of epochs by a circuit, which is read from the chain the first time.
    pub async fn proved_by(&self, reader: &impl ChainReader, id: &Digest) -> Result<ProvedBy, Error> {
        let known = self.0.lock().ok().and_then(|circuits| circuits.get(id).copied());
        if let Some(known) = known {
            return Ok(known);
        }
        let proved_by = reader.circuit(id).await?.proved_by();
        if let Ok(mut circuits) = self.0.lock() {
            circuits.insert(*id, proved_by);
        }
        Ok(proved_by)
    }
}

impl Circuit {
    pub(crate) fn proved_by(&self) -> ProvedBy {
        ProvedBy { class: self.class, setup: self.setup, registered_as: self.registered_as }
    }

    /// Refuses a class, registered setup kind, transcript or key that the id does not bind. A chain
    /// that presents a development circuit as one of a ceremony is found out here.
    pub fn check(&self) -> Result<(), Error> {
        let expected = circuit_id(self.class, self.registered_as, &self.transcript, &self.key);
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
