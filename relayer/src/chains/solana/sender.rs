//! Signs transactions, writes them down, sends them and sees them through.

use std::{
    fmt,
    sync::Arc,
    time::{Duration, Instant},
};

use futures::{StreamExt, stream};
use solana_commitment_config::CommitmentConfig;
use solana_sdk::{
    hash::Hash,
    instruction::Instruction,
    message::Message,
    signature::{Keypair, Signature},
    signer::Signer,
    transaction::{Transaction, TransactionError},
};

use super::{budget::Budget, node::describe};
use crate::{
    chains::{About, ChainError, ChainName},
    crash,
    events::{self, Event, Events, Running},
    store::{NewTransaction, Settlement, State, Store, StoredTransaction},
};

/// How often the chain is asked for a status.
const POLL: Duration = Duration::from_millis(400);
/// A transaction without a status is sent again every so many polls.
const POLLS_BEFORE_RESENDING: u32 = 10;
/// Transactions whose validity passed are signed anew at most so often.
const ATTEMPTS: usize = 5;
/// How long a cluster may stand still: blockhashes pass in a minute or two when it does not.
const STANDSTILL: Duration = Duration::from_secs(600);
/// Statuses that one request may ask for.
const STATUSES_AT_ONCE: usize = 256;

/// A transaction to be made.
#[derive(Clone, Debug)]
pub struct Job {
    pub about: About,
    pub instructions: Vec<Instruction>,
    /// Signs beside the one who pays.
    pub cosigner: Option<Cosigner>,
}

/// A second signer.
#[derive(Clone)]
pub struct Cosigner(pub Arc<Keypair>);

/// Never shows the key.
impl fmt::Debug for Cosigner {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Cosigner({})", self.0.pubkey())
    }
}

/// A signed transaction that may take effect yet.
struct Flight {
    number: i64,
    signature: Signature,
    raw: Vec<u8>,
    last_valid_height: u64,
    what: String,
    told: events::Transaction,
}

enum End {
    Confirmed,
    Failed(String),
    Expired,
}

pub struct Sender<'a> {
    pub budget: Budget<'a>,
    pub store: &'a Store,
    pub events: &'a Events,
}

impl Sender<'_> {
    /// Simulates the first of `jobs`, which are alike and of which it is the largest, gives all of
    /// them its compute units and a margin, and sends them side by side. Returns when each is
    /// confirmed, which is a step of `stage`.
    ///
    /// # Errors
    /// [`ChainError::Refused`] by the simulation, before anything is signed, or by the chain.
    pub async fn run(&self, signer: &Keypair, jobs: &[Job], stage: Option<&Running>) -> Result<(), ChainError> {
        let Some(first) = jobs.first() else { return Ok(()) };
        let units = self.budget.units(&signer.pubkey(), first).await?;
        let mut waiting: Vec<&Job> = jobs.iter().collect();
        for _ in 0..ATTEMPTS {
            let flights = self.sign(signer, &waiting, units).await?;
            crash::point(&point(first.about.purpose.name(), "stored"));
            let sends: Vec<_> = flights.iter().map(|flight| self.send(flight)).collect();
            let mut sent = stream::iter(sends).buffer_unordered(self.budget.settings.parallel_sends);
            while let Some(outcome) = sent.next().await {
                // What does not go out now goes out with the first poll that misses it.
                if let Err(error) = outcome {
                    tracing::warn!(%error, "a transaction was not taken, it will be sent again");
                }
            }
            crash::point(&point(first.about.purpose.name(), "sent"));
            let ends = self.finish(&flights, stage).await?;
            crash::point(&point(first.about.purpose.name(), "confirmed"));
            let mut expired = Vec::new();
            for (job, end) in waiting.iter().zip(ends) {
                match end {
                    End::Confirmed => {}
                    End::Failed(refusal) => return Err(refused(job.about.to_string(), refusal)),
                    End::Expired => expired.push(*job),
                }
            }
            if expired.is_empty() {
                return Ok(());
            }
            tracing::warn!(count = expired.len(), "transactions were not taken in time, signing them anew");
            waiting = expired;
        }
        let waited = format!("{ATTEMPTS} blockhashes");
        Err(ChainError::Unsettled { chain: ChainName::Solana, what: first.about.to_string(), waited })
    }

    /// Brings to its end whatever the store holds in flight: it is sent again as it was signed,
    /// while it is valid.
    pub async fn settle(&self) -> Result<(), ChainError> {
        let mut flights = Vec::new();
        for StoredTransaction { id, transaction, .. } in self.store.in_flight(ChainName::Solana)? {
            let signature = transaction.identifier.parse().map_err(|_| ChainError::Unexpected {
                chain: ChainName::Solana,
                what: format!("stored transaction {id}"),
                reason: format!("{:?} is no signature", transaction.identifier),
            })?;
            tracing::info!(signature = transaction.identifier, purpose = transaction.purpose, "found in flight");
            flights.push(Flight {
                number: id,
                signature,
                told: transaction.told(),
                what: transaction.purpose,
                raw: transaction.raw,
                last_valid_height: transaction.validity,
            });
        }
        if flights.is_empty() {
            return Ok(());
        }
        for flight in &flights {
            self.resend(flight).await?;
        }
        for (flight, end) in flights.iter().zip(self.finish(&flights, None).await?) {
            match end {
                End::Confirmed => tracing::info!(signature = %flight.signature, "was confirmed"),
                End::Failed(refusal) => tracing::warn!(signature = %flight.signature, refusal, "had failed"),
                End::Expired => tracing::info!(signature = %flight.signature, "can no longer take effect"),
            }
        }
        Ok(())
    }

    /// Signs jobs with one blockhash and writes them down, all or none.
    async fn sign(&self, signer: &Keypair, jobs: &[&Job], units: u32) -> Result<Vec<Flight>, ChainError> {
        let (mut blockhash, mut last_valid_height) = self.budget.node.blockhash().await?;
        let mut signed = self.signed(signer, jobs, units, blockhash)?;
        // The same again in the same block has the same signature, and would be taken for what was
        // done already.
        while signed.iter().any(|(signature, _)| self.was_signed(signature)) {
            tokio::time::sleep(POLL).await;
            (blockhash, last_valid_height) = self.budget.node.blockhash().await?;
            signed = self.signed(signer, jobs, units, blockhash)?;
        }
        let transactions: Vec<NewTransaction> = jobs
            .iter()
            .zip(&signed)
            .map(|(job, (signature, raw))| NewTransaction {
                chain: ChainName::Solana,
                purpose: job.about.purpose.name().into(),
                epoch: job.about.epoch,
                shard: job.about.shard,
                signer: signer.pubkey().to_string(),
                identifier: signature.to_string(),
                raw: raw.clone(),
                validity: last_valid_height,
            })
            .collect();
        let numbers = self.store.add_transactions(&transactions)?;
        let told = transactions.iter().map(NewTransaction::told);
        let signed = jobs.iter().zip(signed).zip(numbers).zip(told);
        let flights: Vec<Flight> = signed
            .map(|(((job, (signature, raw)), number), told)| Flight {
                number,
                signature,
                raw,
                last_valid_height,
                what: job.about.to_string(),
                told,
            })
            .collect();
        for flight in &flights {
            self.events.emit(Event::TransactionSigned { transaction: flight.told.clone() });
        }
        Ok(flights)
    }

    fn signed(
        &self,
        signer: &Keypair,
        jobs: &[&Job],
        units: u32,
        blockhash: Hash,
    ) -> Result<Vec<(Signature, Vec<u8>)>, ChainError> {
        jobs.iter()
            .map(|job| {
                let message = Message::new(&self.budget.wrap(&job.instructions, units), Some(&signer.pubkey()));
                let cosigner = job.cosigner.as_ref().map(|cosigner| &*cosigner.0);
                let signers: Vec<&Keypair> = [Some(signer), cosigner].into_iter().flatten().collect();
                let mut transaction = Transaction::new_unsigned(message);
                transaction.try_sign(&signers, blockhash).map_err(|error| ChainError::Unexpected {
                    chain: ChainName::Solana,
                    what: job.about.to_string(),
                    reason: format!("cannot be signed: {error}"),
                })?;
                let raw = encode(&transaction)?;
                let signature = transaction.signatures.first().copied().unwrap_or_default();
                Ok((signature, raw))
            })
            .collect()
    }

    fn was_signed(&self, signature: &Signature) -> bool {
        // If the store cannot be read, writing to it says so.
        self.store.has_transaction(&signature.to_string()).unwrap_or(false)
    }

    /// Waits for the end of every flight and writes it down.
    async fn finish(&self, flights: &[Flight], stage: Option<&Running>) -> Result<Vec<End>, ChainError> {
        let mut ends: Vec<Option<End>> = flights.iter().map(|_| None).collect();
        let start = Instant::now();
        let mut polls = 0;
        loop {
            let open: Vec<usize> = (0..flights.len()).filter(|index| ends[*index].is_none()).collect();
            if open.is_empty() {
                return Ok(ends.into_iter().flatten().collect());
            }
            // Asked for before the statuses: what has none afterwards and was not valid before
            // never will have one.
            let height = self.budget.node.finalized_height().await?;
            for indices in open.chunks(STATUSES_AT_ONCE) {
                let signatures: Vec<Signature> = indices.iter().map(|index| flights[*index].signature).collect();
                let statuses = self.budget.node.rpc.get_signature_statuses_with_history(&signatures).await;
                let statuses = statuses.map_err(|error| self.budget.node.error("statuses", &error))?.value;
                for (index, status) in indices.iter().zip(statuses) {
                    let flight = &flights[*index];
                    let end = match status {
                        Some(status) if status.satisfies_commitment(CommitmentConfig::confirmed()) => {
                            Some(self.ended(flight, status.slot, status.err).await?)
                        }
                        Some(_) => None,
                        None if height > flight.last_valid_height => {
                            self.end(flight, &Settlement::EXPIRED)?;
                            Some(End::Expired)
                        }
                        None => {
                            if polls % POLLS_BEFORE_RESENDING == POLLS_BEFORE_RESENDING - 1 {
                                self.resend(flight).await?;
                            }
                            None
                        }
                    };
                    if end.is_some() {
                        stage.iter().for_each(|stage| stage.advance(1));
                        ends[*index] = end;
                    }
                }
            }
            if let Some(flight) =
                open.first().and_then(|index| flights.get(*index)).filter(|_| start.elapsed() > STANDSTILL)
            {
                let (what, waited) = (flight.what.clone(), format!("{} s", STANDSTILL.as_secs()));
                return Err(ChainError::Unsettled { chain: ChainName::Solana, what, waited });
            }
            polls += 1;
            tokio::time::sleep(POLL).await;
        }
    }

    async fn send(&self, flight: &Flight) -> Result<(), ChainError> {
        self.budget.node.send(&flight.raw).await?;
        self.events.emit(Event::TransactionSent { transaction: flight.told.clone() });
        Ok(())
    }

    async fn resend(&self, flight: &Flight) -> Result<(), ChainError> {
        match self.send(flight).await {
            // Its blockhash may be too old, or what it does may be done: its status says so.
            Err(ChainError::Unexpected { reason, .. }) => {
                tracing::debug!(signature = %flight.signature, reason, "was not taken again");
                Ok(())
            }
            other => other,
        }
    }

    /// Writes down what became of a transaction, and tells it.
    fn end(&self, flight: &Flight, settlement: &Settlement) -> Result<(), ChainError> {
        self.store.settle(flight.number, settlement)?;
        self.events.emit(settlement.told(flight.told.clone()));
        Ok(())
    }

    async fn ended(&self, flight: &Flight, slot: u64, error: Option<TransactionError>) -> Result<End, ChainError> {
        let landed = self.budget.node.landed(&flight.signature).await;
        let refusal = error.as_ref().map(|error| describe(error, &landed.logs));
        let settlement = Settlement {
            state: if refusal.is_some() { State::Failed } else { State::Confirmed },
            block: Some(slot),
            units: landed.units,
            fee: landed.fee,
            error: refusal.clone(),
        };
        self.end(flight, &settlement)?;
        tracing::info!(
            signature = %flight.signature, purpose = flight.told.purpose, what = flight.what, slot,
            compute_units = landed.units, lamports = landed.fee.map(|fee| fee.to_string()), "ended"
        );
        Ok(refusal.map_or(End::Confirmed, End::Failed))
    }
}

fn refused(what: String, refusal: String) -> ChainError {
    ChainError::Refused { chain: ChainName::Solana, what, refusal }
}

/// The name of a crash point.
fn point(purpose: &str, stage: &str) -> String {
    format!("solana-{purpose}-{stage}")
}

/// The bytes of a transaction as the network has them.
pub fn encode(transaction: &Transaction) -> Result<Vec<u8>, ChainError> {
    wincode::serialize(transaction).map_err(|error| ChainError::Unexpected {
        chain: ChainName::Solana,
        what: "a transaction's bytes".into(),
        reason: error.to_string(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{chains::Purpose, crash::CRASH_POINTS};

    #[test]
    fn every_stage_of_every_transaction_is_a_crash_point() {
        use Purpose::{CloseBuffer, Govern, Look, OpenBuffer, PostShard, WriteBuffer};
        for purpose in [OpenBuffer, WriteBuffer, PostShard, CloseBuffer, Govern, Look] {
            for stage in ["stored", "sent", "confirmed"] {
                let name = point(purpose.name(), stage);
                assert!(CRASH_POINTS.contains(&name), "{name}");
            }
        }
    }
}
