//! Fixes an epoch and proves its shards, so that a restart goes on where it stopped and nothing is
//! ever proved twice.

use std::sync::Arc;

use ballast_core::{
    Digest,
    circuit_file::CircuitFile,
    digest::sha256,
    inclusion::AssetName,
    leaf::{AccountId, MasterSecret},
    post::ShardPost,
};
use ballast_ledger::{
    leaves::{Layout, LayoutError, Leaves},
    snapshot::Snapshot,
};

use super::{
    preflight,
    replaying::Checkpoint,
    source::{self, Source},
};
use crate::{
    artifacts::Artifacts,
    blocking::{compute, write},
    chains::ChainState,
    config::Config,
    crash,
    failure::{Classified, Failure, FailureKind, Problems, bad_input},
    plan::{Plan, ProvedEpoch, ProvedEpochError, VERSION},
    proving::{EpochProver, InProcess, ProvedShards, ProvingKeys, circuit_file},
    session::{Sending, Session, Storing},
    store::{Store, StoredEpoch},
};

bad_input!(LayoutError);

impl Classified for ProvedEpochError {
    fn failure_kind(&self) -> FailureKind {
        match self {
            Self::ShardsMissing { .. } => FailureKind::BadInput,
            Self::Shard { .. }
            | Self::PlanMismatch { .. }
            | Self::LiabilitiesMissing { .. }
            | Self::LiabilityMismatch { .. }
            | Self::RecordMismatch { .. }
            | Self::Epoch { .. } => FailureKind::Refused,
        }
    }
}

/// What proving works with.
pub struct Prover<'a, A: Storing> {
    pub config: &'a Config,
    /// Whether surprises of the reserves are accepted.
    pub accept: bool,
    pub session: &'a Session<A>,
    pub keys: &'a ProvingKeys<'a>,
}

/// The epoch that the store holds unfinished, with the posts of its shards that are proved.
///
/// # Errors
/// When what the store holds is not what this program wrote.
pub fn unfinished(store: &Store) -> Result<Option<(StoredEpoch, Plan, ProvedShards)>, Failure> {
    store.unfinished_epoch()?.map(|stored| restore(store, stored)).transpose()
}

/// An epoch of the store as it was fixed, with the posts of its shards that are proved, any of
/// which may be missing.
///
/// # Errors
/// When what the store holds is not what this program wrote.
pub fn restore(store: &Store, stored: StoredEpoch) -> Result<(StoredEpoch, Plan, ProvedShards), Failure> {
    let corrupt = |what: String| Failure::other(anyhow::anyhow!("store, epoch {}: {what}", stored.epoch));
    let plan = Plan::parse(&stored.plan).map_err(|error| corrupt(error.to_string()))?;
    let mut proved = ProvedShards::new();
    for (shard, bytes) in store.posts(stored.epoch)? {
        if shard >= plan.shard_count {
            return Err(corrupt(format!("it has shard {shard}, of {} shards counted from 0", plan.shard_count)));
        }
        let post = ShardPost::decode(&bytes).map_err(|refusal| corrupt(format!("shard {shard}: {refusal}")))?;
        proved.insert(shard, post);
    }
    Ok((stored, plan, proved))
}

/// Tells one snapshot and master secret from another, without saying anything of either: a shard
/// proved with other salts than its neighbours could not be shown to its customers.
fn fingerprint(snapshot: &Digest, master: &MasterSecret) -> Digest {
    let salt = master.epoch_key(snapshot, 0).salt(AccountId::from_public_id(""), 0);
    sha256(&[snapshot, salt.element().as_bytes()])
}

impl<A: Storing> Prover<'_, A> {
    /// Proves what is not proved of the snapshot's epoch, and writes its artifacts.
    ///
    /// # Errors
    /// Bad input for a snapshot that cannot follow, or that is not the one the unfinished epoch was
    /// begun with.
    pub async fn prove(&self) -> Result<ProvedEpoch, Failure> {
        let (source, plan, proved) = match unfinished(self.session.store())? {
            Some((stored, plan, proved)) => {
                let source = source::again(self.config, &plan, &self.session.events).await?;
                self.check_same(&stored, &plan, &source).await?;
                (source, plan, proved)
            }
            None => {
                let source = source::fresh(
                    self.config,
                    &self.session.chains,
                    self.accept,
                    Checkpoint::Write,
                    &self.session.events,
                )
                .await?;
                let plan = self.begin(&source).await?;
                (source, plan, ProvedShards::new())
            }
        };
        let (artifacts, snapshot) = (Artifacts::new(self.config.artifacts()?), source.snapshot.clone());
        let (exchange, number) = (plan.exchange, plan.epoch);
        write(move |_| artifacts.keep_accounts(&exchange, number, &snapshot)).await??;
        let key = self.master()?.epoch_key(&plan.exchange, plan.epoch);
        let (snapshot, class) = (source.snapshot.clone(), plan.circuit.class);
        let leaves = Arc::new(compute(move |_| Leaves::new(snapshot, class, key)).await??);
        let prover = EpochProver {
            plan: &plan,
            leaves: &leaves,
            backend: &InProcess { keys: self.keys },
            store: self.session.store(),
            events: &self.session.events,
        };
        let epoch = prover.prove(proved).await?;
        // Added up in another way than the shards' totals.
        epoch.check_liabilities(&source.snapshot.totals)?;
        crash::point("proofs-persisted");
        self.publish(&epoch).await?;
        Ok(epoch)
    }

    /// Writes the epoch's public files; the same again leaves the same bytes.
    ///
    /// # Errors
    /// When they cannot be written.
    pub async fn publish(&self, epoch: &ProvedEpoch) -> Result<(), Failure> {
        let (name, epoch) = (self.config.exchange()?.name.clone(), epoch.clone());
        let artifacts = Artifacts::new(self.config.artifacts()?);
        write(move |_| artifacts.publish(&name, &epoch)).await??;
        crash::point("artifacts-written");
        Ok(())
    }

    /// The plan that this snapshot would have after what the chains hold now, and every problem
    /// with it.
    ///
    /// # Errors
    /// When the chains cannot be asked.
    pub async fn plan(&self, source: &Source) -> Result<(Plan, Vec<ChainState>, Problems), Failure> {
        let circuit = self.circuit(&source.snapshot).await?;
        let states = self.session.chains.states(&circuit.id).await?;
        let mut problems = Problems::default();
        preflight::check_agreement(&states, &mut problems);
        // Whatever else there is follows from that.
        problems.finish()?;
        let mut problems = Problems::default();
        let next = states.iter().find_map(|state| state.exchange.as_ref());
        let (epoch, head) =
            next.map_or((1, self.session.chains.exchange), |exchange| (exchange.next_epoch, exchange.head));
        let plan = self.planned(source, circuit, epoch, head)?;
        for (state, chain) in states.iter().zip(self.session.chains.iter()) {
            match chain.poster() {
                Ok(poster) => preflight::check_plan(state, &plan, &poster, &mut problems),
                Err(error) => problems.push(error.failure_kind(), error),
            }
        }
        Ok((plan, states, problems))
    }

    async fn begin(&self, source: &Source) -> Result<Plan, Failure> {
        let (plan, _, problems) = self.plan(source).await?;
        problems.finish()?;
        let fingerprint = fingerprint(&source.digest, &self.master()?);
        self.session.store().begin_epoch(plan.epoch, &plan.text().map_err(Failure::other)?, &fingerprint)?;
        crash::point("statement-persisted");
        Ok(plan)
    }

    /// The circuit of the smallest class that holds the snapshot in one shard, or else of the
    /// largest.
    async fn circuit(&self, snapshot: &Snapshot) -> Result<CircuitFile, Failure> {
        let class = Layout::choose(snapshot, self.keys.classes())?.class();
        Ok(circuit_file(&*self.keys.of(class).await?))
    }

    fn planned(&self, source: &Source, circuit: CircuitFile, epoch: u64, head_before: Digest) -> Result<Plan, Failure> {
        let Source { snapshot, reserves, .. } = source;
        let layout = Layout::new(snapshot, circuit.class)?;
        let assets = snapshot.assets.as_slice().iter();
        Ok(Plan {
            version: VERSION,
            exchange: self.session.chains.exchange,
            epoch,
            as_of: snapshot.as_of,
            assets: assets.map(|asset| AssetName { symbol: asset.symbol(), decimals: asset.decimals }).collect(),
            circuit,
            shard_count: layout.shard_count(),
            ledger: snapshot.ledger,
            reserves: reserves.amounts.clone(),
            reserves_report: String::from_utf8(reserves.report.clone()).map_err(Failure::other)?,
            head_before,
        })
    }

    /// A begun epoch goes on with what it was begun with, or not at all.
    async fn check_same(&self, stored: &StoredEpoch, plan: &Plan, source: &Source) -> Result<(), Failure> {
        let what = if stored.source != fingerprint(&source.digest, &self.master()?) {
            "another snapshot, or another master secret".into()
        } else {
            let circuit = self.circuit(&source.snapshot).await?;
            let again = self.planned(source, circuit, plan.epoch, plan.head_before)?;
            match plan.difference(&again) {
                Some(difference) => difference,
                None => return Ok(()),
            }
        };
        Err(Failure::bad_input(format!(
            "epoch {} was begun with {what} and is not finished: give those again, or drop what was proved of it with \
             `ballast prove --discard`",
            plan.epoch
        )))
    }

    fn master(&self) -> Result<MasterSecret, Failure> {
        Ok(ballast_keys::read_master(&self.config.secret()?.file)?)
    }

    /// Whether this is what the settings' snapshot and secret make.
    ///
    /// # Errors
    /// When the snapshot cannot be read.
    pub async fn is_source(&self, stored: &StoredEpoch, plan: &Plan) -> Result<bool, Failure> {
        let settings = self.config.snapshot()?;
        let digest = source::digest(settings, &plan.ledger).await?;
        Ok(stored.source == fingerprint(&digest, &self.master()?) && source::is_unchanged(settings, plan).await?)
    }
}

impl Prover<'_, Sending> {
    /// Drops the unfinished epoch, if no chain holds it or may come to hold it.
    ///
    /// # Errors
    /// When there is none, or a chain holds it.
    pub async fn discard(&self) -> Result<u64, Failure> {
        let Some((_, plan, _)) = unfinished(self.session.store())? else {
            return Err(Failure::bad_input("no epoch is unfinished"));
        };
        // Nothing is in flight any more that might make a chain hold it afterwards.
        for state in self.session.chains.states(&plan.circuit.id).await? {
            let exchange = state.exchange.as_ref();
            if let Some(exchange) = exchange.filter(|exchange| exchange.next_epoch > plan.epoch) {
                return Err(Failure::bad_input(format!(
                    "{} holds epoch {} already: it must be finished on the other chain",
                    state.chain,
                    exchange.latest_epoch()
                )));
            }
        }
        self.session.store().discard_epoch(plan.epoch)?;
        Ok(plan.epoch)
    }
}
