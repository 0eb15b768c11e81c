//! Signs transactions, writes them down, sends them and sees them through.

use std::{
    collections::BTreeMap,
    time::{Duration, Instant},
};

use alloy::{
    consensus::{SignableTransaction, TxEip1559, TxEnvelope},
    eips::{
        BlockId,
        eip2718::{Decodable2718, Encodable2718},
    },
    network::TxSignerSync,
    primitives::{Address, B256, Bytes, TxKind, U256},
    rpc::types::TransactionReceipt,
    signers::local::PrivateKeySigner,
};

use super::node::EvmRpc;
use crate::{
    chains::{About, ChainError, ChainName, Purpose},
    config, crash,
    events::{self, Event, Events},
    store::{NewTransaction, Settlement, State, Store, StoredTransaction},
};

/// How often the chain is asked for a receipt.
const POLL: Duration = Duration::from_millis(500);
/// A transaction without a receipt is sent again every so many polls.
const POLLS_BEFORE_RESENDING: u32 = 30;
/// A transaction whose nonce is used and that has no receipt is given up after so many polls.
const POLLS_WITHOUT_RECEIPT: u32 = 20;

/// A transaction to be made.
#[derive(Clone, Debug)]
pub struct Job {
    pub about: About,
    pub to: Address,
    pub input: Bytes,
}

/// A signed transaction that may take effect yet.
struct Flight {
    number: i64,
    hash: B256,
    raw: Vec<u8>,
    nonce: u64,
    signer: Address,
    what: String,
    told: events::Transaction,
}

impl Flight {
    fn restore(stored: StoredTransaction) -> Result<Self, ChainError> {
        let StoredTransaction { id, transaction, .. } = stored;
        let malformed = |what: &str| ChainError::Unexpected {
            chain: ChainName::Evm,
            what: format!("stored transaction {id}"),
            reason: format!("its {what} is malformed"),
        };
        Ok(Self {
            told: transaction.told(),
            number: id,
            hash: transaction.identifier.parse().map_err(|_| malformed("hash"))?,
            nonce: transaction.validity,
            signer: transaction.signer.parse().map_err(|_| malformed("signer"))?,
            raw: transaction.raw,
            what: transaction.purpose,
        })
    }
}

enum End {
    Confirmed,
    Failed { block: u64 },
    Expired,
}

pub struct Sender<'a> {
    pub node: &'a EvmRpc,
    pub settings: &'a config::Evm,
    pub store: &'a Store,
    pub events: &'a Events,
}

impl Sender<'_> {
    /// Signs the call with the gas that its simulation used and a margin, and fees of now, sends it
    /// and waits for its confirmations.
    ///
    /// # Errors
    /// [`ChainError::Refused`] by the simulation, before anything is signed, or by the chain.
    pub async fn run(&self, signer: &PrivateKeySigner, job: &Job) -> Result<(), ChainError> {
        let from = signer.address();
        let flight = self.sign(signer, job).await?;
        crash::point(&point(job.about.purpose, "stored"));
        self.send(&flight).await?;
        crash::point(&point(job.about.purpose, "sent"));
        let end = self.finish(std::slice::from_ref(&flight)).await?;
        crash::point(&point(job.about.purpose, "confirmed"));
        let refused = |refusal| ChainError::Refused { chain: ChainName::Evm, what: job.about.to_string(), refusal };
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
    /// What the price of gas has left behind is signed again with the same nonce, so that only one
    /// of them can take effect.
    ///
    /// # Errors
    /// [`ChainError::Unsettled`] when it is not mined in time.
    pub async fn settle(&self, signers: &[PrivateKeySigner]) -> Result<(), ChainError> {
        let mut rivals: BTreeMap<(Address, u64), Vec<Flight>> = BTreeMap::new();
        for stored in self.store.in_flight(ChainName::Evm)? {
            let flight = Flight::restore(stored)?;
            tracing::info!(hash = %flight.hash, what = flight.what, "found in flight");
            rivals.entry((flight.signer, flight.nonce)).or_default().push(flight);
        }
        for ((signer, nonce), mut flights) in rivals {
            if self.node.mined(signer).await? <= nonce {
                if let (Some(latest), Some(key)) = (flights.last(), signers.iter().find(|key| key.address() == signer))
                    && let Some(dearer) = self.outbid(key, latest).await?
                {
                    flights.push(dearer);
                }
                for flight in &flights {
                    self.resend(flight).await?;
                }
            }
            match self.finish(&flights).await? {
                End::Confirmed => tracing::info!(%signer, nonce, "was confirmed"),
                End::Failed { block } => tracing::warn!(%signer, nonce, block, "had failed"),
                End::Expired => tracing::info!(%signer, nonce, "can no longer take effect"),
            }
        }
        Ok(())
    }

    /// The same transaction at the price of now, written down, when the old price is below the base
    /// fee: nodes take it for the old one's place if it pays an eighth more.
    async fn outbid(&self, signer: &PrivateKeySigner, flight: &Flight) -> Result<Option<Flight>, ChainError> {
        let malformed = |reason: String| ChainError::Unexpected {
            chain: ChainName::Evm,
            what: format!("stored transaction {}", flight.hash),
            reason,
        };
        let envelope =
            TxEnvelope::decode_2718(&mut flight.raw.as_slice()).map_err(|error| malformed(error.to_string()))?;
        let TxEnvelope::Eip1559(signed) = &envelope else { return Err(malformed("of another type".into())) };
        let mut transaction = signed.tx().clone();
        if u128::from(self.node.base_fee().await?) <= transaction.max_fee_per_gas {
            return Ok(None);
        }
        let fees = self.node.fees(self.settings.max_fee_per_gas).await?;
        let more = |old: u128, now: u128| now.max(old + old / 8 + 1);
        transaction.max_fee_per_gas = more(transaction.max_fee_per_gas, fees.max_fee_per_gas);
        transaction.max_priority_fee_per_gas =
            more(transaction.max_priority_fee_per_gas, fees.max_priority_fee_per_gas).min(transaction.max_fee_per_gas);
        tracing::info!(hash = %flight.hash, max_fee_per_gas = transaction.max_fee_per_gas, "outbidding what was left behind");
        let written = self.store.transaction(flight.number)?.map(|stored| stored.transaction);
        let written = written.ok_or_else(|| malformed("it is gone".into()))?;
        self.write(signer, transaction, written).map(Some)
    }

    async fn sign(&self, signer: &PrivateKeySigner, job: &Job) -> Result<Flight, ChainError> {
        let from = signer.address();
        let fees = self.node.fees(self.settings.max_fee_per_gas).await?;
        let transaction = TxEip1559 {
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
        let written = NewTransaction {
            chain: ChainName::Evm,
            purpose: job.about.purpose.name().into(),
            epoch: job.about.epoch,
            shard: job.about.shard,
            signer: from.to_string(),
            identifier: String::new(),
            raw: Vec::new(),
            validity: transaction.nonce,
        };
        self.write(signer, transaction, written)
    }

    /// Signs, and writes what was signed into the store.
    fn write(
        &self,
        signer: &PrivateKeySigner,
        mut transaction: TxEip1559,
        written: NewTransaction,
    ) -> Result<Flight, ChainError> {
        let signature = signer.sign_transaction_sync(&mut transaction).map_err(|error| ChainError::Unexpected {
            chain: ChainName::Evm,
            what: written.purpose.clone(),
            reason: error.to_string(),
        })?;
        let nonce = transaction.nonce;
        let envelope = TxEnvelope::from(transaction.into_signed(signature));
        let (hash, raw) = (*envelope.tx_hash(), envelope.encoded_2718());
        let what = written.purpose.clone();
        let written = NewTransaction { identifier: hash.to_string(), raw: raw.clone(), ..written };
        let told = written.told();
        let number = self.store.add_transactions(&[written])?.first().copied().unwrap_or_default();
        self.events.emit(Event::TransactionSigned { transaction: told.clone() });
        Ok(Flight { number, hash, raw, nonce, signer: signer.address(), what, told })
    }

    /// Waits until one of `flights`, which have the same signer and nonce, has its confirmations,
    /// or none can take effect any more, and writes that down.
    async fn finish(&self, flights: &[Flight]) -> Result<End, ChainError> {
        let Some(first) = flights.first() else { return Ok(End::Expired) };
        let start = Instant::now();
        let (mut polls, mut gone) = (0, 0);
        loop {
            // Asked for before the receipts: a nonce that was used then, and no receipt now, was
            // used by another.
            let used = self.node.mined(first.signer).await? > first.nonce;
            let mut landed = None;
            for flight in flights {
                if let Some(receipt) = self.node.receipt(flight.hash).await? {
                    landed = Some((flight, receipt));
                }
            }
            match landed {
                Some((flight, receipt)) => {
                    gone = 0;
                    let block = receipt.block_number.unwrap_or_default();
                    // A block that is taken back takes the receipt with it, so it is asked for each
                    // time.
                    if self.node.height().await? + 1 >= block + self.settings.confirmations {
                        self.expire(flights.iter().filter(|other| other.number != flight.number))?;
                        return self.ended(flight, &receipt, block);
                    }
                }
                None if used => {
                    // Behind one address there may be several nodes, and one of them may lag.
                    gone += 1;
                    if gone == POLLS_WITHOUT_RECEIPT {
                        self.expire(flights.iter())?;
                        return Ok(End::Expired);
                    }
                }
                None if polls % POLLS_BEFORE_RESENDING == POLLS_BEFORE_RESENDING - 1 => {
                    for flight in flights {
                        self.resend(flight).await?;
                    }
                }
                None => {}
            }
            if start.elapsed() > self.settings.timeout {
                let what = format!("{} ({})", first.what, first.hash);
                let waited = format!("{} s", self.settings.timeout.as_secs());
                return Err(ChainError::Unsettled { chain: ChainName::Evm, what, waited });
            }
            polls += 1;
            tokio::time::sleep(POLL).await;
        }
    }

    async fn send(&self, flight: &Flight) -> Result<(), ChainError> {
        self.node.send(&flight.raw).await?;
        self.events.emit(Event::TransactionSent { transaction: flight.told.clone() });
        Ok(())
    }

    async fn resend(&self, flight: &Flight) -> Result<(), ChainError> {
        match self.send(flight).await {
            // Its price may be too low now, or what it does may be done: what becomes of it is
            // asked for next.
            Err(error @ (ChainError::Unexpected { .. } | ChainError::Refused { .. })) => {
                tracing::warn!(hash = %flight.hash, %error, "was not taken again");
                Ok(())
            }
            other => other,
        }
    }

    fn expire<'f>(&self, flights: impl Iterator<Item = &'f Flight>) -> Result<(), ChainError> {
        for flight in flights {
            self.end(flight, &Settlement::EXPIRED)?;
        }
        Ok(())
    }

    /// Writes down what became of a transaction, and tells it.
    fn end(&self, flight: &Flight, settlement: &Settlement) -> Result<(), ChainError> {
        self.store.settle(flight.number, settlement)?;
        self.events.emit(settlement.told(flight.told.clone()));
        Ok(())
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
        self.end(flight, &settlement)?;
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
    use crate::crash::CRASH_POINTS;

    #[test]
    fn every_stage_of_every_transaction_is_a_crash_point() {
        for purpose in [Purpose::PostShard, Purpose::Govern, Purpose::Look] {
            for stage in ["stored", "sent", "confirmed"] {
                let name = point(purpose, stage);
                assert!(CRASH_POINTS.contains(&name), "{name}");
            }
        }
    }
}
