use anchor_lang::prelude::*;
use ballast_core::{Refusal, circuit::SetupKind};

use crate::errors::{ensure, keep, refuse};

/// Who decides which circuits count. One account.
#[account]
#[derive(InitSpace)]
pub struct Governance {
    pub version: u8,
    pub bump: u8,
    pub authority: Pubkey,
    /// Proposed, and not yet accepted.
    pub pending_authority: Option<Pubkey>,
    /// Seconds from registering a circuit until it counts.
    pub circuit_delay: u64,
    /// Whether circuits with an INSECURE development setup may be registered; never changes.
    pub allow_development: bool,
}

impl Governance {
    pub const VERSION: u8 = 1;

    pub fn check_authority(&self, signer: &Pubkey) -> Result<()> {
        ensure(self.authority == *signer, Refusal::NotAuthority)
    }

    pub fn check_pending_authority(&self, signer: &Pubkey) -> Result<()> {
        ensure(self.pending_authority == Some(*signer), Refusal::NotPendingAuthority)
    }

    pub fn check_setup(&self, setup: SetupKind) -> Result<()> {
        let allowed = self.allow_development || setup == SetupKind::Ceremony;
        ensure(allowed, Refusal::DevelopmentCircuitRefused)
    }

    pub fn propose_authority(&mut self, proposed: Option<Pubkey>) -> Result<()> {
        self.pending_authority = proposed;
        self.invariant()
    }

    /// Hands over to the proposed authority; returns the previous one.
    pub fn accept_authority(&mut self) -> Result<Pubkey> {
        let accepted = self.pending_authority.take().ok_or_else(|| refuse(Refusal::NotPendingAuthority))?;
        let previous = std::mem::replace(&mut self.authority, accepted);
        self.invariant()?;
        Ok(previous)
    }

    pub fn invariant(&self) -> Result<()> {
        keep(
            "Governance",
            &[
                self.version == Self::VERSION,
                self.authority != Pubkey::default(),
                self.pending_authority != Some(Pubkey::default()),
            ],
        )
    }
}
