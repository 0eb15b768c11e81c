//! What an epoch is made from: balances, from the exchange's log or a file of its own making, and reserves.

use std::{
    fs::{self, File},
    io,
    path::Path,
    time::{Duration, Instant},
};

use ballast_core::{Digest, assets::AssetList, digest::Preimage, statement::LedgerPosition};
use ballast_ledger::{
    checkpoint::{self, CheckpointError},
    lending::LendingReport,
    log::{LogError, Reader},
    replay::{self, ReplayError, replay},
    reserves::{Reserves, ReservesError},
    snapshot::{self, Borrows, Options, Snapshot, SnapshotError},
    state::{SnapshotRefused, State},
};
use ballast_sdk::witness::{Token, Wallet};
use sha2::{Digest as _, Sha256};

use super::connection::Chains;
use crate::{
    config::{self, Config, LedgerLog, Origin, SnapshotFile},
    failure::{Classified, Exit, Failure},
    plan::Plan,
    reserves::{self, Request},
};

/// How long a chain's clock is waited for.
const CLOCKS_BEHIND: Duration = Duration::from_secs(60);
const POLL: Duration = Duration::from_secs(1);

macro_rules! bad_input {
    ($($error:ty),+) => {$(
        impl Classified for $error {
            fn exit(&self) -> Exit {
                Exit::BadInput
            }
        }
    )+};
}

bad_input!(SnapshotError, ReservesError, ReplayError, CheckpointError, LogError, SnapshotRefused);

/// Balances and reserves as they were read.
#[derive(Debug)]
pub struct Source {
    pub snapshot: Snapshot,
    pub reserves: Reserves,
    /// Of where the balances come from: the same digest, the same accounts.
    pub digest: Digest,
}

/// What a new epoch would be made from, now. `accept` goes on in spite of surprises, which are logged.
///
/// # Errors
/// Bad input, naming what is wrong and where; every surprise at once.
pub async fn fresh(config: &Config, chains: &Chains, accept: bool) -> Result<Source, Failure> {
    let settings = config.snapshot()?;
    let (snapshot, lending) = match &settings.origin {
        Origin::File(file) => (read_file(file)?, None),
        Origin::Log(log) => {
            let state = replayed(log, None)?;
            check_owner(&state.genesis().exchange, &chains.exchange, &log.directory)?;
            let lending = LendingReport::new(&state).lines();
            let as_of = clock(chains, state.time().div_ceil(1000)).await?;
            (state.snapshot(as_of)?, Some(lending))
        }
    };
    let (epoch, wallets, tokens) = registered(config, chains).await?;
    let request = Request {
        exchange: &chains.exchange,
        epoch,
        as_of: snapshot.as_of,
        assets: &snapshot.assets,
        liabilities: &snapshot.totals,
        wallets: &wallets,
        tokens: &tokens,
        lending: lending.as_deref(),
        accept,
    };
    let reserves = reserves::gather(config, request).await?;
    let digest = digest(settings, &snapshot.ledger)?;
    Ok(Source { snapshot, reserves, digest })
}

/// The epoch that is next, and the wallets and tokens of the chains that reserves are read from.
async fn registered(config: &Config, chains: &Chains) -> Result<(u64, Vec<Wallet>, Vec<Token>), Failure> {
    let (mut epoch, mut wallets, mut tokens) = (1, Vec::new(), Vec::new());
    for chain in chains.iter() {
        let client = chain.client();
        match client.exchange(&chains.exchange).await {
            Ok(exchange) => epoch = epoch.max(exchange.next_epoch),
            // Said later, beside everything else that is missing.
            Err(ballast_sdk::Error::ExchangeNotFound { .. }) => continue,
            Err(error) => return Err(error.into()),
        }
        if config.reserves.read.contains(&chain.name()) {
            wallets.extend(client.wallets(&chains.exchange).await?);
            tokens.extend(client.tokens(&chains.exchange).await?);
        }
    }
    Ok((epoch, wallets, tokens))
}

/// What an epoch that is planned was made from, as far as it can be had again: balances that were read on chains have moved
/// since, so reserves are those of the plan.
///
/// # Errors
/// Bad input, naming what is wrong and where.
pub fn again(config: &Config, plan: &Plan) -> Result<Source, Failure> {
    let settings = config.snapshot()?;
    let snapshot = match &settings.origin {
        Origin::File(file) => read_file(file)?,
        Origin::Log(log) => replayed(log, Some(plan.ledger.sequence))?.snapshot(plan.as_of)?,
    };
    let reserves = reserves::resume(config, plan)?;
    let digest = digest(settings, &snapshot.ledger)?;
    Ok(Source { snapshot, reserves, digest })
}

/// The asset list that epochs of these settings have.
///
/// # Errors
/// Bad input when it cannot be read.
pub fn assets(settings: &config::Snapshot) -> Result<AssetList, Failure> {
    match &settings.origin {
        Origin::File(file) => Ok(read_file(file)?.assets),
        Origin::Log(log) => Ok(Reader::open(&log.directory)?.genesis().assets.clone()),
    }
}

/// Reads a snapshot file.
///
/// # Errors
/// Bad input, naming file, line and account.
pub fn read_file(file: &SnapshotFile) -> Result<Snapshot, Failure> {
    let options = Options { borrows: file.borrows, limit: file.accounts, as_of: file.as_of, ledger: None };
    Ok(snapshot::read(&file.path, file.assets.as_deref(), &options)?)
}

/// Replays the log up to `at`, or all of it; then its state is kept as the checkpoint of the next time.
fn replayed(log: &LedgerLog, at: Option<u64>) -> Result<State, Failure> {
    let existing = log.checkpoint.as_deref().filter(|path| path.exists());
    // A checkpoint may be later than an epoch that is gone on with.
    let usable = match (existing, at) {
        (Some(path), Some(at)) if checkpoint::read(path)?.position().sequence > at => None,
        (existing, _) => existing,
    };
    let options = replay::Options { at, checkpoint: usable.map(Path::to_owned), ..replay::Options::default() };
    let replayed = replay(&log.directory, &options)?;
    if let Some(torn) = &replayed.torn {
        tracing::warn!(%torn, "the log ends in a record that was never finished");
    }
    let (transactions, per_second) = (replayed.transactions, replayed.per_second());
    tracing::info!(transactions, per_second = %per_second, "replayed the log");
    if let Some(path) = log.checkpoint.as_deref().filter(|_| at.is_none()) {
        if let Some(directory) = path.parent() {
            fs::create_dir_all(directory).map_err(Failure::other)?;
        }
        checkpoint::write(path, &replayed.state)?;
    }
    Ok(replayed.state)
}

/// Digest of the snapshot's files and of what the settings make of them, or of a log and a position in it.
///
/// # Errors
/// Bad input when a file cannot be read.
pub fn digest(settings: &config::Snapshot, position: &LedgerPosition) -> Result<Digest, Failure> {
    let SnapshotFile { path, assets, as_of, borrows, accounts } = match &settings.origin {
        Origin::File(file) => file,
        Origin::Log(_) => {
            return Ok(Preimage::new("ballast/log-source/v1").u64(position.sequence).bytes(&position.head).sha256());
        }
    };
    let mut hasher = Sha256::new();
    for path in [Some(path), assets.as_ref()].into_iter().flatten() {
        hasher.update(file_digest(path).map_err(|error| Failure::bad_input(format!("{}: {error}", path.display())))?);
    }
    let accounts = accounts.map_or(u64::MAX, |accounts| accounts as u64);
    hasher.update([u8::from(*borrows == Borrows::Gross)]);
    hasher.update(accounts.to_be_bytes());
    hasher.update(as_of.unwrap_or_default().to_be_bytes());
    Ok(hasher.finalize().into())
}

/// Whether a new epoch would have the balances of one that is planned: the same files, or a log that has not grown.
///
/// # Errors
/// Bad input when they cannot be read.
pub fn is_unchanged(settings: &config::Snapshot, plan: &Plan) -> Result<bool, Failure> {
    let Origin::Log(log) = &settings.origin else { return Ok(true) };
    let mut reader = Reader::open_after(&log.directory, &plan.ledger)?;
    Ok(reader.read()?.is_none())
}

fn file_digest(path: &Path) -> io::Result<Digest> {
    let mut hasher = Sha256::new();
    io::copy(&mut File::open(path)?, &mut hasher)?;
    Ok(hasher.finalize().into())
}

/// Refuses the log of another exchange.
fn check_owner(found: &Digest, expected: &Digest, log: &Path) -> Result<(), Failure> {
    if found == expected {
        return Ok(());
    }
    let ([found, expected], log) = ([found, expected].map(hex::encode), log.display());
    Err(Failure::bad_input(format!("{log}: expected the log of exchange 0x{expected}, found that of 0x{found}")))
}

/// The as-of time of the log's end: what every chain's clock has reached, since no chain takes a later one, but not before
/// the last transaction. Clocks of chains run behind, so a transaction of this very moment is waited for.
async fn clock(chains: &Chains, last_transaction: u64) -> Result<u64, Failure> {
    let start = Instant::now();
    loop {
        let mut reached = u64::MAX;
        for chain in chains.iter() {
            reached = reached.min(chain.client().clock().await?);
        }
        if reached >= last_transaction || start.elapsed() > CLOCKS_BEHIND {
            return Ok(reached.max(last_transaction));
        }
        tokio::time::sleep(POLL).await;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_log_of_another_exchange_is_refused() {
        let log = Path::new("ledger");
        assert!(check_owner(&[1; 32], &[1; 32], log).is_ok());
        let refused = check_owner(&[1; 32], &[2; 32], log).unwrap_err();
        assert_eq!(refused.exit, Exit::BadInput);
        let told = format!("{refused}");
        assert!(told.contains("ledger") && told.contains("0x0202") && told.contains("0x0101"), "{told}");
    }
}
