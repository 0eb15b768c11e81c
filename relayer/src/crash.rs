//! Named points at which a test kills the process, in debug builds only.
//!
//! `BALLAST_CRASH_AT=NAME` aborts at the first passage of the point, `NAME:3` at the third. An abort runs no destructor
//! and flushes nothing, like a killed process. A name that is not listed is refused at start, so no test can pass by a typo.

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

/// Whether there is such a point.
pub fn exists(name: &str) -> bool {
    [RUN_POINTS, CLEANING_POINTS, WITNESS_POINTS, GOVERN_POINTS].concat().contains(&name)
}

/// The environment variable that names the point.
pub const VARIABLE: &str = "BALLAST_CRASH_AT";

#[cfg(debug_assertions)]
mod armed {
    use std::sync::{
        OnceLock,
        atomic::{AtomicUsize, Ordering},
    };

    use super::{CLEANING_POINTS, GOVERN_POINTS, RUN_POINTS, VARIABLE, WITNESS_POINTS, exists};
    use crate::failure::Failure;

    struct Armed {
        name: String,
        passages: AtomicUsize,
    }

    static ARMED: OnceLock<Option<Armed>> = OnceLock::new();

    /// Reads [`VARIABLE`]. Refuses a point that does not exist.
    pub fn arm() -> Result<(), Failure> {
        let armed = match std::env::var(VARIABLE) {
            Err(_) => None,
            Ok(value) => Some(parse(&value).ok_or_else(|| {
                let points = [RUN_POINTS, CLEANING_POINTS, WITNESS_POINTS, GOVERN_POINTS].concat();
                Failure::bad_input(format!(
                    "{VARIABLE}: expected one of {points:?}, perhaps with \":N\", found {value:?}"
                ))
            })?),
        };
        ARMED.get_or_init(|| armed);
        Ok(())
    }

    fn parse(value: &str) -> Option<Armed> {
        let (name, passages) = match value.split_once(':') {
            Some((name, passages)) => (name, passages.parse().ok().filter(|passages| *passages > 0)?),
            None => (value, 1),
        };
        exists(name).then(|| Armed { name: name.into(), passages: AtomicUsize::new(passages) })
    }

    /// Aborts the process when this point is armed and was passed often enough.
    pub fn point(name: &str) {
        debug_assert!(exists(name), "crash point {name} is not listed");
        if let Some(Some(armed)) = ARMED.get()
            && armed.name == name
            && armed.passages.fetch_sub(1, Ordering::SeqCst) == 1
        {
            std::process::abort();
        }
    }

    #[cfg(test)]
    mod tests {
        use super::*;

        #[test]
        fn only_listed_points_can_be_armed() {
            assert!(parse("proofs-persisted").is_some());
            assert_eq!(parse("proofs-persisted:3").map(|armed| armed.passages.into_inner()), Some(3));
            for bad in ["", "proofs", "proofs-persisted:", "proofs-persisted:0", "proofs-persisted:x"] {
                assert!(parse(bad).is_none(), "{bad:?}");
            }
        }
    }
}

#[cfg(debug_assertions)]
pub use armed::{arm, point};

/// Nothing is armed in a release build.
#[cfg(not(debug_assertions))]
pub fn arm() -> Result<(), crate::failure::Failure> {
    Ok(())
}

#[cfg(not(debug_assertions))]
pub fn point(_name: &str) {}
