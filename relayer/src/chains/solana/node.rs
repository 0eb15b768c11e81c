//! The connection to a Solana node.

use anchor_lang::{AccountDeserialize, Discriminator};
use ballast_sdk::{
    node::{TIMEOUT, redact, shown, with_causes},
    solana::reader::refusal,
};
use base64::{Engine, prelude::BASE64_STANDARD};
use serde_json::json;
use solana_client::{
    client_error::{ClientError, ClientErrorKind},
    nonblocking::rpc_client::RpcClient,
    rpc_config::{
        RpcAccountInfoConfig, RpcProgramAccountsConfig, RpcSimulateTransactionConfig, RpcTransactionConfig,
        UiAccountEncoding, UiDataSliceConfig,
    },
    rpc_filter::{Memcmp, RpcFilterType},
    rpc_request::{RpcError, RpcRequest},
};
use solana_commitment_config::CommitmentConfig;
use solana_sdk::{
    hash::Hash,
    pubkey::Pubkey,
    signature::Signature,
    transaction::{Transaction, TransactionError},
};
use url::Url;

use crate::chains::{ChainError, ChainName};

/// A connected node, read at confirmed commitment. Its errors show scheme, host and port of its
/// address, nothing more.
pub struct SolanaRpc {
    pub rpc: RpcClient,
    url: Url,
}

/// What a simulation found.
pub struct Simulated {
    pub units: u64,
    pub error: Option<TransactionError>,
    pub logs: Vec<String>,
}

/// A transaction in a block.
#[derive(Default)]
pub struct Landed {
    pub units: Option<u64>,
    pub fee: Option<u128>,
    pub logs: Vec<String>,
}

impl SolanaRpc {
    pub fn new(url: &Url) -> Self {
        let commitment = CommitmentConfig::confirmed();
        let rpc = RpcClient::new_with_timeout_and_commitment(url.to_string(), TIMEOUT, commitment);
        Self { rpc, url: url.clone() }
    }

    /// A request's failure, without the node's address.
    pub fn error(&self, what: &str, error: &ClientError) -> ChainError {
        let reason = redact(&self.url, &with_causes(error));
        match error.kind() {
            ClientErrorKind::RpcError(RpcError::RpcResponseError { .. }) | ClientErrorKind::TransactionError(_) => {
                ChainError::Unexpected { chain: ChainName::Solana, what: what.into(), reason }
            }
            _ => {
                let node = shown(&self.url);
                ChainError::Unreachable { chain: ChainName::Solana, node, what: what.into(), reason }
            }
        }
    }

    pub async fn genesis(&self) -> Result<Hash, ChainError> {
        self.rpc.get_genesis_hash().await.map_err(|error| self.error("its genesis", &error))
    }

    /// The program's account at `address`, if there is one, with all that lies behind its fields.
    pub async fn account_with_rest<T: AccountDeserialize>(
        &self,
        address: &Pubkey,
        what: &str,
    ) -> Result<Option<(T, Vec<u8>)>, ChainError> {
        let account = self.rpc.get_account_with_commitment(address, self.rpc.commitment()).await;
        let Some(account) = account.map_err(|error| self.error(what, &error))?.value else { return Ok(None) };
        let mut data = account.data.as_slice();
        let stored = T::try_deserialize(&mut data).map_err(|error| ChainError::Unexpected {
            chain: ChainName::Solana,
            what: format!("{what} at {address}"),
            reason: error.to_string(),
        })?;
        Ok(Some((stored, data.to_vec())))
    }

    pub async fn account<T: AccountDeserialize>(&self, address: &Pubkey, what: &str) -> Result<Option<T>, ChainError> {
        Ok(self.account_with_rest(address, what).await?.map(|(account, _)| account))
    }

    /// The program's accounts of one kind; only their first `length` bytes are read.
    pub async fn accounts<T: AccountDeserialize + Discriminator>(
        &self,
        program: &Pubkey,
        length: usize,
        what: &str,
    ) -> Result<Vec<T>, ChainError> {
        let config = RpcProgramAccountsConfig {
            filters: Some(vec![RpcFilterType::Memcmp(Memcmp::new_raw_bytes(0, T::DISCRIMINATOR.to_vec()))]),
            account_config: RpcAccountInfoConfig {
                encoding: Some(UiAccountEncoding::Base64),
                data_slice: Some(UiDataSliceConfig { offset: 0, length }),
                commitment: Some(self.rpc.commitment()),
                ..Default::default()
            },
            ..Default::default()
        };
        let found = self.rpc.get_program_ui_accounts_with_config(program, config).await;
        let found = found.map_err(|error| self.error(what, &error))?;
        let accounts = found.iter().filter_map(|(_, account)| {
            let data = account.data.decode()?;
            T::try_deserialize(&mut data.as_slice()).ok()
        });
        Ok(accounts.collect())
    }

    pub async fn balance(&self, address: &Pubkey) -> Result<u64, ChainError> {
        self.rpc.get_balance(address).await.map_err(|error| self.error("a balance", &error))
    }

    /// Lamports that an account of `space` bytes must hold.
    pub async fn rent(&self, space: usize) -> Result<u64, ChainError> {
        let rent = self.rpc.get_minimum_balance_for_rent_exemption(space).await;
        rent.map_err(|error| self.error("the rent", &error))
    }

    /// A blockhash to sign with, and the last block height at which it is valid.
    pub async fn blockhash(&self) -> Result<(Hash, u64), ChainError> {
        let blockhash = self.rpc.get_latest_blockhash_with_commitment(self.rpc.commitment()).await;
        blockhash.map_err(|error| self.error("a blockhash", &error))
    }

    /// The height below which no block can change any more.
    pub async fn finalized_height(&self) -> Result<u64, ChainError> {
        let height = self.rpc.get_block_height_with_commitment(CommitmentConfig::finalized()).await;
        height.map_err(|error| self.error("the block height", &error))
    }

    /// Runs an unsigned transaction without sending it.
    pub async fn simulate(&self, transaction: &Transaction, what: &str) -> Result<Simulated, ChainError> {
        let config = RpcSimulateTransactionConfig {
            sig_verify: false,
            replace_recent_blockhash: true,
            commitment: Some(self.rpc.commitment()),
            ..Default::default()
        };
        let result = self.rpc.simulate_transaction_with_config(transaction, config).await;
        let result = result.map_err(|error| self.error(what, &error))?.value;
        Ok(Simulated {
            units: result.units_consumed.unwrap_or_default(),
            error: result.err.map(TransactionError::from),
            logs: result.logs.unwrap_or_default(),
        })
    }

    /// Sends signed bytes. The node's own preflight is left out: they were simulated before.
    pub async fn send(&self, raw: &[u8]) -> Result<(), ChainError> {
        let options = json!({ "encoding": "base64", "skipPreflight": true, "preflightCommitment": "confirmed" });
        let sent: Result<String, ClientError> =
            self.rpc.send(RpcRequest::SendTransaction, json!([BASE64_STANDARD.encode(raw), options])).await;
        match sent {
            Ok(_) => Ok(()),
            // The status that is asked for next says what became of it.
            Err(error) if says_already_processed(&error) => Ok(()),
            Err(error) => Err(self.error("a transaction", &error)),
        }
    }

    /// What the transaction cost and logged, as far as the node says.
    pub async fn landed(&self, signature: &Signature) -> Landed {
        let config = RpcTransactionConfig {
            encoding: Some(solana_transaction_status_client_types::UiTransactionEncoding::Base64),
            commitment: Some(self.rpc.commitment()),
            max_supported_transaction_version: Some(0),
        };
        let Ok(found) = self.rpc.get_transaction_with_config(signature, config).await else {
            return Landed::default();
        };
        let Some(meta) = found.transaction.meta else { return Landed::default() };
        Landed {
            units: Option::from(meta.compute_units_consumed),
            fee: Some(u128::from(meta.fee)),
            logs: Option::from(meta.log_messages).unwrap_or_default(),
        }
    }
}

fn says_already_processed(error: &ClientError) -> bool {
    error.get_transaction_error() == Some(TransactionError::AlreadyProcessed)
        || error.to_string().contains("already been processed")
}

/// A failed transaction in core's words: the refusal's name with what was expected and found, when
/// it is one.
pub fn describe(error: &TransactionError, logs: &[String]) -> String {
    let message = logs.iter().rev().find_map(|line| line.split_once("Error Message: ").map(|(_, message)| message));
    match (refusal(error), message) {
        (Some((name, _)), Some(message)) if message.starts_with(name) => message.trim_end_matches('.').into(),
        (Some((name, number)), _) => format!("{name} (error {number})"),
        (None, Some(message)) => format!("{error}: {message}"),
        (None, None) => {
            let last = logs.iter().rev().find(|line| line.contains("failed") || line.contains("Error"));
            last.map_or(error.to_string(), |line| format!("{error}: {line}"))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use ballast_core::Refusal;
    use solana_sdk::instruction::InstructionError;

    #[test]
    fn a_refusal_is_told_by_its_name_and_evidence() {
        let refused = Refusal::EpochNotNext { expected: 7, found: 9 };
        let error = TransactionError::InstructionError(1, InstructionError::Custom(6000 + refused.number()));
        let logs = vec![
            "Program log: Instruction: PostShard".to_string(),
            format!(
                "Program log: AnchorError occurred. Error Code: EpochNotNext. Error Number: 6009. Error Message: {refused}."
            ),
            "Program X failed: custom program error: 0x1779".to_string(),
        ];
        let text = describe(&error, &logs);
        assert!(text.starts_with("EpochNotNext") && text.contains("expected = 7; found = 9"), "{text}");
        assert_eq!(describe(&error, &[]), "EpochNotNext (error 9)");
        let other = TransactionError::InstructionError(0, InstructionError::Custom(1));
        assert!(describe(&other, &logs[2..]).contains("failed"), "{}", describe(&other, &logs[2..]));
    }
}
