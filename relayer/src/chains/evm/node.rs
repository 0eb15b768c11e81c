//! The connection to an EVM node.

use alloy::{
    contract::Error as ContractError,
    eips::{BlockId, BlockNumberOrTag, eip1559::Eip1559Estimation},
    network::TransactionBuilder,
    primitives::{Address, B256},
    providers::{DynProvider, Provider},
    rpc::types::{TransactionReceipt, TransactionRequest},
    sol_types::SolInterface,
    transports::{RpcError, TransportError},
};
use ballast_sdk::{
    evm::{bindings::Reserves::ReservesErrors, provider},
    node::{redact, shown, with_causes},
};
use url::Url;

use super::sender::Job;
use crate::chains::{ChainError, ChainName};

/// A connected node. Its errors show scheme, host and port of its address, nothing more.
pub struct EvmRpc {
    pub provider: DynProvider,
    url: Url,
}

impl EvmRpc {
    /// # Errors
    /// When no HTTP client can be made.
    pub fn new(url: &Url) -> Result<Self, ChainError> {
        let provider = provider(url).map_err(|error| ChainError::Unexpected {
            chain: ChainName::Evm,
            what: "an HTTP client".into(),
            reason: with_causes(&error),
        })?;
        Ok(Self { provider, url: url.clone() })
    }

    /// A request's failure, without the node's address; a revert in core's words.
    pub fn error(&self, what: &str, error: &TransportError) -> ChainError {
        if let Some(refusal) = refusal(error) {
            return ChainError::Refused { chain: ChainName::Evm, what: what.into(), refusal };
        }
        match error {
            RpcError::ErrorResp(payload) => {
                let reason = redact(&self.url, &payload.to_string());
                ChainError::Unexpected { chain: ChainName::Evm, what: what.into(), reason }
            }
            other => {
                let (node, reason) = (shown(&self.url), redact(&self.url, &with_causes(other)));
                ChainError::Unreachable { chain: ChainName::Evm, node, what: what.into(), reason }
            }
        }
    }

    pub fn contract_error(&self, what: &str, error: &ContractError) -> ChainError {
        match error {
            ContractError::TransportError(error) => self.error(what, error),
            other => ChainError::Unexpected {
                chain: ChainName::Evm,
                what: what.into(),
                reason: redact(&self.url, &other.to_string()),
            },
        }
    }

    /// Chain id and hash of the first block.
    pub async fn identity(&self) -> Result<(u64, B256), ChainError> {
        let id = self.provider.get_chain_id().await.map_err(|error| self.error("its chain id", &error))?;
        let genesis = self.block(BlockNumberOrTag::Number(0)).await?;
        Ok((id, genesis.hash))
    }

    pub async fn chain_id(&self) -> Result<u64, ChainError> {
        self.provider.get_chain_id().await.map_err(|error| self.error("its chain id", &error))
    }

    pub async fn height(&self) -> Result<u64, ChainError> {
        self.provider.get_block_number().await.map_err(|error| self.error("the block number", &error))
    }

    async fn block(&self, tag: BlockNumberOrTag) -> Result<alloy::rpc::types::Header, ChainError> {
        let what = format!("block {tag}");
        let block = self.provider.get_block_by_number(tag).await.map_err(|error| self.error(&what, &error))?;
        block.map(|block| block.header).ok_or_else(|| ChainError::Unexpected {
            chain: ChainName::Evm,
            what,
            reason: "there is no such block".into(),
        })
    }

    pub async fn balance(&self, address: Address) -> Result<u128, ChainError> {
        let balance = self.provider.get_balance(address).await;
        let balance = balance.map_err(|error| self.error("a balance", &error))?;
        Ok(u128::try_from(balance).unwrap_or(u128::MAX))
    }

    /// Runs a call without sending it.
    ///
    /// # Errors
    /// [`ChainError::Refused`] with the contract's custom error.
    pub async fn simulate(&self, from: Address, job: &Job) -> Result<(), ChainError> {
        self.simulate_at(from, job, BlockId::latest()).await
    }

    pub async fn simulate_at(&self, from: Address, job: &Job, block: BlockId) -> Result<(), ChainError> {
        let called = self.provider.call(request(from, job)).block(block).await;
        called.map(drop).map_err(|error| self.error(&job.about.to_string(), &error))
    }

    /// The gas that a call may use: what the node's simulation of it used, and a margin.
    ///
    /// # Errors
    /// [`ChainError::Refused`] with the contract's custom error.
    pub async fn gas(&self, from: Address, job: &Job, margin_percent: u64) -> Result<u64, ChainError> {
        let estimate = self.provider.estimate_gas(request(from, job)).await;
        let estimate = estimate.map_err(|error| self.error(&job.about.to_string(), &error))?;
        let gas = u128::from(estimate) * u128::from(100 + margin_percent) / 100;
        Ok(u64::try_from(gas).unwrap_or(u64::MAX))
    }

    /// Wei a unit of gas, of the latest block.
    pub async fn base_fee(&self) -> Result<u64, ChainError> {
        Ok(self.block(BlockNumberOrTag::Latest).await?.inner.base_fee_per_gas.unwrap_or_default())
    }

    /// What to pay for gas now, and at most `bound`.
    ///
    /// # Errors
    /// [`ChainError::FeeCap`] when the base fee alone is above the bound.
    pub async fn fees(&self, bound: Option<u64>) -> Result<Eip1559Estimation, ChainError> {
        let fees = self.provider.estimate_eip1559_fees().await;
        let mut fees = fees.map_err(|error| self.error("the price of gas", &error))?;
        if let Some(bound) = bound.map(u128::from) {
            let base = self.base_fee().await?;
            if u128::from(base) > bound {
                let (chain, setting) = (ChainName::Evm, "evm.max_fee_per_gas");
                return Err(ChainError::FeeCap { chain, setting, base_fee: base, cap: bound });
            }
            fees.max_fee_per_gas = fees.max_fee_per_gas.min(bound);
            fees.max_priority_fee_per_gas = fees.max_priority_fee_per_gas.min(fees.max_fee_per_gas);
        }
        Ok(fees)
    }

    /// Nonce behind every transaction of `address` that the node knows, mined or not.
    pub async fn next_nonce(&self, address: Address) -> Result<u64, ChainError> {
        let count = self.provider.get_transaction_count(address).pending().await;
        count.map_err(|error| self.error("a nonce", &error))
    }

    /// Transactions of `address` in blocks.
    pub async fn mined(&self, address: Address) -> Result<u64, ChainError> {
        let count = self.provider.get_transaction_count(address).await;
        count.map_err(|error| self.error("a nonce", &error))
    }

    pub async fn receipt(&self, hash: B256) -> Result<Option<TransactionReceipt>, ChainError> {
        self.provider.get_transaction_receipt(hash).await.map_err(|error| self.error("a receipt", &error))
    }

    /// Sends signed bytes. That the node knows them already, or has seen their nonce used, is no
    /// failure: the receipt that is asked for next says what became of them.
    pub async fn send(&self, raw: &[u8]) -> Result<(), ChainError> {
        match self.provider.send_raw_transaction(raw).await {
            Ok(_) => Ok(()),
            Err(error) if says_already_known(&error) => Ok(()),
            Err(error) => Err(self.error("a transaction", &error)),
        }
    }
}

fn request(from: Address, job: &Job) -> TransactionRequest {
    TransactionRequest::default().with_from(from).with_to(job.to).with_input(job.input.clone())
}

fn says_already_known(error: &TransportError) -> bool {
    let RpcError::ErrorResp(payload) = error else { return false };
    let message = payload.message.to_lowercase();
    ["already known", "already imported", "nonce too low", "known transaction", "replacement transaction underpriced"]
        .iter()
        .any(|known| message.contains(known))
}

/// A revert in core's words: the custom error's name and arguments.
fn refusal(error: &TransportError) -> Option<String> {
    let RpcError::ErrorResp(payload) = error else { return None };
    let data = payload.as_revert_data()?;
    Some(describe(&data).unwrap_or_else(|| format!("reverted with {data}")))
}

/// The contract's error in `data`, such as `EpochNotNext { expected: 7, found: 9 }`.
fn describe(data: &[u8]) -> Option<String> {
    let decoded = format!("{:?}", ReservesErrors::abi_decode(data).ok()?);
    // The generated type is an enum of structs of the same names.
    let inner = decoded.split_once('(').map(|(_, inner)| inner.strip_suffix(')').unwrap_or(inner));
    Some(inner.unwrap_or(&decoded).into())
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloy::sol_types::SolError;
    use ballast_sdk::evm::bindings::Reserves;

    #[test]
    fn a_custom_error_is_told_by_its_name_and_arguments() {
        let error = Reserves::EpochNotNext { expected: 7, found: 9 };
        assert_eq!(describe(&error.abi_encode()).unwrap(), "EpochNotNext { expected: 7, found: 9 }");
        assert_eq!(describe(&[1, 2, 3, 4]), None);
    }
}
