//! What a proof costs on this machine, phase by phase, in time and in field multiplications of the
//! same run: the second figure is nearly the same on another machine.

use std::path::Path;

use ballast_core::{
    assets::{Asset, AssetList},
    circuit::{Class, SetupKind},
    leaf::{MasterSecret, SLOTS, Slot},
    statement::{LedgerPosition, ShardPosition, Statement},
};
use ballast_ledger::{
    leaves::Leaves,
    snapshot::{Account, Snapshot},
};
use ballast_prover::{
    ProveError, Shard, bench,
    phases::{Phase, Phases, Stop, peak_memory},
    prover::{argue, prove_with},
    setup,
};
use rand::{Rng, SeedableRng, rngs::OsRng, rngs::StdRng, seq::index::sample};
use serde::Serialize;
use tokio_util::sync::CancellationToken;

use crate::{
    blocking::compute,
    events::{Events, Stage},
    failure::Failure,
    proving::development,
};

/// Phases of these names are not the argument's.
const GROTH16: &str = "Groth16";
const AS_OF: u64 = 1_795_392_000;
/// Most balances of an account: it fills up to three leaves.
const BALANCES_MAX: usize = 3 * SLOTS;

/// What one run measured. Ratios are to one multiplication with all threads at work.
#[derive(Clone, Debug, Serialize)]
pub struct BenchReport {
    pub depth: u8,
    /// Used leaves: all of the class.
    pub leaves: usize,
    pub accounts: usize,
    pub threads: usize,
    /// What a proof of this setup is worth; none when none was made.
    pub setup: Option<&'static str>,
    /// Real time over multiplications, all threads multiplying independent elements; before and
    /// after the proof.
    pub field_multiplication_nanoseconds: f64,
    pub argument_seconds: f64,
    /// Real time of the argument without the Groth16 step.
    pub microseconds_per_leaf: f64,
    pub field_multiplications_per_leaf: f64,
    pub groth16_seconds: Option<f64>,
    pub groth16_field_multiplications: Option<f64>,
    /// Of the whole process, key included.
    pub peak_memory_bytes: u64,
    pub phases: Vec<PhaseReport>,
}

/// One phase.
#[derive(Clone, Debug, Serialize)]
pub struct PhaseReport {
    pub name: &'static str,
    pub wall_seconds: f64,
    /// Of all threads together.
    pub processor_seconds: f64,
    /// Of the process, when the phase ended.
    pub peak_memory_bytes: u64,
    pub microseconds_per_leaf: f64,
    pub field_multiplications: f64,
    pub field_multiplications_per_leaf: f64,
}

/// Proves a random snapshot that fills the class. Its accounts and balances are the same in every
/// run.
///
/// # Errors
/// A class that does not exist, or a key that can be neither read nor made.
pub async fn run(class: Class, keys: &Path, argument_only: bool, events: &Events) -> Result<BenchReport, Failure> {
    class.check().map_err(Failure::bad_input)?;
    let running = events.begin(Stage::InventSnapshot { leaves: class.leaves() as u64 }, None);
    let invented = compute(move |_| shard(class).map(|invented| (invented, bench::multiplication())));
    let ((mut shard, accounts), before) = invented.await??;
    drop(running);
    let measured = if argument_only {
        let _running = events.begin(Stage::ProveInvented, None);
        let argued = compute(move |token| -> Result<_, ProveError> {
            let powers = setup::development_srs(class);
            let mut phases = phases(token);
            argue(&powers, class, &shard, &mut OsRng, &mut phases)?;
            Ok((shard, None, phases, bench::multiplication()))
        });
        argued.await?
    } else {
        let key = development(keys, class, events).await?;
        shard.statement.circuit = key.circuit_id();
        let _running = events.begin(Stage::ProveInvented, None);
        let proved = compute(move |token| -> Result<_, ProveError> {
            let mut phases = phases(token);
            prove_with(&key, &shard, &mut OsRng, &mut phases)?;
            Ok((shard, Some(key.setup()), phases, bench::multiplication()))
        });
        proved.await?
    };
    let (shard, setup, phases, after) = measured.map_err(Failure::other)?;
    let multiplication = (before + after) / 2.0;
    Ok(BenchReport::new(class, &shard, accounts, setup, multiplication, phases.as_slice()))
}

/// Phases of a proof that is given up with `token`.
fn phases(token: &CancellationToken) -> Phases {
    let token = token.clone();
    Phases::until(Stop::when(move || token.is_cancelled()))
}

impl BenchReport {
    fn new(
        class: Class,
        shard: &Shard,
        accounts: usize,
        setup: Option<SetupKind>,
        multiplication: f64,
        phases: &[Phase],
    ) -> Self {
        let leaves = shard.leaves.len();
        let sum = |groth16: bool| -> f64 {
            let of_kind = phases.iter().filter(|phase| phase.name.starts_with(GROTH16) == groth16);
            of_kind.map(|phase| phase.wall.as_secs_f64()).sum()
        };
        let (argument, groth16) = (sum(false), setup.map(|_| sum(true)));
        let per_leaf = |seconds: f64| seconds / leaves as f64;
        Self {
            depth: class.depth,
            leaves,
            accounts,
            threads: bench::threads(),
            setup: setup.map(SetupKind::label),
            field_multiplication_nanoseconds: 1e9 * multiplication,
            argument_seconds: argument,
            microseconds_per_leaf: 1e6 * per_leaf(argument),
            field_multiplications_per_leaf: per_leaf(argument) / multiplication,
            groth16_seconds: groth16,
            groth16_field_multiplications: groth16.map(|seconds| seconds / multiplication),
            peak_memory_bytes: peak_memory(),
            phases: phases.iter().map(|phase| PhaseReport::new(phase, leaves, multiplication)).collect(),
        }
    }
}

impl PhaseReport {
    fn new(phase: &Phase, leaves: usize, multiplication: f64) -> Self {
        let wall = phase.wall.as_secs_f64();
        Self {
            name: phase.name,
            wall_seconds: wall,
            processor_seconds: phase.processor.as_secs_f64(),
            peak_memory_bytes: phase.peak_memory,
            microseconds_per_leaf: 1e6 * wall / leaves as f64,
            field_multiplications: wall / multiplication,
            field_multiplications_per_leaf: wall / multiplication / leaves as f64,
        }
    }
}

/// A shard without an unused leaf, and how many accounts it is of.
fn shard(class: Class) -> Result<(Shard, usize), Failure> {
    let snapshot = snapshot(class.leaves())?;
    let exchange = [1; 32];
    let key = MasterSecret::new([9; 32]).epoch_key(&exchange, 1);
    let leaves = Leaves::new(&snapshot, class, key)?;
    let leaves = leaves.shard(0).map(|shard| shard.leaves).unwrap_or_default();
    let statement = Statement {
        exchange,
        epoch: 1,
        as_of: snapshot.as_of,
        asset_list: snapshot.assets.digest(),
        shard: ShardPosition { index: 0, count: 1 },
        circuit: [0; 32],
        ledger: snapshot.ledger,
        reserves: [2; 32],
        head_before: exchange,
    };
    Ok((Shard { statement, assets: snapshot.assets, leaves }, snapshot.accounts.len()))
}

/// Accounts of 1 to 27 balances of all sizes, in exactly so many leaves.
fn snapshot(leaves: usize) -> Result<Snapshot, Failure> {
    let mut rng = StdRng::seed_from_u64(1);
    let assets = Class::ASSETS.into();
    let list = (1..=assets).map(|number| Asset::new(&format!("ASSET{number}"), 6)).collect::<Result<_, _>>();
    let list = list.and_then(AssetList::new).map_err(Failure::other)?;
    let (mut accounts, mut totals, mut left) = (Vec::new(), vec![0u128; assets], leaves);
    while left > 0 {
        let held = rng.gen_range(1..=BALANCES_MAX.min(SLOTS * left));
        left -= held.div_ceil(SLOTS);
        let mut numbers = sample(&mut rng, assets, held).into_vec();
        numbers.sort_unstable();
        let balances = numbers.into_iter().map(|index| {
            let balance = rng.r#gen::<u64>() >> rng.gen_range(0..64);
            totals[index] += u128::from(balance);
            Slot { asset: index as u16 + 1, balance }
        });
        let balances = balances.collect();
        accounts.push(Account { id: format!("customer-{}", accounts.len()), balances });
    }
    Ok(Snapshot {
        as_of: AS_OF,
        ledger: LedgerPosition::default(),
        assets: list,
        gross_borrows: vec![0; assets],
        accounts,
        totals,
        left_out: 0,
    })
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    fn phase(name: &'static str, seconds: u64) -> Phase {
        Phase { name, wall: Duration::from_secs(seconds), processor: Duration::from_secs(2 * seconds), peak_memory: 7 }
    }

    #[test]
    fn the_snapshot_fills_the_class_and_is_the_same_every_time() {
        let (shard, accounts) = shard(Class::SMALLEST).unwrap();
        assert_eq!(shard.leaves.len(), 16_384);
        assert!(accounts > 5_000 && accounts < 16_384, "{accounts}");
        assert!(shard.leaves.iter().all(|leaf| leaf.owner.is_some()));
        assert_eq!(shard.check(Class::SMALLEST, &[0; 32]), Ok(()));
        let (again, _) = super::shard(Class::SMALLEST).unwrap();
        assert!(again.leaves == shard.leaves);
    }

    #[test]
    fn the_groth16_step_is_no_part_of_the_argument() {
        let mut shard = shard(Class::SMALLEST).unwrap().0;
        shard.leaves.truncate(100);
        let phases = [phase("tree", 1), phase("Groth16: proof", 30), phase("hashing", 3)];
        let report = BenchReport::new(Class::SMALLEST, &shard, 50, Some(SetupKind::Development), 1e-6, &phases);
        assert_eq!((report.argument_seconds, report.groth16_seconds), (4.0, Some(30.0)));
        assert_eq!(report.microseconds_per_leaf, 40_000.0);
        assert!((report.field_multiplications_per_leaf - 40_000.0).abs() < 1e-6);
        assert!((report.phases[1].field_multiplications - 30e6).abs() < 1.0);
        let json = serde_json::to_value(&report).unwrap();
        for member in ["microseconds_per_leaf", "field_multiplications_per_leaf", "peak_memory_bytes", "threads"] {
            assert!(json[member].is_number(), "{member}");
        }
        let without = BenchReport::new(Class::SMALLEST, &shard, 50, None, 1e-6, &phases[..1]);
        assert_eq!(without.groth16_seconds, None);
    }
}
