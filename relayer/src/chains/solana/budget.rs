//! Compute units: asked of a simulation before anything is signed.

use solana_compute_budget_interface::ComputeBudgetInstruction;
use solana_sdk::{
    instruction::Instruction,
    message::Message,
    pubkey::Pubkey,
    transaction::{Transaction, TransactionError},
};

use super::{
    node::{SolanaRpc, describe},
    sender::Job,
};
use crate::{
    chains::{ChainError, ChainName},
    config,
};

/// What one transaction may use at most.
pub const UNITS_MAX: u32 = 1_400_000;

/// How much a transaction may use, and what it pays for it.
#[derive(Clone, Copy)]
pub struct Budget<'a> {
    pub node: &'a SolanaRpc,
    pub settings: &'a config::Solana,
}

impl Budget<'_> {
    /// The compute units that a job may use: what its simulation used, and the margin of the
    /// settings.
    ///
    /// # Errors
    /// [`ChainError::Refused`] when the simulation fails.
    pub async fn units(&self, payer: &Pubkey, job: &Job) -> Result<u32, ChainError> {
        let what = job.about.to_string();
        let refused = |refusal| ChainError::Refused { chain: ChainName::Solana, what: what.clone(), refusal };
        let message = Message::new(&self.wrap(&job.instructions, UNITS_MAX), Some(payer));
        let simulated = self.node.simulate(&Transaction::new_unsigned(message), &what).await?;
        if let Some(error) = simulated.error {
            if let TransactionError::AccountNotFound | TransactionError::InsufficientFundsForFee = error {
                return Err(refused(format!("{payer} has no lamports for the fee")));
            }
            return Err(refused(describe(&error, &simulated.logs)));
        }
        let units = u128::from(simulated.units) * u128::from(100 + self.settings.compute_margin_percent) / 100;
        Ok(u32::try_from(units).unwrap_or(UNITS_MAX).clamp(1, UNITS_MAX))
    }

    /// The instructions behind their budget.
    pub fn wrap(&self, instructions: &[Instruction], units: u32) -> Vec<Instruction> {
        let mut all = vec![ComputeBudgetInstruction::set_compute_unit_limit(units)];
        if self.settings.priority_fee > 0 {
            all.push(ComputeBudgetInstruction::set_compute_unit_price(self.settings.priority_fee));
        }
        all.extend_from_slice(instructions);
        all
    }
}
