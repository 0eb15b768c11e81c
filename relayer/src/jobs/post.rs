//! Posts a proved epoch to both chains, finishes what was begun, and reads it back.

use ballast_core::{Digest, hexadecimal, units};
use ballast_sdk::epoch::Status;
use serde::Serialize;

use super::{
    preflight::{self, Estimate},
    wallets::{self, Looked},
};
use crate::{
    blocking::compute,
    chains::{ChainError, ChainName, ChainState, Destination, Position},
    crash,
    events::Event,
    failure::{Classified, Failure, Problems},
    plan::ProvedEpoch,
    session::{Sending, Session, Storing},
    store::{State, Store},
};

/// What posting works with.
pub struct Poster<'a, A: Storing> {
    pub session: &'a Session<A>,
}

/// An epoch that both chains hold, and what that took.
#[derive(Clone, Debug, Serialize)]
pub struct PostReport {
    pub epoch: u64,
    /// Unix seconds.
    pub as_of: u64,
    #[serde(with = "hexadecimal")]
    pub head: Digest,
    #[serde(with = "hexadecimal")]
    pub circuit: Digest,
    /// Of the circuit's class: a shard has 4^depth leaves.
    pub depth: u8,
    /// What a proof of this setup is worth.
    pub setup: &'static str,
    pub shards: u16,
    pub status: Status,
    pub assets: Vec<AssetFigures>,
    pub chains: Vec<Spent>,
    /// What came of each chain's looks at the reserves.
    pub witnessed: Vec<Looked>,
}

/// One asset, in committed units.
#[derive(Clone, Debug, Serialize)]
pub struct AssetFigures {
    pub symbol: String,
    pub decimals: u8,
    #[serde(with = "units")]
    pub liability: u128,
    #[serde(with = "units")]
    pub reserve: u128,
    pub status: Status,
}

/// What an epoch took on one chain.
#[derive(Clone, Debug, Serialize)]
pub struct Spent {
    pub chain: ChainName,
    /// Compute units or gas, of all transactions.
    pub units: u64,
    /// Lamports or wei, as a decimal string.
    #[serde(with = "units")]
    pub fee: u128,
    pub transactions: Vec<Sent>,
}

/// One transaction that ended in a block.
#[derive(Clone, Debug, Serialize)]
pub struct Sent {
    pub purpose: String,
    pub shard: Option<u16>,
    /// Signature or hash.
    pub id: String,
    pub state: State,
    pub block: Option<u64>,
    pub units: Option<u64>,
    pub fee: Option<String>,
}

/// An epoch as it would be posted.
#[derive(Clone, Debug, Serialize)]
pub struct PostRehearsal {
    pub dry_run: bool,
    pub epoch: u64,
    pub as_of: u64,
    pub shards: u16,
    pub setup: &'static str,
    pub chains: Vec<Estimate>,
}

impl Poster<'_, Sending> {
    /// Posts the epoch where it is missing, reads it back from both chains and completes it.
    ///
    /// # Errors
    /// Every pre-flight problem at once, before anything is spent; later the first failure, after
    /// which the same call goes on where this one stopped.
    pub async fn post(&self, epoch: &ProvedEpoch) -> Result<PostReport, Failure> {
        self.preflight(epoch).await?;
        crash::point("preflight-passed");
        for chain in self.session.chains.iter() {
            self.post_to(chain, epoch).await?;
        }
        self.read_back(epoch).await?;
        crash::point("epoch-verified");
        let witnessed = wallets::witness(
            &self.session.chains,
            Some(self.session.store()),
            epoch.plan.epoch,
            epoch.plan.as_of,
            &self.session.events,
        )
        .await?;
        crash::point("epoch-witnessed");
        self.session.store().complete_epoch(epoch.plan.epoch)?;
        crash::point("epoch-completed");
        let report = PostReport { witnessed, ..report(self.session.store(), epoch)? };
        self.session.events.emit(Event::EpochFinished { epoch: report.epoch, head: report.head });
        Ok(report)
    }

    async fn post_to(&self, chain: &dyn Destination, epoch: &ProvedEpoch) -> Result<(), Failure> {
        let state = chain.state(&self.session.chains.exchange, &epoch.plan.circuit.id).await?;
        match state.position(&epoch.plan, Some(epoch)) {
            Position::Done => tracing::info!(chain = %chain.name(), epoch = epoch.plan.epoch, "is there already"),
            Position::Elsewhere(how) => {
                return Err(Failure::refused(format!("{}: tells another history: {how}", chain.name())));
            }
            Position::Next { shards_done } => {
                for shard in shards_done..epoch.plan.shard_count {
                    chain.submit(self.session.store(), epoch, shard).await?;
                }
            }
        }
        Ok(chain.confirm(self.session.store(), epoch).await?)
    }

    /// Reads the epoch from both chains and holds it against what was proved.
    async fn read_back(&self, epoch: &ProvedEpoch) -> Result<(), Failure> {
        for chain in self.session.chains.iter() {
            epoch.check_read_back(&chain.confirmed().epoch(&self.session.chains.exchange, epoch.plan.epoch).await?)?;
        }
        Ok(())
    }
}

impl<A: Storing> Poster<'_, A> {
    /// Everything that would be found wrong before posting, and what posting may cost.
    ///
    /// # Errors
    /// The problems, all of them.
    pub async fn preflight(&self, epoch: &ProvedEpoch) -> Result<PostRehearsal, Failure> {
        let mut problems = Problems::default();
        let mut estimates = Vec::new();
        for chain in self.session.chains.iter() {
            let state = chain.state(&self.session.chains.exchange, &epoch.plan.circuit.id).await?;
            self.check_chain(chain, &state, epoch, &mut problems, &mut estimates).await?;
        }
        let proved = epoch.clone();
        let checked = compute(move |_| {
            preflight::check_proofs(&proved, &mut problems);
            problems
        });
        checked.await?.finish()?;
        let plan = &epoch.plan;
        Ok(PostRehearsal {
            dry_run: true,
            epoch: plan.epoch,
            as_of: plan.as_of,
            shards: plan.shard_count,
            setup: plan.circuit.setup.label(),
            chains: estimates,
        })
    }

    async fn check_chain(
        &self,
        chain: &dyn Destination,
        state: &ChainState,
        epoch: &ProvedEpoch,
        problems: &mut Problems,
        estimates: &mut Vec<Estimate>,
    ) -> Result<(), Failure> {
        let name = chain.name();
        let shards_done = match state.position(&epoch.plan, Some(epoch)) {
            Position::Done => return Ok(()),
            Position::Elsewhere(how) => {
                problems.refused(format!("{name}: tells another history: {how}"));
                return Ok(());
            }
            Position::Next { shards_done } => shards_done,
        };
        let poster = match chain.poster() {
            Ok(poster) => poster,
            Err(error) => {
                problems.push(error.failure_kind(), error);
                return Ok(());
            }
        };
        let mut found = Problems::default();
        preflight::check_plan(state, &epoch.plan, &poster, &mut found);
        let simulates = found.is_empty();
        found.messages().for_each(|problem| problems.push(found.failure_kind(), problem));
        match chain.purse(epoch, shards_done).await {
            Ok(purse) => {
                if purse.balance < purse.needed {
                    let (has, needs, money) = (purse.balance, purse.needed, name.money());
                    problems.push(
                        crate::failure::FailureKind::Other,
                        format!("{name}: poster {} has {has} {money}, posting may take {needs}", purse.address),
                    );
                }
                estimates.push(Estimate {
                    chain: name,
                    poster: purse.address,
                    shards_to_post: epoch.plan.shard_count - shards_done,
                    balance: purse.balance.to_string(),
                    needed: purse.needed.to_string(),
                });
            }
            // What the chain's simulation refuses was found above, in more words.
            Err(ChainError::Refused { .. }) if !simulates => {}
            Err(error @ ChainError::Unreachable { .. }) => return Err(error.into()),
            Err(error) => problems.push(error.failure_kind(), error),
        }
        Ok(())
    }
}

/// What an epoch says and took.
///
/// # Errors
/// When the store cannot be read.
pub fn report(store: &Store, epoch: &ProvedEpoch) -> Result<PostReport, Failure> {
    let plan = &epoch.plan;
    let solvent = |is: bool| if is { Status::Solvent } else { Status::Insolvent };
    let figures = plan.assets.iter().zip(epoch.liabilities()).zip(&plan.reserves);
    let assets: Vec<AssetFigures> = figures
        .map(|((asset, liability), reserve)| AssetFigures {
            symbol: asset.symbol.clone(),
            decimals: asset.decimals,
            liability,
            reserve: *reserve,
            status: solvent(*reserve >= liability),
        })
        .collect();
    let mut chains: Vec<Spent> =
        ChainName::ALL.map(|chain| Spent { chain, units: 0, fee: 0, transactions: vec![] }).into();
    for stored in store.transactions(plan.epoch)? {
        let (transaction, settlement) = (stored.transaction, stored.settlement);
        let Some(spent) = chains.iter_mut().find(|spent| spent.chain == transaction.chain) else { continue };
        spent.units += settlement.units.unwrap_or_default();
        spent.fee += settlement.fee.unwrap_or_default();
        spent.transactions.push(Sent {
            purpose: transaction.purpose,
            shard: transaction.shard,
            id: transaction.identifier,
            state: settlement.state,
            block: settlement.block,
            units: settlement.units,
            fee: settlement.fee.map(|fee| fee.to_string()),
        });
    }
    Ok(PostReport {
        epoch: plan.epoch,
        as_of: plan.as_of,
        head: epoch.head_after().map_err(Failure::other)?,
        circuit: plan.circuit.id,
        depth: plan.circuit.class.depth,
        setup: plan.circuit.setup.label(),
        shards: plan.shard_count,
        status: solvent(assets.iter().all(|asset| asset.status == Status::Solvent)),
        assets,
        chains,
        witnessed: Vec::new(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::plan::{
        Plan,
        tests::{plan, posts},
    };

    #[test]
    fn an_epoch_that_is_short_of_one_asset_is_reported_as_insolvent() {
        let directory = tempfile::tempdir().unwrap();
        let store = Store::open(&directory.path().join("store.sqlite")).unwrap();
        // 9 and 12 are owed.
        for (reserves, expected, short) in [
            ([9, 12], Status::Solvent, None),
            ([8, 12], Status::Insolvent, Some("BTC")),
            ([9, 11], Status::Insolvent, Some("USDC")),
        ] {
            let plan = Plan { reserves: reserves.into(), ..plan() };
            let report = report(&store, &ProvedEpoch::new(plan.clone(), posts(&plan)).unwrap()).unwrap();
            assert_eq!((report.status, report.shards, report.depth), (expected, 2, 7), "{reserves:?}");
            let insolvent = report.assets.iter().find(|asset| asset.status == Status::Insolvent);
            assert_eq!(insolvent.map(|asset| &asset.symbol[..]), short);
        }
    }
}
