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
    /// [`SetupKind::label`] belongs beside every figure that it proved.
    #[serde(flatten, serialize_with = "crate::setup::serialize")]
    pub setup: SetupKind,
    /// Digest of the setup's transcript.
    #[serde(with = "hexadecimal")]
    pub transcript: Digest,
    #[serde(skip)]
    pub key: VerifyingKey,
    /// Unix seconds from which posts may use it.
    pub active_from: u64,
    /// No post can use it any more.
    pub retired: bool,
}

impl Circuit {
    /// Whether class, setup kind, transcript and key are the ones that the id binds: a chain that calls a development
    /// circuit a ceremony's is found out here.
    pub fn check(&self) -> Result<(), Error> {
        let expected = circuit_id(self.class, self.setup, &self.transcript, &self.key);
        if expected != self.id {
            return Err(Error::bad_data(
                self.chain,
                Subject::Circuit(self.id),
                "id",
                hexadecimal::encode(&expected),
                hexadecimal::encode(&self.id),
            ));
        }
        Ok(())
    }
}
