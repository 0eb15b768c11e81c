//! What only the exchange may have of an epoch: the accounts that were committed, from which
//! inclusion files are made.
//!
//! One line of JSON for the epoch, whose first words are that it is private, then one an account.
//! Salts are not in it: they are derived again from the master secret.

use std::{
    collections::HashSet,
    fs::File,
    io::{BufRead, BufReader, Read, Write},
    path::PathBuf,
};

use ballast_core::{
    Digest,
    assets::{Asset, AssetList},
    hexadecimal,
    inclusion::AssetName,
    statement::LedgerPosition,
};
use ballast_durable::Access;
use ballast_ledger::snapshot::{Account, Slot, Snapshot};
use serde::{Deserialize, Serialize};

use super::{ArtifactError, Artifacts, create_directory};

const VERSION: u8 = 1;
const NOTICE: &str = "PRIVATE: every customer's balances. Inclusion files are made from it; never publish it.";
const FILE: &str = "accounts.jsonl";
/// An account's line: its id and 128 balances.
const LINE_MAX: u64 = 16 * 1024;

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Header {
    notice: String,
    version: u8,
    #[serde(with = "hexadecimal")]
    exchange: Digest,
    epoch: u64,
    as_of: u64,
    ledger: LedgerPosition,
    assets: Vec<AssetName>,
    accounts: usize,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Line {
    account: String,
    balances: Vec<Slot>,
}

impl Artifacts {
    /// Writes the accounts of an epoch, whole or not at all, readable by their owner only.
    ///
    /// # Errors
    /// [`ArtifactError`].
    pub fn keep_accounts(&self, exchange: &Digest, epoch: u64, snapshot: &Snapshot) -> Result<(), ArtifactError> {
        let directory = self.private(epoch);
        create_directory(&directory, Access::Owner)?;
        let path = directory.join(FILE);
        let fail = |source| ArtifactError::File { path: path.clone(), source };
        let assets = snapshot.assets.as_slice().iter();
        let header = Header {
            notice: NOTICE.into(),
            version: VERSION,
            exchange: *exchange,
            epoch,
            as_of: snapshot.as_of,
            ledger: snapshot.ledger,
            assets: assets.map(|asset| AssetName { symbol: asset.symbol(), decimals: asset.decimals }).collect(),
            accounts: snapshot.accounts.len(),
        };
        ballast_durable::write_with(&path, Access::Owner, |file| {
            serde_json::to_writer(&mut *file, &header)?;
            for account in &snapshot.accounts {
                file.write_all(b"\n")?;
                let line = Line { account: account.id.clone(), balances: account.balances.clone() };
                serde_json::to_writer(&mut *file, &line)?;
            }
            file.write_all(b"\n")
        })
        .map_err(fail)
    }

    /// The accounts of an epoch, as a snapshot. Borrows are not kept.
    ///
    /// # Errors
    /// [`ArtifactError::Invalid`], naming a line and never what is in it.
    pub fn accounts(&self, exchange: &Digest, epoch: u64) -> Result<Snapshot, ArtifactError> {
        let path = self.private(epoch).join(FILE);
        let file = File::open(&path).map_err(|source| ArtifactError::File { path: path.clone(), source })?;
        read(BufReader::new(file), exchange, epoch).map_err(|what| ArtifactError::Invalid { path, what })
    }

    /// Where [`Artifacts::keep_accounts`] writes.
    pub fn accounts_file(&self, epoch: u64) -> PathBuf {
        self.private(epoch).join(FILE)
    }
}

fn read(mut lines: impl BufRead, exchange: &Digest, epoch: u64) -> Result<Snapshot, String> {
    let header: Header = next(&mut lines, 1)?.ok_or("the file is empty")?;
    if header.version != VERSION || header.exchange != *exchange || header.epoch != epoch {
        return Err(format!("expected version {VERSION} of this exchange's epoch {epoch}, found another"));
    }
    let assets: Result<Vec<_>, _> =
        header.assets.iter().map(|asset| Asset::new(&asset.symbol, asset.decimals)).collect();
    let assets = assets.and_then(AssetList::new).map_err(|refusal| refusal.to_string())?;
    let mut totals = vec![0u128; assets.len()];
    let mut accounts = Vec::new();
    let mut seen = HashSet::new();
    while let Some(Line { account, balances }) = next(&mut lines, accounts.len() + 2)? {
        let line = accounts.len() + 2;
        for slot in &balances {
            let total = usize::from(slot.asset).checked_sub(1).and_then(|index| totals.get_mut(index));
            *total.ok_or_else(|| format!("line {line}: no such asset"))? += u128::from(slot.balance);
        }
        if !seen.insert(account.clone()) {
            return Err(format!("line {line}: the account was there before"));
        }
        accounts.push(Account { id: account, balances });
    }
    if accounts.len() != header.accounts || accounts.is_empty() {
        return Err(format!("expected {} accounts, found {}", header.accounts, accounts.len()));
    }
    Ok(Snapshot {
        as_of: header.as_of,
        ledger: header.ledger,
        gross_borrows: vec![0; assets.len()],
        assets,
        accounts,
        totals,
        left_out: 0,
    })
}

fn next<T: for<'de> Deserialize<'de>>(lines: &mut impl BufRead, number: usize) -> Result<Option<T>, String> {
    let mut line = String::new();
    lines.take(LINE_MAX).read_line(&mut line).map_err(|error| format!("line {number}: {error}"))?;
    if line.is_empty() {
        return Ok(None);
    }
    // Where, never what: balances do not belong in messages.
    serde_json::from_str(&line)
        .map(Some)
        .map_err(|error| format!("line {number}, column {}: malformed", error.column()))
}

/// Whether the file at `path` says that it is private before anything else.
#[cfg(test)]
fn says_private_first(path: &std::path::Path) -> bool {
    std::fs::read_to_string(path).is_ok_and(|text| text.starts_with("{\"notice\":\"PRIVATE"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::os::unix::fs::PermissionsExt;

    fn snapshot() -> Snapshot {
        let account = |id: &str, balances: &[(u16, u64)]| Account {
            id: id.into(),
            balances: balances.iter().map(|(asset, balance)| Slot { asset: *asset, balance: *balance }).collect(),
        };
        Snapshot {
            as_of: 7,
            ledger: LedgerPosition::default(),
            assets: AssetList::new(vec![Asset::new("BTC", 8).unwrap(), Asset::new("USDC", 6).unwrap()]).unwrap(),
            accounts: vec![
                account("alice", &[(1, 5), (2, u64::MAX)]),
                account("bob", &[]),
                account("\"é\"", &[(2, 1)]),
            ],
            totals: vec![5, u128::from(u64::MAX) + 1],
            gross_borrows: vec![0, 0],
            left_out: 0,
        }
    }

    fn kept() -> (tempfile::TempDir, Artifacts) {
        let directory = tempfile::tempdir().unwrap();
        let artifacts =
            Artifacts { public: directory.path().join("public"), private: directory.path().join("private") };
        artifacts.keep_accounts(&[1; 32], 3, &snapshot()).unwrap();
        (directory, artifacts)
    }

    #[test]
    fn kept_accounts_come_back_and_are_private() {
        let (_directory, artifacts) = kept();
        assert_eq!(artifacts.accounts(&[1; 32], 3).unwrap(), snapshot());
        let path = artifacts.accounts_file(3);
        assert!(says_private_first(&path));
        assert_eq!(std::fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
        assert_eq!(std::fs::metadata(path.parent().unwrap()).unwrap().permissions().mode() & 0o777, 0o700);
    }

    #[test]
    fn other_files_are_refused_without_showing_them() {
        let (_directory, artifacts) = kept();
        let path = artifacts.accounts_file(3);
        let text = std::fs::read_to_string(&path).unwrap();
        assert!(matches!(artifacts.accounts(&[2; 32], 3), Err(ArtifactError::Invalid { .. })));
        let cut = text.rfind("{\"account\"").unwrap();
        for changed in [
            String::new(),
            text[..cut].to_string(),
            text.replace("\"asset\":2", "\"asset\":3"),
            text.replace("\"asset\":1", "\"asset\":0"),
            text.replace("alice", "bob"),
            text.replace("18446744073709551615", "18446744073709551616"),
            text.replace("\"epoch\":3", "\"epoch\":4"),
        ] {
            std::fs::write(&path, &changed).unwrap();
            let message = artifacts.accounts(&[1; 32], 3).unwrap_err().to_string();
            assert!(!message.contains("alice") && !message.contains("1844674"), "{message}");
        }
    }
}
