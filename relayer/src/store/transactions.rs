//! Transactions: written signed, before they are sent, and kept until their end is known.

use rusqlite::{OptionalExtension, Row, types::Type};
use serde::Serialize;

use super::{Store, StoreError, now};
use crate::{
    chain_name::ChainName,
    events::{self, Event},
};

/// A signed transaction that was not sent yet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewTransaction {
    pub chain: ChainName,
    /// What it does, for people and for reports.
    pub purpose: String,
    pub epoch: Option<u64>,
    pub shard: Option<u16>,
    pub signer: String,
    /// Signature or hash, as explorers show it.
    pub identifier: String,
    /// The bytes to send.
    pub raw: Vec<u8>,
    /// Until when it can take effect. Solana: last valid block height; EVM: nonce.
    pub validity: u64,
}

impl NewTransaction {
    /// The transaction as events tell of it.
    pub fn told(&self) -> events::Transaction {
        events::Transaction {
            chain: self.chain,
            purpose: self.purpose.clone(),
            epoch: self.epoch,
            shard: self.shard,
            identifier: self.identifier.clone(),
        }
    }
}

/// What became of a transaction.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum State {
    /// Signed and perhaps sent: it may take effect yet.
    Signed,
    Confirmed,
    /// In a block, without effect but for its fee.
    Failed,
    /// It can no longer take effect.
    Expired,
}

impl State {
    const fn name(self) -> &'static str {
        match self {
            Self::Signed => "signed",
            Self::Confirmed => "confirmed",
            Self::Failed => "failed",
            Self::Expired => "expired",
        }
    }

    fn parse(name: &str) -> Option<Self> {
        [Self::Signed, Self::Confirmed, Self::Failed, Self::Expired].into_iter().find(|state| state.name() == name)
    }
}

/// The end of a transaction.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Settlement {
    pub state: State,
    /// Slot or block that holds it.
    pub block: Option<u64>,
    /// Compute units or gas.
    pub units: Option<u64>,
    /// Lamports or wei.
    pub fee: Option<u128>,
    pub error: Option<String>,
}

impl Settlement {
    /// It can no longer take effect.
    pub const EXPIRED: Self = Self { state: State::Expired, block: None, units: None, fee: None, error: None };

    /// The end of `transaction` as an event.
    pub fn told(&self, transaction: events::Transaction) -> Event {
        let Self { units, fee, .. } = *self;
        let block = self.block.unwrap_or_default();
        match self.state {
            State::Confirmed => Event::TransactionConfirmed { transaction, block, units, fee },
            State::Failed => {
                let reason = self.error.clone().unwrap_or_default();
                Event::TransactionFailed { transaction, block, units, fee, reason }
            }
            State::Expired => Event::TransactionExpired { transaction },
            State::Signed => Event::TransactionSigned { transaction },
        }
    }
}

/// A transaction with what is known of its end.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StoredTransaction {
    pub id: i64,
    pub transaction: NewTransaction,
    pub settlement: Settlement,
}

const COLUMNS: &str =
    "id, chain, purpose, epoch, shard, signer, identifier, raw, validity, state, block, units, fee, error";

fn read(row: &Row<'_>) -> rusqlite::Result<StoredTransaction> {
    let unknown = |column: usize, text: &str| {
        rusqlite::Error::FromSqlConversionFailure(column, Type::Text, format!("unexpected {text:?}").into())
    };
    let unsigned = |value: Option<i64>| value.map(|value| value as u64);
    let chain: String = row.get(1)?;
    let state: String = row.get(9)?;
    let fee: Option<String> = row.get(12)?;
    Ok(StoredTransaction {
        id: row.get(0)?,
        transaction: NewTransaction {
            chain: ChainName::parse(&chain).ok_or_else(|| unknown(1, &chain))?,
            purpose: row.get(2)?,
            epoch: unsigned(row.get(3)?),
            shard: row.get(4)?,
            signer: row.get(5)?,
            identifier: row.get(6)?,
            raw: row.get(7)?,
            validity: row.get::<_, i64>(8)? as u64,
        },
        settlement: Settlement {
            state: State::parse(&state).ok_or_else(|| unknown(9, &state))?,
            block: unsigned(row.get(10)?),
            units: unsigned(row.get(11)?),
            fee: fee.map(|fee| fee.parse().map_err(|_| unknown(12, &fee))).transpose()?,
            error: row.get(13)?,
        },
    })
}

impl Store {
    /// Writes signed transactions, all or none, and returns their numbers. A caller sends them
    /// after this, never before.
    pub fn add_transactions(&self, transactions: &[NewTransaction]) -> Result<Vec<i64>, StoreError> {
        let mut connection = self.connection();
        let written = connection.transaction()?;
        let mut numbers = Vec::with_capacity(transactions.len());
        for transaction in transactions {
            let inserted = written.execute(
                "INSERT INTO transactions
                 (chain, purpose, epoch, shard, signer, identifier, raw, validity, state, signed_at)
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, 'signed', ?9)",
                rusqlite::params![
                    transaction.chain.name(),
                    transaction.purpose,
                    transaction.epoch.map(|epoch| epoch as i64),
                    transaction.shard,
                    transaction.signer,
                    transaction.identifier,
                    transaction.raw,
                    transaction.validity as i64,
                    now(),
                ],
            );
            inserted.map_err(self.unwritten(format_args!("signed transaction {}", transaction.identifier)))?;
            numbers.push(written.last_insert_rowid());
        }
        written.commit().map_err(self.unwritten("signed transactions"))?;
        Ok(numbers)
    }

    /// Transactions on `chain` that may take effect yet, oldest first.
    pub fn in_flight(&self, chain: ChainName) -> Result<Vec<StoredTransaction>, StoreError> {
        self.query("chain = ?1 AND state = 'signed'", &[&chain.name()])
    }

    /// All transactions of an epoch, oldest first.
    pub fn transactions(&self, epoch: u64) -> Result<Vec<StoredTransaction>, StoreError> {
        self.query("epoch = ?1", &[&(epoch as i64)])
    }

    fn query(
        &self,
        condition: &str,
        parameters: &[&dyn rusqlite::ToSql],
    ) -> Result<Vec<StoredTransaction>, StoreError> {
        let connection = self.connection();
        let query = format!("SELECT {COLUMNS} FROM transactions WHERE {condition} ORDER BY id");
        let mut statement = connection.prepare(&query)?;
        let rows = statement.query_map(parameters, read)?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    pub fn transaction(&self, id: i64) -> Result<Option<StoredTransaction>, StoreError> {
        let query = format!("SELECT {COLUMNS} FROM transactions WHERE id = ?1");
        Ok(self.connection().query_row(&query, [id], read).optional()?)
    }

    /// Whether a transaction with this signature or hash was ever written.
    pub fn has_transaction(&self, identifier: &str) -> Result<bool, StoreError> {
        Ok(!self.query("identifier = ?1", &[&identifier])?.is_empty())
    }

    /// Notes the end of a transaction.
    ///
    /// # Errors
    /// [`StoreError::Corrupt`] when it had ended otherwise.
    pub fn settle(&self, id: i64, settlement: &Settlement) -> Result<(), StoreError> {
        let changed = self.connection().execute(
            "UPDATE transactions
             SET state = ?2, block = ?3, units = ?4, fee = ?5, error = ?6, settled_at = ?7
             WHERE id = ?1 AND state = 'signed'",
            rusqlite::params![
                id,
                settlement.state.name(),
                settlement.block.map(|block| block as i64),
                settlement.units.map(|units| units as i64),
                settlement.fee.map(|fee| fee.to_string()),
                settlement.error,
                now(),
            ],
        );
        let changed = changed.map_err(self.unwritten(format_args!("the end of transaction {id}")))?;
        if changed == 0 {
            let found = self.transaction(id)?.map(|stored| stored.settlement);
            if found.as_ref() != Some(settlement) {
                return Err(StoreError::Corrupt(format!("transaction {id} had ended as {found:?}")));
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn store(directory: &tempfile::TempDir) -> Store {
        Store::open(&directory.path().join("relayer.sqlite")).unwrap()
    }

    fn transaction(identifier: &str) -> NewTransaction {
        NewTransaction {
            chain: ChainName::Evm,
            purpose: "post-shard".into(),
            epoch: Some(1),
            shard: Some(0),
            signer: "0xabc".into(),
            identifier: identifier.into(),
            raw: vec![1, 2, 3],
            validity: u64::MAX,
        }
    }

    #[test]
    fn what_was_signed_is_there_after_a_restart_until_its_end_is_known() {
        let directory = tempfile::tempdir().unwrap();
        let first = store(&directory);
        let numbers = first.add_transactions(&[transaction("a"), transaction("b")]).unwrap();
        drop(first);
        let store = store(&directory);
        let in_flight = store.in_flight(ChainName::Evm).unwrap();
        let signed = Settlement { state: State::Signed, ..Settlement::EXPIRED };
        assert_eq!(in_flight.len(), 2);
        assert_eq!((&in_flight[0].transaction, &in_flight[0].settlement), (&transaction("a"), &signed));
        assert!(store.in_flight(ChainName::Solana).unwrap().is_empty());
        let end = Settlement {
            state: State::Confirmed,
            block: Some(7),
            units: Some(21_000),
            fee: Some(u128::MAX),
            error: None,
        };
        store.settle(numbers[0], &end).unwrap();
        store.settle(numbers[0], &end).unwrap();
        assert!(matches!(store.settle(numbers[0], &Settlement::EXPIRED), Err(StoreError::Corrupt(_))));
        assert_eq!(store.in_flight(ChainName::Evm).unwrap().len(), 1);
        assert_eq!(store.transactions(1).unwrap()[0].settlement, end);
        assert!(store.has_transaction("a").unwrap() && !store.has_transaction("c").unwrap());
        assert!(store.transactions(2).unwrap().is_empty());
    }

    #[test]
    fn a_batch_is_written_whole_or_not_at_all() {
        let directory = tempfile::tempdir().unwrap();
        let store = store(&directory);
        store.add_transactions(&[transaction("a")]).unwrap();
        assert!(store.add_transactions(&[transaction("b"), transaction("a")]).is_err());
        assert_eq!(store.in_flight(ChainName::Evm).unwrap().len(), 1);
    }
}
