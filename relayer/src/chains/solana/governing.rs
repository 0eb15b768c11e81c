//! What an authority asks of the program.

use ballast_core::Digest;
use ballast_sdk::{chain::Address, solana::bindings::types::RegisterExchangeArgs};
use solana_sdk::{instruction::Instruction, pubkey::Pubkey, signer::Signer};

use super::{Solana, posting::no_bar, sender::Job};
use crate::{
    chains::{Action, ChainError, ChainName, Purpose},
    store::Store,
};

impl Solana {
    /// Sends an action's instructions, each in a transaction of its own, in order.
    pub(super) async fn carry_out(
        &self,
        store: &Store,
        exchange: &Digest,
        action: &Action,
    ) -> Result<usize, ChainError> {
        let signer = self.authority_key()?;
        let instructions = self.instructions(&signer.pubkey(), exchange, action)?;
        let count = instructions.len();
        for instruction in instructions {
            self.sender(store).run(&signer, &[job(instruction)], &no_bar()).await?;
        }
        Ok(count)
    }

    /// Simulates the first of an action's transactions.
    pub(super) async fn simulate_first(&self, exchange: &Digest, action: &Action) -> Result<(), ChainError> {
        let authority = self.authority_key()?.pubkey();
        match self.instructions(&authority, exchange, action)?.into_iter().next() {
            Some(instruction) => self.budget().units(&authority, &job(instruction)).await.map(drop),
            None => Ok(()),
        }
    }

    fn instructions(
        &self,
        authority: &Pubkey,
        exchange: &Digest,
        action: &Action,
    ) -> Result<Vec<Instruction>, ChainError> {
        Ok(match action {
            Action::Register { name, cadence, counterpart } => {
                let Address::Evm(counterpart) = counterpart else { return Err(wrong_chain(counterpart)) };
                let args = RegisterExchangeArgs {
                    name: name.clone(),
                    evm_authority: counterpart.into_array(),
                    cadence: *cadence,
                };
                vec![self.program.register_exchange(authority, exchange, args)]
            }
            Action::SetAssets(assets) => self.program.set_assets(authority, exchange, assets),
            Action::SetPosters(posters) => {
                let posters = posters.iter().map(own).collect::<Result<_, _>>()?;
                vec![self.program.set_posters(authority, exchange, posters)]
            }
            Action::SetPaused(paused) => vec![self.program.set_paused(authority, exchange, *paused)],
            Action::ProposeAuthority(proposed) => {
                let proposed = proposed.as_ref().map(own).transpose()?;
                vec![self.program.propose_authority(authority, exchange, proposed)]
            }
            Action::AcceptAuthority { .. } => vec![self.program.accept_authority(authority, exchange)],
        })
    }
}

fn job(instruction: Instruction) -> Job {
    Job { purpose: Purpose::Govern, epoch: None, shard: None, instructions: vec![instruction] }
}

fn own(address: &Address) -> Result<Pubkey, ChainError> {
    match address {
        Address::Solana(address) => Ok(*address),
        Address::Evm(_) => Err(wrong_chain(address)),
    }
}

fn wrong_chain(address: &Address) -> ChainError {
    ChainError::Unexpected {
        chain: ChainName::Solana,
        what: format!("address {address}"),
        reason: "it is another chain's".into(),
    }
}
