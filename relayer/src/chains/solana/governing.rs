//! What an authority asks of the program.

use std::sync::Arc;

use ballast_core::Digest;
use ballast_sdk::{chain::Address, solana::bindings::types::RegisterExchangeArgs};
use solana_sdk::{instruction::Instruction, pubkey::Pubkey, signer::Signer};

use super::{
    Solana,
    sender::{Cosigner, Job},
};
use crate::{
    chains::{About, Action, Agreement, ChainError, ChainName, Purpose},
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
        let cosigner = cosigner(action)?;
        let count = instructions.len();
        for instruction in instructions {
            self.sender(store).run(&signer, &[job(instruction, cosigner.clone())], None).await?;
        }
        Ok(count)
    }

    /// Simulates the first of an action's transactions.
    pub(super) async fn simulate_first(&self, exchange: &Digest, action: &Action) -> Result<(), ChainError> {
        let authority = self.authority_key()?.pubkey();
        match self.instructions(&authority, exchange, action)?.into_iter().next() {
            Some(instruction) => self.budget().units(&authority, &job(instruction, None)).await.map(drop),
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
            Action::ListAssets { assets, listed } => {
                let added = assets.as_slice().get(usize::from(*listed)..).unwrap_or_default();
                self.program.append_assets(authority, exchange, *listed, added)
            }
            Action::ClearAssets => vec![self.program.clear_assets(authority, exchange)],
            Action::SetCadence(cadence) => vec![self.program.set_cadence(authority, exchange, *cadence)],
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
            Action::RegisterWallet { wallet, .. } => {
                vec![self.program.register_wallet(authority, authority, exchange, &own(wallet)?)]
            }
            Action::RetireWallet(wallet) => vec![self.program.retire_wallet(authority, exchange, &own(wallet)?)],
            Action::DeclareToken { token, asset, .. } => {
                vec![self.program.declare_token(authority, authority, exchange, &own(token)?, *asset)]
            }
        })
    }
}

fn job(instruction: Instruction, cosigner: Option<Cosigner>) -> Job {
    Job { about: About::no_epoch(Purpose::Govern), instructions: vec![instruction], cosigner }
}

/// A wallet signs its registration.
fn cosigner(action: &Action) -> Result<Option<Cosigner>, ChainError> {
    let Action::RegisterWallet { wallet, agreement } = action else { return Ok(None) };
    let Agreement::Key { file, .. } = agreement else {
        return Err(ChainError::Unexpected {
            chain: ChainName::Solana,
            what: format!("wallet {wallet}"),
            reason: "it agrees by signing the transaction: expected its key, found a signature".into(),
        });
    };
    Ok(Some(Cosigner(Arc::new(ballast_keys::read_solana(Some(file), "--signer")?))))
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
