//! All shards of one epoch, proved in any order, so that a restart goes on with what is missing.

use std::{collections::BTreeMap, sync::Arc};

use ballast_core::{circuit::VerifyingKey, post::ShardPost};
use ballast_ledger::{leaves::Leaves, snapshot::Snapshot};
use futures::{StreamExt, stream};
use tokio_util::sync::CancellationToken;

use super::{ExpectedShard, ProvingBackend, ProvingResult, ProvingTask};
use crate::{
    blocking::compute,
    crash,
    events::{Events, Stage},
    failure::Failure,
    plan::{Plan, ProvedEpoch},
    store::Store,
};

/// Posts of the shards of an epoch that are proved, by shard. Any of them may be missing.
pub type ProvedShards = BTreeMap<u16, ShardPost>;

/// What became of a result that is the shard's.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Accepted {
    /// It is in the store.
    Stored(ShardPost),
    /// The shard had this post, which stays. The result holds too, and is not needed.
    NotNeeded(ShardPost),
}

/// Proves one epoch that is fixed.
pub struct EpochProver<'a> {
    pub plan: &'a Plan,
    /// In the class of the plan's circuit, with the epoch's key.
    pub leaves: &'a Arc<Leaves<Arc<Snapshot>>>,
    pub backend: &'a dyn ProvingBackend,
    pub store: &'a Store,
    pub events: &'a Events,
}

impl EpochProver<'_> {
    /// Has every shard proved that is not in `proved`, and stores each proof as soon as it is
    /// there.
    ///
    /// # Errors
    /// The backend's, and a result that is not that of its shard. Results that were stored before
    /// stay.
    pub async fn prove(&self, mut proved: ProvedShards) -> Result<ProvedEpoch, Failure> {
        let plan = self.plan;
        let key = plan.verifying_key().map_err(Failure::other)?;
        let running = self.events.begin(Stage::ProveEpoch { epoch: plan.epoch }, Some(plan.shard_count.into()));
        if !proved.is_empty() {
            running.advance(proved.len() as u64);
        }
        let cancellation = CancellationToken::new();
        let _dropped = cancellation.clone().drop_guard();
        let missing: Vec<u16> = (0..plan.shard_count).filter(|shard| !proved.contains_key(shard)).collect();
        let results: Vec<_> = missing.into_iter().map(|shard| self.prove_shard(shard, &cancellation)).collect();
        let mut results = stream::iter(results).buffer_unordered(self.backend.at_once().max(1));
        while let Some(result) = results.next().await {
            let (expected, result) = result?;
            let shard = expected.statement.shard.index;
            let (Accepted::Stored(post) | Accepted::NotNeeded(post)) = self.accept(&key, expected, result).await?;
            proved.insert(shard, post);
            running.advance(1);
        }
        drop(running);
        Ok(ProvedEpoch::new(plan.clone(), proved.into_values().collect())?)
    }

    async fn prove_shard(
        &self,
        shard: u16,
        cancellation: &CancellationToken,
    ) -> Result<(ExpectedShard, ProvingResult), Failure> {
        let (expected, task) = self.task(shard).await?;
        Ok((expected, self.backend.prove(task, cancellation).await?))
    }

    /// The task of a shard, and what its result must be.
    ///
    /// # Errors
    /// A shard that the snapshot does not have.
    pub async fn task(&self, shard: u16) -> Result<(ExpectedShard, ProvingTask), Failure> {
        let (plan, leaves) = (self.plan.clone(), self.leaves.clone());
        let made = compute(move |_| {
            let (class, statement) = (plan.circuit.class, plan.statement(shard).map_err(Failure::other)?);
            let missing = || Failure::other(anyhow::anyhow!("epoch {}: the snapshot has no shard {shard}", plan.epoch));
            let part = leaves.shard(shard).ok_or_else(missing)?;
            let expected = ExpectedShard::new(class, statement, &part).map_err(Failure::other)?;
            let assets = plan.asset_list().map_err(Failure::other)?;
            Ok((expected, ProvingTask::new(class, statement, &assets, part.leaves)))
        });
        made.await?
    }

    /// Stores a result if it is that of the shard, and the shard has none.
    ///
    /// # Errors
    /// [`super::ResultRefused`], whether the shard has a proof or not; the store's.
    pub async fn accept(
        &self,
        key: &VerifyingKey,
        expected: ExpectedShard,
        result: ProvingResult,
    ) -> Result<Accepted, Failure> {
        let (shard, key) = (expected.statement.shard.index, key.clone());
        let result = compute(move |_| expected.check(&key, &result).map(|()| result)).await??;
        let post = self.plan.post(shard, &result.vector, &result.proof).map_err(Failure::other)?;
        match self.store.add_first_post(self.plan.epoch, shard, &post.encode())? {
            None => {
                crash::point("shard-proved");
                Ok(Accepted::Stored(post))
            }
            Some(first) => {
                tracing::info!(epoch = self.plan.epoch, shard, "was proved twice, the first proof stays");
                Ok(Accepted::NotNeeded(ShardPost::decode(&first).map_err(Failure::other)?))
            }
        }
    }
}
