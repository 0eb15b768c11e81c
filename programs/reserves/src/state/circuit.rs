use anchor_lang::prelude::*;
use ballast_core::{
    Refusal,
    circuit::{Class, KEY_LENGTH, SetupKind},
    rules::check_circuit,
};

use crate::errors::{ensure, keep, refuse};

/// A circuit whose proofs count once its delay has passed. It never changes but for being retired.
#[account]
#[derive(InitSpace)]
pub struct Circuit {
    pub version: u8,
    pub bump: u8,
    /// Digest of class, setup and key.
    pub id: [u8; 32],
    /// Depth of the quaternary tree: a shard has 4^depth leaves.
    pub depth: u8,
    /// Asset positions of the public vector.
    pub assets: u16,
    /// 1: from a fixed seed, INSECURE, anyone can forge proofs. 2: from a ceremony.
    pub setup: u8,
    /// Digest of the setup's transcript.
    pub transcript: [u8; 32],
    /// Unix seconds from which posts may use it.
    pub active_from: u64,
    pub retired: bool,
    /// alpha, beta, gamma, delta, IC_0 .. IC_3, tau, uncompressed, EIP-197 order: 832 bytes.
    #[max_len(KEY_LENGTH)]
    pub verifying_key: Vec<u8>,
}

impl Circuit {
    pub const VERSION: u8 = 1;

    /// The circuit in `account`. An account that is not a circuit of this program is an unknown
    /// circuit.
    pub fn load(account: &AccountInfo) -> Result<Box<Self>> {
        let known = account.owner == &crate::ID;
        let data = account.try_borrow_data()?;
        let circuit = if known { Self::try_deserialize(&mut &data[..]).ok() } else { None };
        circuit
            .filter(|circuit| circuit.version == Self::VERSION)
            .map(Box::new)
            .ok_or_else(|| refuse(Refusal::CircuitUnknown))
    }

    pub fn check_unregistered(&self) -> Result<()> {
        ensure(self.version == 0, Refusal::CircuitAlreadyRegistered)
    }

    pub fn check_not_retired(&self) -> Result<()> {
        ensure(!self.retired, Refusal::CircuitRetired)
    }

    /// Checks rule 4. `clock` is the chain's, in Unix seconds.
    pub fn check_usable(&self, id: &[u8; 32], clock: u64) -> Result<()> {
        ensure(self.id == *id, Refusal::CircuitUnknown)?;
        check_circuit(self.active_from, self.retired, clock).map_err(refuse)
    }

    pub fn class(&self) -> Class {
        Class { depth: self.depth, assets: self.assets }
    }

    pub fn setup_kind(&self) -> Result<SetupKind> {
        SetupKind::try_from(self.setup).map_err(refuse)
    }

    pub fn key(&self) -> Result<&[u8; KEY_LENGTH]> {
        let found = self.verifying_key.len() as u32;
        let wrong = Refusal::KeyLengthWrong { expected: KEY_LENGTH as u32, found };
        self.verifying_key.as_slice().try_into().map_err(|_| refuse(wrong))
    }

    pub fn retire(&mut self) -> Result<()> {
        self.retired = true;
        self.invariant()
    }

    pub fn invariant(&self) -> Result<()> {
        keep("Circuit", &[self.version == Self::VERSION])?;
        self.class().check().map_err(refuse)?;
        self.setup_kind()?;
        self.key()?;
        Ok(())
    }
}
