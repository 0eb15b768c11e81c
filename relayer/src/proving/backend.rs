//! Who proves.

use async_trait::async_trait;
use ballast_prover::{
    phases::{Phases, Stop},
    prove_with,
};
use rand::rngs::OsRng;
use tokio_util::sync::CancellationToken;

use super::{ProvingKeys, ProvingResult, ProvingTask};
use crate::{blocking::compute_until, failure::Failure};

/// Whoever makes a proof of a task: this process, or others. It need not be trusted with anything
/// but the task's balances.
#[async_trait]
pub trait ProvingBackend: Send + Sync {
    /// Tasks that are given to it at the same time.
    fn at_once(&self) -> usize;

    /// Proves a task. Results may be returned in another order than that in which tasks were given.
    ///
    /// # Errors
    /// When there is no proof, or `cancellation` was cancelled before there was one.
    async fn prove(&self, task: ProvingTask, cancellation: &CancellationToken) -> Result<ProvingResult, Failure>;
}

/// Proves in this process, one task after the other: each takes all processors.
pub struct InProcess<'a> {
    pub keys: &'a ProvingKeys<'a>,
}

#[async_trait]
impl ProvingBackend for InProcess<'_> {
    fn at_once(&self) -> usize {
        1
    }

    async fn prove(&self, task: ProvingTask, cancellation: &CancellationToken) -> Result<ProvingResult, Failure> {
        let key = self.keys.of(task.class).await?;
        let what = format!("epoch {}, shard {}", task.statement.epoch, task.statement.shard.index);
        let proved = compute_until(cancellation, move |token| -> Result<_, Failure> {
            let shard = task.into_shard().map_err(Failure::other)?;
            let token = token.clone();
            let phases = &mut Phases::until(Stop::when(move || token.is_cancelled()));
            let (vector, proof) = prove_with(&key, &shard, &mut OsRng, phases).map_err(Failure::other)?;
            Ok(ProvingResult { vector, proof })
        });
        proved.await?.map_err(|failure| failure.context(what))
    }
}
