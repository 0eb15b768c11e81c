//! What the exchange holds: stated in a file, read from its wallets on the chains, and signed for;
//! and whether that is surprising.
//!
//! ```text
//! reserves.toml ────────────────────────────────────┐
//! registered wallets, declared tokens ─> balances ──┴─> report ──> surprise? ──> epoch
//!                                                  the last epoch ────┘
//! ```
//!
//! What a chain holds changes with every block, so an epoch that was begun goes on with the report
//! it was begun with: [`resume`] reads no chain.

mod counted;
mod surprise;

use std::{fmt, fs};

use ballast_core::{Digest, assets::AssetList};
use ballast_ledger::reserves::{
    LendingLine, Occasion, ReadHoldings, Recorded, ReportError, Reserves, ReservesReport, Stated,
};
use ballast_sdk::{
    chain::Chain,
    observation::{Token, Wallet},
};
use tracing::{info, warn};

use crate::{
    artifacts::Artifacts,
    chains::{ChainName, Uncounted, evm::balances::read_evm, solana::balances::read_solana},
    config::Config,
    events::{Event, Events},
    failure::{Failure, bad_input},
    plan::Plan,
};
use counted::Counted;
pub use surprise::{Figures, FiguresMissing, PreviousEpoch, Surprise, surprise};

bad_input!(ReportError, FiguresMissing, Surprised);

/// Surprises that nobody accepted.
#[derive(Debug)]
pub struct Surprised(pub Vec<Surprise>);

impl fmt::Display for Surprised {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "the reserves are not what was expected; look at them, and go on with --accept if they are right:")?;
        self.0.iter().try_for_each(|surprise| write!(f, "\n - {surprise}"))
    }
}

impl std::error::Error for Surprised {}

/// Whose reserves are gathered, for which epoch.
#[derive(Clone, Copy, Debug)]
pub struct Request<'a> {
    /// Id of the exchange.
    pub exchange: &'a Digest,
    /// The epoch that they are for; what is published of the one before is compared.
    pub epoch: u64,
    /// Unix seconds, the snapshot's.
    pub as_of: u64,
    pub assets: &'a AssetList,
    /// What is owed, by asset number, in committed units.
    pub liabilities: &'a [u128],
    /// As both chains tell them; those of chains that are not read are left out.
    pub wallets: &'a [Wallet],
    pub tokens: &'a [Token],
    /// What customers borrowed, where the exchange lends.
    pub lending: Option<&'a [LendingLine]>,
    /// Go on in spite of surprises.
    pub accept: bool,
}

/// Gathers an epoch's reserves: what `snapshot.reserves` states, and what the chains of
/// `reserves.read` hold. Nothing is spent and nothing is written.
///
/// # Errors
/// Bad input for a file that is wrong, and for surprises that are not accepted, all at once;
/// otherwise what the chains have.
pub async fn gather(config: &Config, request: Request<'_>, events: &Events) -> Result<Reserves, Failure> {
    let Request { exchange, as_of, assets, .. } = request;
    let stated = Stated::read(&config.snapshot()?.reserves, assets)?;
    let (read, uncounted) = read(config, &request).await?;
    let occasion = Occasion { exchange, as_of, assets };
    let reserves = Reserves::new(&occasion, &stated, &read, request.lending.map(<[_]>::to_vec))?;
    let report = ReservesReport::parse(&reserves.report)?;
    let previous = previous(config, request.epoch)?;
    let now = Figures {
        epoch: request.epoch,
        assets,
        liabilities: request.liabilities,
        reserves: &reserves.amounts,
        holdings: &report.holdings,
        uncounted: &uncounted,
    };
    let surprises = surprise(previous.as_ref(), &now, config.reserves.surprise_basis_points)?;
    for surprise in &surprises {
        let (epoch, surprise) = (request.epoch, surprise.to_string());
        events.emit(Event::ReservesSurprised { epoch, surprise, accepted: request.accept });
    }
    confirm(surprises, request.accept)?;
    Ok(reserves)
}

/// The reserves of an epoch that was begun, as its plan has them.
///
/// # Errors
/// Bad input when `snapshot.reserves` states something else by now.
pub fn resume(config: &Config, plan: &Plan) -> Result<Reserves, Failure> {
    let assets = plan.asset_list().map_err(Failure::other)?;
    let report = ReservesReport::parse(plan.reserves_report.as_bytes())?;
    let sources = plan.sources();
    report.check(&Recorded {
        exchange: &plan.exchange,
        as_of: plan.as_of,
        assets: &assets,
        amounts: &plan.reserves,
        sources: &sources,
    })?;
    let path = &config.snapshot()?.reserves;
    if let Some(what) = Stated::read(path, &assets)?.difference(&report) {
        return Err(Failure::bad_input(format!(
            "epoch {} was begun with other reserves ({}: {what}) and is not finished: give those again, or drop what was proved \
             of it with `ballast prove --discard`",
            plan.epoch,
            path.display()
        )));
    }
    Ok(Reserves { amounts: plan.reserves.clone(), report: plan.reserves_report.clone().into_bytes(), sources })
}

/// What the wallets hold on the chains that the settings name, in the order in which epochs are
/// posted, and what of it does not count.
async fn read(config: &Config, request: &Request<'_>) -> Result<(ReadHoldings, Vec<Uncounted>), Failure> {
    let Request { assets, wallets, tokens, .. } = *request;
    let (mut read, mut uncounted, mut counted) = (ReadHoldings::default(), Vec::new(), Counted::default());
    for chain in ChainName::ALL.into_iter().filter(|chain| config.reserves.read.contains(chain)) {
        let mut told = match chain {
            ChainName::Solana => {
                let settings = config.solana()?;
                check_readable(chain, wallets, tokens)?;
                read_solana(settings, wallets, tokens).await?
            }
            ChainName::Evm => {
                let settings = config.evm()?;
                check_readable(chain, wallets, tokens)?;
                read_evm(settings, wallets, tokens).await?
            }
        };
        counted.add(&mut told, assets);
        info!(chain = told.chain, height = told.height, holdings = told.holdings.len(), "read reserves");
        read.blocks.push(told.block());
        read.holdings.extend(told.holdings);
        uncounted.extend(told.uncounted);
    }
    Ok((read, uncounted))
}

/// Refuses to read a chain on which there is nothing to be read: it would be a success at nothing.
fn check_readable(chain: ChainName, wallets: &[Wallet], tokens: &[Token]) -> Result<(), Failure> {
    let of_chain = |found: Chain| ChainName::of(found) == chain;
    let missing = match (
        wallets.iter().any(|wallet| of_chain(wallet.chain) && !wallet.retired),
        tokens.iter().any(|token| of_chain(token.chain)),
    ) {
        (true, true) => return Ok(()),
        (false, _) => "no wallet is registered there that is not retired: `ballast wallet register`",
        (true, false) => "no token is declared there: `ballast wallet declare`",
    };
    Err(Failure::bad_input(format!("reserves.read names {chain}, but {missing}")))
}

/// The epoch before `epoch`, if it is published where the settings say.
fn previous(config: &Config, epoch: u64) -> Result<Option<PreviousEpoch>, Failure> {
    let (artifacts, last) = (Artifacts::new(config.artifacts()?), epoch.saturating_sub(1));
    // A directory without an index does not count.
    if !fs::exists(artifacts.public(last).join("index.json")).map_err(Failure::other)? {
        return Ok(None);
    }
    let proved = artifacts.proved(last)?;
    let report = ReservesReport::parse(proved.plan.reserves_report.as_bytes())
        .map_err(|error| Failure::from(error).context(format!("epoch {last}, reserves.json")))?;
    Ok(Some(PreviousEpoch::new(last, proved.liabilities(), proved.plan.reserves.clone(), &report)))
}

fn confirm(surprises: Vec<Surprise>, accept: bool) -> Result<(), Surprised> {
    if surprises.is_empty() {
        return Ok(());
    }
    if !accept {
        return Err(Surprised(surprises));
    }
    surprises.iter().for_each(|surprise| warn!("accepted: {surprise}"));
    Ok(())
}

#[cfg(test)]
mod tests;
