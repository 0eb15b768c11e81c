//! The engine's crash points: where a test has the process end, to see that the same command goes
//! on from there. [`ballast_durable::crash_point`] says how one is armed.

use ballast_durable::crash_point::{self, CrashPoints, UnknownCrashPoint};

use crate::failure::bad_input;

/// Points of a run that begins a new epoch, in the order in which it passes them.
pub const RUN_POINTS: &[&str] = &[
    "statement-persisted",
    "shard-proved",
    "proofs-persisted",
    "artifacts-written",
    "preflight-passed",
    "solana-open-buffer-stored",
    "solana-open-buffer-sent",
    "solana-open-buffer-confirmed",
    "solana-write-buffer-stored",
    "solana-write-buffer-sent",
    "solana-write-buffer-confirmed",
    "solana-post-shard-stored",
    "solana-post-shard-sent",
    "solana-post-shard-confirmed",
    "solana-epoch-posted",
    "evm-post-shard-stored",
    "evm-post-shard-sent",
    "evm-post-shard-confirmed",
    "evm-epoch-posted",
    "epoch-verified",
    "epoch-witnessed",
    "epoch-completed",
];

/// Points of a run that finds a buffer left behind by an epoch that was dropped.
pub const CLEANING_POINTS: &[&str] =
    &["solana-close-buffer-stored", "solana-close-buffer-sent", "solana-close-buffer-confirmed"];

/// Points of a run for an exchange with wallets, after those of a run.
pub const WITNESS_POINTS: &[&str] = &[
    "solana-look-stored",
    "solana-look-sent",
    "solana-look-confirmed",
    "evm-look-stored",
    "evm-look-sent",
    "evm-look-confirmed",
];

/// Points of `ballast exchange`.
pub const GOVERN_POINTS: &[&str] = &[
    "solana-govern-stored",
    "solana-govern-sent",
    "solana-govern-confirmed",
    "evm-govern-stored",
    "evm-govern-sent",
    "evm-govern-confirmed",
];

/// All of the above.
pub static CRASH_POINTS: CrashPoints = CrashPoints::new(&[RUN_POINTS, CLEANING_POINTS, WITNESS_POINTS, GOVERN_POINTS]);

bad_input!(UnknownCrashPoint);

/// Arms the point that the environment names, of the engine or of what it writes with. Called once,
/// as the process starts.
///
/// # Errors
/// A point that does not exist.
pub fn arm() -> Result<(), UnknownCrashPoint> {
    crash_point::arm(&[&CRASH_POINTS, &ballast_ledger::log::CRASH_POINTS, &ballast_durable::CRASH_POINTS])
}

/// Passes a point of [`CRASH_POINTS`].
pub fn point(name: &str) {
    CRASH_POINTS.pass(name);
}
