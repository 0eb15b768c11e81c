//! What an authority asks of the contract.

use alloy::{
    primitives::{Address as EvmAddress, B256, Bytes},
    sol_types::SolCall,
};
use ballast_core::Digest;
use ballast_sdk::{chain::Address, evm::bindings::Reserves};

use super::{Evm, sender::Job};
use crate::chains::{Action, ChainError, ChainName, Purpose};

impl Evm {
    /// The call that does an action.
    pub(super) fn call(&self, exchange: &Digest, action: &Action) -> Result<Job, ChainError> {
        let id = B256::from(*exchange);
        let input = match action {
            Action::Register { name, cadence, counterpart } => {
                let Address::Solana(counterpart) = counterpart else { return Err(wrong_chain(counterpart)) };
                Reserves::registerExchangeCall {
                    name: name.clone(),
                    solanaAuthority: counterpart.to_bytes().into(),
                    cadence: *cadence,
                }
                .abi_encode()
            }
            Action::SetAssets(assets) => {
                let assets = assets.as_slice().iter();
                let assets = assets.map(|asset| Reserves::Asset { symbol: asset.symbol(), decimals: asset.decimals });
                Reserves::setAssetsCall { exchangeId: id, newAssets: assets.collect() }.abi_encode()
            }
            Action::SetPosters(posters) => {
                let new_posters = posters.iter().map(own).collect::<Result<_, _>>()?;
                Reserves::setPostersCall { exchangeId: id, newPosters: new_posters }.abi_encode()
            }
            Action::SetPaused(paused) => Reserves::setPausedCall { exchangeId: id, paused: *paused }.abi_encode(),
            Action::ProposeAuthority(proposed) => {
                let proposed = proposed.as_ref().map_or(Ok(EvmAddress::ZERO), own)?;
                Reserves::proposeAuthorityCall { exchangeId: id, proposed }.abi_encode()
            }
            Action::AcceptAuthority { .. } => Reserves::acceptAuthorityCall { exchangeId: id }.abi_encode(),
        };
        Ok(Job {
            purpose: Purpose::Govern,
            epoch: None,
            shard: None,
            to: self.settings.contract,
            input: Bytes::from(input),
        })
    }
}

fn own(address: &Address) -> Result<EvmAddress, ChainError> {
    match address {
        Address::Evm(address) => Ok(*address),
        Address::Solana(_) => Err(wrong_chain(address)),
    }
}

fn wrong_chain(address: &Address) -> ChainError {
    ChainError::Unexpected {
        chain: ChainName::Evm,
        what: format!("address {address}"),
        reason: "it is another chain's".into(),
    }
}
