//! What an epoch is made from: balances, from the exchange's log or a file of its own making, and
//! reserves.

use std::{
    io::{self, Read},
    path::Path,
    sync::Arc,
};

use ballast_core::{Digest, assets::AssetList, digest::Preimage, statement::LedgerPosition};
use ballast_durable::open_plain;
use ballast_ledger::{
    checkpoint::CheckpointError,
    lending::LendingReport,
    listed::{ListedError, listed_assets},
    log::{LogError, LogReader},
    replay::ReplayError,
    reserves::{Reserves, ReservesError},
    snapshot::{self, Borrows, Options, Snapshot, SnapshotError},
    state::SnapshotRefused,
};
use ballast_sdk::observation::{Token, Wallet};
use sha2::{Digest as _, Sha256};
use tokio_util::sync::CancellationToken;

use super::replaying::{self, Checkpoint, End, committed};
use crate::{
    blocking::{Cancelled, compute},
    chains::Destination,
    config::{self, Config, Origin, SnapshotFile},
    events::{Events, Stage},
    failure::{Failure, bad_input},
    plan::Plan,
    reserves::{self, Request},
    session::Chains,
};

bad_input!(SnapshotError, ReservesError, ReplayError, CheckpointError, LogError, ListedError, SnapshotRefused);

/// A file's bytes that are hashed before it is asked whether to go on.
const BYTES_AT_ONCE: u64 = 1 << 26;

/// Balances and reserves as they were read.
#[derive(Debug)]
pub struct Source {
    pub snapshot: Arc<Snapshot>,
    pub reserves: Reserves,
    /// Of where the balances come from: the same digest, the same accounts.
    pub digest: Digest,
}

/// What a new epoch would be made from, now. `accept` goes on in spite of surprises, which are
/// logged. The log's state is kept as its checkpoint, except in a rehearsal.
///
/// # Errors
/// Bad input, naming what is wrong and where; every surprise at once.
pub async fn fresh(
    config: &Config,
    chains: &Chains<dyn Destination>,
    accept: bool,
    checkpoint: Checkpoint,
    events: &Events,
) -> Result<Source, Failure> {
    let settings = config.snapshot()?;
    let (snapshot, lending) = match &settings.origin {
        Origin::File(file) => (read_file(file, events).await?, None),
        Origin::Log(log) => {
            // The time first: what a writer at work appends meanwhile is later.
            let as_of = clock(chains).await?;
            let (state, snapshot) = committed(log, &chains.exchange, as_of, checkpoint, events).await?;
            (snapshot, Some(LendingReport::new(&state).lines()))
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
    let reserves = reserves::gather(config, request, events).await?;
    let digest = digest(settings, &snapshot.ledger).await?;
    Ok(Source { snapshot: snapshot.into(), reserves, digest })
}

/// The epoch that is next, and the wallets and tokens of the chains that reserves are read from.
async fn registered(
    config: &Config,
    chains: &Chains<dyn Destination>,
) -> Result<(u64, Vec<Wallet>, Vec<Token>), Failure> {
    let (mut epoch, mut wallets, mut tokens) = (1, Vec::new(), Vec::new());
    for chain in chains.iter() {
        let client = chain.confirmed();
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

/// What an epoch that is planned was made from, as far as it can be had again: balances that were
/// read on chains have moved since, so reserves are those of the plan.
///
/// # Errors
/// Bad input, naming what is wrong and where.
pub async fn again(config: &Config, plan: &Plan, events: &Events) -> Result<Source, Failure> {
    let settings = config.snapshot()?;
    let snapshot = match &settings.origin {
        Origin::File(file) => read_file(file, events).await?,
        Origin::Log(log) => {
            let replayed = replaying::replayed(log, &plan.exchange, End::At(plan.ledger.sequence), events).await?;
            let as_of = plan.as_of;
            compute(move |_| replayed.state.snapshot(as_of)).await??
        }
    };
    let reserves = reserves::resume(config, plan)?;
    let digest = digest(settings, &snapshot.ledger).await?;
    Ok(Source { snapshot: snapshot.into(), reserves, digest })
}

/// The asset list that epochs of these settings have.
///
/// # Errors
/// Bad input when it cannot be read.
pub async fn assets(settings: &config::Snapshot, events: &Events) -> Result<AssetList, Failure> {
    match &settings.origin {
        Origin::File(file) => Ok(read_file(file, events).await?.assets),
        Origin::Log(log) => {
            let (directory, _running) = (log.directory.clone(), events.begin(Stage::ReadLog, None));
            Ok(compute(move |token| listed_assets(&directory, &|| token.is_cancelled())).await??)
        }
    }
}

/// Reads a snapshot file.
///
/// # Errors
/// Bad input, naming file, line and account.
pub async fn read_file(file: &SnapshotFile, events: &Events) -> Result<Snapshot, Failure> {
    let _running = events.begin(Stage::ReadSnapshot, None);
    let options = Options { borrows: file.borrows, limit: file.accounts, as_of: file.as_of, ledger: None };
    let (path, assets) = (file.path.clone(), file.assets.clone());
    Ok(compute(move |_| snapshot::read(&path, assets.as_deref(), &options)).await??)
}

/// Digest of the snapshot's files and of what the settings make of them, or of a log and a position
/// in it.
///
/// # Errors
/// Bad input when a file cannot be read.
pub async fn digest(settings: &config::Snapshot, position: &LedgerPosition) -> Result<Digest, Failure> {
    let SnapshotFile { path, assets, as_of, borrows, accounts } = match &settings.origin {
        Origin::File(file) => file,
        Origin::Log(_) => {
            return Ok(Preimage::new("ballast/log-source/v1").u64(position.sequence).bytes(&position.head).sha256());
        }
    };
    let mut hasher = Sha256::new();
    for path in [Some(path), assets.as_ref()].into_iter().flatten() {
        let file = path.clone();
        let digest = compute(move |token| file_digest(&file, token)).await?;
        hasher.update(digest.map_err(|error| Failure::bad_input(format!("{}: {error}", path.display())))?);
    }
    let accounts = accounts.map_or(u64::MAX, |accounts| accounts as u64);
    hasher.update([u8::from(*borrows == Borrows::Gross)]);
    hasher.update(accounts.to_be_bytes());
    hasher.update(as_of.unwrap_or_default().to_be_bytes());
    Ok(hasher.finalize().into())
}

/// Whether a new epoch would have the balances of one that is planned: the same files, or a log
/// that has not grown.
///
/// # Errors
/// Bad input when they cannot be read.
pub async fn is_unchanged(settings: &config::Snapshot, plan: &Plan) -> Result<bool, Failure> {
    let Origin::Log(log) = &settings.origin else { return Ok(true) };
    let (directory, position) = (log.directory.clone(), plan.ledger);
    let next = compute(move |_| LogReader::open_after(&directory, &position)?.read());
    Ok(next.await??.is_none())
}

fn file_digest(path: &Path, token: &CancellationToken) -> io::Result<Digest> {
    let (mut file, mut hasher) = (open_plain(path)?, Sha256::new());
    while io::copy(&mut file.by_ref().take(BYTES_AT_ONCE), &mut hasher)? > 0 {
        if token.is_cancelled() {
            return Err(io::Error::other(Cancelled));
        }
    }
    Ok(hasher.finalize().into())
}

/// The as-of time of a log's epoch, Unix seconds: what every chain's clock has reached, since no
/// chain takes a later one.
async fn clock(chains: &Chains<dyn Destination>) -> Result<u64, Failure> {
    let mut reached = u64::MAX;
    for chain in chains.iter() {
        reached = reached.min(chain.confirmed().clock().await?);
    }
    Ok(reached)
}
