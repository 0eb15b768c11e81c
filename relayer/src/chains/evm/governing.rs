//! What an authority asks of the contract.

use std::time::{SystemTime, UNIX_EPOCH};

use alloy::{
    primitives::{Address as EvmAddress, B256, Bytes},
    signers::SignerSync,
    sol_types::SolCall,
};
use ballast_core::Digest;
use ballast_sdk::{
    chain::Address,
    evm::{
        Registration,
        bindings::{Reserves, Witnesses},
        registration_hash,
    },
};

use super::{Evm, sender::Job};
use crate::chains::{About, Action, Agreement, ChainError, ChainName, Purpose};

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
            Action::ListAssets { assets, listed } => {
                let added = assets.as_slice().iter().skip((*listed).into());
                let added = added.map(|asset| Reserves::Asset { symbol: asset.symbol(), decimals: asset.decimals });
                Reserves::appendAssetsCall { exchangeId: id, start: *listed, newAssets: added.collect() }.abi_encode()
            }
            Action::ClearAssets => Reserves::clearAssetsCall { exchangeId: id }.abi_encode(),
            Action::SetCadence(cadence) => Reserves::setCadenceCall { exchangeId: id, cadence: *cadence }.abi_encode(),
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
            Action::RegisterWallet { .. } | Action::RetireWallet(_) | Action::DeclareToken { .. } => {
                return self.call_about_wallets(id, action);
            }
        };
        Ok(self.job_to(self.settings.contract, input))
    }

    fn call_about_wallets(&self, id: B256, action: &Action) -> Result<Job, ChainError> {
        let witnesses = self.witnesses()?;
        let input = match action {
            Action::RegisterWallet { wallet, agreement } => {
                let wallet = own(wallet)?;
                let (signature, deadline) = match agreement {
                    Agreement::Signature { signature, deadline } => (signature.clone(), *deadline),
                    Agreement::Key { file, password } => {
                        let key = ballast_keys::read_evm(Some(file), password.as_deref(), "--signer", "--unlock")?;
                        let deadline = signature_deadline();
                        let (chain_id, exchange) = (self.chain_id, id.0);
                        let agreed = Registration { chain_id, witnesses, exchange, wallet, deadline };
                        let signature = key.sign_hash_sync(&registration_hash(&agreed));
                        let signature = signature.map_err(|error| unexpected(format!("wallet {wallet}"), error))?;
                        (signature.into(), deadline)
                    }
                };
                Witnesses::registerWalletCall { exchangeId: id, account: wallet, deadline, signature: signature.into() }
                    .abi_encode()
            }
            Action::RetireWallet(wallet) => Witnesses::retireWalletCall { account: own(wallet)? }.abi_encode(),
            Action::DeclareToken { token, asset, .. } => {
                Witnesses::declareTokenCall { exchangeId: id, account: own(token)?, asset: *asset }.abi_encode()
            }
            other => return Err(unexpected(other.describe(), "it is not about wallets")),
        };
        Ok(self.job_to(witnesses, input))
    }

    fn job_to(&self, to: EvmAddress, input: Vec<u8>) -> Job {
        Job { about: About::no_epoch(Purpose::Govern), to, input: Bytes::from(input) }
    }

    /// The contract that looks at wallets.
    pub(super) fn witnesses(&self) -> Result<EvmAddress, ChainError> {
        self.settings.witnesses.ok_or_else(|| unexpected("evm.witnesses", "the setting is missing"))
    }
}

/// Seconds for which a wallet's signature may be used.
pub const SIGNATURE_LIFE: u64 = 3_600;

/// The deadline of a signature that is made now, Unix seconds.
pub fn signature_deadline() -> u64 {
    let now = SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |time| time.as_secs());
    now.saturating_add(SIGNATURE_LIFE)
}

fn own(address: &Address) -> Result<EvmAddress, ChainError> {
    match address {
        Address::Evm(address) => Ok(*address),
        Address::Solana(_) => Err(wrong_chain(address)),
    }
}

fn unexpected(what: impl Into<String>, reason: impl ToString) -> ChainError {
    ChainError::Unexpected { chain: ChainName::Evm, what: what.into(), reason: reason.to_string() }
}

fn wrong_chain(address: &Address) -> ChainError {
    ChainError::Unexpected {
        chain: ChainName::Evm,
        what: format!("address {address}"),
        reason: "it is another chain's".into(),
    }
}
