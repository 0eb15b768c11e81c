//! Signs transactions, writes them down, sends them and sees them through.

use std::{
    fmt,
    time::{Duration, Instant},
};

use alloy::{
    consensus::{SignableTransaction, TxEip1559, TxEnvelope},
    eips::{BlockId, eip2718::Encodable2718},
    network::TxSignerSync,
    primitives::{Address, B256, Bytes, TxKind, U256},
    rpc::types::TransactionReceipt,
    signers::local::PrivateKeySigner,
};

use super::node::Node;
use crate::{
    chains::{ChainError, ChainName, Purpose},
    config, crash,
    store::{NewTransaction, Settlement, State, Store, StoredTransaction},
};

/// How often the chain is asked for a receipt.
const POLL: Duration = Duration::from_millis(500);
/// Polls that find the nonce used and no receipt before the transaction is given up.
const POLLS_BEFORE_EXPIRED: u32 = 20;
/// A transaction without a receipt is sent again every so many polls.
const POLLS_BEFORE_RESENDING: u32 = 30;

/// A transaction to be made.
#[derive(Clone, Debug)]
pub struct Job {
    pub purpose: Purpose,
    pub epoch: Option<u64>,
    pub shard: Option<u16>,
    pub to: Address,
    pub input: Bytes,
}

impl fmt::Display for Job {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.purpose.name())?;
        match (self.epoch, self.shard) {
            (Some(epoch), Some(shard)) => write!(f, " of epoch {epoch}, shard {shard}"),
            _ => Ok(()),
        }
    }
}

/// A signed transaction that may take effect yet.
struct Flight {
    number: i64,
    hash: B256,
    raw: Vec<u8>,
    nonce: u64,
    signer: Address,
    what: String,
}

enum End {
    Confirmed,
    Failed { block: u64 },
    Expired,
}

pub struct Sender<'a> {
    pub node: &'a Node,
    pub settings: &'a config::Evm,
    pub store: &'a Store,
}

impl Sender<'_> {
    /// Simulates the call, signs it with gas and fees of now, sends it and waits for its confirmations.
    ///
    /// # Errors
    /// [`ChainError::Refused`] by the simulation, before anything is signed, or by the chain.
    pub async fn run(&self, signer: &PrivateKeySigner, job: &Job) -> Result<(), ChainError> {
        let from = signer.address();
        self.node.simulate(from, job).await?;
        let flight = self.sign(signer, job).await?;
        crash::point(&point(job.purpose, "stored"));
        self.node.send(&flight.raw).await?;
        crash::point(&point(job.purpose, "sent"));
        let end = self.finish(&flight).await?;
        crash::point(&point(job.purpose, "confirmed"));
        let refused = |refusal| ChainError::Refused { chain: ChainName::Evm, what: job.to_string(), refusal };
        match end {
            End::Confirmed => Ok(()),
            End::Failed { block } => {
                // The receipt has no reason; the call before that block has.
                let before = BlockId::number(block.saturating_sub(1));
                match self.node.simulate_at(from, job, before).await {
                    Err(refusal @ ChainError::Refused { .. }) => Err(refusal),
                    _ => Err(refused(format!("reverted in block {block}"))),
                }
            }
            End::Expired => Err(refused(format!("nonce {} was used by another transaction", flight.nonce))),
        }
    }

    /// Brings to its end whatever the store holds in flight: it is sent again as it was signed.
    pub async fn settle(&self) -> Result<(), ChainError> {
        for StoredTransaction { id, transaction, .. } in self.store.in_flight(ChainName::Evm)? {
            let malformed = |what: &str| ChainError::Unexpected {
                chain: ChainName::Evm,
                what: format!("stored transaction {id}"),
                reason: format!("its {what} is malformed"),
            };
            let flight = Flight {
                number: id,
                hash: transaction.identifier.parse().map_err(|_| malformed("hash"))?,
                raw: transaction.raw,
                nonce: transaction.validity,
                signer: transaction.signer.parse().map_err(|_| malformed("signer"))?,
                what: transaction.purpose,
            };
            tracing::info!(hash = %flight.hash, what = flight.what, "found in flight");
            if self.node.mined(flight.signer).await? <= flight.nonce {
                self.node.send(&flight.raw).await?;
            }
            match self.finish(&flight).await? {
                End::Confirmed => tracing::info!(hash = %flight.hash, "was confirmed"),
                End::Failed { block } => tracing::warn!(hash = %flight.hash, block, "had failed"),
                End::Expired => tracing::info!(hash = %flight.hash, "can no longer take effect"),
            }
        }
        Ok(())
    }

    async fn sign(&self, signer: &PrivateKeySigner, job: &Job) -> Result<Flight, ChainError> {
        let from = signer.address();
        let fees = self.node.fees(self.settings.max_fee_per_gas).await?;
        let mut transaction = TxEip1559 {
            chain_id: self.node.chain_id().await?,
            nonce: self.node.next_nonce(from).await?,
            gas_limit: self.node.gas(from, job, self.settings.gas_margin_percent).await?,
            max_fee_per_gas: fees.max_fee_per_gas,
            max_priority_fee_per_gas: fees.max_priority_fee_per_gas,
            to: TxKind::Call(job.to),
            value: U256::ZERO,
            access_list: Default::default(),
            input: job.input.clone(),
        };
        let signature = signer.sign_transaction_sync(&mut transaction).map_err(|error| ChainError::Unexpected {
            chain: ChainName::Evm,
            what: job.to_string(),
            reason: error.to_string(),
        })?;
        let nonce = transaction.nonce;
        let envelope = TxEnvelope::from(transaction.into_signed(signature));
        let (hash, raw) = (*envelope.tx_hash(), envelope.encoded_2718());
        let written = NewTransaction {
            chain: ChainName::Evm,
            purpose: job.purpose.name().into(),
            epoch: job.epoch,
            shard: job.shard,
            signer: from.to_string(),
            identifier: hash.to_string(),
            raw: raw.clone(),
            validity: nonce,
        };
        let number = self.store.add_transactions(&[written])?.first().copied().unwrap_or_default();
        Ok(Flight { number, hash, raw, nonce, signer: from, what: job.to_string() })
    }

    /// Waits until the transaction has its confirmations, or can no longer take effect, and writes that down.
    async fn finish(&self, flight: &Flight) -> Result<End, ChainError> {
        let start = Instant::now();
        let mut polls = 0;
        let mut missing = 0;
        loop {
            // Asked for before the receipt: a nonce that was used then, and no receipt now, was used by another. A node
            // may still tell of the nonce before it tells of the receipt, so it is asked more than once.
            let mined = self.node.mined(flight.signer).await?;
            match self.node.receipt(flight.hash).await? {
                Some(receipt) => {
                    let block = receipt.block_number.unwrap_or_default();
                    // A block that is taken back takes the receipt with it, so it is asked for each time.
                    if self.node.height().await? + 1 >= block + self.settings.confirmations {
                        return self.ended(flight, &receipt, block);
                    }
                }
                None if mined > flight.nonce && missing < POLLS_BEFORE_EXPIRED => missing += 1,
                None if mined > flight.nonce => {
                    self.store.settle(flight.number, &Settlement::EXPIRED)?;
                    return Ok(End::Expired);
                }
                None if polls % POLLS_BEFORE_RESENDING == POLLS_BEFORE_RESENDING - 1 => {
                    self.node.send(&flight.raw).await?;
                }
                None => missing = 0,
            }
            if start.elapsed() > self.settings.timeout {
                let what = format!("{} ({})", flight.what, flight.hash);
                let waited = format!("{} s", self.settings.timeout.as_secs());
                return Err(ChainError::Unsettled { chain: ChainName::Evm, what, waited });
            }
            polls += 1;
            tokio::time::sleep(POLL).await;
        }
    }

    fn ended(&self, flight: &Flight, receipt: &TransactionReceipt, block: u64) -> Result<End, ChainError> {
        let fee = u128::from(receipt.gas_used).saturating_mul(receipt.effective_gas_price);
        let settlement = Settlement {
            state: if receipt.status() { State::Confirmed } else { State::Failed },
            block: Some(block),
            units: Some(receipt.gas_used),
            fee: Some(fee),
            error: (!receipt.status()).then(|| "reverted".into()),
        };
        self.store.settle(flight.number, &settlement)?;
        tracing::info!(
            hash = %flight.hash, what = flight.what, block, gas = receipt.gas_used, wei = fee.to_string(), "ended"
        );
        Ok(if receipt.status() { End::Confirmed } else { End::Failed { block } })
    }
}

/// The name of a crash point.
fn point(purpose: Purpose, stage: &str) -> String {
    format!("evm-{}-{stage}", purpose.name())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::crash::POINTS;

    #[test]
    fn every_stage_of_every_transaction_is_a_crash_point() {
        for purpose in [Purpose::PostShard, Purpose::Govern] {
            for stage in ["stored", "sent", "confirmed"] {
                let name = point(purpose, stage);
                assert!(POINTS.contains(&name.as_str()), "{name}");
            }
        }
    }
}
