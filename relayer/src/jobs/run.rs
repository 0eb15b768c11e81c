//! Snapshot, proof, both chains, read back: all of it.

use ballast_core::{Digest, hexadecimal};
use ballast_ledger::report::Report as SnapshotReport;
use serde::Serialize;

use super::{
    post::{PostReport, Poster},
    prove::{Prover, unfinished},
    replaying::Checkpoint,
    source,
};
use crate::{
    failure::Failure,
    plan::ProvedEpoch,
    session::{Sending, Session, Storing},
};

/// What one run did.
#[derive(Clone, Debug, Serialize)]
pub struct RunReport {
    /// An earlier epoch that had been left unfinished, and is finished now.
    pub finished: Option<PostReport>,
    /// The snapshot's epoch; the finished one when that was begun with this snapshot.
    pub posted: Option<PostReport>,
}

/// What a run would do.
#[derive(Clone, Debug, Serialize)]
pub struct RunRehearsal {
    pub dry_run: bool,
    /// An epoch that is unfinished would be finished first.
    pub unfinished: Option<u64>,
    /// The epoch that the snapshot would be.
    pub epoch: u64,
    #[serde(with = "hexadecimal")]
    pub circuit: Digest,
    pub setup: &'static str,
    pub snapshot: SnapshotReport,
}

impl Prover<'_, Sending> {
    /// Finishes what was left unfinished, then proves and posts the snapshot's epoch.
    ///
    /// # Errors
    /// Those of proving and posting; the same call goes on where this one stopped.
    pub async fn run_once(&self) -> Result<RunReport, Failure> {
        let poster = Poster { session: self.session };
        let mut finished = None;
        if let Some((stored, plan, proved)) = unfinished(self.session.store())?
            && proved.len() == usize::from(plan.shard_count)
        {
            tracing::info!(epoch = plan.epoch, "was left unfinished");
            let epoch = ProvedEpoch::new(plan.clone(), proved.into_values().collect())?;
            self.publish(&epoch).await?;
            let report = poster.post(&epoch).await?;
            if self.is_source(&stored, &plan).await? {
                return Ok(RunReport { finished: None, posted: Some(report) });
            }
            finished = Some(report);
        }
        let after = |failure: Failure| match &finished {
            Some(report) => failure.context(format!(
                "epoch {}, which had been left unfinished, is on both chains now; the snapshot's own is not",
                report.epoch
            )),
            None => failure,
        };
        let epoch = self.prove().await.map_err(after)?;
        Ok(RunReport { finished, posted: Some(poster.post(&epoch).await?) })
    }
}

impl<A: Storing> Prover<'_, A> {
    /// Looks at the snapshot and at both chains, and lists every problem; proves, signs and sends
    /// nothing.
    ///
    /// # Errors
    /// Every problem at once.
    pub async fn rehearse_run(&self) -> Result<RunRehearsal, Failure> {
        let Session { chains, events, .. } = self.session;
        let source = source::fresh(self.config, chains, self.accept, Checkpoint::Leave, events).await?;
        let (plan, _, problems) = self.plan(&source).await?;
        let unfinished = unfinished(self.session.store())?.map(|(stored, ..)| stored.epoch);
        if unfinished.is_none() {
            problems.finish()?;
        }
        Ok(RunRehearsal {
            dry_run: true,
            unfinished,
            epoch: plan.epoch,
            circuit: plan.circuit.id,
            setup: plan.circuit.setup.label(),
            snapshot: SnapshotReport::new(&source.snapshot, &[plan.circuit.class])?,
        })
    }
}
