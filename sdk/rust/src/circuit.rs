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

/// Class and setup of circuits that were read before: neither can change.
#[derive(Default)]
pub(crate) struct KnownCircuits(Mutex<HashMap<Digest, (Class, SetupKind)>>);

impl KnownCircuits {
    /// Class and setup of a circuit, which is read from the chain the first time.
    pub async fn class_and_setup(&self, reader: &impl ChainReader, id: &Digest) -> Result<(Class, SetupKind), Error> {
        let known = self.0.lock().ok().and_then(|circuits| circuits.get(id).copied());
        if let Some(known) = known {
            return Ok(known);
        }
        let circuit = reader.circuit(id).await?;
        if let Ok(mut circuits) = self.0.lock() {
            circuits.insert(*id, (circuit.class, circuit.setup));
        }
        Ok((circuit.class, circuit.setup))
    }
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
